"""Differentiable filters for torch.

Functions and modules whose gradients pass through the filter: to its coefficients or parameters, to
its input and to its initial state. Everything numeric runs in Rust, on the CPU and in double
precision; signals may be float32 or float64.
"""

from ._encoder import SpectralEncoder
from ._functional import design, sosfilt, svf_design, svfilt
from ._modules import Biquad, Cascade, FilterBank, ParametricEQ, Sections
from ._sketch import DifferentiableBiquad, DifferentiableFilterBank, DifferentiableIIR

__all__ = [
    "Biquad",
    "Cascade",
    "DifferentiableBiquad",
    "DifferentiableFilterBank",
    "DifferentiableIIR",
    "FilterBank",
    "ParametricEQ",
    "Sections",
    "SpectralEncoder",
    "design",
    "sosfilt",
    "svf_design",
    "svfilt",
]
