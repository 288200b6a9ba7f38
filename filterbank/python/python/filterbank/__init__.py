"""Differentiable IIR filters: design, filtering and fits.

Everything numeric is done by the Rust library ``filterbank``. Where scipy.signal has the function,
arguments, shapes and dtypes are those of scipy.
"""

from . import bands
from ._classic import bessel, butter, cheby1, cheby2, ellip, iirnotch, iirpeak
from ._convert import sos2tf, sos2zpk, zpk2sos
from ._core import VERSION as __version__
from ._core import Specification
from ._design import Design, design
from ._filter import sosfilt, sosfilt_zi, sosfiltfilt
from ._fit import Fit, fit_eq, fit_group_delay, fit_magnitude, fit_recording, fit_response, identify
from ._response import freqz_sos, group_delay, sosfreqz
from .bands import tune

__all__ = [
    "Design",
    "Fit",
    "Specification",
    "__version__",
    "bands",
    "bessel",
    "butter",
    "cheby1",
    "cheby2",
    "design",
    "ellip",
    "fit_eq",
    "fit_group_delay",
    "fit_magnitude",
    "fit_recording",
    "fit_response",
    "freqz_sos",
    "group_delay",
    "identify",
    "iirnotch",
    "iirpeak",
    "sos2tf",
    "sos2zpk",
    "sosfilt",
    "sosfilt_zi",
    "sosfiltfilt",
    "sosfreqz",
    "tune",
    "zpk2sos",
]
