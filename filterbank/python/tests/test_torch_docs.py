"""The examples in the documentation of filterbank.torch run."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

import filterbank


@pytest.mark.parametrize("module", ["_encoder", "_functional", "_modules"])
def test_examples(module):
    result = doctest.testmod(importlib.import_module(f"filterbank.torch.{module}"))
    assert result.attempted and not result.failed


def test_the_example_of_the_readme():
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    (bands,) = (block for block in blocks if "eq = {" in block)
    (block,) = (block for block in blocks if "import filterbank.torch" in block)
    names = {"fb": filterbank}
    exec(bands + block, names)
    assert names["y"].shape == names["x"].shape
