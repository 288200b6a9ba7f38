"""Writes least_squares.json: standard problems of nonlinear least squares, solved by scipy.

The unbounded problems are those of Moré, Garbow and Hillstrom, *Testing Unconstrained
Optimization Software* (1981), with their numbers, from their standard starts, by MINPACK's lmder;
the minima they print are checked. The bounded ones and those with a robust loss are solved by
scipy's trust-region reflective method; where that stops short of the minimum, as it does near
bounds, Newton's method on the free parameters finishes.
"""

import json
import platform
from pathlib import Path

import mpmath
import numpy as np
import scipy
from scipy.optimize import least_squares

TARGET = Path(__file__).with_suffix(".json")

BARD = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]
KOWALIK_Y = [
    0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246
]  # fmt: skip
KOWALIK_U = [4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625]
MEYER = [
    34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820,
    3307, 2872,
]  # fmt: skip
OSBORNE = [
    0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685,
    0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448,
    0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406,
]  # fmt: skip
# A straight line, 2 + 0.5 t, with a little noise and three outliers.
LINE = [2.03, 2.46, 3.01, 9.48, 3.97, 4.52, 5.05, 5.46, -3.0, 6.55, 6.97, 7.52, 8.04, 20.0, 8.96]


def rosenbrock(x):
    return [10 * (x[1] - x[0] ** 2), 1 - x[0]]


def freudenstein_roth(x):
    return [
        -13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1],
        -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1],
    ]


def beale(x):
    return [y - x[0] * (1 - x[1] ** (i + 1)) for i, y in enumerate([1.5, 2.25, 2.625])]


def jennrich_sampson(x):
    exp = mpmath.exp
    return [2 + 2 * i - (exp(i * x[0]) + exp(i * x[1])) for i in range(1, 11)]


def helical_valley(x):
    turn = mpmath.atan(x[1] / x[0]) / (2 * mpmath.pi) + (0.5 if x[0] < 0 else 0)
    return [10 * (x[2] - 10 * turn), 10 * (mpmath.hypot(x[0], x[1]) - 1), x[2]]


def bard(x):
    rows = [(u, 16 - u, min(u, 16 - u), y) for u, y in enumerate(BARD, 1)]
    return [y - (x[0] + u / (v * x[1] + w * x[2])) for u, v, w, y in rows]


def meyer(x):
    return [x[0] * mpmath.exp(x[1] / (45 + 5 * i + x[2])) - y for i, y in enumerate(MEYER, 1)]


def box_3d(x):
    exp = mpmath.exp
    times = [mpmath.mpf(i) / 10 for i in range(1, 11)]
    return [exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (exp(-t) - exp(-10 * t)) for t in times]


def powell_singular(x):
    return [
        x[0] + 10 * x[1],
        mpmath.sqrt(5) * (x[2] - x[3]),
        (x[1] - 2 * x[2]) ** 2,
        mpmath.sqrt(10) * (x[0] - x[3]) ** 2,
    ]


def wood(x):
    root = mpmath.sqrt
    return [
        10 * (x[1] - x[0] ** 2),
        1 - x[0],
        root(90) * (x[3] - x[2] ** 2),
        1 - x[2],
        root(10) * (x[1] + x[3] - 2),
        (x[1] - x[3]) / root(10),
    ]


def kowalik_osborne(x):
    rows = zip(KOWALIK_U, KOWALIK_Y, strict=True)
    return [y - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3]) for u, y in rows]


def brown_dennis(x):
    times = [mpmath.mpf(i) / 5 for i in range(1, 21)]
    return [
        (x[0] + t * x[1] - mpmath.exp(t)) ** 2 + (x[2] + x[3] * mpmath.sin(t) - mpmath.cos(t)) ** 2
        for t in times
    ]


def osborne1(x):
    exp = mpmath.exp
    return [
        y - (x[0] + x[1] * exp(-10 * i * x[3]) + x[2] * exp(-10 * i * x[4]))
        for i, y in enumerate(OSBORNE)
    ]


def line(x):
    return [x[0] + x[1] * t - y for t, y in enumerate(LINE)]


INF = float("inf")
# Name, residuals, start, sum of squares as published (None: several minima or none printed).
STANDARD = [
    ("rosenbrock", rosenbrock, [-1.2, 1], 0),
    ("freudenstein_roth", freudenstein_roth, [0.5, -2], 48.9842),
    ("beale", beale, [1, 1], 0),
    ("jennrich_sampson", jennrich_sampson, [0.3, 0.4], 124.362),
    ("helical_valley", helical_valley, [-1, 0, 0], 0),
    ("bard", bard, [1, 1, 1], 8.21487e-3),
    ("meyer", meyer, [0.02, 4000, 250], 87.9458),
    ("box_3d", box_3d, [0, 10, 20], 0),
    ("powell_singular", powell_singular, [3, -1, 0, 1], 0),
    ("wood", wood, [-3, -1, -3, -1], 0),
    ("kowalik_osborne", kowalik_osborne, [0.25, 0.39, 0.415, 0.39], 3.07505e-4),
    ("brown_dennis", brown_dennis, [25, 5, -5, -1], 85822.2),
    ("osborne1", osborne1, [0.5, 1.5, -1, 0.01, 0.02], 5.46489e-5),
]
# Name, start, bounds.
BOUNDED = [
    ("rosenbrock", [-1.2, 1], [(-INF, 0.5), (-INF, INF)]),
    ("rosenbrock", [1.5, 2], [(-2, 2), (1.2, 3)]),
    ("beale", [1, 0.2], [(-10, 2), (-10, 10)]),
    ("bard", [1, 1, 1], [(-INF, INF), (-INF, INF), (0, 2)]),
    ("wood", [-3, -1, -3, -1], [(-INF, INF), (-10, 10), (-INF, INF), (-10, 0.3)]),
    ("kowalik_osborne", [0.15, 0.39, 0.415, 0.39], [(0, 0.19), (-INF, INF), (0, 0.42), (0, 1)]),
    ("brown_dennis", [5, 5, -5, -1], [(-5, 10), (0, 10), (-INF, INF), (-1, 1)]),
    (
        "osborne1",
        [0.4, 1.5, -1, 0.015, 0.02],
        [(0.38, 1), (1, 3), (-3, -0.5), (0.014, 0.02), (0.01, 0.05)],
    ),
]
ROBUST = [("huber", 0.1), ("huber", 1.0), ("cauchy", 0.1), ("cauchy", 1.0)]


def floats(function):
    return lambda x: np.array([float(r) for r in function([mpmath.mpf(float(v)) for v in x])])


def derivatives(function, x):
    """The Jacobian by differences in 60 digits: exact to 25."""
    x = [mpmath.mpf(float(v)) for v in x]
    step = mpmath.mpf(10) ** -25
    columns = []
    for i in range(len(x)):
        h = step * max(1, abs(x[i]))
        moved = [[*x[:i], x[i] + s * h, *x[i + 1 :]] for s in (1, -1)]
        up, down = (function(m) for m in moved)
        columns.append([float((a - b) / (2 * h)) for a, b in zip(up, down, strict=True)])
    return np.array(columns).T


def loss(kind, scale, square):
    """Half of it is the cost of a residual."""
    z = square / scale**2
    if kind == "huber":
        return scale**2 * (z if z <= 1 else 2 * mpmath.sqrt(z) - 1)
    return scale**2 * mpmath.log(1 + z) if kind == "cauchy" else square


def polished(function, x, free, kind="linear", scale=1.0):
    """Newton's method on the free parameters, in 60 digits; the parameters and the cost."""
    x = [mpmath.mpf(float(v)) for v in x]

    def cost(values):
        return sum(loss(kind, scale, r * r) for r in function(values)) / 2

    def at(inner):
        values = list(x)
        for i, v in zip(free, inner, strict=True):
            values[i] = v
        return values

    inner = [x[i] for i in free]
    h = mpmath.mpf(10) ** -15
    n = len(free)
    for _ in range(12 if free else 0):

        def f(*d, inner=inner):
            return cost(at([v + h * s for v, s in zip(inner, d, strict=True)]))

        def unit(i, s):
            return [s if j == i else 0 for j in range(n)]

        g = mpmath.matrix([(f(*unit(i, 1)) - f(*unit(i, -1))) / (2 * h) for i in range(n)])
        hess = mpmath.matrix(n, n)
        for i in range(n):
            for j in range(n):
                corner = [
                    s * t * f(*[s * (k == i) + t * (k == j) for k in range(n)])
                    for s in (1, -1)
                    for t in (1, -1)
                ]
                hess[i, j] = sum(corner) / (4 * h * h)
        move = mpmath.lu_solve(hess, -g)
        inner = [v + m for v, m in zip(inner, move, strict=True)]
        if max((abs(m) for m in move), default=0) < mpmath.mpf(10) ** -22:
            break
    values = at(inner)
    return [float(v) for v in values], float(cost(values))


def main():
    mpmath.mp.dps = 60
    functions = {name: function for name, function, _, _ in STANDARD}
    document = {
        "made_by": Path(__file__).name,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "mpmath": mpmath.__version__,
        "standard": [],
        "bounded": [],
        "robust": [],
    }
    for name, function, start, published in STANDARD:
        found = least_squares(
            floats(function), start, jac=lambda x, f=function: derivatives(f, x), method="lm",
            ftol=1e-15, xtol=1e-15, gtol=1e-15, max_nfev=20000, x_scale="jac",
        )  # fmt: skip
        params, cost = [float(v) for v in found.x], found.cost
        if published:
            params, cost = polished(function, params, range(len(params)))
            assert abs(2 * cost / published - 1) < 1e-5, (name, 2 * cost)
        else:
            assert cost < 1e-18, (name, cost)
            cost = 0.0
        print(name, params, 2 * cost, found.nfev, found.njev)
        document["standard"].append({
            "name": name, "start": [float(v) for v in start], "params": params, "cost": cost,
            "minpack_jacobians": found.njev, "minpack_evaluations": found.nfev,
        })  # fmt: skip
    for name, start, bounds in BOUNDED:
        function = functions[name]
        lower, upper = zip(*bounds, strict=True)
        found = least_squares(
            floats(function), start, jac=lambda x, f=function: derivatives(f, x),
            bounds=(lower, upper), method="trf", ftol=1e-15, xtol=1e-15, gtol=1e-15,
            max_nfev=20000,
        )  # fmt: skip
        params = list(found.x)
        held = []
        for i, (low, high) in enumerate(bounds):
            nearest = low if abs(params[i] - low) < abs(params[i] - high) else high
            held.append(bool(abs(params[i] - nearest) < 1e-6 * max(1, abs(nearest))))
            if held[i]:
                params[i] = float(nearest)
        free = [i for i, at in enumerate(held) if not at]
        near = params
        params, cost = polished(function, params, free)
        assert np.allclose(params, near, rtol=1e-4, atol=1e-6), (name, params, near)
        # At the minimum the cost pushes outwards at every bound that is reached.
        slopes = derivatives(function, params).T @ floats(function)(params)
        for i, (low, high) in enumerate(bounds):
            assert low <= params[i] <= high
            assert not held[i] or (slopes[i] > 0) == (params[i] == low), (name, slopes)
        print(name, params, cost, held, found.njev)
        finite = [[None if abs(b) == INF else b for b in pair] for pair in bounds]
        document["bounded"].append({
            "name": name, "start": [float(v) for v in start], "bounds": finite, "held": held,
            "params": params, "cost": cost,
        })  # fmt: skip
    for kind, scale in ROBUST:
        found = least_squares(
            floats(line), [0, 1], jac=lambda x: derivatives(line, x), loss=kind, f_scale=scale,
            ftol=1e-15, xtol=1e-15, gtol=1e-15, max_nfev=20000,
        )  # fmt: skip
        params, cost = polished(line, found.x, [0, 1], kind, scale)
        assert np.allclose(params, found.x, rtol=1e-5), (kind, scale, params, found.x)
        assert abs(cost / found.cost - 1) < 1e-9
        print(kind, scale, params, cost)
        document["robust"].append({
            "loss": kind, "scale": scale, "start": [0.0, 1.0], "params": params, "cost": cost,
        })  # fmt: skip
    document["line"] = LINE
    TARGET.write_text(json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n")
    print("wrote", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
