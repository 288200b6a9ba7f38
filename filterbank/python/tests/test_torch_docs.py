"""The examples in the documentation of filterbank.torch run."""

import doctest
import importlib

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")


@pytest.mark.parametrize("module", ["_encoder", "_functional", "_modules"])
def test_examples(module):
    result = doctest.testmod(importlib.import_module(f"filterbank.torch.{module}"))
    assert result.attempted and not result.failed
