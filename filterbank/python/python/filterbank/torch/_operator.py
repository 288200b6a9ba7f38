"""Operators of torch that run in Rust."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Optional

import torch
from torch.autograd import forward_ad

_library = torch.library.Library("filterbank", "DEF")


def operator(
    schema: str,
    kernel: Callable[..., Any],
    fake: Callable[..., Any],
    *,
    save: Callable[..., None],
    backward: Callable[..., Any],
    jvp: Optional[Callable[..., Any]] = None,
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
        Keeps in ``ctx`` what ``backward`` and ``jvp`` need: ``save(ctx, inputs, output)``.
    backward
        From the derivatives by the results to those by the arguments.
    jvp
        From the tangents of the arguments to those of the results.
    """
    name = schema.partition("(")[0]
    _library.define(schema)
    overload: Callable[..., Any] = getattr(torch.ops.filterbank, name).default

    def below_autograd(*arguments: Any) -> Any:
        if _are_plain(arguments):
            return kernel(*arguments)
        with torch._C._AutoDispatchBelowAutograd():
            return overload(*arguments)

    def forward(ctx: Any, *arguments: Any) -> Any:
        output = below_autograd(*arguments)
        save(ctx, arguments, output)
        return output

    derivatives = {"backward": backward} if jvp is None else {"backward": backward, "jvp": jvp}
    plain = _function(name, forward=forward, **derivatives)
    # The form that torch.func needs. A call of it takes twice as long.
    transformed = _function(name, forward=below_autograd, setup_context=save, **derivatives)

    _library.impl(name, kernel, "CPU")
    # In place of torch.library.register_autograd, which takes three times as long per call (as long
    # as the filter itself, of a thousand samples) and knows no forward mode.
    _library.impl(name, plain.apply, "Autograd")
    torch.library.register_fake(f"filterbank::{name}", fake, lib=_library)

    def call(*arguments: Any) -> Any:
        if torch.compiler.is_compiling():
            return overload(*arguments)
        if torch._C._are_functorch_transforms_active():
            return transformed.apply(*arguments)
        if torch.is_grad_enabled() or forward_ad._current_level >= 0:
            return plain.apply(*arguments)
        return below_autograd(*arguments)

    return call


def _are_plain(arguments: tuple[Any, ...]) -> bool:
    """Whether the dispatcher would find the kernel, at half the cost of a short call: no tensor
    has a class of its own, none is on another device, and nothing watches."""
    if torch._C._len_torch_dispatch_stack() > 0:
        return False
    for argument in arguments:
        if isinstance(argument, torch.Tensor) and not (
            type(argument) in (torch.Tensor, torch.nn.Parameter) and argument.is_cpu
        ):
            return False
    return True


def _function(name: str, **methods: Callable[..., Any]) -> Any:
    """A class of torch.autograd.Function."""
    statics = {word: staticmethod(method) for word, method in methods.items()}
    return type(name, (torch.autograd.Function,), statics)


def third_derivative(ctx: Any, *slopes: Any) -> Any:
    """The backward pass of second derivatives."""
    raise NotImplementedError("filters have first and second derivatives: there is no third one")


def save_nothing(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    """For an operator that cannot be differentiated."""


def as_double(tensor: torch.Tensor) -> Any:
    """A numpy array of float64 in C order, without a copy where it is one."""
    return as_array(tensor if tensor.dtype == torch.float64 else tensor.to(torch.float64))


def as_array(tensor: torch.Tensor) -> Any:
    """A numpy array in C order, without a copy where it is one."""
    return (tensor if tensor.is_contiguous() else tensor.contiguous()).detach().numpy()


def as_tensor(numbers: Any, shape: Sequence[int], dtype: torch.dtype) -> torch.Tensor:
    """The tensor of numbers in C order."""
    tensor = torch.from_numpy(numbers.reshape(shape))
    return tensor if tensor.dtype == dtype else tensor.to(dtype)
