"""What is wrong with arguments."""

from __future__ import annotations

import torch


def check_tensor(name: str, tensor: torch.Tensor) -> None:
    """A tensor that the library can read: real, of single or double precision, on the CPU."""
    if not isinstance(tensor, torch.Tensor):
        raise ValueError(f"`{name}` must be a tensor, not {type(tensor).__name__}")
    if tensor.dtype not in (torch.float32, torch.float64):
        found = str(tensor.dtype).removeprefix("torch.")
        raise ValueError(f"`{name}` must be float32 or float64, not {found}")
    if tensor.device.type not in ("cpu", "meta"):
        raise ValueError(
            f"`{name}` is on {tensor.device}: filters run on the CPU. Move it there by "
            f"`{name}.cpu()`, which copies it and waits for the device"
        )


def check_ndim(name: str, tensor: torch.Tensor, least: int, shape: str) -> None:
    """A tensor of at least so many dimensions."""
    if tensor.dim() < least:
        raise ValueError(f"`{name}` must have the shape {shape}, not {list(tensor.shape)}")


def check_shape(name: str, tensor: torch.Tensor, shape: tuple[int, ...], meaning: str) -> None:
    """A tensor of a given shape."""
    if tuple(tensor.shape) != shape:
        found = list(tensor.shape)
        raise ValueError(f"`{name}` must have the shape {list(shape)}, {meaning}, not {found}")


def check_items(name: str, filters: torch.Tensor, x: torch.Tensor) -> None:
    """One filter for each item of a batch."""
    if filters.shape[0] != x.shape[0]:
        raise ValueError(
            f"`{name}` has {filters.shape[0]} filters, but `x` has {x.shape[0]} items: with one "
            "filter for each item, the first dimensions are equal"
        )
