"""The classic designs, with the arguments of scipy.signal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from . import _core
from ._response import sample_rate

_SHAPES = {
    "low": "lowpass", "lowpass": "lowpass", "lp": "lowpass", "l": "lowpass",
    "high": "highpass", "highpass": "highpass", "hp": "highpass", "h": "highpass",
    "band": "bandpass", "bandpass": "bandpass", "pass": "bandpass", "bp": "bandpass",
    "stop": "bandstop", "bandstop": "bandstop", "bands": "bandstop", "bs": "bandstop",
}  # fmt: skip


def _output(designed: _core.Designed, output: str) -> Any:
    if output == "ba":
        return designed.ba()
    if output == "zpk":
        z, p, k = designed.zpk()
        return (np.real(z) if np.all(np.imag(z) == 0) else z), p, k
    if output == "sos":
        return designed.sos()
    raise ValueError(f"`output` must be 'ba', 'zpk' or 'sos', not {output!r}")


def _order(N: object) -> int:
    order = np.asarray(N)
    if order.ndim != 0 or order.dtype.kind not in "iuf" or order != np.floor(order):
        raise ValueError(f"`N` must be a whole number, not {N!r}")
    if not 0 <= order < 2**31:
        raise ValueError(f"`N` must be from 1 to 24, not {N!r}")
    return int(order)


def _design(
    family: str,
    N: object,
    Wn: ArrayLike,
    btype: str,
    analog: bool,
    output: str,
    fs: Optional[float],
    **method: Any,
) -> Any:
    if analog:
        raise ValueError("`analog` must be False: filters are digital")
    if btype.lower() not in _SHAPES:
        known = ", ".join(repr(word) for word in ("lowpass", "highpass", "bandpass", "bandstop"))
        raise ValueError(f"`btype` must be {known}, not {btype!r}")
    edges = np.atleast_1d(np.asarray(Wn, np.float64))
    if edges.ndim != 1:
        raise ValueError(f"`Wn` must be one or two numbers, not of the shape {edges.shape}")
    rate = 2.0 if fs is None else sample_rate(fs)
    shape = _SHAPES[btype.lower()]
    designed = _core.classic(family, _order(N), shape, edges.tolist(), rate, **method)
    return _output(designed, output)


_DOC = """
    Parameters
    ----------
    N
        Order of the lowpass prototype, up to 24; a bandpass or bandstop has twice as many poles.
        Order 0 is a gain, as in scipy.{method}
    Wn
        One edge, or two of a bandpass or bandstop, in Hz if ``fs`` is given, else as a fraction of
        half the sample rate.
    btype
        ``"lowpass"``, ``"highpass"``, ``"bandpass"`` or ``"bandstop"``.
    analog
        Must be False.
    output
        ``"ba"``, ``"zpk"`` or ``"sos"``. Prefer ``"sos"``: polynomials of high order lose
        digits.{norm}
    fs
        Samples per second.

    Returns
    -------
    (b, a), (z, p, k) or sos
        The sections are in the order of the library: rising Q, each with gain 1 at the band's
        reference frequency.

    Raises
    ------
    ValueError
        If no filter can be designed. The sentence names the argument.
    """

_F = TypeVar("_F", bound=Callable[..., Any])

_RIPPLE = "\n    rp\n        Ripple of the passband in dB."
_STOP = "\n    rs\n        Attenuation of the stopband in dB."
_NORM = '\n    norm\n        What the edge means: ``"phase"``, ``"delay"`` or ``"mag"``.'


def _documented(title: str, method: str = "", norm: str = "") -> Callable[[_F], _F]:
    def decorate(function: _F) -> _F:
        function.__doc__ = title + "\n" + _DOC.format(method=method, norm=norm)
        return function

    return decorate


@_documented("Butterworth filter, as ``scipy.signal.butter``.")
def butter(
    N: int,
    Wn: ArrayLike,
    btype: str = "low",
    analog: bool = False,
    output: str = "ba",
    fs: Optional[float] = None,
) -> Any:
    return _design("butter", N, Wn, btype, analog, output, fs)


@_documented("Chebyshev filter with ripple in the passband, as ``scipy.signal.cheby1``.", _RIPPLE)
def cheby1(
    N: int,
    rp: float,
    Wn: ArrayLike,
    btype: str = "low",
    analog: bool = False,
    output: str = "ba",
    fs: Optional[float] = None,
) -> Any:
    return _design("cheby1", N, Wn, btype, analog, output, fs, rp=float(rp))


@_documented("Chebyshev filter with ripple in the stopband, as ``scipy.signal.cheby2``.", _STOP)
def cheby2(
    N: int,
    rs: float,
    Wn: ArrayLike,
    btype: str = "low",
    analog: bool = False,
    output: str = "ba",
    fs: Optional[float] = None,
) -> Any:
    return _design("cheby2", N, Wn, btype, analog, output, fs, rs=float(rs))


@_documented("Elliptic filter, as ``scipy.signal.ellip``.", _RIPPLE + _STOP)
def ellip(
    N: int,
    rp: float,
    rs: float,
    Wn: ArrayLike,
    btype: str = "low",
    analog: bool = False,
    output: str = "ba",
    fs: Optional[float] = None,
) -> Any:
    return _design("ellip", N, Wn, btype, analog, output, fs, rp=float(rp), rs=float(rs))


@_documented("Bessel filter, as ``scipy.signal.bessel``.", norm=_NORM)
def bessel(
    N: int,
    Wn: ArrayLike,
    btype: str = "low",
    analog: bool = False,
    output: str = "ba",
    norm: str = "phase",
    fs: Optional[float] = None,
) -> Any:
    return _design("bessel", N, Wn, btype, analog, output, fs, norm=norm)


def iirnotch(
    w0: float,
    Q: float,
    fs: float = 2.0,
    *,
    xp: object = None,
    device: object = None,
    output: str = "ba",
) -> Any:
    """Second-order notch, as ``scipy.signal.iirnotch``.

    Parameters
    ----------
    w0
        The frequency that is removed, in the unit of ``fs``.
    Q
        ``w0`` over the distance of the -3 dB points.
    fs
        The sample rate; by default ``w0`` is a fraction of half of it.
    xp, device
        Not used: arrays are numpy's.
    output
        ``"ba"``, ``"zpk"`` or ``"sos"``.
    """
    return _output(_core.notch(_scalar("w0", w0), _scalar("Q", Q), sample_rate(fs)), output)


def iirpeak(
    w0: float,
    Q: float,
    fs: float = 2.0,
    *,
    xp: object = None,
    device: object = None,
    output: str = "ba",
) -> Any:
    """Second-order peak of 0 dB, as ``scipy.signal.iirpeak``. Arguments as in :func:`iirnotch`."""
    return _output(_core.constant_peak(_scalar("w0", w0), _scalar("Q", Q), sample_rate(fs)), output)


def _scalar(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"`{name}` must be one number, not {value!r}") from None
