"""Maps of parameters as operators: designs, and parametrisations without bounds.

An operator is given a specification as text, because the graphs of torch hold texts, not objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, Optional, Union

import torch

from .. import _core
from ._operator import as_double, as_tensor, operator, save_nothing, third_derivative

#: What a map makes of parameters: second-order sections, coefficients of the state-variable form,
#: second-order sections of free coefficients, or parameters of free numbers.
Kind = Literal["sos", "svf", "raw", "params"]


def key(specification: _core.Specification, ordered: Sequence[Sequence[str]] = ()) -> str:
    """A specification as text, with lists of parameters that stay in rising order."""
    bands = zip(specification.band_names, specification.bands)
    lines = [f"{name}\t{band}" for name, band in bands]
    return "\n".join([repr(specification.fs), *lines, *("\t".join(["", *each]) for each in ordered)])


def _read(key: str) -> tuple[_core.Specification, list[list[str]]]:
    """The inverse of :func:`key`."""
    fs, *lines = key.split("\n")
    fields = [line.split("\t") for line in lines]
    bands = {name: rest[0] for name, *rest in fields if name}
    ordered = [rest for name, *rest in fields if not name]
    return _core.Specification(list(bands.values()), float(fs), list(bands)), ordered


class Map:
    """A map from ``[items, params]`` to ``[items, *shape]``, with its derivatives."""

    functions: Union[_core.SectionMap, _core.FreeMap]
    shape: tuple[int, ...]
    #: None: that of the parameters.
    dtype: Optional[torch.dtype] = torch.float64

    def __init__(self, key: str, kind: Kind) -> None:
        if kind == "raw":
            self.functions = _core.SectionMap.raw(int(key))
            self.shape = (int(key), 6)
            return
        specification, ordered = _read(key)
        if kind == "params":
            self.functions = _core.FreeMap(specification, ordered)
            self.shape = (len(specification.names),)
            self.dtype = None
        else:
            self.functions = _core.SectionMap(specification, kind == "svf")
            self.shape = (self.functions.ends[-1], 6)

    def empty(self, params: torch.Tensor) -> torch.Tensor:
        """The result, not filled in."""
        return params.new_empty((params.shape[0], *self.shape), dtype=self.dtype)

    def result(self, numbers: Any, params: torch.Tensor) -> torch.Tensor:
        """The result of numbers in C order."""
        return as_tensor(numbers, (params.shape[0], *self.shape), self.dtype or params.dtype)


#: The map of a key and a kind: read once.
of = lru_cache(maxsize=1024)(Map)


def _kernel(params: torch.Tensor, key: str, kind: str) -> torch.Tensor:
    to = of(key, kind)
    return to.result(to.functions.forward(as_double(params)), params)


def _fake(params: torch.Tensor, key: str, kind: str) -> torch.Tensor:
    return of(key, kind).empty(params)


def _save(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    params, ctx.key, ctx.kind = inputs
    ctx.save_for_backward(params)


def _backward(ctx: Any, slope: torch.Tensor) -> Any:
    (params,) = ctx.saved_tensors
    return map_backward(slope, params, ctx.key, ctx.kind), None, None


def _backward_kernel(
    slope: torch.Tensor, params: torch.Tensor, key: str, kind: str
) -> torch.Tensor:
    gradient = of(key, kind).functions.backward(as_double(slope), as_double(params))
    return as_tensor(gradient, params.shape, params.dtype)


def _backward_fake(slope: torch.Tensor, params: torch.Tensor, key: str, kind: str) -> torch.Tensor:
    return params.new_empty(params.shape)


def _backward_save(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    slope, params, ctx.key, ctx.kind = inputs
    ctx.save_for_backward(slope, params)


def _backward_backward(ctx: Any, direction: torch.Tensor) -> Any:
    slope, params = ctx.saved_tensors
    return *map_backward_twice(direction, slope, params, ctx.key, ctx.kind), None, None


def _twice_kernel(
    direction: torch.Tensor, slope: torch.Tensor, params: torch.Tensor, key: str, kind: str
) -> tuple[torch.Tensor, torch.Tensor]:
    to = of(key, kind)
    arrays = [as_double(tensor) for tensor in (direction, slope, params)]
    by_slope, by_params = to.functions.backward_twice(*arrays)
    return to.result(by_slope, params), as_tensor(by_params, params.shape, params.dtype)


def _twice_fake(
    direction: torch.Tensor, slope: torch.Tensor, params: torch.Tensor, key: str, kind: str
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

map_forward = operator(
    "map(Tensor params, str key, str kind) -> Tensor",
    _kernel,
    _fake,
    save=_save,
    backward=_backward,
)
