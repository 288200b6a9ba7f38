"""What is wrong with arguments."""

from __future__ import annotations

import torch


def check_tensor(name: str, tensor: torch.Tensor, *, signal: bool = False) -> None:
    """A tensor that the library can read: real, of single or double precision, on the CPU."""
    if not isinstance(tensor, torch.Tensor):
        raise ValueError(f"`{name}` must be a tensor, not {type(tensor).__name__}")
    if tensor.dtype not in (torch.float32, torch.float64):
        reason = ": a signal of fewer bits loses more than a filter changes" if signal else ""
        raise ValueError(
            f"`{name}` must be float32 or float64, not {str(tensor.dtype).removeprefix('torch.')}{reason}"
        )
    if tensor.device.type not in ("cpu", "meta"):
        raise ValueError(
            f"`{name}` is on {tensor.device}: filters run on the CPU. Move it there by `{name}.cpu()`, "
            "which copies it and waits for the device"
        )


def check_ndim(name: str, tensor: torch.Tensor, least: int, shape: str) -> None:
    """A tensor of at least so many dimensions."""
    if tensor.dim() < least:
        raise ValueError(f"`{name}` must have the shape {shape}, not {list(tensor.shape)}")


def check_shape(name: str, tensor: torch.Tensor, shape: tuple[int, ...], meaning: str) -> None:
    """A tensor of a given shape."""
    if tuple(tensor.shape) != shape:
        raise ValueError(
            f"`{name}` must have the shape {list(shape)}, which is {meaning}, not {list(tensor.shape)}"
        )
