"""Operators of torch that run in Rust."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

_library = torch.library.Library("filterbank", "DEF")


def operator(
    schema: str,
    kernel: Callable[..., Any],
    fake: Callable[..., Any],
    *,
    save: Callable[..., None],
    backward: Callable[..., Any],
) -> Callable[..., Any]:
    """Registers an operator, so that ``torch.compile`` and ``torch.export`` keep it as one node.

    Parameters
    ----------
    schema
        Name, arguments and results: ``"double(Tensor x) -> Tensor"``.
    kernel
        The function, on CPU tensors.
    fake
        Empty tensors of the shapes and dtypes of the results.
    save
        Keeps in ``ctx`` what ``backward`` needs: ``save(ctx, inputs, output)``.
    backward
        From the derivatives by the results to those by the arguments.
    """
    name = schema.partition("(")[0]
    qualified = f"filterbank::{name}"
    _library.define(schema)
    _library.impl(name, kernel, "CPU")
    torch.library.register_fake(qualified, fake, lib=_library)
    torch.library.register_autograd(qualified, backward, setup_context=save, lib=_library)
    overload: Callable[..., Any] = getattr(torch.ops.filterbank, name).default
    return overload


def third_derivative(ctx: Any, *slopes: Any) -> Any:
    """The backward pass of second derivatives."""
    raise NotImplementedError("filters have first and second derivatives: there is no third one")


def save_nothing(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    """For an operator that cannot be differentiated."""


def as_double(tensor: torch.Tensor) -> Any:
    """A numpy array of float64 in C order, without a copy where it is one."""
    return tensor.detach().to(torch.float64).contiguous().numpy()


def as_array(tensor: torch.Tensor) -> Any:
    """A numpy array in C order, without a copy where it is one."""
    return tensor.detach().contiguous().numpy()
