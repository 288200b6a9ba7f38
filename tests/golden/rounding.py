"""Writes rounding.jsonl: responses of designs that floating-point coefficients hardly carry.

Edges from a ten-billionth of the Nyquist frequency upwards, bands down to a trillionth of their
frequency, all orders. The lines are those of design.jsonl, without derivatives.
"""

import json
import platform
import random
from multiprocessing import Pool
from pathlib import Path

import mpmath
from mpmath import mpf

import analog
from analog import BANDS, METHODS, NORMS
from design import PARAMETERS, SAMPLE_RATES, band_frequency, log_uniform, rounded

SEED = 754
COUNT = 600
TARGET = Path(__file__).with_suffix(".jsonl")


def draw_edges(rng, band, nyquist):
    low = log_uniform(rng, 1e-10, 0.9)
    if band in ("lowpass", "highpass"):
        return [low * nyquist]
    high = low * (1 + log_uniform(rng, 1e-12, 10.0))
    return [low * nyquist, min(high, 0.98) * nyquist]


def draw_spec(rng):
    """A specification, with frequencies at its edges, in the passband and in the transition."""
    spec = {"method": rng.choice(METHODS), "order": rng.randint(1, 24)}
    if spec["method"] == "bessel":
        spec["norm"] = rng.choice(NORMS)
    if "ripple_db" in PARAMETERS[spec["method"]]:
        spec["ripple_db"] = log_uniform(rng, 1e-3, 3.0)
    if "stop_db" in PARAMETERS[spec["method"]]:
        spec["stop_db"] = rng.uniform(20.0, 150.0)
    spec["band"] = rng.choice(BANDS)
    spec["sample_rate"] = rng.choice(SAMPLE_RATES)
    spec["edges"] = draw_edges(rng, spec["band"], spec["sample_rate"] / 2)
    others = [rng.uniform(0.05, 0.98), rng.uniform(1.0, 1.5)]
    others = [band_frequency(x, spec, rng.choice((-1, 1))) for x in others]
    spec["frequencies"] = spec["edges"] + others
    return spec


def line(spec):
    """The specification with its response, as JSON text."""
    edges = [mpf(edge) for edge in spec["edges"]]
    filter_ = analog.digital(analog.prototype(spec), spec["band"], edges, spec["sample_rate"])
    points = [analog.unit_circle(f, spec["sample_rate"]) for f in spec["frequencies"]]
    response = [rounded(h, mpf(0)) for h in analog.response(filter_, points)]
    return json.dumps(
        spec | {"response": response, "tangents": {}}, separators=(",", ":"), allow_nan=False
    )


def main():
    rng = random.Random(SEED)
    specs = [draw_spec(rng) for _ in range(COUNT)]
    header = {
        "made_by": Path(__file__).name,
        "python": platform.python_version(),
        "mpmath": mpmath.__version__,
        "digits": analog.DIGITS,
        "seed": SEED,
    }
    with Pool() as pool:
        lines = [json.dumps(header, separators=(",", ":")), *pool.map(line, specs, 8)]
    TARGET.write_text("\n".join(lines) + "\n")
    print("wrote", len(specs), "specifications,", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
