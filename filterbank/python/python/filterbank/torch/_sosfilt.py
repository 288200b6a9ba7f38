"""Filtering by second-order sections as an operator.

Shapes: ``x`` is ``[..., time]``; ``sos`` is ``[sections, 6]``, or ``[batch, sections, 6]`` with a
filter for each item of the first dimension of ``x``. States are ``[..., sections, 2]``, at rest if
there are none. With ``ends``, the number of sections up to the last of each band, the output is
``[..., bands, time]``.
"""

from __future__ import annotations

from math import prod
from typing import Any, Optional

import numpy as np
import torch
from torch import Tensor

from .. import _core
from ._operator import as_array, as_double, as_tensor, operator, save_nothing, third_derivative

#: Samples from one checkpoint to the next.
_BLOCK = _core.block()


class Batch:
    """The sizes of a call."""

    def __init__(self, sos: Tensor, x: Tensor, ends: list[int]) -> None:
        *leading, self.time = x.shape
        self.sections = sos.shape[-2]
        #: Items of the batch, and signals of each.
        if sos.dim() == 2:
            self.filters, self.items = 1, (1, prod(leading))
        else:
            self.filters, self.items = sos.shape[0], (leading[0], prod(leading[1:]))
        self.bands = len(ends) or 1
        bands = [self.bands] if ends else []
        self.output_shape = [*leading, *bands, self.time]
        self.state_shape = [*leading, self.sections, 2]

    def signals(self, x: Tensor) -> Any:
        """``[batch, channels, time]``."""
        return as_array(x).reshape(*self.items, self.time)

    def doubles(self, x: Tensor) -> Any:
        """``[batch, channels, time]``, float64."""
        return as_double(x).reshape(*self.items, self.time)

    def rows(self, sos: Tensor) -> Any:
        """``[filters, sections, 6]``."""
        return as_double(sos).reshape(self.filters, self.sections, 6)

    def states(self, z: Optional[Tensor]) -> Any:
        """``[batch, channels, sections, 2]``."""
        if z is None:
            return np.zeros((*self.items, self.sections, 2))
        return as_double(z).reshape(*self.items, self.sections, 2)

    def slopes(self, y: Any) -> Any:
        """``[batch, channels, bands, time]``."""
        return y.reshape(*self.items, self.bands, self.time)


def _kernel(
    sos: Tensor, x: Tensor, zi: Optional[Tensor], ends: list[int]
) -> tuple[Tensor, Tensor, Tensor]:
    batch = Batch(sos, x, ends)
    if batch.filters == 0:
        return _fake(sos, x, zi, ends)
    single = x.dtype == torch.float32
    run = _core.sosfilt_forward_f32 if single else _core.sosfilt_forward_f64
    y, zf, checkpoints = run(batch.rows(sos), ends, batch.signals(x), batch.states(zi))
    return (
        as_tensor(y, batch.output_shape, x.dtype),
        as_tensor(zf, batch.state_shape, torch.float64),
        torch.from_numpy(checkpoints),
    )


def _fake(
    sos: Tensor, x: Tensor, zi: Optional[Tensor], ends: list[int]
) -> tuple[Tensor, Tensor, Tensor]:
    batch = Batch(sos, x, ends)
    blocks = (batch.time + _BLOCK - 1) // _BLOCK
    return (
        x.new_empty(batch.output_shape),
        x.new_empty(batch.state_shape, dtype=torch.float64),
        x.new_empty(prod(batch.state_shape) * blocks, dtype=torch.float64),
    )


def _save(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
    sos, x, zi, ctx.ends = inputs
    checkpoints = output[2]
    ctx.mark_non_differentiable(checkpoints)
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(sos, x, zi, checkpoints)
    ctx.save_for_forward(sos, x, zi)


def _backward(ctx: Any, slope: Optional[Tensor], zf_slope: Optional[Tensor], _: Any) -> Any:
    sos, x, zi, checkpoints = ctx.saved_tensors
    if slope is None:
        slope = x.new_zeros(Batch(sos, x, ctx.ends).output_shape)
    by_sos, by_x, by_zi = sosfilt_backward(slope, zf_slope, sos, x, zi, checkpoints, ctx.ends)
    return by_sos, by_x, None if zi is None else by_zi, None


def _jvp(
    ctx: Any, sos_t: Optional[Tensor], x_t: Optional[Tensor], zi_t: Optional[Tensor], _: None
) -> tuple[Tensor, Tensor, None]:
    sos, x, zi = ctx.saved_tensors
    y_t, zf_t, *_ = sosfilt_backward_twice(
        sos.new_zeros(sos.shape) if sos_t is None else sos_t,
        x.new_zeros(x.shape) if x_t is None else x_t,
        zi_t,
        x.new_zeros(Batch(sos, x, ctx.ends).output_shape),
        None,
        sos,
        x,
        zi,
        ctx.ends,
    )
    return y_t, zf_t, None


def _backward_kernel(
    slope: Tensor,
    zf_slope: Optional[Tensor],
    sos: Tensor,
    x: Tensor,
    zi: Optional[Tensor],
    checkpoints: Tensor,
    ends: list[int],
) -> tuple[Tensor, Tensor, Tensor]:
    batch = Batch(sos, x, ends)
    if batch.filters == 0:
        return _backward_fake(slope, zf_slope, sos, x, zi, checkpoints, ends)
    single = x.dtype == torch.float32
    run = _core.sosfilt_backward_f32 if single else _core.sosfilt_backward_f64
    by_sos, by_x, by_zi = run(
        batch.slopes(as_array(slope)),
        batch.states(zf_slope),
        batch.rows(sos),
        ends,
        batch.signals(x),
        as_array(checkpoints),
    )
    return (
        as_tensor(by_sos, sos.shape, sos.dtype),
        as_tensor(by_x, x.shape, x.dtype),
        as_tensor(by_zi, batch.state_shape, torch.float64 if zi is None else zi.dtype),
    )


def _state_like(zi: Optional[Tensor], sos: Tensor, x: Tensor, ends: list[int]) -> Tensor:
    if zi is not None:
        return zi.new_empty(zi.shape)
    return x.new_empty(Batch(sos, x, ends).state_shape, dtype=torch.float64)


def _backward_fake(
    slope: Tensor,
    zf_slope: Optional[Tensor],
    sos: Tensor,
    x: Tensor,
    zi: Optional[Tensor],
    checkpoints: Tensor,
    ends: list[int],
) -> tuple[Tensor, Tensor, Tensor]:
    return sos.new_empty(sos.shape), x.new_empty(x.shape), _state_like(zi, sos, x, ends)


def _backward_save(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    slope, zf_slope, sos, x, zi, _, ctx.ends = inputs
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(slope, zf_slope, sos, x, zi)


def _backward_backward(
    ctx: Any, by_sos: Optional[Tensor], by_x: Optional[Tensor], by_zi: Optional[Tensor]
) -> Any:
    slope, zf_slope, sos, x, zi = ctx.saved_tensors
    by_slope, by_zf_slope, by_sos, by_x, by_zi = sosfilt_backward_twice(
        sos.new_zeros(sos.shape) if by_sos is None else by_sos,
        x.new_zeros(x.shape) if by_x is None else by_x,
        by_zi,
        slope,
        zf_slope,
        sos,
        x,
        zi,
        ctx.ends,
    )
    if zf_slope is None:
        by_zf_slope = None
    return by_slope, by_zf_slope, by_sos, by_x, None if zi is None else by_zi, None, None


def _twice_kernel(
    sos_direction: Tensor,
    x_direction: Tensor,
    zi_direction: Optional[Tensor],
    slope: Tensor,
    zf_slope: Optional[Tensor],
    sos: Tensor,
    x: Tensor,
    zi: Optional[Tensor],
    ends: list[int],
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    batch = Batch(sos, x, ends)
    if batch.filters == 0:
        return _twice_fake(
            sos_direction, x_direction, zi_direction, slope, zf_slope, sos, x, zi, ends
        )
    by_slope, by_zf_slope, by_sos, by_x, by_zi = _core.sosfilt_backward_twice(
        batch.rows(sos_direction),
        batch.doubles(x_direction),
        batch.states(zi_direction),
        batch.slopes(as_double(slope)),
        batch.states(zf_slope),
        batch.rows(sos),
        ends,
        batch.doubles(x),
        batch.states(zi),
    )
    double, states = torch.float64, batch.state_shape
    return (
        as_tensor(by_slope, slope.shape, slope.dtype),
        as_tensor(by_zf_slope, states, double if zf_slope is None else zf_slope.dtype),
        as_tensor(by_sos, sos.shape, sos.dtype),
        as_tensor(by_x, x.shape, x.dtype),
        as_tensor(by_zi, states, double if zi is None else zi.dtype),
    )


def _twice_fake(
    sos_direction: Tensor,
    x_direction: Tensor,
    zi_direction: Optional[Tensor],
    slope: Tensor,
    zf_slope: Optional[Tensor],
    sos: Tensor,
    x: Tensor,
    zi: Optional[Tensor],
    ends: list[int],
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    return (
        slope.new_empty(slope.shape),
        _state_like(zf_slope, sos, x, ends),
        sos.new_empty(sos.shape),
        x.new_empty(x.shape),
        _state_like(zi, sos, x, ends),
    )


sosfilt_backward_twice = operator(
    "sosfilt_backward_twice(Tensor sos_direction, Tensor x_direction, Tensor? zi_direction, "
    "Tensor slope, Tensor? zf_slope, Tensor sos, Tensor x, Tensor? zi, int[] ends) "
    "-> (Tensor, Tensor, Tensor, Tensor, Tensor)",
    _twice_kernel,
    _twice_fake,
    save=save_nothing,
    backward=third_derivative,
)

sosfilt_backward = operator(
    "sosfilt_backward(Tensor slope, Tensor? zf_slope, Tensor sos, Tensor x, Tensor? zi, "
    "Tensor checkpoints, int[] ends) -> (Tensor, Tensor, Tensor)",
    _backward_kernel,
    _backward_fake,
    save=_backward_save,
    backward=_backward_backward,
)

sosfilt = operator(
    "sosfilt(Tensor sos, Tensor x, Tensor? zi, int[] ends) -> (Tensor, Tensor, Tensor)",
    _kernel,
    _fake,
    save=_save,
    backward=_backward,
    jvp=_jvp,
)
