"""The spectral encoder of filterbank.torch."""

import math

import numpy as np
import pytest
from scipy import signal

torch = pytest.importorskip("torch", reason="torch is not installed")

import filterbank.torch as ft

FS = 16_000
DOUBLE = torch.float64


def noise(*shape, dtype=DOUBLE):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=dtype)


def test_levels_are_those_of_scipy():
    encoder = ft.SpectralEncoder(FS, 6, low=200, high=5_000, size=100, hop=40, floor_db=-80)
    x = noise(2, 500)
    levels = encoder(x).detach().numpy()
    assert levels.shape == (2, 11, 6)
    for band, row in enumerate(encoder.sos().detach().numpy()):
        y = signal.sosfilt(row[np.newaxis], x.numpy())
        for frame in range(11):
            power = (y[:, 40 * frame : 40 * frame + 100] ** 2).mean(-1)
            expected = 10 * np.log10(power + 1e-8)
            np.testing.assert_allclose(levels[:, frame, band], expected, atol=1e-9)


@pytest.mark.parametrize("scale", ["erb", "mel", "mel_slaney", "bark", "octave"])
def test_a_sine_is_loudest_in_its_own_band(scale):
    encoder = ft.SpectralEncoder(FS, 24, scale=scale, low=100, high=6_000)
    values = encoder.values()
    centers = torch.tensor([v for name, v in values.items() if name.endswith("center")])
    assert (centers.diff() > 0).all()
    for band in (2, 9, 14):
        x = torch.sin(2 * math.pi * centers[band] / FS * torch.arange(4_000))
        assert encoder(x)[-1].argmax() == band


def test_derivatives_by_bands_and_signal():
    encoder = ft.SpectralEncoder(FS, 3, low=300, high=4_000, size=20, hop=10).double()
    free = encoder.free.detach().requires_grad_()

    def levels(free, x):
        return torch.func.functional_call(encoder, {"free": free}, (x,))

    arguments = (free, noise(2, 60).requires_grad_())
    assert torch.autograd.gradcheck(levels, arguments)
    assert torch.autograd.gradgradcheck(levels, arguments)


def test_silence_has_finite_derivatives():
    encoder, x = ft.SpectralEncoder(FS, 5), torch.zeros(800, requires_grad=True)
    levels = encoder(x)
    assert torch.allclose(levels, torch.tensor(-100.0))
    levels.sum().backward()
    assert x.grad.isfinite().all() and encoder.free.grad.isfinite().all()


def test_bands_stay_in_order():
    encoder = ft.SpectralEncoder(FS, 10)
    with torch.no_grad():
        encoder.free.copy_(50 * noise(20))
    centers = [v for name, v in encoder.values().items() if name.endswith("center")]
    assert centers == sorted(centers) and centers[-1] < FS / 2


@pytest.mark.parametrize(
    "name, call",
    [
        ("size", lambda: ft.SpectralEncoder(FS, size=0)),
        ("hop", lambda: ft.SpectralEncoder(FS, hop=-1)),
        ("floor_db", lambda: ft.SpectralEncoder(FS, floor_db=math.nan)),
        ("scale", lambda: ft.SpectralEncoder(FS, scale="bork")),
        ("bands", lambda: ft.SpectralEncoder(FS, 0)),
        ("range", lambda: ft.SpectralEncoder(FS, low=-1)),
        ("x", lambda: ft.SpectralEncoder(FS)(torch.zeros(399))),
        ("x", lambda: ft.SpectralEncoder(FS)(torch.tensor(1.0))),
    ],
)
def test_mistakes_name_the_argument(name, call):
    with pytest.raises(ValueError, match=name):
        call()
