"""The package as it is installed."""

from __future__ import annotations

import importlib.metadata
import inspect
import re
from pathlib import Path

import filterbank as fb
import pytest
import scipy.signal


def test_the_version_is_that_of_the_workspace() -> None:
    assert fb.__version__ == importlib.metadata.version("filterbank")
    workspace = (Path(__file__).parents[3] / "Cargo.toml").read_text()
    section = workspace[workspace.index("[workspace.package]") :]
    found = re.search(r'^version = "(.+)"$', section, re.MULTILINE)
    assert found is not None and found[1] == fb.__version__


@pytest.mark.parametrize("name", [name for name in fb.__all__ if hasattr(scipy.signal, name)])
def test_arguments_are_those_of_scipy(name: str) -> None:
    ours = list(inspect.signature(getattr(fb, name)).parameters.values())
    theirs = list(inspect.signature(getattr(scipy.signal, name)).parameters.values())
    assert [(p.name, p.default) for p in ours[: len(theirs)]] == [
        (p.name, p.default) for p in theirs
    ]
    assert all(p.kind is p.KEYWORD_ONLY for p in ours[len(theirs) :])


@pytest.mark.parametrize("name", [name for name in fb.__all__ if not name.startswith("_")])
def test_everything_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(fb, name))
