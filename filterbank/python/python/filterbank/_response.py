"""Frequency responses, as in scipy.signal."""

from __future__ import annotations

import math
import operator
from typing import Any, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core
from ._filter import sections


def sample_rate(fs: object) -> float:
    """A sample rate: one number, finite and above 0."""
    if fs is None:
        raise ValueError("Sampling frequency `fs` must not be none")
    try:
        value = float(fs)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"Sampling frequency `fs` must be a single scalar, not {fs!r}") from None
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"`fs` must be finite and above 0, not {fs!r}")
    return value


def _frequencies(points: object, name: str, whole: bool, fs: float) -> NDArray[np.float64]:
    """A number of frequencies from 0 on, or the given ones."""
    try:
        count = operator.index(points)  # type: ignore[arg-type]
    except TypeError:
        values = np.atleast_1d(np.asarray(points))
        if values.ndim != 1 or np.any(values.imag != 0):
            raise ValueError(
                f"`{name}` must be a number of points, or real frequencies, not {points!r}"
            ) from None
        return values.real.astype(np.float64)
    if count < 0:
        raise ValueError(f"`{name}` must be at least 0, not {count}")
    return np.linspace(0.0, fs if whole else fs / 2, count, endpoint=False)


def freqz_sos(
    sos: ArrayLike,
    worN: Union[int, ArrayLike, None] = 512,
    whole: bool = False,
    fs: float = 2 * math.pi,
) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """The complex response of sections in series, as ``scipy.signal.freqz_sos``.

    Parameters
    ----------
    sos
        Second-order sections of shape ``(n_sections, 6)``.
    worN
        A number of frequencies from 0 to half the sample rate, or the frequencies, in the unit of
        ``fs``.
    whole
        Whether the frequencies go up to the sample rate.
    fs
        The sample rate; by default frequencies are in rad/sample.

    Returns
    -------
    w, h
        The frequencies and the response.
    """
    fs = sample_rate(fs)
    sos = sections(sos)
    if len(sos) == 0:
        raise ValueError("`sos` has no sections")
    w = _frequencies(512 if worN is None else worN, "worN", whole, fs)
    return w, _core.freqz_sos(sos.astype(np.float64), w, fs)


def sosfreqz(*args: Any, **kwargs: Any) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """The older name of :func:`freqz_sos`."""
    return freqz_sos(*args, **kwargs)


def group_delay(
    system: Union[ArrayLike, tuple[ArrayLike, ArrayLike]],
    w: Union[int, ArrayLike, None] = 512,
    whole: bool = False,
    fs: float = 2 * math.pi,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The group delay in samples, as ``scipy.signal.group_delay``.

    Parameters
    ----------
    system
        Second-order sections of shape ``(n_sections, 6)``; or ``(b, a)`` of at most three
        coefficients each.
    w
        A number of frequencies from 0 to half the sample rate, or the frequencies, in the unit of
        ``fs``.
    whole
        Whether the frequencies go up to the sample rate.
    fs
        The sample rate; by default frequencies are in rad/sample.

    Returns
    -------
    w, gd
        The frequencies and the delays. At a zero on the unit circle, where scipy warns and
        returns 0, it is the limit from both sides.
    """
    fs = sample_rate(fs)
    sos = _system(system)
    w = _frequencies(512 if w is None else w, "w", whole, fs)
    return w, _core.group_delay(sos.astype(np.float64), w, fs)


def _system(system: Any) -> NDArray[Any]:
    if isinstance(system, tuple) and len(system) == 2:
        b, a = (np.atleast_1d(part) for part in system)
        if b.ndim == a.ndim == 1:
            return sections(np.concatenate([_three("b", b), _three("a", a)]))
    return sections(system)


def _three(name: str, coefficients: NDArray[Any]) -> NDArray[Any]:
    if not 1 <= len(coefficients) <= 3:
        raise ValueError(
            f"`{name}` has {len(coefficients)} coefficients, and must have 1 to 3: "
            "give a longer filter as second-order sections"
        )
    return np.pad(coefficients, (0, 3 - len(coefficients)))
