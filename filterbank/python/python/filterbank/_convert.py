"""Second-order sections as zeros, poles and gain, as polynomials, and back."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core
from ._filter import sections

Zpk = tuple[NDArray[np.complex128], NDArray[np.complex128], float]


def sos2zpk(sos: ArrayLike) -> Zpk:
    """Zeros, poles and gain of sections in series, as ``scipy.signal.sos2zpk``.

    Parameters
    ----------
    sos
        Second-order sections of shape ``(n_sections, 6)``.

    Returns
    -------
    z, p, k
        Two poles for each section, and as many zeros, unless a section has a delay. Those of a
        section of first order are at z = 0 too.
    """
    return _core.sos2zpk(sections(sos).astype(np.float64))


def sos2tf(sos: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numerator and denominator of sections in series, without common zeros at the end."""
    return _core.sos2tf(sections(sos).astype(np.float64))


def zpk2sos(
    z: ArrayLike, p: ArrayLike, k: float, pairing: Optional[str] = None, *, analog: bool = False
) -> NDArray[np.float64]:
    """Second-order sections of zeros, poles and gain, as ``scipy.signal.zpk2sos``.

    Parameters
    ----------
    z, p
        Zeros and poles: real, or in conjugate pairs.
    k
        Gain.
    pairing
        ``"nearest"``, the default, or ``"keep_odd"``: a section of first order in place of a pole
        and a zero at z = 0.
    analog
        Must be False: sections are digital.

    Returns
    -------
    sos
        Shape ``(n_sections, 6)``. The poles nearest to the unit circle are last; the gain is in the
        first section.
    """
    if analog:
        raise ValueError("`analog` must be False: second-order sections are digital")
    if pairing not in (None, "nearest", "keep_odd"):
        raise ValueError(f"`pairing` must be 'nearest' or 'keep_odd', not {pairing!r}")
    gain = np.asarray(k)
    if gain.ndim != 0 or np.imag(gain) != 0 or not np.isfinite(gain):
        raise ValueError(f"`k` must be one real number, and finite, not {k!r}")
    keep_odd = pairing == "keep_odd"
    return _core.zpk2sos(_roots("z", z), _roots("p", p), float(np.real(gain)), keep_odd)


def _roots(name: str, roots: Any) -> NDArray[np.complex128]:
    array = np.asarray(roots, np.complex128)
    if array.ndim != 1:
        raise ValueError(f"`{name}` must be one list, not of the shape {array.shape}")
    return array
