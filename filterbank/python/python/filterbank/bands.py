"""Bands as text in the grammar of the library, written with keywords.

A band is a string: ``peak(center=1000, q=2, gain_db=-3)`` returns
``"peak(center = 1000.0, q = 2.0, gain_db = -3.0)"``. The library reads it, and says what is wrong
with it. Of second-order bands give ``q``, or ``bandwidth`` in octaves, or of shelves ``slope``.
"""

from __future__ import annotations

import operator
from typing import Optional, SupportsFloat, Union

#: A number, or what :func:`tune` makes of it.
Number = Union[SupportsFloat, str]


def _number(name: str, value: Number) -> str:
    if isinstance(value, str):
        return value
    try:
        return repr(float(value))
    except (TypeError, ValueError) as error:
        raise type(error)(f"`{name}` must be a number or tune(...), not {value!r}") from None


def _count(name: str, value: int) -> str:
    try:
        return str(operator.index(value))
    except TypeError:
        raise TypeError(f"`{name}` must be a whole number, not {value!r}") from None


def _call(word: str, *positional: str, **named: Optional[Number]) -> str:
    given = [
        f"{name} = {_number(name, value)}" for name, value in named.items() if value is not None
    ]
    return f"{word}({', '.join([*positional, *given])})"


def tune(
    start: SupportsFloat, low: Optional[SupportsFloat] = None, high: Optional[SupportsFloat] = None
) -> str:
    """Marks a number of a band as a parameter.

    Give both bounds or none.
    """
    if low is None and high is None:
        return f"tune({_number('start', start)})"
    if low is None or high is None:
        raise ValueError(
            f"`low` and `high` must both be given, or neither, not {low!r} and {high!r}"
        )
    first, last = _number("low", low), _number("high", high)
    return f"tune({_number('start', start)} in {first}..={last})"


def butterworth(order: int) -> str:
    """Maximally flat: -3.01 dB at the edges."""
    return _call("butterworth", order=_count("order", order))


def chebyshev1(order: int, ripple_db: Number) -> str:
    """Equal ripple in the passband; the edges are where the response leaves the ripple."""
    return _call("chebyshev1", order=_count("order", order), ripple_db=ripple_db)


def chebyshev2(order: int, stop_db: Number) -> str:
    """Equal ripple in the stopband; the edges are where the stopband begins."""
    return _call("chebyshev2", order=_count("order", order), stop_db=stop_db)


def elliptic(order: int, ripple_db: Number, stop_db: Number) -> str:
    """Equal ripple in both bands: the narrowest transition."""
    return _call("elliptic", order=_count("order", order), ripple_db=ripple_db, stop_db=stop_db)


def bessel(order: int, norm: str = "phase") -> str:
    """Maximally flat group delay; ``norm`` is ``"phase"``, ``"delay"`` or ``"magnitude"``."""
    return _call("bessel", order=_count("order", order), norm=norm)


def lowpass(method: str, cutoff: Number) -> str:
    """Passes what is below ``cutoff`` in Hz."""
    return _call("lowpass", method, cutoff=cutoff)


def highpass(method: str, cutoff: Number) -> str:
    """Passes what is above ``cutoff`` in Hz."""
    return _call("highpass", method, cutoff=cutoff)


def bandpass(method: str, low: Number, high: Number) -> str:
    """Passes what is between ``low`` and ``high`` in Hz."""
    return _call("bandpass", method, low=low, high=high)


def bandstop(method: str, low: Number, high: Number) -> str:
    """Rejects what is between ``low`` and ``high`` in Hz."""
    return _call("bandstop", method, low=low, high=high)


def resonant_lowpass(
    cutoff: Number, *, q: Optional[Number] = None, bandwidth: Optional[Number] = None
) -> str:
    """Second-order lowpass: magnitude Q at ``cutoff`` in Hz."""
    return _call("resonant_lowpass", cutoff=cutoff, q=q, bandwidth=bandwidth)


def resonant_highpass(
    cutoff: Number, *, q: Optional[Number] = None, bandwidth: Optional[Number] = None
) -> str:
    """Second-order highpass: magnitude Q at ``cutoff`` in Hz."""
    return _call("resonant_highpass", cutoff=cutoff, q=q, bandwidth=bandwidth)


def bandpass_constant_skirt(
    center: Number, *, q: Optional[Number] = None, bandwidth: Optional[Number] = None
) -> str:
    """Second-order bandpass whose skirts stay and whose peak is Q."""
    return _call("bandpass_constant_skirt", center=center, q=q, bandwidth=bandwidth)


def bandpass_constant_peak(
    center: Number, *, q: Optional[Number] = None, bandwidth: Optional[Number] = None
) -> str:
    """Second-order bandpass with 0 dB at ``center`` in Hz."""
    return _call("bandpass_constant_peak", center=center, q=q, bandwidth=bandwidth)


def notch(center: Number, *, q: Optional[Number] = None, bandwidth: Optional[Number] = None) -> str:
    """Second-order notch: a zero at ``center`` in Hz."""
    return _call("notch", center=center, q=q, bandwidth=bandwidth)


def allpass(
    center: Number, *, q: Optional[Number] = None, bandwidth: Optional[Number] = None
) -> str:
    """Second-order allpass: phase -pi at ``center`` in Hz."""
    return _call("allpass", center=center, q=q, bandwidth=bandwidth)


def peak(
    center: Number,
    gain_db: Number,
    *,
    q: Optional[Number] = None,
    bandwidth: Optional[Number] = None,
) -> str:
    """Peaking EQ: ``gain_db`` at ``center`` in Hz, 0 dB far away."""
    return _call("peak", center=center, q=q, bandwidth=bandwidth, gain_db=gain_db)


def low_shelf(
    cutoff: Number,
    gain_db: Number,
    *,
    q: Optional[Number] = None,
    bandwidth: Optional[Number] = None,
    slope: Optional[Number] = None,
) -> str:
    """Low shelf: ``gain_db`` far below ``cutoff`` in Hz, half of it there, 0 dB above."""
    return _call("low_shelf", cutoff=cutoff, q=q, bandwidth=bandwidth, slope=slope, gain_db=gain_db)


def high_shelf(
    cutoff: Number,
    gain_db: Number,
    *,
    q: Optional[Number] = None,
    bandwidth: Optional[Number] = None,
    slope: Optional[Number] = None,
) -> str:
    """High shelf: ``gain_db`` far above ``cutoff`` in Hz, half of it there, 0 dB below."""
    return _call(
        "high_shelf", cutoff=cutoff, q=q, bandwidth=bandwidth, slope=slope, gain_db=gain_db
    )
