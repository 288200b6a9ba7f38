"""Writes adam.json: twenty steps of Adam (Kingma and Ba 2015), as PyTorch formulates it."""

import json
import platform
from pathlib import Path

import numpy as np

STEPS = 20
LEARNING_RATE, BETA1, BETA2, EPSILON = 0.05, 0.9, 0.999, 1e-8
START = [-1.2, 1.0, 0.7]
TARGET = Path(__file__).with_suffix(".json")


def value(x):
    """The chained Rosenbrock function of three variables."""
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def gradient(x):
    """The gradient of value."""
    inner = x[1:] - x[:-1] ** 2
    g = np.zeros_like(x)
    g[:-1] = -400 * x[:-1] * inner - 2 * (1 - x[:-1])
    g[1:] += 200 * inner
    return g


def check_gradient(x):
    """Aborts unless the gradient agrees with central differences."""
    for i, g in enumerate(gradient(x)):
        step = np.zeros_like(x)
        step[i] = 1e-5
        assert np.isclose(g, (value(x + step) - value(x - step)) / 2e-5, rtol=1e-7, atol=1e-6)


def steps(x):
    """The gradient used in each step and the parameters after it."""
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t in range(1, STEPS + 1):
        g = gradient(x)
        m = BETA1 * m + (1 - BETA1) * g
        v = BETA2 * v + (1 - BETA2) * g * g
        denominator = np.sqrt(v) / np.sqrt(1 - BETA2**t) + EPSILON
        x = x - LEARNING_RATE / (1 - BETA1**t) * m / denominator
        yield {"gradient": g.tolist(), "parameters": x.tolist()}


def main():
    start = np.array(START)
    check_gradient(start)
    document = {
        "made_by": Path(__file__).name,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "learning_rate": LEARNING_RATE,
        "beta1": BETA1,
        "beta2": BETA2,
        "epsilon": EPSILON,
        "start": START,
        "steps": list(steps(start)),
    }
    TARGET.write_text(json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n")
    print("wrote", STEPS, "steps,", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
