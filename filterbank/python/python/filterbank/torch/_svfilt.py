"""Filtering by sections that move, in the state-variable form, as an operator.

Shapes: ``x`` is ``[..., time]``; ``svf`` is ``[frames, sections, 6]``, or
``[batch, frames, sections, 6]`` with frames for each item of the first dimension of ``x``. States
are ``[..., sections, 3]``, at rest if there are none.
"""

from __future__ import annotations

from math import prod
from typing import Any, Optional

import numpy as np
import torch
from torch import Tensor

from .. import _core
from ._operator import as_array, as_double, as_tensor, operator, save_nothing, third_derivative


class Batch:
    """The sizes of a call."""

    def __init__(self, svf: Tensor, x: Tensor) -> None:
        *leading, self.time = x.shape
        self.frames, self.sections, _ = svf.shape[-3:]
        #: Items of the batch, and signals of each.
        if svf.dim() == 3:
            self.filters, self.items = 1, (1, prod(leading))
        else:
            self.filters, self.items = svf.shape[0], (leading[0], prod(leading[1:]))
        self.state_shape = [*leading, self.sections, 3]

    def signals(self, x: Any) -> Any:
        """``[batch, channels, time]``."""
        return x.reshape(*self.items, self.time)

    def rows(self, svf: Tensor) -> Any:
        """``[filters, frames, sections, 6]``."""
        return as_double(svf).reshape(self.filters, self.frames, self.sections, 6)

    def states(self, z: Optional[Tensor]) -> Any:
        """``[batch, channels, sections, 3]``."""
        if z is None:
            return np.zeros((*self.items, self.sections, 3))
        return as_double(z).reshape(*self.items, self.sections, 3)


def _kernel(
    svf: Tensor, x: Tensor, zi: Optional[Tensor], hop: int, linear: bool
) -> tuple[Tensor, Tensor, Tensor]:
    batch = Batch(svf, x)
    if batch.filters == 0:
        return _fake(svf, x, zi, hop, linear)
    single = x.dtype == torch.float32
    run = _core.svfilt_forward_f32 if single else _core.svfilt_forward_f64
    y, zf, checkpoints = run(
        batch.rows(svf), batch.signals(as_array(x)), batch.states(zi), hop, linear
    )
    return (
        as_tensor(y, x.shape, x.dtype),
        as_tensor(zf, batch.state_shape, torch.float64),
        torch.from_numpy(checkpoints),
    )


def _fake(
    svf: Tensor, x: Tensor, zi: Optional[Tensor], hop: int, linear: bool
) -> tuple[Tensor, Tensor, Tensor]:
    batch = Batch(svf, x)
    block = _core.svfilt_block(hop)
    blocks = (batch.time + block - 1) // block
    return (
        x.new_empty(x.shape),
        x.new_empty(batch.state_shape, dtype=torch.float64),
        x.new_empty(prod(batch.state_shape) * blocks, dtype=torch.float64),
    )


def _save(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
    svf, x, zi, ctx.hop, ctx.linear = inputs
    checkpoints = output[2]
    ctx.mark_non_differentiable(checkpoints)
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(svf, x, zi, checkpoints)
    ctx.save_for_forward(svf, x, zi)


def _backward(ctx: Any, slope: Optional[Tensor], zf_slope: Optional[Tensor], _: Any) -> Any:
    svf, x, zi, checkpoints = ctx.saved_tensors
    if slope is None:
        slope = x.new_zeros(x.shape)
    by_svf, by_x, by_zi = svfilt_backward(
        slope, zf_slope, svf, x, zi, checkpoints, ctx.hop, ctx.linear
    )
    return by_svf, by_x, None if zi is None else by_zi, None, None


def _jvp(
    ctx: Any, svf_t: Optional[Tensor], x_t: Optional[Tensor], zi_t: Optional[Tensor], *_: None
) -> tuple[Tensor, Tensor, None]:
    svf, x, zi = ctx.saved_tensors
    y_t, zf_t, *_ = svfilt_backward_twice(
        svf.new_zeros(svf.shape) if svf_t is None else svf_t,
        x.new_zeros(x.shape) if x_t is None else x_t,
        zi_t,
        x.new_zeros(x.shape),
        None,
        svf,
        x,
        zi,
        ctx.hop,
        ctx.linear,
    )
    return y_t, zf_t, None


def _backward_kernel(
    slope: Tensor,
    zf_slope: Optional[Tensor],
    svf: Tensor,
    x: Tensor,
    zi: Optional[Tensor],
    checkpoints: Tensor,
    hop: int,
    linear: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    batch = Batch(svf, x)
    if batch.filters == 0:
        return _backward_fake(slope, zf_slope, svf, x, zi, checkpoints, hop, linear)
    single = x.dtype == torch.float32
    run = _core.svfilt_backward_f32 if single else _core.svfilt_backward_f64
    by_svf, by_x, by_zi = run(
        batch.signals(as_array(slope)),
        batch.states(zf_slope),
        batch.rows(svf),
        batch.signals(as_array(x)),
        as_array(checkpoints),
        hop,
        linear,
    )
    return (
        as_tensor(by_svf, svf.shape, svf.dtype),
        as_tensor(by_x, x.shape, x.dtype),
        as_tensor(by_zi, batch.state_shape, torch.float64 if zi is None else zi.dtype),
    )


def _state_like(zi: Optional[Tensor], svf: Tensor, x: Tensor) -> Tensor:
    if zi is not None:
        return zi.new_empty(zi.shape)
    return x.new_empty(Batch(svf, x).state_shape, dtype=torch.float64)


def _backward_fake(
    slope: Tensor,
    zf_slope: Optional[Tensor],
    svf: Tensor,
    x: Tensor,
    zi: Optional[Tensor],
    checkpoints: Tensor,
    hop: int,
    linear: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    return svf.new_empty(svf.shape), x.new_empty(x.shape), _state_like(zi, svf, x)


def _backward_save(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    slope, zf_slope, svf, x, zi, _, ctx.hop, ctx.linear = inputs
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(slope, zf_slope, svf, x, zi)


def _backward_backward(
    ctx: Any, by_svf: Optional[Tensor], by_x: Optional[Tensor], by_zi: Optional[Tensor]
) -> Any:
    slope, zf_slope, svf, x, zi = ctx.saved_tensors
    by_slope, by_zf_slope, by_svf, by_x, by_zi = svfilt_backward_twice(
        svf.new_zeros(svf.shape) if by_svf is None else by_svf,
        x.new_zeros(x.shape) if by_x is None else by_x,
        by_zi,
        slope,
        zf_slope,
        svf,
        x,
        zi,
        ctx.hop,
        ctx.linear,
    )
    if zf_slope is None:
        by_zf_slope = None
    return by_slope, by_zf_slope, by_svf, by_x, None if zi is None else by_zi, None, None, None


def _twice_kernel(
    svf_direction: Tensor,
    x_direction: Tensor,
    zi_direction: Optional[Tensor],
    slope: Tensor,
    zf_slope: Optional[Tensor],
    svf: Tensor,
    x: Tensor,
    zi: Optional[Tensor],
    hop: int,
    linear: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    batch = Batch(svf, x)
    if batch.filters == 0:
        return _twice_fake(
            svf_direction, x_direction, zi_direction, slope, zf_slope, svf, x, zi, hop, linear
        )
    by_slope, by_zf_slope, by_svf, by_x, by_zi = _core.svfilt_backward_twice(
        batch.rows(svf_direction),
        batch.signals(as_double(x_direction)),
        batch.states(zi_direction),
        batch.signals(as_double(slope)),
        batch.states(zf_slope),
        batch.rows(svf),
        batch.signals(as_double(x)),
        batch.states(zi),
        hop,
        linear,
    )
    double, states = torch.float64, batch.state_shape
    return (
        as_tensor(by_slope, slope.shape, slope.dtype),
        as_tensor(by_zf_slope, states, double if zf_slope is None else zf_slope.dtype),
        as_tensor(by_svf, svf.shape, svf.dtype),
        as_tensor(by_x, x.shape, x.dtype),
        as_tensor(by_zi, states, double if zi is None else zi.dtype),
    )


def _twice_fake(
    svf_direction: Tensor,
    x_direction: Tensor,
    zi_direction: Optional[Tensor],
    slope: Tensor,
    zf_slope: Optional[Tensor],
    svf: Tensor,
    x: Tensor,
    zi: Optional[Tensor],
    hop: int,
    linear: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    return (
        slope.new_empty(slope.shape),
        _state_like(zf_slope, svf, x),
        svf.new_empty(svf.shape),
        x.new_empty(x.shape),
        _state_like(zi, svf, x),
    )


svfilt_backward_twice = operator(
    "svfilt_backward_twice(Tensor svf_direction, Tensor x_direction, Tensor? zi_direction, "
    "Tensor slope, Tensor? zf_slope, Tensor svf, Tensor x, Tensor? zi, int hop, bool linear) "
    "-> (Tensor, Tensor, Tensor, Tensor, Tensor)",
    _twice_kernel,
    _twice_fake,
    save=save_nothing,
    backward=third_derivative,
)

svfilt_backward = operator(
    "svfilt_backward(Tensor slope, Tensor? zf_slope, Tensor svf, Tensor x, Tensor? zi, "
    "Tensor checkpoints, int hop, bool linear) -> (Tensor, Tensor, Tensor)",
    _backward_kernel,
    _backward_fake,
    save=_backward_save,
    backward=_backward_backward,
)

svfilt = operator(
    "svfilt(Tensor svf, Tensor x, Tensor? zi, int hop, bool linear) -> (Tensor, Tensor, Tensor)",
    _kernel,
    _fake,
    save=_save,
    backward=_backward,
    jvp=_jvp,
)
