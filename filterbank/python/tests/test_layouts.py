"""Arrays of every layout in memory give the numbers of scipy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import filterbank as fb
import numpy as np
import pytest
import scipy.signal
from numpy.typing import NDArray

Array = NDArray[Any]


def reversed_memory(x: Array) -> Array:
    backwards = x[::-1].copy()
    return backwards[::-1]


def strided(x: Array) -> Array:
    wide = np.full([2 * n for n in x.shape], np.nan, x.dtype)
    view = wide[tuple(slice(None, None, 2) for _ in x.shape)]
    view[...] = x
    return view


def read_only(x: Array) -> Array:
    x = x.copy()
    x.setflags(write=False)
    return x


def broadcast(x: Array) -> Array:
    return np.broadcast_to(x[:1], x.shape)


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "c": np.ascontiguousarray,
    "fortran": np.asfortranarray,
    "strided": strided,
    "negative": lambda x: x[:, ::-1],
    "reversed": reversed_memory,
    "transposed": lambda x: np.ascontiguousarray(x.T).T,
    "read_only": read_only,
    "broadcast": broadcast,
    "big_endian": lambda x: x.astype(x.dtype.newbyteorder(">")),
}

SOS = scipy.signal.ellip(5, 0.5, 60, [0.1, 0.3], "bandpass", output="sos")


def noise(shape: tuple[int, ...], dtype: Any) -> Array:
    random = np.random.default_rng(1)
    x = random.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * random.standard_normal(shape)
    return x.astype(dtype)


def tolerance(dtype: Any) -> float:
    return 2e-5 if np.dtype(dtype) in (np.float32, np.complex64) else 1e-12


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_sosfilt(layout: str, dtype: str, axis: int) -> None:
    x = LAYOUTS[layout](noise((150, 130), dtype))
    sos = SOS.astype(np.float32) if tolerance(dtype) > 1e-6 else SOS
    before = x.copy()
    y = fb.sosfilt(sos, x, axis)
    wanted = scipy.signal.sosfilt(sos, x, axis)
    assert y.dtype == wanted.dtype and y.shape == wanted.shape
    np.testing.assert_allclose(y, wanted, rtol=0, atol=tolerance(dtype))
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_states_of_three_dimensions(layout: str, axis: int) -> None:
    shape = [5, 6, 7]
    x = noise((5, 6, 7), "float64")
    x[...] = np.stack([LAYOUTS[layout](plane) for plane in x])
    shape[axis] = 2
    zi = np.stack(
        [LAYOUTS[layout](plane) for plane in noise((len(SOS) * shape[0], *shape[1:]), "float64")]
    )
    zi = np.asfortranarray(zi.reshape(len(SOS), *shape))
    y, zf = fb.sosfilt(SOS, x, axis, zi)
    wanted_y, wanted_zf = scipy.signal.sosfilt(SOS, x, axis, zi)
    np.testing.assert_allclose(y, wanted_y, rtol=0, atol=1e-11)
    np.testing.assert_allclose(zf, wanted_zf, rtol=0, atol=1e-11)
    assert zf.shape == zi.shape


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
@pytest.mark.parametrize("axis", [0, 1])
def test_sosfiltfilt(layout: str, dtype: str, axis: int) -> None:
    x = LAYOUTS[layout](noise((90, 80), dtype))
    sos = SOS.astype(np.float32) if dtype == "float32" else SOS
    y = fb.sosfiltfilt(sos, x, axis)
    wanted = scipy.signal.sosfiltfilt(sos, x, axis)
    assert y.dtype == wanted.dtype and y.shape == wanted.shape
    np.testing.assert_allclose(y, wanted, rtol=0, atol=5 * tolerance(dtype))


@pytest.mark.parametrize(
    "layout", [layout for layout in LAYOUTS if layout not in ("negative", "broadcast")]
)
def test_sections_of_any_layout(layout: str) -> None:
    sos = LAYOUTS[layout](SOS)
    x = noise((200,), "float64")
    w = LAYOUTS[layout](np.linspace(0, 3, 60).reshape(6, 10))[2]
    rows = np.asarray(sos).copy()
    np.testing.assert_allclose(
        fb.sosfilt(sos, x), scipy.signal.sosfilt(rows, x), rtol=0, atol=1e-12
    )
    np.testing.assert_allclose(
        fb.freqz_sos(sos, w)[1], scipy.signal.freqz_sos(rows, w)[1], rtol=0, atol=1e-12
    )
    np.testing.assert_array_equal(fb.sos2zpk(sos)[0], fb.sos2zpk(rows)[0])
    np.testing.assert_array_equal(fb.group_delay(sos, w)[1], fb.group_delay(rows, w.copy())[1])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 4), (2, 0, 3)])
def test_empty_signals(dtype: str, shape: tuple[int, ...]) -> None:
    sos = SOS.astype(dtype)
    x = np.empty(shape, dtype)
    y = fb.sosfilt(sos, x)
    assert y.shape == shape and y.dtype == x.dtype
    states = (len(sos), *shape[:-1], 2)
    zi = noise(states, dtype)
    y, zf = fb.sosfilt(sos, x, zi=zi)
    np.testing.assert_array_equal(zf, zi)


def test_no_sections() -> None:
    x = noise((4, 5), "float64")
    none = np.empty((0, 6))
    np.testing.assert_array_equal(fb.sosfilt(none, x), x)


@pytest.mark.parametrize("x", [[1, 2, 3], [True, False, True], np.arange(5, dtype=np.uint8)])
def test_integers_become_double_precision(x: Any) -> None:
    y = fb.sosfilt(SOS, x)
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, scipy.signal.sosfilt(SOS, x), rtol=0, atol=1e-14)


@pytest.mark.parametrize("sos", ["float32", "float64"])
@pytest.mark.parametrize("x", ["float32", "float64", "complex64", "complex128", "int16"])
@pytest.mark.parametrize("zi", ["float32", "float64", "complex64"])
def test_dtypes_are_those_of_scipy(sos: str, x: str, zi: str) -> None:
    sections, signal = SOS.astype(sos), (100 * noise((30,), "float64")).astype(x)
    states = noise((len(SOS), 2), zi)
    assert fb.sosfilt(sections, signal).dtype == scipy.signal.sosfilt(sections, signal).dtype
    y, zf = fb.sosfilt(sections, signal, zi=states)
    wanted_y, wanted_zf = scipy.signal.sosfilt(sections, signal, zi=states)
    assert (y.dtype, zf.dtype) == (wanted_y.dtype, wanted_zf.dtype)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 63, 64, 500, 999])
def test_what_is_not_finite_is_not_hidden(bad: float, place: int) -> None:
    x = noise((3, 1000), "float64")
    x[1, place] = bad
    delay = np.array([[0.0, 1.0, 0.0, 1.0, -0.5, 0.0]])
    for sos in (SOS, delay):
        zi = np.zeros((len(sos), 3, 2))
        with np.errstate(invalid="ignore"):
            y, zf = fb.sosfilt(sos, x, zi=zi)
            wanted_y, wanted_zf = scipy.signal.sosfilt(sos, x, zi=zi)
        np.testing.assert_allclose(y, wanted_y, rtol=0, atol=1e-12)
        np.testing.assert_allclose(zf, wanted_zf, rtol=0, atol=1e-12)
        assert not np.isfinite(y[1, place + 1 :]).any()
        assert np.isfinite(y[[0, 2]]).all()


def test_unstable_filters_run_as_in_scipy() -> None:
    sos = np.array([[1.0, 0.0, 0.0, 1.0, -3.0, 0.5]])
    x = np.ones(1500)
    with np.errstate(over="ignore", invalid="ignore"):
        y, wanted = fb.sosfilt(sos, x), scipy.signal.sosfilt(sos, x)
    assert not np.isfinite(wanted[-1])
    np.testing.assert_allclose(y, wanted, rtol=1e-9)
    integrator = np.array([[1.0, 0.0, 0.0, 1.0, -1.0, 0.0]])
    np.testing.assert_allclose(fb.sosfilt(integrator, x), np.arange(1, 1501), rtol=1e-15)
