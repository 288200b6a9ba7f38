"""The design of bands as an operator."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch

from .. import _core
from ._operator import as_double, operator, save_nothing, third_derivative


class Layout:
    """What an operator must know of a specification, and the design itself."""

    def __init__(self, specification: _core.Specification, state_variable: bool) -> None:
        self.map = _core.DesignMap(specification, state_variable)
        self.params = len(specification.names)
        self.sections = self.map.ends[-1] if self.map.ends else 0


def key(specification: _core.Specification) -> str:
    """A specification as text, for graphs of torch: they hold texts, not objects."""
    bands = zip(specification.band_names, specification.bands)
    return "\n".join([repr(specification.fs), *(f"{name}\t{band}" for name, band in bands)])


@lru_cache(maxsize=256)
def layout(key: str, state_variable: bool) -> Layout:
    """The inverse of :func:`key`."""
    fs, *lines = key.split("\n")
    named = [line.split("\t") for line in lines]
    bands, names = [band for _, band in named], [name for name, _ in named]
    return Layout(_core.Specification(bands, float(fs), names), state_variable)


def _rows(numbers: Any, params: torch.Tensor, of: Layout) -> torch.Tensor:
    return torch.from_numpy(numbers).reshape(params.shape[0], of.sections, 6)


def _kernel(params: torch.Tensor, key: str, state_variable: bool) -> torch.Tensor:
    of = layout(key, state_variable)
    return _rows(of.map.forward(as_double(params)), params, of)


def _fake(params: torch.Tensor, key: str, state_variable: bool) -> torch.Tensor:
    of = layout(key, state_variable)
    return params.new_empty((params.shape[0], of.sections, 6), dtype=torch.float64)


def _save(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    params, ctx.key, ctx.state_variable = inputs
    ctx.save_for_backward(params)


def _backward(ctx: Any, slope: torch.Tensor) -> Any:
    (params,) = ctx.saved_tensors
    return design_backward(slope, params, ctx.key, ctx.state_variable), None, None


def _backward_kernel(
    slope: torch.Tensor, params: torch.Tensor, key: str, state_variable: bool
) -> torch.Tensor:
    of = layout(key, state_variable)
    gradient = of.map.backward(as_double(slope), as_double(params))
    return torch.from_numpy(gradient).reshape(params.shape).to(params.dtype)


def _backward_fake(
    slope: torch.Tensor, params: torch.Tensor, key: str, state_variable: bool
) -> torch.Tensor:
    return params.new_empty(params.shape)


def _backward_save(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    slope, params, ctx.key, ctx.state_variable = inputs
    ctx.save_for_backward(slope, params)


def _backward_backward(ctx: Any, direction: torch.Tensor) -> Any:
    slope, params = ctx.saved_tensors
    by_slope, by_params = design_backward_twice(
        direction, slope, params, ctx.key, ctx.state_variable
    )
    return by_slope, by_params, None, None


def _twice_kernel(
    direction: torch.Tensor,
    slope: torch.Tensor,
    params: torch.Tensor,
    key: str,
    state_variable: bool,
) -> tuple[torch.Tensor, torch.Tensor]:
    of = layout(key, state_variable)
    by_slope, by_params = of.map.backward_twice(
        as_double(direction), as_double(slope), as_double(params)
    )
    return (
        _rows(by_slope, params, of),
        torch.from_numpy(by_params).reshape(params.shape).to(params.dtype),
    )


def _twice_fake(
    direction: torch.Tensor,
    slope: torch.Tensor,
    params: torch.Tensor,
    key: str,
    state_variable: bool,
) -> tuple[torch.Tensor, torch.Tensor]:
    return slope.new_empty(slope.shape), params.new_empty(params.shape)


design_backward_twice = operator(
    "design_backward_twice(Tensor direction, Tensor slope, Tensor params, str key, "
    "bool state_variable) -> (Tensor, Tensor)",
    _twice_kernel,
    _twice_fake,
    save=save_nothing,
    backward=third_derivative,
)

design_backward = operator(
    "design_backward(Tensor slope, Tensor params, str key, bool state_variable) -> Tensor",
    _backward_kernel,
    _backward_fake,
    save=_backward_save,
    backward=_backward_backward,
)

design = operator(
    "design(Tensor params, str key, bool state_variable) -> Tensor",
    _kernel,
    _fake,
    save=_save,
    backward=_backward,
)
