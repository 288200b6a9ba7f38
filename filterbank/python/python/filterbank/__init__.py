"""Differentiable IIR filters: design, filtering and fits.

Everything numeric is done by the Rust library ``filterbank``. Where scipy.signal has the function,
arguments, shapes and dtypes are those of scipy.
"""

from . import bands
from ._core import Specification
from ._design import Design, design
from ._filter import sosfilt
from .bands import tune

__all__ = ["Design", "Specification", "bands", "design", "sosfilt", "tune"]
