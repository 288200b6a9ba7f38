"""Functions of arrays, with derivatives."""

from __future__ import annotations

from math import prod
from typing import Any, Optional, Union

import jax
import jax.numpy as jnp

from .._design import Bands, specification
from .._maps import key
from ._maps import map_params
from ._sosfilt import filter_channels


def _floating(name: str, array: Any) -> jax.Array:
    array = jnp.asarray(array)
    if array.dtype not in (jnp.float32, jnp.float64):
        raise ValueError(f"`{name}` must be float32 or float64, not {array.dtype}")
    return array


def sosfilt(
    sos: Any, x: Any, zi: Optional[Any] = None
) -> Union[jax.Array, tuple[jax.Array, jax.Array]]:
    """Filters signals along their last dimension, as ``scipy.signal.sosfilt``.

    Parameters
    ----------
    sos
        Second-order sections of shape ``(n_sections, 6)``, or one filter for each item of a batch,
        ``(batch, n_sections, 6)``. Rows are divided by their ``a0``.
    x
        Signals of shape ``(..., time)``; with a filter for each item, ``(batch, ..., time)``.
    zi
        Initial states of shape ``(n_sections, ..., 2)``. With them the final states are returned
        too.

    Returns
    -------
    y, or (y, zf)
        ``y`` has the dtype of ``x``, ``zf`` that of ``zi``.

    Raises
    ------
    ValueError
        If a shape or a dtype is wrong. A section that is not stable is an error of the callback,
        which JAX raises in its own way.

    Examples
    --------
    >>> import jax, jax.numpy as jnp, filterbank.jax as fj
    >>> impulse = jnp.zeros(64).at[0].set(1.0)
    >>> def energy(cutoff):
    ...     band = "lowpass(butterworth(order = 2), cutoff = 1000)"
    ...     sos = fj.design(band, cutoff[None], fs=48_000)
    ...     return jnp.sum(fj.sosfilt(sos, impulse) ** 2)
    >>> bool(jax.grad(energy)(jnp.array(1000.0)) > 0)  # a wider lowpass passes more
    True
    """
    sos, x = _floating("sos", sos), _floating("x", x)
    if sos.ndim not in (2, 3) or sos.shape[-1] != 6:
        raise ValueError(
            f"`sos` must have the shape (n_sections, 6) or (batch, n_sections, 6), not {sos.shape}"
        )
    if x.ndim < sos.ndim - 1:
        raise ValueError(
            f"`x` must have at least {sos.ndim - 1} dimensions, not the shape {x.shape}"
        )
    if sos.ndim == 3 and sos.shape[0] != x.shape[0]:
        raise ValueError(
            f"`sos` has {sos.shape[0]} filters, but `x` has {x.shape[0]} items: with one filter "
            "for each item, the first dimensions are equal"
        )
    sections, front = sos.shape[-2], x.shape[:-1]
    if zi is None:
        states = jnp.zeros((*front, sections, 2), jnp.result_type(float))
    else:
        zi = _floating("zi", zi)
        expected = (sections, *front, 2)
        if zi.shape != expected:
            raise ValueError(f"`zi` must have the shape {expected}, not {zi.shape}")
        states = jnp.moveaxis(zi, 0, -2)
    run = filter_channels if sos.ndim == 2 else jax.vmap(filter_channels)
    items = front[: sos.ndim - 2]
    channels = prod(front[len(items) :])
    y, zf = run(
        sos,
        x.reshape(*items, channels, x.shape[-1]),
        states.reshape(*items, channels, sections, 2),
    )
    y = y.reshape(x.shape)
    return y if zi is None else (y, jnp.moveaxis(zf.reshape(states.shape), -2, 0))


def design(bands: Bands, params: Optional[Any] = None, fs: Optional[float] = None) -> jax.Array:
    """Designs bands in series, with derivatives by their parameters.

    Parameters
    ----------
    bands
        A band, a list of bands, a dict of named bands or a specification, as for
        :func:`filterbank.design`. The parameters are the numbers marked by ``tune(...)``; if none
        is marked, all of them.
    params
        Values of the parameters, of shape ``(..., n_params)``. Without them, those in the bands.
    fs
        Samples per second. Not needed for a specification.

    Returns
    -------
    sos
        Second-order sections of shape ``(..., n_sections, 6)``.

    Raises
    ------
    ValueError
        If a band cannot be read, or the number of parameters is wrong. Values from which no
        filter can be designed are an error of the callback, which JAX raises in its own way.
    """
    spec = specification(bands, fs)
    params = (
        jnp.asarray(spec.values, jnp.result_type(float))
        if params is None
        else _floating("params", params)
    )
    if params.ndim == 0 or params.shape[-1] != len(spec.names):
        raise ValueError(
            f"`params` must have {len(spec.names)} values in its last dimension, one for each of "
            f"{', '.join(spec.names)}, not the shape {params.shape}"
        )
    text = key(spec)
    rows = jax.vmap(lambda each: map_params(text, "sos", each))(params.reshape(-1, len(spec.names)))
    return rows.reshape(*params.shape[:-1], *rows.shape[-2:])
