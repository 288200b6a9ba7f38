"""Writes filtering.json: noise through second-order sections, by scipy.signal.sosfilt."""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy import signal

SEED = 7
SAMPLES = 200
RATE = 48000.0
TARGET = Path(__file__).with_suffix(".json")

DESIGNS = {
    "butterworth 4 lowpass 2000": signal.butter(4, 2000, "lowpass", fs=RATE, output="sos"),
    "elliptic 8 bandpass 1500 6000": signal.ellip(
        8, 0.5, 60, [1500, 6000], "bandpass", fs=RATE, output="sos"
    ),
    "chebyshev1 7 highpass 5000": signal.cheby1(7, 1, 5000, "highpass", fs=RATE, output="sos"),
    "bessel 5 lowpass 3000": signal.bessel(5, 3000, "lowpass", norm="phase", fs=RATE, output="sos"),
    "butterworth 2 bandpass 900 1100": signal.butter(
        2, [900, 1100], "bandpass", fs=RATE, output="sos"
    ),
    "chebyshev2 6 bandstop 4000 9000": signal.cheby2(
        6, 40, [4000, 9000], "bandstop", fs=RATE, output="sos"
    ),
}


def case(name, sos, noise):
    """One design: sosfilt from rest, with the state it ends in (transposed direct form II)."""
    output, state = signal.sosfilt(sos, noise, zi=np.zeros((len(sos), 2)))
    assert np.array_equal(output, signal.sosfilt(sos, noise))
    return {
        "name": name,
        "sos": sos.tolist(),
        "input": noise.tolist(),
        "output": output.tolist(),
        "zi_final": state.tolist(),
    }


def main():
    rng = np.random.default_rng(SEED)
    document = {
        "made_by": Path(__file__).name,
        "python": platform.python_version(),
        "scipy": scipy.__version__,
        "numpy": np.__version__,
        "seed": SEED,
        "sample_rate": RATE,
        "cases": [case(name, sos, rng.standard_normal(SAMPLES)) for name, sos in DESIGNS.items()],
    }
    TARGET.write_text(json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n")
    print("wrote", len(document["cases"]), "cases,", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
