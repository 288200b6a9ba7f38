"""Designs of bands, their derivatives, and what is said about mistakes."""

from __future__ import annotations

from typing import Any

import filterbank as fb
import numpy as np
import pytest
from filterbank import bands, tune

ALL = {
    "lowpass": bands.lowpass(bands.elliptic(5, 0.5, 60), 4_000),
    "highpass": bands.highpass(bands.butterworth(4), 80),
    "bandpass": bands.bandpass(bands.chebyshev1(3, 1), 500, 2_000),
    "bandstop": bands.bandstop(bands.chebyshev2(3, 40), 500, 2_000),
    "bessel": bands.lowpass(bands.bessel(3, "delay"), 4_000),
    "resonant_lowpass": bands.resonant_lowpass(1_000, q=2),
    "resonant_highpass": bands.resonant_highpass(1_000, bandwidth=1.5),
    "skirt": bands.bandpass_constant_skirt(1_000, q=2),
    "constant_peak": bands.bandpass_constant_peak(1_000, q=2),
    "notch": bands.notch(1_000, q=30),
    "allpass": bands.allpass(1_000, q=0.7),
    "peak": bands.peak(1e3, -3e-5, q=2),
    "low_shelf": bands.low_shelf(100, 3, slope=0.9),
    "high_shelf": bands.high_shelf(9_000, 3, q=0.7),
}


@pytest.mark.parametrize("name", ALL)
def test_derivatives_are_those_of_the_design(name: str) -> None:
    spec = fb.Specification([ALL[name]], 48_000)
    sos, jacobian, names = fb.design(spec, jac=True)
    np.testing.assert_array_equal(sos, fb.design(ALL[name], 48_000))
    assert jacobian.shape == (*sos.shape, len(names)) and names == spec.names
    values = np.array(spec.values)
    for index, value in enumerate(values):
        step = 1e-5 * max(abs(value), 1e-3)
        high, low = values.copy(), values.copy()
        high[index] += step
        low[index] -= step
        slope = (fb.design(spec, values=high) - fb.design(spec, values=low)) / (2 * step)
        error = np.abs(slope - jacobian[..., index]).max()
        assert error < 1e-6 * max(np.abs(jacobian[..., index]).max(), 1e-6), names[index]


def test_only_what_is_marked_is_a_parameter() -> None:
    eq = {
        "mud": bands.peak(tune(250, 120, 500), tune(-2.5), q=1),
        "hp": bands.highpass(bands.butterworth(4), 80),
    }
    spec = fb.Specification(list(eq.values()), 48_000, list(eq))
    assert spec.names == ["mud.center", "mud.gain_db"]
    assert spec.units == ["Hz", "dB"]
    assert spec.bounds == [(120, 500), (-np.inf, np.inf)]
    design = fb.design(eq, 48_000, jac=True)
    assert design.names == spec.names and design.jacobian.shape == (3, 6, 2)
    assert spec.bands_at([300, 1])[0] == "peak(center = 300, q = 1, gain_db = 1)"
    moved = fb.design(spec, values=[300, 1])
    np.testing.assert_array_equal(moved[0], fb.design(bands.peak(300, 1, q=1), 48_000)[0])


def test_bands_of_one_word_are_numbered() -> None:
    spec = fb.Specification(
        [bands.notch(50, q=30), bands.notch(100, q=30), bands.allpass(60, q=1)], 8_000
    )
    assert spec.names == [
        "notch1.center",
        "notch1.q",
        "notch2.center",
        "notch2.q",
        "allpass.center",
        "allpass.q",
    ]


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: fb.design("paek(center = 1)", 48e3),
            "`bands[0]`: unknown band: `paek`; did you mean `peak`?",
        ),
        (
            lambda: fb.design(bands.peak(3e4, 1, q=1), 48e3),
            "`center` = 30000 Hz must lie strictly between 0 and",
        ),
        (
            lambda: fb.design(bands.notch(100, q=1), -1),
            "`fs` must be finite and above 0, not -1",
        ),
        (lambda: fb.design(bands.notch(100, q=1)), "`fs` is missing"),
        (lambda: fb.design(bands.notch(100), 8e3), "`q`"),
        (lambda: fb.design(bands.notch(tune(100, 50, 80), q=1), 8e3), "100"),
        (
            lambda: fb.design(bands.notch(100, q=1), 8e3, values=[1.0]),
            "`params.len()` = 1 must be 2",
        ),
        (lambda: fb.design(bands.notch(float("nan"), q=1), 8e3), "center"),
        (lambda: tune(1, low=3), "`low` and `high`"),
        (lambda: fb.butter(4, 1.5), "`Wn`: `cutoff` = 1.5 Hz must lie strictly between 0 and"),
        (
            lambda: fb.butter(4, [0.2, 0.1], "band"),
            "`Wn`: `high` = 0.1 Hz must be above `low` = 0.2 Hz",
        ),
        (lambda: fb.butter(4, [0.2, 0.3]), "`Wn`: a lowpass has one edge, not 2"),
        (lambda: fb.butter(4, 0.2, "bandpass"), "`Wn`: a bandpass has two edges, not 1"),
        (lambda: fb.butter(25, 0.2), "`N`: `order` = 25 must be an integer from 1 to 24"),
        (lambda: fb.butter(2.5, 0.2), "`N`"),  # type: ignore[arg-type]
        (lambda: fb.butter(2, np.nan), "`Wn`"),
        (lambda: fb.butter(10**30, 0.2), "`N`"),
        (lambda: fb.butter(-1, 0.2), "`N`"),
        (lambda: fb.design(bands.notch(100, q=1), 8e3, values=[[1.0, 2.0]]), "`values`"),
        (lambda: fb.design(bands.notch(100, q=1), np.nan), "`fs`"),
        (lambda: fb.butter(2, 0.2, "lopass"), "`btype`"),
        (lambda: fb.butter(2, 0.2, output="tf"), "`output`"),
        (lambda: fb.butter(2, 0.2, analog=True), "`analog` must be False"),
        (lambda: fb.butter(2, 0.2, fs=0), "`fs`"),
        (lambda: fb.cheby1(2, -1, 0.2), "`rp`: `ripple_db` = -1 dB"),
        (lambda: fb.ellip(2, 3, 1, 0.2), "`rs`: `stop_db` = 1 dB must be above `ripple_db` = 3 dB"),
        (lambda: fb.bessel(2, 0.2, norm="group"), "`norm`"),
        (lambda: fb.iirnotch(0.9, 0.3), "`Q`: must be finite and above 0.9, not 0.3"),
        (lambda: fb.iirnotch(1.1, 3), "`w0`"),
        (lambda: fb.iirpeak(0.5, np.nan), "`Q`"),
    ],
)
def test_mistakes_are_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        call()
    assert message in str(caught.value)


SOS = fb.butter(4, 0.2, output="sos")
X = np.ones((3, 40))


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: fb.sosfilt(SOS[:, :5], X),
            "`sos` must have the shape (n_sections, 6), not (2, 5)",
        ),
        (lambda: fb.sosfilt(np.ones((2, 2, 6)), X), "`sos` must have the shape"),
        (lambda: fb.sosfilt(SOS + 1j, X), "`sos` must be real"),
        (
            lambda: fb.sosfilt(SOS * [1, 1, 1, 0, 1, 1], X),
            "`sos`: band 0: `a0` = 0 must be finite and not 0",
        ),
        (lambda: fb.sosfilt(SOS * np.nan, X), "`sos`"),
        (lambda: fb.sosfilt(SOS, 1.0), "`x` must have at least one dimension"),
        (lambda: fb.sosfilt(SOS, X, axis=2), "`axis` = 2"),
        (
            lambda: fb.sosfilt(SOS, X, zi=np.zeros((2, 3, 3))),
            "`zi` must have the shape (2, 3, 2), not (2, 3, 3)",
        ),
        (lambda: fb.sosfilt(SOS, X.astype(object)), "`x` is object"),
        (lambda: fb.sosfilt(SOS, X.astype(np.longdouble)), "`x` is "),
        (lambda: fb.sosfilt(SOS, ["a"]), "`x`"),
        (lambda: fb.sosfiltfilt(SOS, X, padlen=40), "`x`"),
        (lambda: fb.sosfiltfilt(SOS, X, padlen=-1), "`padlen`"),
        (lambda: fb.sosfiltfilt(SOS, X, padlen=2**70), "`padlen`"),
        (lambda: fb.sosfiltfilt(SOS, X[:, :0]), "`x` has 0 samples"),
        (lambda: fb.sosfiltfilt(SOS, X, padtype="zero"), "`padtype`"),
        (lambda: fb.sosfilt_zi([[1, 0, 0, 1, -1, 0]]), "`sos`"),
        (lambda: fb.sosfiltfilt([[1, 0, 0, 1, -1, 0]], X), "`sos`"),
        (lambda: fb.freqz_sos(SOS, np.ones((2, 2))), "`worN`"),
        (lambda: fb.freqz_sos(SOS, -1), "`worN`"),
        (lambda: fb.freqz_sos(SOS, fs=[1, 2]), "`fs`"),  # type: ignore[arg-type]
        (lambda: fb.freqz_sos(np.empty((0, 6))), "`sos`"),
        (lambda: fb.group_delay(([1, 2, 3, 4], [1])), "`b` has 4 coefficients"),
        (lambda: fb.zpk2sos([0.5 + 0.1j], [], 1), "`z`: the conjugate of 0.5+0.1j is missing"),
        (lambda: fb.zpk2sos([], [np.inf], 1), "`p`"),
        (lambda: fb.zpk2sos([], [], 1j), "`k`"),
        (lambda: fb.zpk2sos([], [], np.nan), "`k`"),
        (lambda: fb.zpk2sos([], [], 1, "minimal"), "`pairing`"),
        (lambda: fb.zpk2sos([], [], 1, analog=True), "`analog`"),
    ],
)
def test_arguments_are_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        call()
    assert message in str(caught.value)
