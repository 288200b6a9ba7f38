"""Functions of numpy arrays as functions of JAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np


def call(
    function: Callable[..., Any], results: Sequence[jax.ShapeDtypeStruct], *arguments: Any
) -> Any:
    """Calls ``function`` on the host.

    Under ``vmap`` arguments have more dimensions in front, of size 1 where an argument is the
    same for all; the results have them in full. Nothing is called for a batch without items.
    """
    return jax.pure_callback(function, tuple(results), *arguments, vmap_method="expand_dims")


def double(array: Any) -> np.ndarray:
    """An array of float64 in C order."""
    return np.ascontiguousarray(array, np.float64)


def together(
    arrays: Sequence[Any], ndims: Sequence[int]
) -> tuple[tuple[int, ...], list[np.ndarray]]:
    """The dimensions in front of the last ``ndims`` of each array, and the arrays with one
    dimension in their place."""
    fronts = [
        np.shape(array)[: np.ndim(array) - ndim] for array, ndim in zip(arrays, ndims, strict=True)
    ]
    front = np.broadcast_shapes(*fronts)
    items = int(np.prod(front))
    flat = []
    for array, ndim in zip(arrays, ndims, strict=True):
        own = np.shape(array)[np.ndim(array) - ndim :]
        flat.append(
            np.ascontiguousarray(np.broadcast_to(array, (*front, *own))).reshape(items, *own)
        )
    return front, flat
