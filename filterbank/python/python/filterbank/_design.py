"""Designs of bands in series, with derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Optional, Union, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._core import Specification
from ._response import sample_rate

#: One band, bands in series, bands with names, or a specification.
Bands = Union[str, Sequence[str], Mapping[str, str], Specification]


class Design(NamedTuple):
    """A design with its derivatives."""

    #: Second-order sections, of shape ``(n_sections, 6)``.
    sos: NDArray[np.float64]
    #: Derivatives of ``sos`` by each parameter, of shape ``(n_sections, 6, n_params)``.
    jacobian: NDArray[np.float64]
    #: The name of each parameter: ``"peak.center"``.
    names: list[str]


def specification(bands: Bands, fs: Optional[float]) -> Specification:
    """The specification of bands in any form."""
    if isinstance(bands, Specification):
        if fs is not None and fs != bands.fs:
            raise ValueError(f"`fs` = {fs} is not that of the specification, {bands.fs}")
        return bands
    if fs is None:
        raise ValueError("`fs` is missing: the sample rate in Hz")
    if isinstance(bands, str):
        return Specification([bands], sample_rate(fs))
    if isinstance(bands, Mapping):
        return Specification(list(bands.values()), sample_rate(fs), list(bands.keys()))
    return Specification(list(bands), sample_rate(fs))


@overload
def design(
    bands: Bands,
    fs: Optional[float] = ...,
    *,
    values: Optional[ArrayLike] = ...,
    jac: Literal[False] = ...,
) -> NDArray[np.float64]: ...
@overload
def design(
    bands: Bands,
    fs: Optional[float] = ...,
    *,
    values: Optional[ArrayLike] = ...,
    jac: Literal[True],
) -> Design: ...


def design(
    bands: Bands,
    fs: Optional[float] = None,
    *,
    values: Optional[ArrayLike] = None,
    jac: bool = False,
) -> Union[NDArray[np.float64], Design]:
    """Designs bands in series.

    Parameters
    ----------
    bands
        A band, such as ``"peak(center = 1000, q = 2, gain_db = -3)"`` or what the functions of
        :mod:`filterbank.bands` return; a list of bands in series; a dict of named bands; or a
        :class:`Specification`, which is read once and designed many times.
    fs
        Samples per second. Not needed for a specification.
    values
        Values of the parameters in place of those in the bands. The parameters are the numbers
        marked by ``tune(...)``; if none is marked, all of them.
    jac
        Whether to return the derivatives too.

    Returns
    -------
    sos, or Design
        Second-order sections of shape ``(n_sections, 6)``; with ``jac``, also their exact
        derivatives of shape ``(n_sections, 6, n_params)``, and the names of the parameters.

    Raises
    ------
    ValueError
        If a band cannot be read or designed. The sentence names the parameter, its value and
        what is allowed.

    Examples
    --------
    >>> import filterbank as fb
    >>> low = "lowpass(butterworth(order = 2), cutoff = 1000)"
    >>> sos, jacobian, names = fb.design(low, 48_000, jac=True)
    >>> sos.shape, jacobian.shape, names
    ((1, 6), (1, 6, 1), ['lowpass.cutoff'])
    """
    spec = specification(bands, fs)
    params = spec.values if values is None else _list(values)
    if not jac:
        return spec.sos(params)
    sos, jacobian = spec.jacobian(params)
    return Design(sos, jacobian, spec.names)


def _list(values: ArrayLike) -> list[float]:
    array = np.asarray(values, np.float64)
    if array.ndim != 1:
        raise ValueError(f"`values` must be one list, not of the shape {array.shape}")
    params: list[float] = array.tolist()
    return params
