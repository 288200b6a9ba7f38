"""Functions of tensors, with derivatives."""

from __future__ import annotations

from typing import Literal, Optional, Union, overload

import torch

from .._core import Specification
from .._design import Bands, specification
from .._maps import Kind, key, names
from ._check import check_items, check_ndim, check_shape, check_tensor
from ._maps import map_operator
from ._sosfilt import sosfilt as sosfilt_operator
from ._svfilt import svfilt as svfilt_operator

NO_ENDS: list[int] = []


@overload
def sosfilt(sos: torch.Tensor, x: torch.Tensor) -> torch.Tensor: ...
@overload
def sosfilt(
    sos: torch.Tensor, x: torch.Tensor, zi: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]: ...


def sosfilt(
    sos: torch.Tensor, x: torch.Tensor, zi: Optional[torch.Tensor] = None
) -> Union[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
    """Filters signals along their last dimension, as ``scipy.signal.sosfilt``.

    Derivatives exist by all arguments, first and second ones.

    Parameters
    ----------
    sos
        Second-order sections of shape ``(n_sections, 6)``, or one filter for each item of a batch,
        ``(batch, n_sections, 6)``. Rows are divided by their ``a0``. Keep them in float64 where
        poles are close to the unit circle: a 20 Hz highpass is lost in float32.
    x
        Signals of shape ``(..., time)``; with a filter for each item, ``(batch, ..., time)``.
    zi
        Initial states of shape ``(n_sections, ..., 2)``. With them the final states are returned
        too.

    Returns
    -------
    y, or (y, zf)
        ``y`` has the dtype of ``x``; ``zf`` is float64. States and all arithmetic are float64
        whatever the dtype of ``x`` is.

    Raises
    ------
    ValueError
        If a shape or a dtype is wrong, a tensor is not on the CPU, or a section is not stable.

    Notes
    -----
    From the first sample of ``y`` that is infinite or NaN, the rest of that signal is NaN.

    Examples
    --------
    >>> import torch, filterbank.torch as ft
    >>> sos = ft.design("lowpass(butterworth(order = 2), cutoff = 1000)", fs=48_000)
    >>> x = torch.zeros(2, 8, dtype=torch.float64).requires_grad_()
    >>> ft.sosfilt(sos, x).sum().backward()
    >>> x.grad.shape
    torch.Size([2, 8])
    """
    check_tensor("sos", sos)
    check_tensor("x", x)
    if sos.dim() not in (2, 3) or sos.shape[-1] != 6:
        raise ValueError(
            "`sos` must have the shape [n_sections, 6] or [batch, n_sections, 6], "
            f"not {list(sos.shape)}"
        )
    check_ndim("x", x, sos.dim() - 1, "[..., time]" if sos.dim() == 2 else "[batch, ..., time]")
    if sos.dim() == 3:
        check_items("sos", sos, x)
    sections, leading = sos.shape[-2], x.shape[:-1]
    if zi is not None:
        check_tensor("zi", zi)
        check_shape("zi", zi, (sections, *leading, 2), "[n_sections, ..., 2]")
    y, zf, _ = sosfilt_operator(sos, x, None if zi is None else zi.movedim(0, -2), NO_ENDS)
    return y if zi is None else (y, zf.movedim(-2, 0))


#: What coefficients do between two frames.
Interpolation = Literal["held", "linear"]


@overload
def svfilt(
    svf: torch.Tensor, x: torch.Tensor, hop: int = ..., interpolation: Interpolation = ...
) -> torch.Tensor: ...
@overload
def svfilt(
    svf: torch.Tensor,
    x: torch.Tensor,
    hop: int = ...,
    interpolation: Interpolation = ...,
    *,
    zi: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]: ...


def svfilt(
    svf: torch.Tensor,
    x: torch.Tensor,
    hop: int = 1,
    interpolation: Interpolation = "held",
    *,
    zi: Optional[torch.Tensor] = None,
) -> Union[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
    """Filters signals by sections whose coefficients change in time, in the state-variable form.

    No path of the coefficients makes the states grow. Derivatives exist by all arguments, first and
    second ones.

    Parameters
    ----------
    svf
        The coefficients ``g, g2, k, m0, m1, m2`` of each section in each frame, as from
        :func:`svf_design`: of shape ``(frames, n_sections, 6)``, or ``(batch, frames, n_sections,
        6)`` with frames for each item.
    x
        Signals of shape ``(..., time)``; with frames for each item, ``(batch, ..., time)``.
    hop
        Samples from frame to frame: frame ``f`` holds at sample ``f * hop``. There are as many
        frames as begin within ``x``; with ``"linear"`` there may be one more, the first of what
        follows.
    interpolation
        Between two frames coefficients are ``"held"``, or move on a straight line, ``"linear"``.
    zi
        Initial states of shape ``(n_sections, ..., 3)``: the two integrators and the damping of the
        last sample. With them the final states are returned too.

    Returns
    -------
    y, or (y, zf)
        ``y`` has the dtype of ``x``; ``zf`` is float64.

    Raises
    ------
    ValueError
        If a shape or a dtype is wrong, a tensor is not on the CPU, a coefficient is outside its
        range, or the frames do not fit the signal.

    Examples
    --------
    >>> import torch, filterbank.torch as ft
    >>> cutoffs = torch.tensor([[8000.0], [2000.0], [500.0]], dtype=torch.float64)
    >>> svf = ft.svf_design("resonant_lowpass(cutoff = tune(1000), q = 0.7)", cutoffs, fs=48_000)
    >>> ft.svfilt(svf, torch.ones(2, 192), hop=64).shape
    torch.Size([2, 192])
    """
    check_tensor("svf", svf)
    check_tensor("x", x)
    if svf.dim() not in (3, 4) or svf.shape[-1] != 6:
        raise ValueError(
            "`svf` must have the shape [frames, n_sections, 6] or [batch, frames, n_sections, 6], "
            f"not {list(svf.shape)}"
        )
    check_ndim("x", x, svf.dim() - 2, "[..., time]" if svf.dim() == 3 else "[batch, ..., time]")
    if svf.dim() == 4:
        check_items("svf", svf, x)
    linear = interpolation == "linear"
    if not linear and interpolation != "held":
        raise ValueError(f'`interpolation` must be "held" or "linear", not {interpolation!r}')
    check_frames("svf", svf.shape[-3], hop, x.shape[-1], linear)
    if zi is not None:
        check_tensor("zi", zi)
        shape = (svf.shape[-2], *x.shape[:-1], 3)
        check_shape("zi", zi, shape, "[n_sections, ..., 3]")
        zi = zi.movedim(0, -2)
    y, zf, _ = svfilt_operator(svf, x, zi, hop, linear)
    return y if zi is None else (y, zf.movedim(-2, 0))


def check_frames(name: str, frames: int, hop: int, time: int, linear: bool) -> None:
    """As many frames as begin within the signal; one more where coefficients are interpolated."""
    if hop < 1:
        raise ValueError(f"`hop` = {hop} must be at least 1 sample")
    needed = max(1, (time + hop - 1) // hop)
    if frames != needed and not (linear and frames == needed + 1):
        raise ValueError(
            f"`{name}` has {frames} frames, but {time} samples with a hop of {hop} need {needed}"
        )


def design(
    bands: Bands, params: Optional[torch.Tensor] = None, fs: Optional[float] = None
) -> torch.Tensor:
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
        Second-order sections of shape ``(..., n_sections, 6)``, float64.

    Raises
    ------
    ValueError
        If a band cannot be read or designed. The sentence names the parameter, its value and what
        is allowed.

    Examples
    --------
    >>> import torch, filterbank.torch as ft
    >>> cutoff = torch.tensor([1000.0], dtype=torch.float64, requires_grad=True)
    >>> sos = ft.design("lowpass(butterworth(order = 2), cutoff = 1000)", cutoff, fs=48_000)
    >>> sos[0, 0].backward()
    >>> cutoff.grad.item() > 0  # more of b0 with a higher cutoff
    True
    """
    return design_as("sos", specification(bands, fs), params)


def svf_design(
    bands: Bands, params: Optional[torch.Tensor] = None, fs: Optional[float] = None
) -> torch.Tensor:
    """Designs bands in series in the state-variable form, whose coefficients may move in time.

    Arguments and errors are those of :func:`design`.

    Returns
    -------
    svf
        The coefficients ``g, g2, k, m0, m1, m2`` of each section, of shape ``(..., n_sections,
        6)``, float64: see :func:`svfilt`.
    """
    return design_as("svf", specification(bands, fs), params)


def design_as(kind: Kind, spec: Specification, params: Optional[torch.Tensor]) -> torch.Tensor:
    """A design, of shape ``(..., n_sections, 6)``."""
    if params is None:
        params = torch.tensor(spec.values, dtype=torch.float64)
    check_params(spec, params, "params")
    rows: torch.Tensor = map_operator(params, key(spec), kind)
    return rows


def check_params(spec: Specification, params: torch.Tensor, name: str) -> None:
    """One number for each parameter of a specification, in the last dimension."""
    check_tensor(name, params)
    check_ndim(name, params, 1, "[..., n_params]")
    expected = names(spec)
    if params.shape[-1] != len(expected):
        raise ValueError(
            f"`{name}` must have {len(expected)} values in its last dimension, one for each of "
            f"{', '.join(expected)}, not {params.shape[-1]}"
        )
