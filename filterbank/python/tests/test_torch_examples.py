"""The examples learn, and save their pictures."""

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("matplotlib", reason="matplotlib is not installed")

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["three_band_eq", "harmonic_voice", "match_eq"])
def test_an_example(name, tmp_path, monkeypatch, capsys):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    monkeypatch.chdir(tmp_path)
    losses = example.main(steps=40)
    assert losses[-1] < 0.7 * losses[0]
    assert "loss" in capsys.readouterr().out
    assert (tmp_path / f"{name}.png").stat().st_size > 10_000
