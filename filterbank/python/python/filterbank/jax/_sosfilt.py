"""Filtering by second-order sections as a function of JAX."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from jax import Array
from jax import ShapeDtypeStruct as Struct

from .. import _core
from ._callback import call, double, together

#: Dimensions of sections, signals and states without those of ``vmap``.
SOS, SIGNAL, STATE = 2, 2, 3


def _checkpoint_shape(sos: Any, x: Any) -> tuple[int]:
    """Numbers of double precision as pairs of integers: JAX would round them to single
    precision."""
    channels, time = x.shape
    return (2 * channels * -(-time // _core.block()) * sos.shape[0] * 2,)


def _filter(sos: Any, x: Any, zi: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    front, (rows, signals, states) = together([sos, x, zi], [SOS, SIGNAL, STATE])
    if np.size(sos) == rows.size // max(1, len(rows)):
        rows = rows[:1]
    single = signals.dtype == np.float32
    run = _core.sosfilt_forward_f32 if single else _core.sosfilt_forward_f64
    y, zf, checkpoints = run(double(rows), [], signals, double(states))
    return (
        y.reshape(*front, *signals.shape[1:]),
        zf.reshape(*front, *states.shape[1:]).astype(zi.dtype),
        checkpoints.view(np.uint32).reshape(*front, -1),
    )


@jax.custom_vjp
def _forward(sos: Array, x: Array, zi: Array) -> tuple[Array, Array, Array]:
    results = [
        Struct(x.shape, x.dtype),
        Struct(zi.shape, zi.dtype),
        Struct(_checkpoint_shape(sos, x), np.uint32),
    ]
    y, zf, checkpoints = call(_filter, results, sos, x, zi)
    return y, zf, checkpoints


def filter_channels(sos: Array, x: Array, zi: Array) -> tuple[Array, Array]:
    """``sos`` is ``[sections, 6]``, ``x`` is ``[channels, time]``, ``zi`` is
    ``[channels, sections, 2]``."""
    y, zf, _ = _forward(sos, x, zi)
    return y, zf


def _filter_backward(
    slope: Any, zf_slope: Any, sos: Any, x: Any, checkpoints: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    arrays = [slope, zf_slope, sos, x, checkpoints]
    front, flat = together(arrays, [SIGNAL, STATE, SOS, SIGNAL, 1])
    slopes, state_slopes, rows, signals, words = flat
    single = signals.dtype == np.float32
    run = _core.sosfilt_backward_f32 if single else _core.sosfilt_backward_f64
    by_sos, by_x, by_zi = run(
        slopes[:, :, np.newaxis],
        double(state_slopes),
        double(rows),
        [],
        signals,
        words.reshape(-1).view(np.float64),
    )
    return (
        by_sos.reshape(*front, *rows.shape[1:]).astype(sos.dtype),
        by_x.reshape(*front, *signals.shape[1:]),
        by_zi.reshape(*front, *state_slopes.shape[1:]).astype(zf_slope.dtype),
    )


@jax.custom_vjp
def _backward(
    slope: Array, zf_slope: Array, sos: Array, x: Array, zi: Array, checkpoints: Array
) -> tuple[Array, Array, Array]:
    results = [Struct(like.shape, like.dtype) for like in (sos, x, zi)]
    by_sos, by_x, by_zi = call(_filter_backward, results, slope, zf_slope, sos, x, checkpoints)
    return by_sos, by_x, by_zi


def _filter_backward_twice(*arrays: Any) -> tuple[np.ndarray, ...]:
    dims = [SOS, SIGNAL, STATE, SIGNAL, STATE, SOS, SIGNAL, STATE]
    front, flat = together(arrays, dims)
    sos, x, zi, slope, zf_slope, *rest = map(double, flat)
    results = _core.sosfilt_backward_twice(
        sos, x, zi, slope[:, :, np.newaxis], zf_slope, rest[0], [], rest[1], rest[2]
    )
    likes = [arrays[index] for index in (3, 4, 5, 6, 7)]
    shapes = [flat[index].shape[1:] for index in (3, 4, 5, 6, 7)]
    return tuple(
        result.reshape(*front, *shape).astype(like.dtype)
        for result, shape, like in zip(results, shapes, likes, strict=True)
    )


def _backward_twice(
    saved: tuple[Array, ...], directions: tuple[Array, Array, Array]
) -> tuple[Any, ...]:
    *likes, checkpoints = saved
    results = [Struct(like.shape, like.dtype) for like in likes]
    by = call(_filter_backward_twice, results, *directions, *likes)
    return *by, np.zeros(checkpoints.shape, jax.dtypes.float0)


def _save(sos: Array, x: Array, zi: Array) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    results = _forward(sos, x, zi)
    return results, (sos, x, zi, results[2])


def _pull_back(saved: tuple[Array, ...], slopes: tuple[Array, Array, Any]) -> tuple[Array, ...]:
    slope, zf_slope, _ = slopes
    return _backward(slope, zf_slope, *saved)


_forward.defvjp(_save, _pull_back)
_backward.defvjp(lambda *arguments: (_backward(*arguments), arguments), _backward_twice)
