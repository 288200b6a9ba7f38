"""Filtering by second-order sections, as in scipy.signal."""

from __future__ import annotations

from typing import Any, Optional, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core

Array = NDArray[Any]


def sections(sos: ArrayLike) -> Array:
    """An array of second-order sections, of shape ``(n_sections, 6)``."""
    array = np.atleast_2d(np.asarray(sos))
    if array.ndim != 2 or array.shape[1] != 6:
        raise ValueError(f"`sos` must have the shape (n_sections, 6), not {array.shape}")
    if np.iscomplexobj(array):
        raise ValueError("`sos` must be real: complex coefficients are not supported")
    return array


def signal(x: ArrayLike) -> Array:
    """A signal of at least one dimension."""
    array = np.asarray(x)
    if array.ndim == 0:
        raise ValueError("`x` must have at least one dimension")
    return array


def common_dtype(**arrays: Array) -> np.dtype[Any]:
    """The dtype of the output: float32, float64, complex64 or complex128, as numpy promotes."""
    dtype = np.result_type(*arrays.values())
    if dtype.kind in "bui" or dtype == np.float16:
        dtype = np.result_type(dtype, np.float32 if dtype == np.float16 else np.float64)
    if dtype.char not in "fdFD":
        kinds = ", ".join(f"`{name}` is {array.dtype}" for name, array in arrays.items())
        raise ValueError(f"signals must be float32, float64, complex64 or complex128, but {kinds}")
    return dtype


def axis_index(axis: int, x: Array) -> int:
    """The axis counted from the front."""
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(
            f"`axis` = {axis} must lie between {-x.ndim} and {x.ndim - 1}: "
            f"`x` has {x.ndim} dimensions"
        )
    return axis % x.ndim


def sosfilt(
    sos: ArrayLike, x: ArrayLike, axis: int = -1, zi: Optional[ArrayLike] = None
) -> Union[Array, tuple[Array, Array]]:
    """Filters a signal along one axis, as ``scipy.signal.sosfilt``.

    Parameters
    ----------
    sos
        Second-order sections of shape ``(n_sections, 6)``, real. Rows are divided by their ``a0``.
    x
        Signals, real or complex, of any layout in memory.
    axis
        The axis that is time.
    zi
        Initial states, of the shape of ``x`` with 2 in place of the length of ``axis``, and
        ``n_sections`` in front. With them the final states are returned too.

    Returns
    -------
    y, or (y, zf)
        The dtype is the common one of ``sos``, ``x`` and ``zi``: single precision only if all are.

    Raises
    ------
    ValueError
        If a shape or a dtype is wrong. The message names the argument.

    Notes
    -----
    After a sample that is not finite, the rest of that signal is not finite, as in scipy. An
    unstable filter is run as it is.
    """
    sos = sections(sos)
    x = signal(x)
    axis = axis_index(axis, x)
    arrays = {"sos": sos, "x": x}
    if zi is not None:
        zi = arrays["zi"] = np.asarray(zi)
    dtype = common_dtype(**arrays)
    shape = [len(sos), *x.shape]
    shape[axis + 1] = 2
    if zi is None:
        states: Array = np.zeros(shape, dtype)
    elif list(zi.shape) == shape:
        states = zi
    else:
        raise ValueError(
            f"Invalid zi shape: `zi` must have the shape {tuple(shape)}, not {zi.shape}: "
            f"`x` has the shape {x.shape}, time is axis {axis}, and there are {len(sos)} sections"
        )
    # Signals as rows, time last; states as (row, section, 2).
    rows = np.moveaxis(x, axis, -1)
    starts = np.moveaxis(states, (0, axis + 1), (-2, -1))
    y, zf = _run(sos, _matrix(rows), starts.reshape(_count(rows), len(sos), 2), dtype)
    y = np.moveaxis(y.reshape(rows.shape), -1, axis)
    if zi is None:
        return y
    return y, np.moveaxis(zf.reshape(starts.shape), (-2, -1), (0, axis + 1))


def _count(rows: Array) -> int:
    """The number of rows: also of empty ones."""
    return int(np.prod(rows.shape[:-1]))


def _matrix(rows: Array) -> Array:
    return rows.reshape(_count(rows), rows.shape[-1])


def real_dtype(array: Array) -> np.dtype[Any]:
    """Single precision for arrays of single precision, else double precision."""
    return np.dtype(np.float32 if array.dtype.char in "fF" else np.float64)


def _run(sos: Array, x: Array, zi: Array, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Filters rows; real and imaginary parts one by one, because the sections are real."""
    real = real_dtype(np.empty(0, dtype))
    filter_rows = _core.sosfilt_f32 if real == np.float32 else _core.sosfilt_f64
    sos = sos.astype(real).astype(np.float64)
    if dtype.kind == "f":
        return filter_rows(sos, x.astype(real, copy=False), zi.astype(real, copy=False))
    parts = [
        filter_rows(sos, part(x).astype(real), part(zi).astype(real)) for part in (np.real, np.imag)
    ]
    y, zf = (re + 1j * im for re, im in zip(*parts, strict=True))
    return y.astype(dtype, copy=False), zf.astype(dtype, copy=False)


def sosfilt_zi(sos: ArrayLike) -> Array:
    """The states of the steady state for a constant input of 1, as ``scipy.signal.sosfilt_zi``.

    Parameters
    ----------
    sos
        Second-order sections of shape ``(n_sections, 6)``.

    Returns
    -------
    zi
        Shape ``(n_sections, 2)``: multiply by the first sample and give it to :func:`sosfilt`.

    Raises
    ------
    ValueError
        If a section has a pole at z = 1.
    """
    sos = sections(sos)
    dtype = real_dtype(sos)
    return _core.sosfilt_zi(sos.astype(np.float64)).astype(dtype, copy=False)


def sosfiltfilt(
    sos: ArrayLike,
    x: ArrayLike,
    axis: int = -1,
    padtype: Optional[str] = "odd",
    padlen: Optional[int] = None,
) -> Array:
    """Filters forwards and backwards along one axis, as ``scipy.signal.sosfiltfilt``.

    Parameters
    ----------
    sos
        Second-order sections of shape ``(n_sections, 6)``, real.
    x
        Signals, real or complex, of any layout in memory.
    axis
        The axis that is time.
    padtype
        How the signal goes on at its ends: ``"odd"``, ``"even"``, ``"constant"`` or None.
    padlen
        The number of samples that are added at each end. By default three times the number of
        coefficients of the transfer function.

    Returns
    -------
    y
        The shape of ``x``. If a sample is not finite, all of that signal is NaN.

    Raises
    ------
    ValueError
        If an argument is wrong, or a signal is not longer than ``padlen``.
    """
    sos = sections(sos)
    x = signal(x)
    axis = axis_index(axis, x)
    dtype = common_dtype(sos=sos, x=x)
    if padlen is None:
        padlen = _core.default_padlen(sos.astype(np.float64))
    if padtype is None:
        padtype, padlen = "odd", 0
    time = x.shape[axis]
    if padlen < 0:
        raise ValueError(f"`padlen` must be at least 0, not {padlen}")
    if padlen >= time:
        raise ValueError(f"`x` has {time} samples, and must be longer than `padlen` = {padlen}")
    sosfilt_zi(sos)  # A pole at z = 1 is an error, as in scipy.
    rows = np.moveaxis(x, axis, -1)
    real = real_dtype(np.empty(0, dtype))
    filter_rows = _core.sosfiltfilt_f32 if real == np.float32 else _core.sosfiltfilt_f64
    coefficients = sos.astype(real).astype(np.float64)

    def filtered(part: Array) -> Array:
        return filter_rows(
            coefficients, _matrix(part).astype(real, copy=False), padtype, int(padlen)
        )

    if dtype.kind == "f":
        y = filtered(rows)
    else:
        y = (filtered(rows.real) + 1j * filtered(rows.imag)).astype(dtype, copy=False)
    return np.moveaxis(y.reshape(rows.shape), -1, axis)
