"""Filter design in multiple precision: prototypes, band transforms, bilinear transform, response.

Written from the textbook formulas, without looking at the library under test.  A filter is a
triple (zeros, poles, gain) of mpmath numbers; the conventions are those of scipy.signal.
"""

from functools import lru_cache

from mpmath import mp, mpc, mpf

DIGITS = 80
mp.dps = DIGITS

METHODS = ("butterworth", "chebyshev1", "chebyshev2", "elliptic", "bessel")
BANDS = ("lowpass", "highpass", "bandpass", "bandstop")
NORMS = ("phase", "delay", "magnitude")


def nearest(x):
    """The double nearest to a real mpmath number."""
    return float(mp.nstr(x, 40, strip_zeros=False))


def product(factors):
    """The product of an iterable of numbers, 1 if it is empty."""
    result = mpf(1)
    for factor in factors:
        result = result * factor
    return result


# Lowpass prototypes, edge at 1 rad/s.


def ripple_squared(decibels):
    """epsilon^2 of an attenuation of 10 log10(1 + epsilon^2) decibels."""
    return mp.expm1(decibels * mp.ln(10) / 10)


@lru_cache(maxsize=None)
def butterworth_angles(order):
    """exp(j angle) for the left-half-plane Butterworth poles."""
    return tuple(-mp.expjpi(mpf(m) / (2 * order)) for m in range(1 - order, order, 2))


def butterworth(order):
    """Butterworth: -3 dB at 1 rad/s."""
    return [], list(butterworth_angles(order)), mpf(1)


def chebyshev1(order, ripple_db):
    """Chebyshev I: passband ripple up to 1 rad/s."""
    squared = ripple_squared(ripple_db)
    mu = mp.asinh(1 / mp.sqrt(squared)) / order
    sinh, cosh = mp.sinh(mu), mp.cosh(mu)
    poles = [mpc(sinh * p.real, cosh * p.imag) for p in butterworth_angles(order)]
    gain = product(-p for p in poles).real
    if order % 2 == 0:
        gain /= mp.sqrt(1 + squared)
    return [], poles, gain


def chebyshev2(order, stop_db):
    """Chebyshev II: the attenuation stop_db is first reached at 1 rad/s."""
    mu = mp.asinh(mp.sqrt(ripple_squared(stop_db))) / order
    sinh, cosh = mp.sinh(mu), mp.cosh(mu)
    poles = [1 / mpc(sinh * p.real, cosh * p.imag) for p in butterworth_angles(order)]
    zeros = [mpc(0, 1 / mp.sinpi(mpf(m) / (2 * order))) for m in range(1 - order, order, 2) if m]
    gain = (product(-p for p in poles) / product(-z for z in zeros)).real
    return zeros, poles, gain


def nome(m):
    """The elliptic nome of the parameter m = k^2."""
    return mp.exp(-mp.pi * mp.ellipk(1 - m) / mp.ellipk(m))


def elliptic(order, ripple_db, stop_db):
    """Elliptic (Cauer): passband ripple up to 1 rad/s, equiripple stopband.

    The degree equation q(k) = q(k1)^(1/order) gives the selectivity k from the
    discrimination k1; poles and zeros follow from Jacobi's functions.
    """
    squared = ripple_squared(ripple_db)
    if order == 1:
        pole = -1 / mp.sqrt(squared)
        return [], [mpc(pole)], -pole

    m1 = squared / ripple_squared(stop_db)
    q = mp.root(nome(m1), order)
    m = mp.mfrom(q=q)
    quarter = mp.pi / 2 * mp.jtheta(3, 0, q) ** 2  # K(m)

    depth = mp.ellipf(mp.atan(1 / mp.sqrt(squared)), 1 - m1)  # sc(depth | 1 - m1) = 1 / epsilon
    v = quarter * depth / (order * mp.ellipk(m1))
    sv, cv, dv = (mp.ellipfun(kind, v, m=1 - m) for kind in ("sn", "cn", "dn"))

    zeros, poles = [], []
    for j in range(1 - order % 2, order, 2):
        s, c, d = (mp.ellipfun(kind, quarter * j / order, q=q) for kind in ("sn", "cn", "dn"))
        pole = -mpc(c * d * sv * cv, s * dv) / (1 - (d * sv) ** 2)
        if j == 0:
            poles.append(mpc(pole.real))
            continue
        poles += [pole, mp.conj(pole)]
        zero = mpc(0, 1 / (mp.sqrt(m) * s))
        zeros += [zero, mp.conj(zero)]
    gain = (product(-p for p in poles) / product(-z for z in zeros)).real
    if order % 2 == 0:
        gain /= mp.sqrt(1 + squared)
    return zeros, poles, gain


@lru_cache(maxsize=None)
def bessel_roots(order):
    """Roots of the reverse Bessel polynomial: the real one (or None), then those with im > 0.

    The pairs come in order of rising Q.
    """
    coefficients = [
        mp.factorial(2 * order - k)
        / (mpf(2) ** (order - k) * mp.factorial(k) * mp.factorial(order - k))
        for k in range(order, -1, -1)
    ]
    roots = mp.polyroots(coefficients, maxsteps=500, extraprec=600)
    small = mpf(10) ** (-DIGITS // 2)
    reals = [r.real for r in roots if abs(mp.im(r)) < small]
    pairs = [mpc(r) for r in roots if mp.im(r) >= small]
    assert len(reals) == order % 2 and len(pairs) == order // 2
    pairs.sort(key=lambda r: abs(r) / -r.real)
    return (reals[0] if reals else None), tuple(pairs)


@lru_cache(maxsize=None)
def bessel_scale(order, norm):
    """What the delay-normalised poles are divided by for a norm."""
    if norm == "delay":
        return mpf(1)
    if norm == "phase":  # the order-th root of theta(0) = (2 order)! / (2^order order!)
        return mp.root(mp.factorial(2 * order) / (mpf(2) ** order * mp.factorial(order)), order)
    if norm == "magnitude":  # where |theta(jw)|^2 = 2 theta(0)^2
        real, pairs = bessel_roots(order)
        poles = ([real] if order % 2 else []) + [q for p in pairs for q in (p, mp.conj(p))]

        def excess(w):
            return mp.ln(product(abs(mpc(0, w) / p - 1) ** 2 for p in poles)) - mp.ln(2)

        return mp.findroot(excess, mp.sqrt((2 * order - 1) * mp.ln(2)))
    raise ValueError(norm)


@lru_cache(maxsize=None)
def bessel(order, norm):
    """Bessel lowpass with one of the three frequency normalisations."""
    scale = bessel_scale(order, norm)
    real, pairs = bessel_roots(order)
    poles = [] if real is None else [mpc(real / scale)]
    for p in pairs:
        poles += [p / scale, mp.conj(p) / scale]
    return [], poles, product(-p for p in poles).real


def prototype(spec):
    """The analog lowpass prototype of a specification."""
    method, order = spec["method"], spec["order"]
    if method == "butterworth":
        return butterworth(order)
    if method == "chebyshev1":
        return chebyshev1(order, mpf(spec["ripple_db"]))
    if method == "chebyshev2":
        return chebyshev2(order, mpf(spec["stop_db"]))
    if method == "elliptic":
        return elliptic(order, mpf(spec["ripple_db"]), mpf(spec["stop_db"]))
    if method == "bessel":
        return bessel(order, spec["norm"])
    raise ValueError(method)


# Transforms.


def to_lowpass(zeros, poles, gain, edge):
    """s -> s / edge."""
    degree = len(poles) - len(zeros)
    return [z * edge for z in zeros], [p * edge for p in poles], gain * edge**degree


def to_highpass(zeros, poles, gain, edge):
    """s -> edge / s."""
    gain = gain * (product(-z for z in zeros) / product(-p for p in poles)).real
    at_zero = [mpc(0)] * (len(poles) - len(zeros))
    return [edge / z for z in zeros] + at_zero, [edge / p for p in poles], gain


def split(half_sum, centre_squared):
    """Both roots of s^2 - 2 half_sum s + centre_squared."""
    root = mp.sqrt(half_sum * half_sum - centre_squared)
    return [half_sum + root, half_sum - root]


def to_bandpass(zeros, poles, gain, low, high):
    """s -> (s^2 + low high) / (s (high - low))."""
    width, centre_squared = high - low, low * high
    degree = len(poles) - len(zeros)
    new_zeros = [s for z in zeros for s in split(z * width / 2, centre_squared)]
    new_poles = [s for p in poles for s in split(p * width / 2, centre_squared)]
    return new_zeros + [mpc(0)] * degree, new_poles, gain * width**degree


def to_bandstop(zeros, poles, gain, low, high):
    """s -> s (high - low) / (s^2 + low high)."""
    width, centre_squared = high - low, low * high
    centre = mp.sqrt(centre_squared)
    degree = len(poles) - len(zeros)
    gain = gain * (product(-z for z in zeros) / product(-p for p in poles)).real
    new_zeros = [s for z in zeros for s in split(width / (2 * z), centre_squared)]
    new_poles = [s for p in poles for s in split(width / (2 * p), centre_squared)]
    return new_zeros + [mpc(0, centre), mpc(0, -centre)] * degree, new_poles, gain


def bilinear(zeros, poles, gain):
    """s = (z - 1) / (z + 1), root by root; zeros at infinity go to z = -1."""
    gain = gain * (product(1 - z for z in zeros) / product(1 - p for p in poles)).real
    at_nyquist = [mpc(-1)] * (len(poles) - len(zeros))
    new_zeros = [(1 + z) / (1 - z) for z in zeros]
    return new_zeros + at_nyquist, [(1 + p) / (1 - p) for p in poles], gain


def warp(frequency, sample_rate):
    """The analog frequency that the bilinear transform maps to a frequency in Hz."""
    return mp.tan(mp.pi * mpf(frequency) / mpf(sample_rate))


def digital(analog, band, edges, sample_rate):
    """The digital filter of a lowpass prototype, with prewarped edges."""
    warped = [warp(edge, sample_rate) for edge in edges]
    transform = {
        "lowpass": to_lowpass,
        "highpass": to_highpass,
        "bandpass": to_bandpass,
        "bandstop": to_bandstop,
    }[band]
    return bilinear(*transform(*analog, *warped))


def unit_circle(frequency, sample_rate):
    """exp(j w) of a frequency in Hz."""
    return mp.expjpi(2 * mpf(frequency) / mpf(sample_rate))


def response(filter_, points):
    """The transfer function at points of the z plane."""
    zeros, poles, gain = filter_
    return [gain * product(x - z for z in zeros) / product(x - p for p in poles) for x in points]
