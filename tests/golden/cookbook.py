"""Writes cookbook.jsonl: the biquads of R. Bristow-Johnson's Audio EQ Cookbook.

The coefficients are the cookbook's formulas, letter by letter, in multiple precision; responses
and their derivatives (central differences) follow from them and are rounded once.
"""

import json
import platform
import random
from pathlib import Path

import mpmath
from mpmath import mp, mpf

import analog
from design import HIGHEST, LOWEST, NOISE, SAMPLE_RATES, STEP, draw_edge, log_uniform, rounded

SEED = 19980401
COUNT = 600
TARGET = Path(__file__).with_suffix(".jsonl")
SHELVES = ("low_shelf", "high_shelf")
WITH_GAIN = ("peak", *SHELVES)
KINDS = (
    "lowpass",
    "highpass",
    "bandpass_skirt",
    "bandpass_peak",
    "notch",
    "allpass",
    *WITH_GAIN,
)


def cookbook_alpha(w0, width, value, a):
    """The cookbook's alpha from Q, the bandwidth in octaves, or the shelf slope S."""
    if width == "q":
        return mp.sin(w0) / (2 * value)
    if width == "octaves":
        return mp.sin(w0) * mp.sinh(mp.ln(2) / 2 * value * w0 / mp.sin(w0))
    if width == "slope":
        return mp.sin(w0) / 2 * mp.sqrt((a + 1 / a) * (1 / value - 1) + 2)
    raise ValueError(width)


def cookbook(kind, frequency, width, value, gain_db, sample_rate):
    """(b0, b1, b2), (a0, a1, a2) as printed in the cookbook."""
    a = mp.sqrt(mpf(10) ** (gain_db / 20))
    w0 = 2 * mp.pi * frequency / mpf(sample_rate)
    alpha = cookbook_alpha(w0, width, value, a)
    sin, cos = mp.sin(w0), mp.cos(w0)
    poles = (1 + alpha, -2 * cos, 1 - alpha)
    if kind == "lowpass":
        return ((1 - cos) / 2, 1 - cos, (1 - cos) / 2), poles
    if kind == "highpass":
        return ((1 + cos) / 2, -(1 + cos), (1 + cos) / 2), poles
    if kind == "bandpass_skirt":
        return (sin / 2, mpf(0), -sin / 2), poles
    if kind == "bandpass_peak":
        return (alpha, mpf(0), -alpha), poles
    if kind == "notch":
        return (mpf(1), -2 * cos, mpf(1)), poles
    if kind == "allpass":
        return (1 - alpha, -2 * cos, 1 + alpha), poles
    if kind == "peak":
        return (
            (1 + alpha * a, -2 * cos, 1 - alpha * a),
            (1 + alpha / a, -2 * cos, 1 - alpha / a),
        )
    root = 2 * mp.sqrt(a) * alpha
    if kind == "low_shelf":
        return (
            (
                a * ((a + 1) - (a - 1) * cos + root),
                2 * a * ((a - 1) - (a + 1) * cos),
                a * ((a + 1) - (a - 1) * cos - root),
            ),
            (
                (a + 1) + (a - 1) * cos + root,
                -2 * ((a - 1) + (a + 1) * cos),
                (a + 1) + (a - 1) * cos - root,
            ),
        )
    if kind == "high_shelf":
        return (
            (
                a * ((a + 1) + (a - 1) * cos + root),
                -2 * a * ((a - 1) + (a + 1) * cos),
                a * ((a + 1) + (a - 1) * cos - root),
            ),
            (
                (a + 1) - (a - 1) * cos + root,
                2 * ((a - 1) - (a + 1) * cos),
                (a + 1) - (a - 1) * cos - root,
            ),
        )
    raise ValueError(kind)


def draw_spec(rng, kind):
    width = rng.choice(("q", "octaves", "slope") if kind in SHELVES else ("q", "octaves"))
    value = {
        "q": lambda: log_uniform(rng, 0.1, 30.0),
        "octaves": lambda: log_uniform(rng, 0.05, 4.0),
        "slope": lambda: rng.uniform(0.1, 1.0),
    }[width]()
    rate = rng.choice(SAMPLE_RATES)
    nyquist = rate / 2
    frequency = draw_edge(rng, LOWEST, 0.599 if width == "octaves" else HIGHEST) * nyquist
    spec = {"kind": kind, "frequency": frequency, "width": {width: value}}
    if kind in WITH_GAIN:
        spec["gain_db"] = rng.uniform(-24.0, 24.0)
    spec["sample_rate"] = rate
    others = [frequency * log_uniform(rng, 0.1, 10.0) for _ in range(2)]
    others = [min(f, 0.99 * nyquist) for f in others]
    others += [draw_edge(rng, LOWEST, HIGHEST) * nyquist]
    others += [rng.choice((0.0, nyquist, *[rng.uniform(0.0, nyquist) for _ in range(4)]))]
    spec["frequencies"] = [frequency, *others]
    return spec


def line(spec):
    """The specification with coefficients, response and derivatives, as JSON text."""
    kind, rate = spec["kind"], spec["sample_rate"]
    ((width, width_value),) = spec["width"].items()
    values = {"frequency": mpf(spec["frequency"]), width: mpf(width_value)}
    if kind in WITH_GAIN:
        values["gain_db"] = mpf(spec["gain_db"])
    points = [1 / analog.unit_circle(f, rate) for f in spec["frequencies"]]

    def coefficients(values):
        gain_db = values.get("gain_db", mpf(0))
        return cookbook(kind, values["frequency"], width, values[width], gain_db, rate)

    def evaluate(values):
        b, a = coefficients(values)
        return [mp.polyval(b[::-1], x) / mp.polyval(a[::-1], x) for x in points]

    def derivative(name):
        step = values[name] * STEP
        above = evaluate(values | {name: values[name] + step})
        below = evaluate(values | {name: values[name] - step})
        return [(p - m) / (2 * step) for p, m in zip(above, below)]

    b, a = coefficients(values)
    response = evaluate(values)
    tangents = {
        name: [rounded(d, NOISE / abs(value)) for d in derivative(name)]
        for name, value in values.items()
    }
    return json.dumps(
        spec
        | {
            "response": [rounded(h, NOISE) for h in response],
            "coefficients": [analog.nearest(c / a[0]) for c in (*b, *a[1:])],
            "tangents": tangents,
        },
        separators=(",", ":"),
        allow_nan=False,
    )


def main():
    rng = random.Random(SEED)
    specs = [draw_spec(rng, KINDS[i % len(KINDS)]) for i in range(COUNT)]
    header = {
        "made_by": Path(__file__).name,
        "python": platform.python_version(),
        "mpmath": mpmath.__version__,
        "seed": SEED,
    }
    with TARGET.open("w") as out:
        print(json.dumps(header, separators=(",", ":")), file=out)
        for spec in specs:
            print(line(spec), file=out)
    print("wrote", len(specs), "specifications,", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
