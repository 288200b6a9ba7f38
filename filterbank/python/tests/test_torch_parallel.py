"""Data parallel training on two processes equals that on one."""

import importlib.util
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
if not (torch.distributed.is_available() and torch.distributed.is_gloo_available()):
    pytest.skip("this torch has no gloo", allow_module_level=True)

EXAMPLE = Path(__file__).parents[1] / "examples" / "data_parallel.py"


@pytest.mark.filterwarnings("ignore")
def test_two_processes_train_as_one(capfd, monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLE.parent)  # the processes import it by its name
    spec = importlib.util.find_spec("data_parallel")
    example = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, "data_parallel", example)
    spec.loader.exec_module(example)
    one, two = example.run(1, 30), example.run(2, 30)
    assert two == pytest.approx(one, rel=1e-9, abs=1e-9)
    assert abs(one["peak1.gain_db"]) > 0.1  # it has learned
    assert "loss" in capfd.readouterr().out
