"""Designs, responses and conversions equal those of scipy."""

from __future__ import annotations

from typing import Any

import filterbank as fb
import numpy as np
import pytest
import scipy.signal

FAMILIES: dict[str, tuple[float, ...]] = {
    "butter": (),
    "cheby1": (0.5,),
    "cheby2": (50,),
    "ellip": (0.5, 50),
}
SHAPES: dict[str, Any] = {
    "lowpass": 0.2,
    "highpass": 0.6,
    "bandpass": [0.2, 0.5],
    "bandstop": [0.2, 0.5],
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("order", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("fs", [None, 48_000.0])
def test_classic_designs(family: str, shape: str, order: int, fs: float | None) -> None:
    edges = np.asarray(SHAPES[shape]) * (1 if fs is None else fs / 2)
    arguments = (order, *FAMILIES[family], edges, shape)
    w = np.linspace(0, np.pi, 200)
    for output in ("sos", "zpk", "ba"):
        ours = getattr(fb, family)(*arguments, output=output, fs=fs)
        theirs = getattr(scipy.signal, family)(*arguments, output=output, fs=fs)
        if output == "sos":
            assert ours.shape == theirs.shape
            h, wanted = fb.freqz_sos(ours, w)[1], scipy.signal.freqz_sos(theirs, w)[1]
            np.testing.assert_allclose(h, wanted, rtol=0, atol=1e-11)
        elif output == "zpk":
            for roots, wanted in zip(ours[:2], theirs[:2], strict=True):
                roots, wanted = np.sort_complex(roots), np.sort_complex(wanted)
                np.testing.assert_allclose(np.poly(roots), np.poly(wanted), rtol=0, atol=1e-9)
            np.testing.assert_allclose(ours[2], theirs[2], rtol=1e-10)
        else:
            for polynomial, wanted in zip(ours, theirs, strict=True):
                assert polynomial.shape == wanted.shape
                np.testing.assert_allclose(polynomial, wanted, rtol=0, atol=1e-9)


@pytest.mark.parametrize("norm", ["phase", "delay", "mag"])
@pytest.mark.parametrize("order", [1, 2, 5, 9])
def test_bessel(norm: str, order: int) -> None:
    sos = fb.bessel(order, 0.1, output="sos", norm=norm)
    wanted = scipy.signal.bessel(order, 0.1, output="sos", norm=norm)
    w = np.linspace(0, np.pi, 100)
    np.testing.assert_allclose(
        fb.freqz_sos(sos, w)[1], fb.freqz_sos(wanted, w)[1], rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("order", [0, 1, 4])
def test_order_zero_is_a_gain(order: int) -> None:
    for family, arguments in FAMILIES.items():
        ours = getattr(fb, family)(order, *arguments, 0.3)
        theirs = getattr(scipy.signal, family)(order, *arguments, 0.3)
        for polynomial, wanted in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(polynomial, wanted, rtol=1e-10)


@pytest.mark.parametrize("name", ["iirnotch", "iirpeak"])
@pytest.mark.parametrize("q", [0.9, 3, 30])
@pytest.mark.parametrize("w0", [0.01, 0.4, 0.8])
def test_notch_and_peak(name: str, q: float, w0: float) -> None:
    for arguments in ((w0, q), (w0 * 24_000, q, 48_000)):
        ours, theirs = getattr(fb, name)(*arguments), getattr(scipy.signal, name)(*arguments)
        for polynomial, wanted in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(polynomial, wanted, rtol=0, atol=1e-12)


@pytest.mark.filterwarnings("ignore:The filter's denominator is extremely small")
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("fs", [2 * np.pi, 100.0])
@pytest.mark.parametrize("points", [1, 8, np.int64(9), None, [0.1, 1.0, 3.0], 1.5])
def test_responses(whole: bool, fs: float, points: Any) -> None:
    sos = scipy.signal.ellip(4, 1, 40, 0.3, output="sos")
    w, h = fb.freqz_sos(sos, points, whole, fs)
    wanted_w, wanted_h = scipy.signal.freqz_sos(sos, points, whole, fs)
    np.testing.assert_allclose(w, wanted_w, rtol=1e-15)
    np.testing.assert_allclose(h, wanted_h, rtol=0, atol=1e-12)
    b, a = scipy.signal.butter(2, 0.3)
    w, delays = fb.group_delay((b, a), points, whole, fs)
    wanted_w, wanted = scipy.signal.group_delay((b, a), points, whole, fs)
    np.testing.assert_allclose(w, wanted_w, rtol=1e-15)
    # The zero of the filter is at half the sample rate: there scipy divides by almost 0.
    regular = np.abs(w - fs / 2) > 1e-9
    np.testing.assert_allclose(delays[regular], wanted[regular], rtol=0, atol=1e-9)
    sections = fb.butter(2, 0.3, output="sos")
    np.testing.assert_allclose(fb.group_delay(sections, points, whole, fs)[1], delays, rtol=1e-13)


@pytest.mark.parametrize("order", range(1, 9))
@pytest.mark.parametrize("pairing", ["nearest", "keep_odd"])
def test_pairing_is_that_of_scipy(order: int, pairing: str) -> None:
    for arguments in ((0.3, "lowpass"), ([0.2, 0.4], "bandpass")):
        zpk = scipy.signal.ellip(order, 1, 40, *arguments, output="zpk")
        np.testing.assert_allclose(
            fb.zpk2sos(*zpk, pairing), scipy.signal.zpk2sos(*zpk, pairing), rtol=0, atol=1e-13
        )


def test_zeros_and_poles_of_sections() -> None:
    sos = scipy.signal.butter(5, 0.3, output="sos")
    z, p, k = fb.sos2zpk(sos)
    wanted = scipy.signal.sos2zpk(sos)
    assert z.shape == p.shape == (6,)
    np.testing.assert_allclose(np.poly(p), np.poly(wanted[1]), rtol=0, atol=1e-13)
    np.testing.assert_allclose(np.poly(z), np.poly(wanted[0]), rtol=0, atol=1e-13)
    assert k == wanted[2]
    b, a = fb.sos2tf(sos)
    wanted_b, wanted_a = scipy.signal.sos2tf(sos)
    np.testing.assert_allclose(b, np.trim_zeros(wanted_b, "b"), rtol=0, atol=1e-15)
    np.testing.assert_allclose(a, np.trim_zeros(wanted_a, "b"), rtol=0, atol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int"])
def test_steady_state(dtype: str) -> None:
    sos = np.array([[2, 1, 1, 2, 0, 1], [1, -1, 0, 1, 0, 0]], dtype)
    zi, wanted = fb.sosfilt_zi(sos), scipy.signal.sosfilt_zi(sos)
    assert zi.dtype == wanted.dtype
    np.testing.assert_allclose(zi, wanted, rtol=1e-6)


@pytest.mark.parametrize("padtype", ["odd", "even", "constant", None])
@pytest.mark.parametrize("padlen", [0, 5, None])
def test_padding(padtype: str | None, padlen: int | None) -> None:
    sos = scipy.signal.butter(3, 0.2, output="sos")
    x = np.random.default_rng(2).standard_normal((2, 60))
    y = fb.sosfiltfilt(sos, x, padtype=padtype, padlen=padlen)
    wanted = scipy.signal.sosfiltfilt(sos, x, padtype=padtype, padlen=padlen)
    np.testing.assert_allclose(y, wanted, rtol=0, atol=1e-12)


def test_a_bad_sample_reaches_all_of_its_signal_both_ways() -> None:
    x = np.ones((2, 200))
    x[0, 150] = np.nan
    y = fb.sosfiltfilt(fb.butter(3, 0.2, output="sos"), x)
    assert np.isnan(y[0]).all() and np.allclose(y[1], 1)
