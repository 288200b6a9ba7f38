"""Runs the gradient checks of other libraries on the catalogue of tests/gradcheck/catalogue.rs.

    pip install numpy jax torch numdifftools
    python tests/golden/gradcheck_peers.py

Prints a table of false verdicts and writes gradcheck_peers.json: the name of each function, what
a check must say of it, its values, and what each check said. The Rust catalogue is compared with
these names and values.

Each check is run with its default steps. The relative tolerance is 5e-7, as in this library's;
torch and JAX are also run with their default tolerances, and with an absolute one of 1e-9 beside
the relative one. A check that only knows "passed" and
"failed" must pass what agrees and fail the rest.

torch         torch.autograd.gradcheck on float64, reverse mode
JAX           jax.test_util.check_grads, first order, forward mode, on float64
numdifftools  Jacobian beside the derivative by JAX: within the tolerance or the error estimate
Ceres         the algorithm of ceres::GradientChecker in NumPy: Ridders' differences
              (NumericDiffOptions' defaults) beside the derivative by JAX
"""

import json
import math
import platform
import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
import numdifftools
import numpy as np
import torch
from jax.test_util import check_grads

jax.config.update("jax_enable_x64", True)
torch.set_default_dtype(torch.float64)
warnings.simplefilter("ignore")
np.seterr(all="ignore")

TARGET_FILE = Path(__file__).with_suffix(".json")
RATE = 48_000.0
# That of filterbank's check: half of one part in a million.
TOLERANCE = 5e-7
AGREES, DIFFERS, UNTRUSTED = "Agrees", "Differs", "Untrusted"


class Numbers:
    """Elementary functions by JAX, PyTorch or NumPy."""

    def __init__(self, module, detach, stack):
        self.module, self.detach, self.stack = module, detach, stack

    def __getattr__(self, name):
        return getattr(self.module, name)

    def constant(self, value, like):
        """A constant with the type of another number."""
        return like.detach() * 0 + value if self.module is torch else like * 0 + value

    def skew(self, y, factor):
        """The same number with its derivative multiplied."""
        fixed = self.detach(y)
        return fixed + factor * (y - fixed)

    def slope(self, x, factor):
        """0 with a derivative."""
        return factor * (x - self.detach(x))


JAX = Numbers(jnp, jax.lax.stop_gradient, jnp.stack)
TORCH = Numbers(torch, lambda y: y.detach(), torch.stack)
NUMPY = Numbers(np, lambda y: y, np.stack)


# --- functions -------------------------------------------------------------------------------


def rosenbrock(x, y):
    return 100.0 * (y - x * x) ** 2 + (1.0 - x) ** 2


def powell_singular(x):
    return (
        (x[0] + 10.0 * x[1]) ** 2
        + 5.0 * (x[2] - x[3]) ** 2
        + (x[1] - 2.0 * x[2]) ** 4
        + 10.0 * (x[0] - x[3]) ** 4
    )


def wood(x):
    return (
        100.0 * (x[1] - x[0] * x[0]) ** 2
        + (1.0 - x[0]) ** 2
        + 90.0 * (x[3] - x[2] * x[2]) ** 2
        + (1.0 - x[2]) ** 2
        + 10.1 * ((x[1] - 1.0) ** 2 + (x[3] - 1.0) ** 2)
        + 19.8 * (x[1] - 1.0) * (x[3] - 1.0)
    )


def beale(x, y):
    return sum((c - x * (1.0 - y**k)) ** 2 for c, k in [(1.5, 1), (2.25, 2), (2.625, 3)])


def product(x):
    result = 1.0
    for factor in x:
        result = result * factor
    return result


def noise(n, x):
    wild = n.sin(n.detach(x) * 1.29898e8) * 43758.5453
    return wild - n.floor(wild)


def angle(n, frequency):
    return frequency * (2 * math.pi / RATE)


def normalised(b, a):
    return [c / a[0] for c in b], [c / a[0] for c in a]


def peak(n, center, q, gain_db):
    amplitude = n.exp(gain_db * (math.log(10) / 40))
    w = angle(n, center)
    alpha = n.sin(w) / (2 * q)
    cosine = -2 * n.cos(w)
    b = [1 + alpha * amplitude, cosine, 1 - alpha * amplitude]
    return normalised(b, [1 + alpha / amplitude, cosine, 1 - alpha / amplitude])


def notch(n, center, q):
    w = angle(n, center)
    alpha = n.sin(w) / (2 * q)
    one = alpha * 0 + 1
    return normalised([one, -2 * n.cos(w), one], [1 + alpha, -2 * n.cos(w), 1 - alpha])


def bandpass(n, center, q):
    w = angle(n, center)
    alpha = n.sin(w) / (2 * q)
    return normalised([alpha, alpha * 0, -alpha], [1 + alpha, -2 * n.cos(w), 1 - alpha])


def lowpass(n, order, cutoff):
    """Butterworth's sections by the bilinear transform."""
    w = angle(n, cutoff)
    sections = []
    for i in range(order // 2):
        q = 1 / (2 * math.sin(math.pi * (2 * i + 1) / (2 * order)))
        alpha = n.sin(w) / (2 * q)
        half = n.sin(w / 2) ** 2
        sections.append(normalised([half, 2 * half, half], [1 + alpha, -2 * n.cos(w), 1 - alpha]))
    return sections


def response(n, sections, frequency):
    """Real and imaginary part."""
    w = 2 * math.pi * frequency / RATE
    c1, s1, c2, s2 = math.cos(w), -math.sin(w), math.cos(2 * w), -math.sin(2 * w)
    re, im = 1.0, 0.0
    for b, a in sections:
        nr, ni = b[0] + b[1] * c1 + b[2] * c2, b[1] * s1 + b[2] * s2
        dr, di = a[0] + a[1] * c1 + a[2] * c2, a[1] * s1 + a[2] * s2
        size = dr * dr + di * di
        hr, hi = (nr * dr + ni * di) / size, (ni * dr - nr * di) / size
        re, im = re * hr - im * hi, re * hi + im * hr
    return re, im


def level(n, sections, frequency):
    re, im = response(n, sections, frequency)
    return (10 / math.log(10)) * n.log(re * re + im * im)


def parts(n, sections):
    return [part for f in (400.0, 1_100.0, 6_000.0) for part in response(n, sections, f)]


def peak_levels(n, p):
    sections = [peak(n, *p)]
    return [level(n, sections, f) for f in (100.0, 900.0, 1_000.0, 5_000.0)]


def impulse_response(section, length=200):
    b, a = section
    s1 = s2 = 0.0
    samples = []
    for k in range(length):
        x = 1.0 if k == 0 else 0.0
        y = b[0] * x + s1
        s1, s2 = b[1] * x - a[1] * y + s2, b[2] * x - a[2] * y
        samples.append(y)
    return samples


def ringing(n, p):
    return impulse_response(bandpass(n, p[0], p[1]))


TARGET = [120.0, 0.8, 4.0, 1_000.0, 2.0, -6.0, 6_000.0, 1.2, 3.0]
OFF_TARGET = [100.0, 1.0, 2.0, 1_100.0, 1.5, -4.0, 5_000.0, 1.0, 4.0]
FROM_0_DB = [100.0, 1.0, 0.0, 1_100.0, 1.5, 0.0, 5_000.0, 1.0, 0.0]


def equalizer_cost(n, p):
    def levels(p):
        sections = [peak(n, p[i], p[i + 1], p[i + 2]) for i in (0, 3, 6)]
        return [level(n, sections, 50.0 * 1.3**i) for i in range(20)]

    target = levels([n.constant(t, p[0]) for t in TARGET])
    return sum((y - t) ** 2 for y, t in zip(levels(p), target))


def one_sample_off(n, p):
    samples = ringing(n, p)
    samples[150] = n.skew(samples[150], 1 + 1e-6)
    return samples


def one_level_off(n, p):
    levels = peak_levels(n, p)
    levels[1] = n.skew(levels[1], 1 + 1e-6)
    return levels


def conjugate(n, p):
    re, im = response(n, [peak(n, *p)], 1_100.0)
    return [re, n.skew(im, -1.0)]


def logistic(n, x):
    return 1 / (1 + n.exp(-x))


def sine_of_degrees(n, x):
    degree = math.radians(1)
    return [n.skew(n.sin(degree * x[0]), 1 / degree)]


def rounded(n, x):
    fixed = n.detach(x[0])
    return [n.round(fixed * 1e6) / 1e6 + n.slope(x[0], 1.0)]


def factor_off(n, x):
    factors = list(x)
    factors[6] = n.skew(factors[6], 1 + 1e-6)
    return [product(factors)]


NINE = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3]
OFF = 1 + 1e-6
PEAK = [1_000.0, 2.0, -6.0]


def larger(n, a, b):
    return n.where(a >= b, a, b)


def hypot(n, x, y):
    return n.sqrt(x * x + y * y)


CATALOGUE = [
    (AGREES, "constant", [2.0], lambda n, x: [n.constant(5.0, x[0])]),
    (AGREES, "constant 0", [2.0], lambda n, x: [n.constant(0.0, x[0])]),
    (AGREES, "unused parameter", [1.5, 2.5], lambda n, x: [n.exp(x[0])]),
    (AGREES, "linear", [3.0, -2.0], lambda n, x: [2.0 * x[0] - 7.0 * x[1]]),
    (AGREES, "linear at 0", [0.0], lambda n, x: [3.0 * x[0]]),
    (AGREES, "square at 0", [0.0], lambda n, x: [x[0] * x[0]]),
    (AGREES, "fourth power at 0", [0.0], lambda n, x: [x[0] ** 4]),
    (AGREES, "square near its minimum", [1.0 + 1e-9], lambda n, x: [(x[0] - 1.0) ** 2]),
    (AGREES, "minimum above 0", [0.0], lambda n, x: [(x[0] - 1.0) ** 2 + (x[0] + 1.0) ** 2]),
    (AGREES, "rosenbrock at its minimum", [1.0, 1.0], lambda n, x: [rosenbrock(*x)]),
    (AGREES, "rosenbrock", [-1.2, 1.0], lambda n, x: [rosenbrock(*x)]),
    (AGREES, "powell singular at 0", [0.0] * 4, lambda n, x: [powell_singular(x)]),
    (AGREES, "powell singular", [3.0, -1.0, 0.0, 1.0], lambda n, x: [powell_singular(x)]),
    (AGREES, "wood at its minimum", [1.0] * 4, lambda n, x: [wood(x)]),
    (AGREES, "beale at its minimum", [3.0, 0.5], lambda n, x: [beale(*x)]),
    (AGREES, "sine at its maximum", [math.pi / 2], lambda n, x: [n.sin(x[0])]),
    (AGREES, "cosine at 0", [0.0], lambda n, x: [n.cos(x[0])]),
    (
        AGREES,
        "powell badly scaled",
        [1.098e-5, 9.106],
        lambda n, x: [1e4 * x[0] * x[1] - 1.0, n.exp(-x[0]) + n.exp(-x[1]) - 1.0001],
    ),
    (
        AGREES,
        "brown badly scaled",
        [1e6, 2e-6],
        lambda n, x: [x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2.0],
    ),
    (AGREES, "sine at 1e4", [1e4], lambda n, x: [n.sin(x[0])]),
    (AGREES, "sine at 1e8", [1e8], lambda n, x: [n.sin(x[0])]),
    (AGREES, "scale 1e-4 at 0", [0.0], lambda n, x: [n.sin(1e4 * x[0])]),
    (AGREES, "tanh of scale 1e-4 at 0", [0.0], lambda n, x: [n.tanh(1e4 * x[0])]),
    (AGREES, "scale 1e3 at 0", [0.0], lambda n, x: [n.exp(1e-3 * x[0])]),
    (AGREES, "sine at 1e-9", [1e-9], lambda n, x: [n.sin(x[0])]),
    (AGREES, "exp at 1e-10", [1e-10], lambda n, x: [n.exp(x[0])]),
    (AGREES, "ln_1p at 1e-10", [1e-10], lambda n, x: [n.log1p(x[0])]),
    (AGREES, "sine at 1e-200", [1e-200], lambda n, x: [n.sin(x[0])]),
    (AGREES, "exp at 20", [20.0], lambda n, x: [n.exp(x[0])]),
    (AGREES, "exp at -50", [-50.0], lambda n, x: [n.exp(x[0])]),
    (AGREES, "exp at 300", [300.0], lambda n, x: [n.exp(x[0])]),
    (AGREES, "gaussian at 6", [6.0], lambda n, x: [n.exp(-(x[0] * x[0]))]),
    (AGREES, "ln at 1e-200", [1e-200], lambda n, x: [n.log(x[0])]),
    (AGREES, "ln at 1e150", [1e150], lambda n, x: [n.log(x[0])]),
    (AGREES, "root at 1e-12", [1e-12], lambda n, x: [n.sqrt(x[0])]),
    (AGREES, "reciprocal at 1e-3", [1e-3], lambda n, x: [1 / x[0]]),
    (AGREES, "decibels of 1e-6", [1e-6], lambda n, x: [20.0 * n.log10(x[0])]),
    (AGREES, "pole at a distance of 1e-5", [1.0], lambda n, x: [1 / (x[0] - 1.00001)]),
    (AGREES, "1e7 x beside sine", [1.0], lambda n, x: [1e7 * x[0], n.sin(x[0])]),
    (
        AGREES,
        "outputs from 1e-10 to 1e10",
        [0.7],
        lambda n, x: [1e10 * n.sin(x[0]), x[0] * x[0], 1e-10 * n.cos(x[0])],
    ),
    (AGREES, "tiny output", [1.3], lambda n, x: [1e-200 * n.exp(x[0])]),
    (AGREES, "offset 1e6 and sine", [1.0], lambda n, x: [1e6 + n.sin(x[0])]),
    (AGREES, "offset 1e6 and x", [1.0], lambda n, x: [1e6 + x[0]]),
    (AGREES, "offset 1e7 and square", [1.0], lambda n, x: [1e7 + x[0] * x[0]]),
    (AGREES, "cosine of 1000 x", [1.0], lambda n, x: [n.cos(1_000.0 * x[0])]),
    (AGREES, "cosine of 1e6 x", [1.0], lambda n, x: [n.cos(1e6 * x[0])]),
    (AGREES, "slope and ripple", [1.0], lambda n, x: [x[0] + 1e-3 * n.sin(1e4 * x[0])]),
    (AGREES, "damped sine", [0.5], lambda n, x: [n.sin(50.0 * x[0]) * n.exp(-x[0])]),
    (AGREES, "chirp", [30.0], lambda n, x: [n.sin(x[0] * x[0])]),
    (AGREES, "ln of 1 plus a tiny square", [1e-6], lambda n, x: [n.log(1 + x[0] * x[0])]),
    (AGREES, "exp less 1 at 1e-10", [1e-10], lambda n, x: [n.exp(x[0]) - 1]),
    (
        AGREES,
        "exp less 1 and a line at 1e-10",
        [1e-10],
        lambda n, x: [n.exp(x[0]) - 1 + 1e-3 * x[0]],
    ),
    (
        AGREES,
        "offset 1e6, and taken away",
        [1.0],
        lambda n, x: [(1e6 + n.sin(x[0])) - 1e6],
    ),
    (AGREES, "logistic", [0.3], lambda n, x: [logistic(n, x[0])]),
    (AGREES, "softplus", [2.0], lambda n, x: [n.log1p(n.exp(x[0]))]),
    (AGREES, "power", [2.0, 2.5], lambda n, x: [x[0] ** x[1]]),
    (
        AGREES,
        "hypot and angle",
        [3.0, 4.0],
        lambda n, x: [hypot(n, *x), n.arctan2(x[0], x[1])],
    ),
    (
        AGREES,
        "logarithm of a sum of powers",
        [1.0, 2.0, 3.0],
        lambda n, x: [n.log(n.exp(x[0]) + n.exp(x[1]) + n.exp(x[2]))],
    ),
    (
        AGREES,
        "polynomial of degree 8",
        [4.5],
        lambda n, x: [product([x[0] - (i + 1) for i in range(8)])],
    ),
    (AGREES, "product of 9", NINE, lambda n, x: [product(x)]),
    (AGREES, "absolute value at -3", [-3.0], lambda n, x: [n.abs(x[0])]),
    (AGREES, "larger of x and 1", [2.0], lambda n, x: [larger(n, x[0], n.constant(1.0, x[0]))]),
    (
        AGREES,
        "kink at a distance of 0.005",
        [1.0],
        lambda n, x: [n.abs(x[0] - 1.005) * n.exp(x[0])],
    ),
    (AGREES, "between two bounds", [0.5], lambda n, x: [n.clip(x[0], 0.0, 1.0) ** 3]),
    (AGREES, "peak response", PEAK, lambda n, p: parts(n, [peak(n, *p)])),
    (AGREES, "peak level", PEAK, peak_levels),
    (AGREES, "peak of 0 dB", [1_000.0, 2.0, 0.0], peak_levels),
    (
        AGREES,
        "notch at a distance of 1e-5",
        [1_000.0, 5.0],
        lambda n, p: [level(n, [notch(n, *p)], 1_000.01)],
    ),
    (AGREES, "impulse response at Q 1000", [1_000.0, 1_000.0], ringing),
    (
        AGREES,
        "energy of a ringing filter",
        [1_000.0, 50.0],
        lambda n, p: [sum(y * y for y in ringing(n, p))],
    ),
    (
        AGREES,
        "lowpass of order 4",
        [1_000.0],
        lambda n, p: [level(n, lowpass(n, 4, p[0]), f) for f in (100.0, 1_000.0, 5_000.0)],
    ),
    (AGREES, "lowpass of order 8", [1_000.0], lambda n, p: parts(n, lowpass(n, 8, p[0]))),
    (
        AGREES,
        "lowpass of order 8, deep in its passband",
        [1_000.0],
        lambda n, p: [level(n, lowpass(n, 8, p[0]), f) for f in (50.0, 100.0, 1_000.0, 15_000.0)],
    ),
    (
        AGREES,
        "lowpass just below the Nyquist frequency",
        [23_990.0],
        lambda n, p: [level(n, lowpass(n, 2, p[0]), 23_995.0)],
    ),
    (AGREES, "lowpass at 1 mHz", [1e-3], lambda n, p: parts(n, lowpass(n, 2, p[0]))),
    (AGREES, "equalizer at its target", TARGET, lambda n, p: [equalizer_cost(n, p)]),
    (AGREES, "equalizer off its target", OFF_TARGET, lambda n, p: [equalizer_cost(n, p)]),
    (AGREES, "equalizer from 0 dB", FROM_0_DB, lambda n, p: [equalizer_cost(n, p)]),
    # Wrong.
    (
        DIFFERS,
        "1e7 x beside sine with the wrong sign",
        [1.0],
        lambda n, x: [1e7 * x[0], n.skew(n.sin(x[0]), -1.0)],
    ),
    (
        DIFFERS,
        "1e10 x beside 1e-10 sine with the wrong sign",
        [1.0],
        lambda n, x: [1e10 * x[0], n.skew(1e-10 * n.sin(x[0]), -1.0)],
    ),
    (
        DIFFERS,
        "offset 1e6 and sine with the wrong sign",
        [1.0],
        lambda n, x: [1e6 + n.skew(n.sin(x[0]), -1.0)],
    ),
    (
        DIFFERS,
        "absolute value at -3 with slope 1",
        [-3.0],
        lambda n, x: [n.skew(n.abs(x[0]), -1.0)],
    ),
    (
        DIFFERS,
        "rosenbrock with one sign wrong",
        [-1.2, 1.0],
        lambda n, x: [100.0 * (x[1] - x[0] ** 2) ** 2 + n.skew((1.0 - x[0]) ** 2, -1.0)],
    ),
    (DIFFERS, "conjugate response", PEAK, conjugate),
    (
        DIFFERS,
        "linear, off by 1e-6",
        [3.0, -2.0],
        lambda n, x: [n.skew(2.0 * x[0], OFF) - 7.0 * x[1]],
    ),
    (DIFFERS, "square, off by 1e-6", [3.0], lambda n, x: [n.skew(x[0] * x[0], OFF)]),
    (DIFFERS, "exp, off by 1e-6", [1.3], lambda n, x: [n.skew(n.exp(x[0]), OFF)]),
    (DIFFERS, "exp at 20, off by 1e-6", [20.0], lambda n, x: [n.skew(n.exp(x[0]), OFF)]),
    (DIFFERS, "sine at 1e4, off by 1e-6", [1e4], lambda n, x: [n.skew(n.sin(x[0]), OFF)]),
    (DIFFERS, "sine at 1e-9, off by 1e-6", [1e-9], lambda n, x: [n.skew(n.sin(x[0]), OFF)]),
    (
        DIFFERS,
        "scale 1e-4 at 0, off by 1e-6",
        [0.0],
        lambda n, x: [n.skew(n.sin(1e4 * x[0]), OFF)],
    ),
    (
        DIFFERS,
        "cosine of 1000 x, off by 1e-6",
        [1.0],
        lambda n, x: [n.skew(n.cos(1_000.0 * x[0]), OFF)],
    ),
    (
        DIFFERS,
        "offset 1e6 and sine, off by 1e-6",
        [1.0],
        lambda n, x: [1e6 + n.skew(n.sin(x[0]), OFF)],
    ),
    (
        DIFFERS,
        "1e7 x beside sine, off by 1e-6",
        [1.0],
        lambda n, x: [1e7 * x[0], n.skew(n.sin(x[0]), OFF)],
    ),
    (DIFFERS, "one of 9 factors, off by 1e-6", NINE, factor_off),
    (
        DIFFERS,
        "square near its minimum, off by 1e-6",
        [1.0 + 1e-9],
        lambda n, x: [n.skew((x[0] - 1.0) ** 2, OFF)],
    ),
    (DIFFERS, "peak level, off by 1e-6 in one output", PEAK, one_level_off),
    (
        DIFFERS,
        "notch at a distance of 1e-5, off by 1e-6",
        [1_000.0, 5.0],
        lambda n, p: [n.skew(level(n, [notch(n, *p)], 1_000.01), OFF)],
    ),
    (
        DIFFERS,
        "impulse response at Q 1000, one sample off by 1e-6",
        [1_000.0, 1_000.0],
        one_sample_off,
    ),
    (
        DIFFERS,
        "equalizer off its target, off by 1e-6",
        OFF_TARGET,
        lambda n, p: [n.skew(equalizer_cost(n, p), OFF)],
    ),
    (DIFFERS, "sine of degrees without the factor", [30.0], sine_of_degrees),
    (
        DIFFERS,
        "log10 with the derivative of ln",
        [2.0],
        lambda n, x: [n.skew(n.log10(x[0]), math.log(10))],
    ),
    (DIFFERS, "decibels of power", [0.5], lambda n, x: [n.skew(20.0 * n.log10(x[0]), 0.5)]),
    (
        DIFFERS,
        "derivative of a moment ago",
        [1.3],
        lambda n, x: [n.skew(n.exp(x[0]), math.exp(1.3 + 1e-5) / math.exp(1.3))],
    ),
    (DIFFERS, "square with one factor detached", [3.0], lambda n, x: [x[0] * n.detach(x[0])]),
    (DIFFERS, "product rule with one term", [0.8], lambda n, x: [x[0] * n.detach(n.sin(x[0]))]),
    (
        DIFFERS,
        "small term dropped",
        [1.3],
        lambda n, x: [n.exp(x[0]) + n.detach(1e-5 * n.sin(x[0]))],
    ),
    (
        DIFFERS,
        "rosenbrock with a term dropped",
        [-1.2, 1.0],
        lambda n, x: [100.0 * (x[1] - x[0] ** 2) ** 2 + n.detach((1.0 - x[0]) ** 2)],
    ),
    (
        DIFFERS,
        "branch without derivative",
        [2.0],
        lambda n, x: [n.where(x[0] > 0.0, n.detach(x[0] ** 3), x[0])],
    ),
    (
        DIFFERS,
        "rectifier at 1 with slope 0",
        [1.0],
        lambda n, x: [n.detach(larger(n, x[0], n.constant(0.0, x[0])))],
    ),
    (DIFFERS, "detached", [1.3], lambda n, x: [n.detach(n.sin(x[0]))]),
    (
        DIFFERS,
        "one of four outputs detached",
        [1.3],
        lambda n, x: [n.exp(x[0]), n.sin(x[0]), n.detach(x[0] * x[0]), 1 / x[0]],
    ),
    (
        DIFFERS,
        "lowpass with its cutoff detached",
        [1_000.0],
        lambda n, p: parts(n, lowpass(n, 4, n.detach(p[0]))),
    ),
    (DIFFERS, "constant with a slope", [2.0], lambda n, x: [5.0 + n.slope(x[0], 1.0)]),
    (
        DIFFERS,
        "rosenbrock at its minimum with a slope",
        [1.0, 1.0],
        lambda n, x: [rosenbrock(*x) + n.slope(x[0], 1e-6)],
    ),
    (DIFFERS, "cosine at 0 with a slope", [0.0], lambda n, x: [n.cos(x[0]) + n.slope(x[0], 1e-6)]),
    (
        DIFFERS,
        "absolute value at 0 with slope 5",
        [0.0],
        lambda n, x: [n.abs(x[0]) + n.slope(x[0], 5.0)],
    ),
    (
        DIFFERS,
        "rectifier at -1 with slope 1",
        [-1.0],
        lambda n, x: [larger(n, x[0], n.constant(0.0, x[0])) + n.slope(x[0], 1.0)],
    ),
    (
        DIFFERS,
        "exp less 1 at 1e-10 with the wrong sign",
        [1e-10],
        lambda n, x: [n.skew(n.exp(x[0]) - 1, -1.0)],
    ),
    (
        DIFFERS,
        "slope that is not a number",
        [2.0],
        lambda n, x: [broken(n, n.sin(x[0]), math.nan)],
    ),
    (DIFFERS, "infinite slope", [2.0], lambda n, x: [broken(n, n.sin(x[0]), math.inf)]),
    # Undecided.
    (UNTRUSTED, "absolute value at 0", [0.0], lambda n, x: [n.abs(x[0])]),
    (
        UNTRUSTED,
        "rectifier at 0",
        [0.0],
        lambda n, x: [larger(n, x[0], n.constant(0.0, x[0]))],
    ),
    (
        UNTRUSTED,
        "larger of two equals",
        [1.0, 1.0],
        lambda n, x: [larger(n, x[0] * x[0], x[1] ** 3)],
    ),
    (UNTRUSTED, "distance from the origin at 0", [0.0, 0.0], lambda n, x: [flat_hypot(n, *x)]),
    (
        UNTRUSTED,
        "kink at the point with a curve",
        [1.0],
        lambda n, x: [n.where(x[0] < 1.0, n.exp(x[0]), n.exp(x[0]) + (x[0] - 1.0))],
    ),
    (
        UNTRUSTED,
        "step at the point",
        [1.0],
        lambda n, x: [n.where(x[0] < 1.0, x[0], x[0] + 1.0)],
    ),
    (UNTRUSTED, "root at 0", [0.0], lambda n, x: [n.sqrt(x[0])]),
    (
        UNTRUSTED,
        "cube root at 0",
        [0.0],
        lambda n, x: [n.sign(x[0]) * n.exp(n.log(n.abs(x[0])) / 3)],
    ),
    (UNTRUSTED, "noise of 1e-6", [1.0], lambda n, x: [n.exp(x[0]) + 1e-6 * noise(n, x[0])]),
    (UNTRUSTED, "rounded to six digits", [0.3], rounded),
    (
        UNTRUSTED,
        "defined at one point",
        [1.0],
        lambda n, x: [n.where(x[0] == 1.0, x[0], n.constant(math.nan, x[0]))],
    ),
    (UNTRUSTED, "no outputs", [1.0], lambda n, x: []),
    (UNTRUSTED, "saturated logistic", [30.0], lambda n, x: [logistic(n, x[0])]),
    (
        UNTRUSTED,
        "exp less 1, detached, and a line at 1e-10",
        [1e-10],
        lambda n, x: [n.detach(n.exp(x[0]) - 1) + 1e-3 * x[0]],
    ),
    (
        UNTRUSTED,
        "notch at a distance of 1e-8",
        [1_000.0, 5.0],
        lambda n, p: [level(n, [notch(n, *p)], 1_000.00001)],
    ),
    (UNTRUSTED, "offset 1e13 and sine", [1.0], lambda n, x: [1e13 + n.sin(x[0])]),
    (
        UNTRUSTED,
        "offset 1e13 and sine, off by 1e-6",
        [1.0],
        lambda n, x: [1e13 + n.skew(n.sin(x[0]), OFF)],
    ),
    (
        UNTRUSTED,
        "offset 1e9 and sine, off by 1e-6",
        [1.0],
        lambda n, x: [1e9 + n.skew(n.sin(x[0]), OFF)],
    ),
]


def flat_hypot(n, x, y):
    """hypot with the derivative 0 at the origin, where sqrt would give NaN."""
    square = x * x + y * y
    safe = n.where(square > 0, square, n.constant(1.0, square))
    return n.where(square > 0, n.sqrt(safe), n.constant(0.0, square))


@jax.custom_jvp
def _broken_jax(y, slope):
    return y


@_broken_jax.defjvp
def _broken_jvp(primals, tangents):
    y, slope = primals
    return y, tangents[0] * slope


class _BrokenTorch(torch.autograd.Function):
    @staticmethod
    def forward(ctx, y, slope):
        ctx.slope = slope
        return y.clone()

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.slope, None


def broken(n, y, slope):
    """The same number with its derivative multiplied by what is no number."""
    if n is JAX:
        return _broken_jax(y, slope)
    return _BrokenTorch.apply(y, slope) if n is TORCH else y


# --- checks ----------------------------------------------------------------------------------


def with_numpy(function):
    """Values of a function of an array."""

    def values(x):
        outputs = function(NUMPY, list(np.asarray(x, dtype=float)))
        return np.array([float(y) for y in outputs])

    return values


def with_jax(function):
    def values(x):
        outputs = function(JAX, list(x))
        return jnp.stack([jnp.asarray(y) for y in outputs]) if outputs else jnp.zeros(0)

    return values


def by_jax(function, params):
    """The derivative that is on trial."""
    return np.asarray(jax.jacfwd(with_jax(function))(jnp.asarray(params)))


def passes_torch(function, params, **tolerances):
    def outputs(*x):
        return tuple(function(TORCH, list(x)))

    inputs = tuple(torch.tensor(x, requires_grad=True) for x in params)
    return torch.autograd.gradcheck(outputs, inputs, **tolerances)


def passes_jax(function, params, **tolerances):
    check_grads(with_jax(function), (jnp.asarray(params),), order=1, modes=["fwd"], **tolerances)
    return True


def passes_numdifftools(function, params):
    exact = by_jax(function, params)
    result = numdifftools.Jacobian(with_numpy(function), full_output=True)(params)
    found = np.asarray(result.estimate).reshape(exact.shape)
    estimate = np.asarray(result.error_estimate).reshape(exact.shape)
    size = np.maximum(abs(exact), abs(found))
    return bool(np.all(abs(exact - found) <= np.maximum(TOLERANCE * size, estimate)))


def ridders(values, params, index):
    """ceres::internal::NumericDiff with RIDDERS and the defaults of NumericDiffOptions."""
    extrapolations, shrink, start = 10, 2.0, 1e-2
    x = np.array(params, dtype=float)
    step = max(math.sqrt(np.finfo(float).eps), abs(x[index]) * start)

    def central(h):
        high, low = x.copy(), x.copy()
        high[index] += h
        low[index] -= h
        return (values(high) - values(low)) / (2 * h)

    previous = [central(step)]
    best, error = previous[0], math.inf
    for _ in range(1, extrapolations):
        step /= shrink
        current = [central(step)]
        factor = shrink**2
        for older in previous:
            current.append((factor * current[-1] - older) / (factor - 1))
            factor *= shrink**2
            newest = np.linalg.norm(current[-1] - current[-2])
            distance = max(newest, np.linalg.norm(current[-1] - older))
            if distance <= error:
                best, error = current[-1], distance
                if error < 1e-12:
                    return best
        if np.linalg.norm(current[-1] - previous[-1]) >= 2.0 * error:
            break
        previous = current
    return best


def passes_ceres(function, params):
    exact = by_jax(function, params)
    values = with_numpy(function)
    for index in range(len(params)):
        for a, b in zip(exact[:, index], ridders(values, params, index)):
            if not (math.isfinite(a) and math.isfinite(b)):
                return False
            # ceres::internal::IsClose.
            difference, size = abs(a - b), max(abs(a), abs(b))
            relative = difference if a == 0 or b == 0 else difference / size
            if relative > TOLERANCE:
                return False
    return True


STRICT = {"rtol": TOLERANCE, "atol": 1e-9}
CHECKS = {
    "torch": passes_torch,
    "torch 5e-7": lambda function, params: passes_torch(function, params, **STRICT),
    "JAX": passes_jax,
    "JAX 5e-7": lambda function, params: passes_jax(function, params, **STRICT),
    "numdifftools": passes_numdifftools,
    "Ceres": passes_ceres,
}


def verdict(check, function, params):
    """Whether a check passes; whatever it raises is a failure."""
    try:
        return bool(check(function, params))
    except Exception:  # noqa: BLE001
        return False


def main():
    rows = []
    for expected, name, params, function in CATALOGUE:
        passed = {check: verdict(run, function, params) for check, run in CHECKS.items()}
        values = [float(y) for y in with_numpy(function)(params)]
        rows.append({"name": name, "verdict": expected, "values": values, "passed": passed})

    versions = {"jax": jax.__version__, "torch": torch.__version__}
    versions["numdifftools"] = numdifftools.__version__
    versions["numpy"] = np.__version__
    versions["python"] = platform.python_version()
    TARGET_FILE.write_text(json.dumps({"versions": versions, "rows": rows}, indent=1) + "\n")

    kinds = [
        (AGREES, "right, but failed", False),
        (DIFFERS, "wrong, but passed", True),
        (UNTRUSTED, "undecidable, but passed", True),
    ]
    print(f"{'':32}" + "".join(f"{check:>14}" for check in CHECKS))
    total = dict.fromkeys(CHECKS, 0)
    for kind, title, fault in kinds:
        some = [row for row in rows if row["verdict"] == kind]
        faults = {c: sum(row["passed"][c] == fault for row in some) for c in CHECKS}
        total = {c: total[c] + faults[c] for c in CHECKS}
        title = f"{title}, of {len(some)}"
        print(f"{title:32}" + "".join(f"{faults[check]:14}" for check in CHECKS))
    title = f"false verdicts, of {len(rows)}"
    print(f"{title:32}" + "".join(f"{total[check]:14}" for check in CHECKS))
    print("\n" + "  ".join(f"{name} {version}" for name, version in versions.items()))


if __name__ == "__main__":
    main()
