"""Differentiable filters for torch.

Functions and modules whose gradients pass through the filter: to its coefficients or parameters, to
its input and to its initial state. Everything numeric runs in Rust, on the CPU and in double
precision; signals may be float32 or float64.
"""

from ._functional import design, sosfilt

__all__ = ["design", "sosfilt"]
