"""Fits find what was made, know their errors, and can be stopped."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import filterbank as fb
import numpy as np
import pytest
from filterbank import bands, tune

FS = 48_000.0
FREQUENCIES = np.geomspace(20, 20_000, 200)
TRUTH = [bands.peak(1_200, -6, q=3), bands.high_shelf(9_000, 4, q=0.7)]
MODEL = {
    "dip": bands.peak(tune(1_000, 200, 5_000), tune(-3), q=tune(1)),
    "air": bands.high_shelf(tune(7_000), tune(1), q=0.7),
}
VALUES = [1_200, 3, -6, 9_000, 4]


def response() -> Any:
    return fb.freqz_sos(fb.design(TRUTH, FS), FREQUENCIES, fs=FS)[1]


def check(fit: fb.Fit) -> None:
    assert fit.converged, fit.stop
    np.testing.assert_allclose(fit.values, VALUES, rtol=1e-6)
    assert fit.names == ["dip.center", "dip.q", "dip.gain_db", "air.cutoff", "air.gain_db"]
    assert fit.units == ["Hz", "", "dB", "Hz", "dB"]
    assert fit["air.gain_db"] == fit.values[4]
    np.testing.assert_allclose(fit.sos, fb.design(TRUTH, FS), atol=1e-6)
    np.testing.assert_array_equal(fit.sos, fb.design(fit.bands, FS))
    assert fit.determined.all() and not fit.at_bound.any()
    assert "dip.center" in str(fit)
    with pytest.raises(KeyError, match=r"dip\.center"):
        fit["dip.width"]


def test_curves() -> None:
    h = response()
    check(fb.fit_magnitude(MODEL, FREQUENCIES, 20 * np.log10(abs(h)), FS))
    check(fb.fit_response(MODEL, FREQUENCIES, h, FS))
    check(
        fb.fit_group_delay(
            MODEL, FREQUENCIES, fb.group_delay(fb.design(TRUTH, FS), FREQUENCIES, fs=FS)[1], FS
        )
    )


def test_standard_errors_cover_the_truth() -> None:
    random = np.random.default_rng(3)
    levels = 20 * np.log10(abs(response()))
    inside = []
    for _ in range(40):
        fit = fb.fit_magnitude(MODEL, FREQUENCIES, levels + 0.3 * random.standard_normal(200), FS)
        assert fit.covariance is not None
        np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), fit.standard_errors)
        inside.append(np.abs(fit.values - VALUES) < 2 * fit.standard_errors)
    assert 0.9 < np.mean(inside) < 0.99
    known = fb.fit_magnitude(
        MODEL, FREQUENCIES, levels + 0.3 * random.standard_normal(200), FS, noise=0.3
    )
    assert known.chi_square is not None and 0.6 < known.chi_square / known.degrees_of_freedom < 1.4


def test_weights_and_losses() -> None:
    levels = 20 * np.log10(abs(response()))
    weights = np.ones(200)
    levels[50], weights[50] = 90, 0
    weighted = fb.fit_magnitude(MODEL, FREQUENCIES, levels, FS, weights=weights)
    np.testing.assert_allclose(weighted.values, VALUES, rtol=1e-9)
    assert weighted.count == 199
    robust = fb.fit_magnitude(MODEL, FREQUENCIES, levels, FS, loss="cauchy", loss_size=0.1)
    np.testing.assert_allclose(robust.values, VALUES, rtol=1e-3)
    plain = fb.fit_magnitude(MODEL, FREQUENCIES, levels, FS)
    assert np.abs(plain.values / VALUES - 1).max() > 1e-2


def recording() -> tuple[Any, Any]:
    x = np.random.default_rng(4).standard_normal(4_000)
    return x, fb.sosfilt(fb.design(TRUTH, FS), x)


def test_recordings() -> None:
    x, y = recording()
    fit = fb.fit_recording(MODEL, x, y, FS)
    check(fit)
    assert fit.residuals.shape == x.shape and np.abs(fit.residuals).max() < 1e-6
    late = -0.5 * np.concatenate([np.zeros(3), y[:-3]]) + 0.1
    found = fb.identify(MODEL, x, late, FS, max_delay=20)
    np.testing.assert_allclose(found.values, [*VALUES, -0.5, 3, 0.1], rtol=1e-5)
    assert found.names[5:] == ["recording.gain", "recording.delay", "recording.offset"]
    half = fb.fit_recording(MODEL, x, -0.5 * y, FS, gain=(1.0, -2.0, 2.0))
    np.testing.assert_allclose(half.values, [*VALUES, -0.5], rtol=1e-6)
    running = fb.fit_recording(MODEL, x[500:], y[500:], FS, running=True)
    np.testing.assert_allclose(running.values[:5], VALUES, rtol=1e-6)


def test_search_for_an_eq() -> None:
    frequencies = np.geomspace(20, 18_000, 250)
    truth = fb.design([bands.peak(300, 4, q=1), bands.peak(3_000, -6, q=2)], FS)
    levels = 20 * np.log10(abs(fb.freqz_sos(truth, frequencies, fs=FS)[1]))
    steps: list[tuple[int, float]] = []
    options: dict[str, Any] = {"peaks": 2, "low_shelf": None, "high_shelf": None, "starts": 30}
    fit = fb.fit_eq(frequencies, levels, FS, progress=lambda *step: steps.append(step), **options)
    assert fit.rms < 0.01 and len(fit.bands) == 2 and len(steps) == 30
    again = fb.fit_eq(frequencies, levels, FS, **options)
    np.testing.assert_array_equal(fit.values, again.values)
    stopped = fb.fit_eq(frequencies, levels, FS, progress=lambda tried, _: tried >= 2, **options)
    assert len(stopped.bands) == 2


def test_progress_stops_and_its_errors_arrive() -> None:
    x, y = recording()
    seen: list[int] = []

    def stop_at_two(iteration: int, cost: float) -> bool:
        seen.append(iteration)
        assert cost >= 0
        return iteration == 2

    fit = fb.fit_recording(MODEL, x, y, FS, progress=stop_at_two)
    assert not fit.converged and fit.stop == "stopped by the observer" and seen == [0, 1, 2]

    def fail(iteration: int, cost: float) -> bool:
        raise RuntimeError("enough")

    for fitting in (
        lambda: fb.fit_recording(MODEL, x, y, FS, progress=fail),
        lambda: fb.identify(MODEL, x, y, FS, progress=fail),
        lambda: fb.fit_response(MODEL, FREQUENCIES, response(), FS, progress=fail),
        lambda: fb.fit_eq(FREQUENCIES, np.sin(FREQUENCIES), FS, progress=fail),
    ):
        with pytest.raises(RuntimeError, match="enough"):
            fitting()


def test_ctrl_c_stops_a_fit() -> None:
    levels = np.random.default_rng(5).standard_normal(200)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        fb.fit_eq(FREQUENCIES, levels, FS, peaks=8, starts=10**6)
    assert time.monotonic() - start < 10


def test_other_threads_run_during_a_fit() -> None:
    levels = np.random.default_rng(6).standard_normal(200)
    done = threading.Event()
    count = 0

    def tick() -> None:
        nonlocal count
        while not done.wait(0.001):
            count += 1

    thread = threading.Thread(target=tick)
    thread.start()
    fb.fit_eq(FREQUENCIES, levels, FS, peaks=6, starts=2_000)
    done.set()
    thread.join()
    assert count > 10


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: fb.fit_magnitude(MODEL, [1, 2], [0.0], FS), "2 frequencies but 1 levels"),
        (lambda: fb.fit_magnitude(MODEL, [2, 1], [0, 0], FS), "frequency 1 of the curve"),
        (
            lambda: fb.fit_magnitude(MODEL, [1, 2], [0, 0], FS),
            "2 residuals cannot determine 5 parameters",
        ),
        (
            lambda: fb.fit_magnitude(MODEL, np.ones((2, 2)), [0, 0], FS),
            "`frequencies` must have one dimension",
        ),
        (lambda: fb.fit_magnitude(MODEL, FREQUENCIES, response(), FS), "`levels_db` must be real"),
        (
            lambda: fb.fit_magnitude(MODEL, FREQUENCIES, FREQUENCIES * np.nan, FS),
            "level 0 of the curve",
        ),
        (
            lambda: fb.fit_magnitude(MODEL, FREQUENCIES, FREQUENCIES * 0, FS, loss="l1"),
            "`loss` must be",
        ),
        (
            lambda: fb.fit_magnitude(MODEL, FREQUENCIES, FREQUENCIES * 0, FS, noise=-1),
            "the noise, -1.0",
        ),
        (
            lambda: fb.fit_recording(MODEL, [1, 2], [1], FS),
            "the input has 2 samples, but the output has 1",
        ),
        (
            lambda: fb.fit_recording(MODEL, [np.nan] * 9, [1] * 9, FS),
            "sample 0 of the recording is not finite",
        ),
        (
            lambda: fb.fit_recording(MODEL, [1] * 9, [1] * 9, FS, gain=(1, 2)),
            "`gain` must be one number, or",
        ),  # type: ignore[arg-type]
        (lambda: fb.fit_eq([], [], FS), "the curve has no points"),
        (lambda: fb.fit_eq(FREQUENCIES, FREQUENCIES * 0, FS, peaks=-1), "`peaks` must be a whole"),
        (lambda: fb.fit_eq(FREQUENCIES, FREQUENCIES * 0, FS, seed=2**70), "`seed` must be a whole"),
        (lambda: fb.fit_eq(FREQUENCIES, FREQUENCIES * 0, FS, q=(3, 1)), "3"),
    ],
)
def test_mistakes_are_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        call()
    assert message in str(caught.value)
