from collections.abc import Callable, Sequence
from typing import Any, Optional, Union, final

import numpy as np
from numpy.typing import NDArray

_F32 = NDArray[np.float32]
_F64 = NDArray[np.float64]
_C128 = NDArray[np.complex128]
_Progress = Optional[Callable[[int, float], Optional[bool]]]
_ChainValue = Union[float, tuple[float, float, float]]

__all__ = [
    "VERSION",
    "Designed",
    "Specification",
    "classic",
    "constant_peak",
    "default_padlen",
    "fit_delays",
    "fit_eq",
    "fit_levels",
    "fit_recording",
    "fit_response",
    "freqz_sos",
    "group_delay",
    "notch",
    "sos2tf",
    "sos2zpk",
    "sosfilt_f32",
    "sosfilt_f64",
    "sosfilt_zi",
    "sosfiltfilt_f32",
    "sosfiltfilt_f64",
    "zpk2sos",
]

VERSION: str

@final
class Specification:
    """Bands in series at a sample rate, some or all of whose numbers are parameters."""

    def __new__(
        cls, bands: Sequence[str], fs: float, names: Optional[Sequence[str]] = None
    ) -> Specification: ...
    @property
    def fs(self) -> float: ...
    @property
    def bands(self) -> list[str]: ...
    @property
    def band_names(self) -> list[str]: ...
    @property
    def names(self) -> list[str]: ...
    @property
    def values(self) -> list[float]: ...
    @property
    def bounds(self) -> list[tuple[float, float]]: ...
    @property
    def units(self) -> list[str]: ...
    def bands_at(self, values: Sequence[float]) -> list[str]: ...
    def sos(self, values: Sequence[float]) -> _F64: ...
    def jacobian(self, values: Sequence[float]) -> tuple[_F64, _F64]: ...

@final
class Designed:
    def sos(self) -> _F64: ...
    def zpk(self) -> tuple[_C128, _C128, float]: ...
    def ba(self) -> tuple[_F64, _F64]: ...

def classic(
    family: str,
    order: int,
    shape: str,
    edges: Sequence[float],
    fs: float,
    *,
    rp: float = 0.0,
    rs: float = 0.0,
    norm: str = "phase",
) -> Designed: ...
def notch(w0: float, q: float, fs: float) -> Designed: ...
def constant_peak(w0: float, q: float, fs: float) -> Designed: ...
def sosfilt_f32(sos: _F64, x: _F32, zi: _F32) -> tuple[_F32, _F32]: ...
def sosfilt_f64(sos: _F64, x: _F64, zi: _F64) -> tuple[_F64, _F64]: ...
def sosfilt_zi(sos: _F64) -> _F64: ...
def default_padlen(sos: _F64) -> int: ...
def sosfiltfilt_f32(sos: _F64, x: _F32, padtype: str, padlen: int) -> _F32: ...
def sosfiltfilt_f64(sos: _F64, x: _F64, padtype: str, padlen: int) -> _F64: ...
def freqz_sos(sos: _F64, frequencies: _F64, fs: float) -> _C128: ...
def group_delay(sos: _F64, frequencies: _F64, fs: float) -> _F64: ...
def sos2zpk(sos: _F64) -> tuple[_C128, _C128, float]: ...
def sos2tf(sos: _F64) -> tuple[_F64, _F64]: ...
def zpk2sos(zeros: _C128, poles: _C128, gain: float, keep_odd: bool) -> _F64: ...
def fit_levels(
    spec: Specification,
    frequencies: _F64,
    levels_db: _F64,
    weights: Optional[_F64],
    mean_above: Optional[float],
    gain_penalty: float,
    options: dict[str, Any],
    progress: _Progress,
) -> dict[str, Any]: ...
def fit_response(
    spec: Specification,
    frequencies: _F64,
    response: _C128,
    weights: Optional[_F64],
    options: dict[str, Any],
    progress: _Progress,
) -> dict[str, Any]: ...
def fit_delays(
    spec: Specification,
    frequencies: _F64,
    delays: _F64,
    weights: Optional[_F64],
    options: dict[str, Any],
    progress: _Progress,
) -> dict[str, Any]: ...
def fit_recording(
    spec: Specification,
    input: _F64,
    output: _F64,
    weights: Optional[_F64],
    gain: _ChainValue,
    delay: _ChainValue,
    offset: _ChainValue,
    running: bool,
    options: dict[str, Any],
    progress: _Progress,
) -> dict[str, Any]: ...
def fit_eq(
    frequencies: _F64,
    levels_db: _F64,
    weights: Optional[_F64],
    mean_above: Optional[float],
    layout: dict[str, Any],
    progress: _Progress,
) -> dict[str, Any]: ...

class SectionMap:
    """Sections as a function of parameters, with its derivatives."""

    def __new__(cls, specification: Specification, state_variable: bool) -> SectionMap: ...
    @staticmethod
    def raw(sections: int) -> SectionMap: ...
    @staticmethod
    def to_raw(sos: _F64) -> _F64: ...
    @property
    def ends(self) -> list[int]: ...
    def forward(self, params: _F64) -> _F64: ...
    def backward(self, slope: _F64, params: _F64) -> _F64: ...
    def backward_twice(self, direction: _F64, slope: _F64, params: _F64) -> tuple[_F64, _F64]: ...

class FreeMap:
    """Parameters as a function of free numbers, with its derivatives."""

    def __new__(cls, specification: Specification, ordered: Sequence[Sequence[str]]) -> FreeMap: ...
    @property
    def start(self) -> list[float]: ...
    def inverse(self, params: _F64) -> _F64: ...
    def forward(self, params: _F64) -> _F64: ...
    def backward(self, slope: _F64, params: _F64) -> _F64: ...
    def backward_twice(self, direction: _F64, slope: _F64, params: _F64) -> tuple[_F64, _F64]: ...

def block() -> int: ...
def sosfilt_forward_f32(
    sos: _F64, ends: Sequence[int], x: _F32, zi: _F64
) -> tuple[_F32, _F64, _F64]: ...
def sosfilt_forward_f64(
    sos: _F64, ends: Sequence[int], x: _F64, zi: _F64
) -> tuple[_F64, _F64, _F64]: ...
def sosfilt_backward_f32(
    slope: _F32, zf_slope: _F64, sos: _F64, ends: Sequence[int], x: _F32, checkpoints: _F64
) -> tuple[_F64, _F32, _F64]: ...
def sosfilt_backward_f64(
    slope: _F64, zf_slope: _F64, sos: _F64, ends: Sequence[int], x: _F64, checkpoints: _F64
) -> tuple[_F64, _F64, _F64]: ...
def sosfilt_backward_twice(
    sos_direction: _F64,
    x_direction: _F64,
    zi_direction: _F64,
    slope: _F64,
    zf_slope: _F64,
    sos: _F64,
    ends: Sequence[int],
    x: _F64,
    zi: _F64,
) -> tuple[_F64, _F64, _F64, _F64, _F64]: ...
def svfilt_block(hop: int) -> int: ...
def svfilt_forward_f32(
    svf: _F64, x: _F32, zi: _F64, hop: int, linear: bool
) -> tuple[_F32, _F64, _F64]: ...
def svfilt_forward_f64(
    svf: _F64, x: _F64, zi: _F64, hop: int, linear: bool
) -> tuple[_F64, _F64, _F64]: ...
def svfilt_backward_f32(
    slope: _F32,
    zf_slope: _F64,
    svf: _F64,
    x: _F32,
    checkpoints: _F64,
    hop: int,
    linear: bool,
) -> tuple[_F64, _F32, _F64]: ...
def svfilt_backward_f64(
    slope: _F64,
    zf_slope: _F64,
    svf: _F64,
    x: _F64,
    checkpoints: _F64,
    hop: int,
    linear: bool,
) -> tuple[_F64, _F64, _F64]: ...
def svfilt_backward_twice(
    svf_direction: _F64,
    x_direction: _F64,
    zi_direction: _F64,
    slope: _F64,
    zf_slope: _F64,
    svf: _F64,
    x: _F64,
    zi: _F64,
    hop: int,
    linear: bool,
) -> tuple[_F64, _F64, _F64, _F64, _F64]: ...
def divided_bands(
    scale: str, low: float, high: float, count: int
) -> list[tuple[float, float, float]]: ...
def octave_bands(fraction: int, low: float, high: float) -> list[tuple[float, float, float]]: ...
