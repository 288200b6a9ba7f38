"""Maps of parameters as operators: designs, and parametrisations without bounds."""

from __future__ import annotations

from math import prod
from typing import Any

import torch

from .._maps import Kind, of
from ._operator import as_double, as_tensor, operator, save_nothing, third_derivative


def _shape(params: torch.Tensor, key: str, kind: Kind) -> tuple[int, ...]:
    return (*params.shape[:-1], *of(key, kind).shape)


def _items(tensor: torch.Tensor, shape: tuple[int, ...]) -> Any:
    """An array ``[items, *shape]``."""
    return as_double(tensor).reshape(prod(tensor.shape[: tensor.dim() - len(shape)]), *shape)


def _dtype(params: torch.Tensor, kind: Kind) -> torch.dtype:
    """Coefficients are of double precision, whatever their parameters are."""
    return params.dtype if kind == "params" else torch.float64


def _kernel(params: torch.Tensor, key: str, kind: Kind) -> torch.Tensor:
    numbers = of(key, kind).functions.forward(_items(params, params.shape[-1:]))
    return as_tensor(numbers, _shape(params, key, kind), _dtype(params, kind))


def _fake(params: torch.Tensor, key: str, kind: Kind) -> torch.Tensor:
    return params.new_empty(_shape(params, key, kind), dtype=_dtype(params, kind))


def _save(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    params, ctx.key, ctx.kind = inputs
    ctx.save_for_backward(params)
    ctx.save_for_forward(params)


def _backward(ctx: Any, slope: torch.Tensor) -> Any:
    (params,) = ctx.saved_tensors
    return map_backward(slope, params, ctx.key, ctx.kind), None, None


def _jvp(ctx: Any, direction: torch.Tensor, *_: None) -> torch.Tensor:
    (params,) = ctx.saved_tensors
    slope = params.new_zeros(_shape(params, ctx.key, ctx.kind), dtype=_dtype(params, ctx.kind))
    tangent, _by_params = map_backward_twice(direction, slope, params, ctx.key, ctx.kind)
    return tangent


def _backward_kernel(
    slope: torch.Tensor, params: torch.Tensor, key: str, kind: Kind
) -> torch.Tensor:
    to, own = of(key, kind), params.shape[-1:]
    gradient = to.functions.backward(_items(slope, to.shape), _items(params, own))
    return as_tensor(gradient, params.shape, params.dtype)


def _backward_fake(slope: torch.Tensor, params: torch.Tensor, key: str, kind: Kind) -> torch.Tensor:
    return params.new_empty(params.shape)


def _backward_save(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    slope, params, ctx.key, ctx.kind = inputs
    ctx.save_for_backward(slope, params)


def _backward_backward(ctx: Any, direction: torch.Tensor) -> Any:
    slope, params = ctx.saved_tensors
    return *map_backward_twice(direction, slope, params, ctx.key, ctx.kind), None, None


def _twice_kernel(
    direction: torch.Tensor, slope: torch.Tensor, params: torch.Tensor, key: str, kind: Kind
) -> tuple[torch.Tensor, torch.Tensor]:
    to, own = of(key, kind), params.shape[-1:]
    by_slope, by_params = to.functions.backward_twice(
        _items(direction, own), _items(slope, to.shape), _items(params, own)
    )
    return (
        as_tensor(by_slope, slope.shape, slope.dtype),
        as_tensor(by_params, params.shape, params.dtype),
    )


def _twice_fake(
    direction: torch.Tensor, slope: torch.Tensor, params: torch.Tensor, key: str, kind: Kind
) -> tuple[torch.Tensor, torch.Tensor]:
    return slope.new_empty(slope.shape), params.new_empty(params.shape)


map_backward_twice = operator(
    "map_backward_twice(Tensor direction, Tensor slope, Tensor params, str key, str kind) "
    "-> (Tensor, Tensor)",
    _twice_kernel,
    _twice_fake,
    save=save_nothing,
    backward=third_derivative,
)

map_backward = operator(
    "map_backward(Tensor slope, Tensor params, str key, str kind) -> Tensor",
    _backward_kernel,
    _backward_fake,
    save=_backward_save,
    backward=_backward_backward,
)

map_operator = operator(
    "map(Tensor params, str key, str kind) -> Tensor",
    _kernel,
    _fake,
    save=_save,
    backward=_backward,
    jvp=_jvp,
)
