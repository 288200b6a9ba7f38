"""Writes design.jsonl: frequency responses of classical digital designs, with their derivatives.

Every number is computed in multiple precision (see analog.py) from the exact doubles that the
specification shows, and rounded once.  Derivatives are central differences with a relative step
so small that their error is far below a double's resolution.
"""

import json
import math
import platform
import random
from functools import lru_cache
from multiprocessing import Pool
from pathlib import Path

import mpmath
import numpy as np
import scipy
import scipy.signal
from mpmath import mp, mpf

import analog
from analog import BANDS, METHODS, NORMS

SEED = 20240611
ORDINARY, HIGH = 2280, 120  # specifications of orders 1 to 20 and 21 to 24
TARGET = Path(__file__).with_suffix(".jsonl")
STEP = mpf(10) ** -20
NOISE = mpf(10) ** -40  # what is smaller than this, relatively, is a rounding error
LOWEST, HIGHEST = 1e-4, 0.98  # range of the edges in units of the Nyquist frequency
SAMPLE_RATES = (1.0, 2.0, 8000.0, 44100.0, 48000.0, 96000.0, 192000.0)
PARAMETERS = {
    "butterworth": (),
    "chebyshev1": ("ripple_db",),
    "chebyshev2": ("stop_db",),
    "elliptic": ("ripple_db", "stop_db"),
    "bessel": (),
}


# Drawing specifications.


def log_uniform(rng, low, high):
    return min(max(low * (high / low) ** rng.random(), low), high)


def draw_edge(rng, low, high):
    """An edge between low and high (in units of Nyquist), both ends well represented."""
    kind = rng.random()
    if kind < 0.02:
        return low
    if kind < 0.04:
        return high
    if kind < 0.5:
        return log_uniform(rng, low, high)
    logit_low, logit_high = math.log(low / (1 - low)), math.log(high / (1 - high))
    t = rng.uniform(max(logit_low, -4.0) if logit_high > -4.0 else logit_low, logit_high)
    return min(max(1 / (1 + math.exp(-t)), low), high)


def draw_edges(rng, band, sample_rate):
    nyquist = sample_rate / 2
    if band in ("lowpass", "highpass"):
        return [draw_edge(rng, LOWEST, HIGHEST) * nyquist]
    ratio = 2 ** log_uniform(rng, 1 / 20, 6.0)
    low = draw_edge(rng, LOWEST, HIGHEST / ratio)
    return [low * nyquist, min(low * ratio, HIGHEST) * nyquist]


def band_frequency(x, spec, sign):
    """Where the frequency x of a lowpass prototype with edge 1 ends up, in Hz.

    For bandpass and bandstop, sign chooses the side above or below the centre.
    """
    rate = spec["sample_rate"]
    warped = [analog.warp(edge, rate) for edge in spec["edges"]]
    if spec["band"] == "lowpass":
        omega = x * warped[0]
    elif spec["band"] == "highpass":
        omega = warped[0] / x
    else:
        half = (warped[1] - warped[0]) / 2
        half = sign * (half * x if spec["band"] == "bandpass" else half / x)
        omega = half + mp.sqrt(half * half + warped[0] * warped[1])
    return analog.nearest(mpf(rate) / mp.pi * mp.atan(omega))


def draw_frequencies(rng, spec):
    """The edges, points in the pass, transition and stop bands, and now and then 0 or Nyquist."""
    nyquist = spec["sample_rate"] / 2
    transition = (0.6, 1.0) if spec["method"] == "chebyshev2" else (1.0, 1.5)
    xs = [rng.uniform(0.05, 0.98), rng.uniform(*transition), log_uniform(rng, 1.5, 8.0)]
    frequencies = spec["edges"] + [band_frequency(x, spec, rng.choice((-1, 1))) for x in xs]
    if spec["band"] == "bandpass":
        frequencies.append(band_frequency(0.0, spec, 1))
    while len(frequencies) < 6:
        kind = rng.random()
        if kind < 0.06:
            frequencies.append(0.0)
        elif kind < 0.12:
            frequencies.append(nyquist)
        else:
            x = log_uniform(rng, 0.05, 3.0)
            frequencies.append(band_frequency(x, spec, rng.choice((-1, 1))))
    assert all(0 <= f <= nyquist for f in frequencies)
    return frequencies


def draw_spec(rng, orders):
    spec = {"method": rng.choice(METHODS), "order": rng.randint(*orders)}
    if spec["method"] == "bessel":
        spec["norm"] = rng.choice(NORMS)
    if "ripple_db" in PARAMETERS[spec["method"]]:
        spec["ripple_db"] = log_uniform(rng, 0.01, 3.0)
    if "stop_db" in PARAMETERS[spec["method"]]:
        spec["stop_db"] = rng.uniform(20.0, 120.0)
    spec["band"] = rng.choice(BANDS)
    rate = rng.choice(SAMPLE_RATES)
    spec["edges"] = draw_edges(rng, spec["band"], rate)
    spec["sample_rate"] = rate
    spec["frequencies"] = draw_frequencies(rng, spec)
    return spec


# Computing one line.


def parameters(spec):
    """The continuous parameters of a specification, exactly."""
    names = ("cutoff",) if len(spec["edges"]) == 1 else ("low", "high")
    values = dict(zip(names, map(mpf, spec["edges"])))
    return values | {name: mpf(spec[name]) for name in PARAMETERS[spec["method"]]}


def evaluator(spec):
    """The response at the specification's frequencies as a function of its parameters."""
    points = [analog.unit_circle(f, spec["sample_rate"]) for f in spec["frequencies"]]

    @lru_cache(maxsize=None)
    def prototype(levels):
        return analog.prototype(spec | dict(levels))

    def evaluate(values):
        levels = tuple((k, v) for k, v in values.items() if k.endswith("_db"))
        edges = [v for k, v in values.items() if not k.endswith("_db")]
        filter_ = analog.digital(prototype(levels), spec["band"], edges, spec["sample_rate"])
        return analog.response(filter_, points)

    return evaluate


def rounded(value, floor):
    """[re, im] as doubles; parts no larger than floor, or tiny next to the other, are zeros."""
    floor = max(floor, NOISE * abs(value))
    return [
        0.0 if abs(part) <= floor else analog.nearest(part) for part in (value.real, value.imag)
    ]


def differences(evaluate, values, name):
    """Central differences in one parameter."""
    step = values[name] * STEP
    above = evaluate(values | {name: values[name] + step})
    below = evaluate(values | {name: values[name] - step})
    return [(a - b) / (2 * step) for a, b in zip(above, below)]


def line(spec):
    """The specification with its response and derivatives, as JSON text."""
    values = parameters(spec)
    evaluate = evaluator(spec)
    centre = evaluate(values)
    response = [rounded(h, mpf(0)) for h in centre]
    tangents = {
        name: [
            rounded(d, NOISE * abs(h) / value)
            for d, h in zip(differences(evaluate, values, name), centre)
        ]
        for name, value in values.items()
    }
    return json.dumps(
        spec | {"response": response, "tangents": tangents},
        separators=(",", ":"),
        allow_nan=False,
    )


# Checking the conventions.


def scipy_zpk(spec):
    order, rate = spec["order"], spec["sample_rate"]
    edges = spec["edges"] if len(spec["edges"]) == 2 else spec["edges"][0]
    design = {
        "butterworth": lambda **k: scipy.signal.butter(order, edges, **k),
        "chebyshev1": lambda **k: scipy.signal.cheby1(order, spec["ripple_db"], edges, **k),
        "chebyshev2": lambda **k: scipy.signal.cheby2(order, spec["stop_db"], edges, **k),
        "elliptic": lambda **k: scipy.signal.ellip(
            order, spec["ripple_db"], spec["stop_db"], edges, **k
        ),
        "bessel": lambda **k: scipy.signal.bessel(
            order, edges, norm={"magnitude": "mag"}.get(spec["norm"], spec["norm"]), **k
        ),
    }[spec["method"]]
    return design(btype=spec["band"], output="zpk", fs=rate)


def root_distance(ours, theirs):
    """Largest distance between roots matched one to one, nearest first."""
    theirs, worst = list(theirs), 0.0
    assert len(ours) == len(theirs)
    for root in map(complex, ours):
        index = int(np.argmin(np.abs(np.array(theirs) - root)))
        worst = max(worst, abs(theirs.pop(index) - root))
    return worst


def check_against_scipy():
    """Aborts unless ordinary designs agree with scipy.signal's zeros, poles and gain."""
    rng = random.Random(SEED + 1)
    worst = dict.fromkeys(METHODS, 0.0)
    cases = 0
    for method in METHODS:
        for band in BANDS:
            for order in range(1, 7):
                for norm in NORMS if method == "bessel" else (None,):
                    spec = {"method": method, "order": order, "norm": norm, "band": band}
                    spec["ripple_db"] = rng.uniform(0.1, 3.0)
                    spec["stop_db"] = rng.uniform(30.0, 80.0)
                    spec["edges"] = [rng.uniform(2000.0, 6000.0), rng.uniform(9000.0, 18000.0)]
                    if band in ("lowpass", "highpass"):
                        spec["edges"].pop()
                    spec["sample_rate"] = 48000.0
                    zeros, poles, gain = analog.digital(
                        analog.prototype(spec), band, spec["edges"], spec["sample_rate"]
                    )
                    their_zeros, their_poles, their_gain = scipy_zpk(spec)
                    distance = max(
                        root_distance(zeros, their_zeros),
                        root_distance(poles, their_poles),
                        abs(float(gain) / their_gain - 1),
                    )
                    assert distance < 1e-8, (spec, distance)
                    worst[method] = max(worst[method], distance)
                    cases += 1
    print(f"agrees with scipy.signal on {cases} designs; largest differences:")
    for method, distance in worst.items():
        print(f"  {method:12} {distance:.1e}")


def main():
    check_against_scipy()
    rng = random.Random(SEED)
    specs = [draw_spec(rng, (1, 20)) for _ in range(ORDINARY)]
    specs += [draw_spec(rng, (21, 24)) for _ in range(HIGH)]
    header = {
        "made_by": Path(__file__).name,
        "python": platform.python_version(),
        "mpmath": mpmath.__version__,
        "scipy": scipy.__version__,
        "numpy": np.__version__,
        "seed": SEED,
    }
    with Pool(2) as pool, TARGET.open("w") as out:
        print(json.dumps(header, separators=(",", ":")), file=out)
        for text in pool.imap(line, specs, chunksize=8):
            print(text, file=out)
    print("wrote", len(specs), "specifications,", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
