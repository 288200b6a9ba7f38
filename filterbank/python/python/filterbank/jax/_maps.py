"""Designs as functions of JAX."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import numpy as np
from jax import Array

from .._maps import Kind, of
from ._callback import call, double, together


def _like(array: Any, shape: tuple[int, ...]) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(shape, array.dtype)


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def map_params(key: str, kind: Kind, params: Array) -> Array:
    """What a map makes of parameters ``[n_params]``."""
    to = of(key, kind)

    def run(params: Any) -> tuple[np.ndarray]:
        front, (flat,) = together([params], [1])
        numbers = to.functions.forward(double(flat))
        return (numbers.reshape(*front, *to.shape).astype(params.dtype),)

    (result,) = call(run, [_like(params, to.shape)], params)
    return result


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _backward(key: str, kind: Kind, slope: Array, params: Array) -> Array:
    to = of(key, kind)

    def run(slope: Any, params: Any) -> tuple[np.ndarray]:
        front, (slopes, flat) = together([slope, params], [len(to.shape), 1])
        gradient = to.functions.backward(double(slopes), double(flat))
        return (gradient.reshape(*front, -1).astype(params.dtype),)

    (result,) = call(run, [_like(params, params.shape)], slope, params)
    return result


def _backward_twice(
    key: str, kind: Kind, saved: tuple[Array, Array], direction: Array
) -> tuple[Array, Array]:
    slope, params = saved
    to = of(key, kind)

    def run(direction: Any, slope: Any, params: Any) -> tuple[np.ndarray, np.ndarray]:
        front, flat = together([direction, slope, params], [1, len(to.shape), 1])
        by_slope, by_params = to.functions.backward_twice(*map(double, flat))
        return (
            by_slope.reshape(*front, *to.shape).astype(slope.dtype),
            by_params.reshape(*front, -1).astype(params.dtype),
        )

    results = [_like(slope, slope.shape), _like(params, params.shape)]
    by_slope, by_params = call(run, results, direction, slope, params)
    return by_slope, by_params


map_params.defvjp(
    lambda key, kind, params: (map_params(key, kind, params), params),
    lambda key, kind, params, slope: (_backward(key, kind, slope, params),),
)
_backward.defvjp(
    lambda key, kind, slope, params: (_backward(key, kind, slope, params), (slope, params)),
    _backward_twice,
)
