"""Filtering by second-order sections as an operator.

``sos`` is ``[1 or batch, sections, 6]``, ``x`` is ``[batch, channels, time]``, states are
``[batch, channels, sections, 2]``, the output is ``[batch, channels, bands, time]``.
"""

from __future__ import annotations

from typing import Any, Optional

import torch

from .. import _core
from ._operator import as_array, as_double, operator, save_nothing, third_derivative

#: Samples from one checkpoint to the next.
_BLOCK = _core.block()

Three = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
Five = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def _output(x: torch.Tensor, ends: list[int]) -> tuple[int, ...]:
    batch, channels, time = x.shape
    return (batch, channels, max(1, len(ends)), time)


def _kernel(sos: torch.Tensor, x: torch.Tensor, zi: torch.Tensor, ends: list[int]) -> Three:
    single = x.dtype == torch.float32
    run = _core.sosfilt_forward_f32 if single else _core.sosfilt_forward_f64
    y, zf, checkpoints = run(as_double(sos), ends, as_array(x), as_double(zi))
    return (
        torch.from_numpy(y).reshape(_output(x, ends)),
        torch.from_numpy(zf).reshape(zi.shape),
        torch.from_numpy(checkpoints),
    )


def _fake(sos: torch.Tensor, x: torch.Tensor, zi: torch.Tensor, ends: list[int]) -> Three:
    batch, channels, time = x.shape
    blocks = (time + _BLOCK - 1) // _BLOCK
    return (
        x.new_empty(_output(x, ends)),
        x.new_empty(zi.shape, dtype=torch.float64),
        x.new_empty(batch * channels * blocks * sos.shape[1] * 2, dtype=torch.float64),
    )


def _save(ctx: Any, inputs: tuple[Any, ...], output: Three) -> None:
    sos, x, zi, ctx.ends = inputs
    checkpoints = output[2]
    ctx.mark_non_differentiable(checkpoints)
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(sos, x, zi, checkpoints)


def _backward(
    ctx: Any, slope: Optional[torch.Tensor], zf_slope: Optional[torch.Tensor], _: Any
) -> Any:
    sos, x, zi, checkpoints = ctx.saved_tensors
    if slope is None:
        slope = x.new_zeros(_output(x, ctx.ends))
    if zf_slope is None:
        zf_slope = zi.new_zeros(zi.shape)
    return *sosfilt_backward(slope, zf_slope, sos, x, zi, checkpoints, ctx.ends), None


def _backward_kernel(
    slope: torch.Tensor,
    zf_slope: torch.Tensor,
    sos: torch.Tensor,
    x: torch.Tensor,
    zi: torch.Tensor,
    checkpoints: torch.Tensor,
    ends: list[int],
) -> Three:
    single = x.dtype == torch.float32
    run = _core.sosfilt_backward_f32 if single else _core.sosfilt_backward_f64
    by_sos, by_x, by_zi = run(
        as_array(slope),
        as_double(zf_slope),
        as_double(sos),
        ends,
        as_array(x),
        as_array(checkpoints),
    )
    return (
        torch.from_numpy(by_sos).reshape(sos.shape).to(sos.dtype),
        torch.from_numpy(by_x).reshape(x.shape),
        torch.from_numpy(by_zi).reshape(zi.shape).to(zi.dtype),
    )


def _backward_fake(
    slope: torch.Tensor,
    zf_slope: torch.Tensor,
    sos: torch.Tensor,
    x: torch.Tensor,
    zi: torch.Tensor,
    checkpoints: torch.Tensor,
    ends: list[int],
) -> Three:
    return sos.new_empty(sos.shape), x.new_empty(x.shape), zi.new_empty(zi.shape)


def _backward_save(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    slope, zf_slope, sos, x, zi, _, ctx.ends = inputs
    ctx.save_for_backward(slope, zf_slope, sos, x, zi)


def _backward_backward(
    ctx: Any, by_sos: torch.Tensor, by_x: torch.Tensor, by_zi: torch.Tensor
) -> Any:
    slope, zf_slope, sos, x, zi = ctx.saved_tensors
    results = sosfilt_backward_twice(by_sos, by_x, by_zi, slope, zf_slope, sos, x, zi, ctx.ends)
    return *results, None, None


def _twice_kernel(
    sos_direction: torch.Tensor,
    x_direction: torch.Tensor,
    zi_direction: torch.Tensor,
    slope: torch.Tensor,
    zf_slope: torch.Tensor,
    sos: torch.Tensor,
    x: torch.Tensor,
    zi: torch.Tensor,
    ends: list[int],
) -> Five:
    tensors = (sos_direction, x_direction, zi_direction, slope, zf_slope, sos)
    arrays = [as_double(tensor) for tensor in tensors]
    results = _core.sosfilt_backward_twice(*arrays, ends, as_double(x), as_double(zi))
    like = (slope, zf_slope, sos, x, zi)
    by_slope, by_zf_slope, by_sos, by_x, by_zi = (
        torch.from_numpy(result).reshape(tensor.shape).to(tensor.dtype)
        for result, tensor in zip(results, like)
    )
    return by_slope, by_zf_slope, by_sos, by_x, by_zi


def _twice_fake(
    sos_direction: torch.Tensor,
    x_direction: torch.Tensor,
    zi_direction: torch.Tensor,
    slope: torch.Tensor,
    zf_slope: torch.Tensor,
    sos: torch.Tensor,
    x: torch.Tensor,
    zi: torch.Tensor,
    ends: list[int],
) -> Five:
    return (
        slope.new_empty(slope.shape),
        zf_slope.new_empty(zf_slope.shape),
        sos.new_empty(sos.shape),
        x.new_empty(x.shape),
        zi.new_empty(zi.shape),
    )


sosfilt_backward_twice = operator(
    "sosfilt_backward_twice(Tensor sos_direction, Tensor x_direction, Tensor zi_direction, "
    "Tensor slope, Tensor zf_slope, Tensor sos, Tensor x, Tensor zi, int[] ends) "
    "-> (Tensor, Tensor, Tensor, Tensor, Tensor)",
    _twice_kernel,
    _twice_fake,
    save=save_nothing,
    backward=third_derivative,
)

sosfilt_backward = operator(
    "sosfilt_backward(Tensor slope, Tensor zf_slope, Tensor sos, Tensor x, Tensor zi, "
    "Tensor checkpoints, int[] ends) -> (Tensor, Tensor, Tensor)",
    _backward_kernel,
    _backward_fake,
    save=_backward_save,
    backward=_backward_backward,
)

sosfilt = operator(
    "sosfilt(Tensor sos, Tensor x, Tensor zi, int[] ends) -> (Tensor, Tensor, Tensor)",
    _kernel,
    _fake,
    save=_save,
    backward=_backward,
)
