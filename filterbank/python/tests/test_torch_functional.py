"""filterbank.torch.sosfilt, svfilt and design: values, derivatives, layouts, mistakes."""

import numpy as np
import pytest
from scipy import signal

torch = pytest.importorskip("torch", reason="torch is not installed")

import filterbank as fb
import filterbank.torch as ft

BANDS = [
    "lowpass(butterworth(order = 3), cutoff = 3000)",
    "peak(center = 1000, q = 2, gain_db = -6)",
]
# Of torch's own: forward mode compiles with what it deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:FutureWarning")

FS = 48_000
DOUBLE = torch.float64


def noise(*shape, dtype=DOUBLE, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def sections():
    return torch.from_numpy(np.asarray(fb.design(BANDS, FS)))


def three_filters():
    cutoffs = torch.tensor([[3000.0, 1000, 2, -6], [500, 100, 0.3, 9], [9000, 50, 8, 1]])
    return ft.design(BANDS, cutoffs, FS)


def gradients_are_right(function, *arguments):
    arguments = [argument.detach().requires_grad_() for argument in arguments]
    first = torch.autograd.gradcheck(function, arguments, check_forward_ad=True)
    return first and torch.autograd.gradgradcheck(function, arguments)


# Values


@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE])
@pytest.mark.parametrize("shape", [(700,), (3, 700), (2, 3, 700), (0, 700), (3, 0)])
def test_sosfilt_is_that_of_scipy(shape, dtype):
    sos, x = sections(), noise(*shape, dtype=dtype)
    y = ft.sosfilt(sos, x)
    assert y.dtype == dtype and y.shape == x.shape
    expected = signal.sosfilt(sos.numpy(), x.double().numpy()) if x.numel() else x.numpy()
    np.testing.assert_allclose(y.numpy(), expected, atol=1e-12 if dtype == DOUBLE else 1e-6)


def test_states_go_on():
    sos, x = sections(), noise(2, 3, 500)
    zi = noise(3, 2, 3, 2, seed=1)
    y, zf = ft.sosfilt(sos, x, zi)
    expected, states = signal.sosfilt(sos.numpy(), x.numpy(), zi=zi.numpy())
    np.testing.assert_allclose(y.numpy(), expected, atol=1e-11)
    np.testing.assert_allclose(zf.numpy(), states, atol=1e-11)
    first, between = ft.sosfilt(sos, x[..., :123], zi)
    second, _ = ft.sosfilt(sos, x[..., 123:], between)
    torch.testing.assert_close(torch.cat([first, second], -1), y, atol=1e-12, rtol=0)


def test_each_item_may_have_its_own_filter():
    sos, x = three_filters(), noise(3, 2, 300)
    together = ft.sosfilt(sos, x)
    for filter, item, y in zip(sos, x, together, strict=True):
        torch.testing.assert_close(ft.sosfilt(filter, item), y, atol=1e-12, rtol=0)


def test_a_batch_may_be_empty():
    sos = sections().expand(0, 3, 6).clone().requires_grad_()
    svf = ft.svf_design(BANDS, fs=FS).expand(0, 5, 3, 6).clone().requires_grad_()
    x = noise(0, 2, 40).requires_grad_()
    for y in (ft.sosfilt(sos, x), ft.svfilt(svf, x, 8)):
        assert y.shape == x.shape
        (slope,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        slope.sum().backward()
    assert ft.design(BANDS, torch.ones(0, 4), FS).shape == (0, 3, 6)


def test_rows_are_divided_by_their_a0():
    sos, x = sections(), noise(100)
    torch.testing.assert_close(ft.sosfilt(sos * 2.5, x), ft.sosfilt(sos, x), atol=1e-13, rtol=0)


def test_states_of_single_precision_signals_are_of_double_precision():
    # At 20 Hz an f32 filter is off by its coefficients and its state.
    sos = ft.design("highpass(butterworth(order = 2), cutoff = 20)", fs=FS)
    x = noise(48_000, dtype=torch.float32)
    exact = ft.sosfilt(sos, x.double())
    torch.testing.assert_close(ft.sosfilt(sos, x).double(), exact, atol=1e-6, rtol=1e-6)


def test_design_is_that_of_the_package():
    torch.testing.assert_close(ft.design(BANDS, fs=FS), sections(), atol=0, rtol=0)
    assert ft.design(BANDS, torch.ones(5, 2, 4) * 0.5, FS).shape == (5, 2, 3, 6)


def test_numbers_that_are_not_finite_are_not_hidden():
    x = noise(2, 100)
    x[0, 40] = float("nan")
    y = ft.sosfilt(sections(), x)
    assert y[0, :40].isfinite().all() and y[0, 40:].isnan().all() and y[1].isfinite().all()


@pytest.mark.parametrize("interpolation", ["held", "linear"])
def test_frames_that_are_equal_are_a_filter_that_stays(interpolation):
    x = noise(2, 300)
    svf = ft.svf_design(BANDS, fs=FS).expand(5, 3, 6)
    y = ft.svfilt(svf, x, 64, interpolation)
    torch.testing.assert_close(y, ft.sosfilt(sections(), x), atol=1e-12, rtol=0)


def test_moving_filters_may_be_cut_between_frames():
    params = torch.tensor([[3000.0, 1000, 2, -6], [500, 100, 0.3, 9], [9000, 50, 8, 1]])
    svf, x = ft.svf_design(BANDS, params, FS), noise(2, 150)
    whole = ft.svfilt(svf, x, 50)
    first, state = ft.svfilt(svf[:1], x[:, :50], 50, zi=torch.zeros(3, 2, 3, dtype=DOUBLE))
    second, _ = ft.svfilt(svf[1:], x[:, 50:], 50, zi=state)
    torch.testing.assert_close(torch.cat([first, second], -1), whole, atol=1e-13, rtol=0)


# Derivatives


@pytest.mark.parametrize("sos", [sections(), three_filters()], ids=["shared", "per item"])
def test_derivatives_of_sosfilt(sos):
    x, zi = noise(3, 2, 11), noise(3, 3, 2, 2, seed=1)
    assert gradients_are_right(ft.sosfilt, sos, x, zi)


def test_derivatives_by_a0():
    sos = sections() * torch.tensor([[2.0], [-3.0], [0.5]])
    assert gradients_are_right(lambda sos: ft.sosfilt(sos, noise(9)), sos)


MOVING = ["resonant_lowpass(cutoff = 3000, q = 1)", "peak(center = 1000, q = 2, gain_db = -6)"]


def path():
    """Parameters of `MOVING` in three frames. Qs move: where they do not, derivatives have a
    kink."""
    frames = [[3000.0, 1, 1000, 2, -6], [500, 3, 100, 0.3, 9], [9000, 0.6, 50, 8, 1]]
    return torch.tensor(frames, dtype=DOUBLE)


@pytest.mark.parametrize("interpolation", ["held", "linear"])
def test_derivatives_of_svfilt(interpolation):
    svf = ft.svf_design(MOVING, path(), FS)
    zi = noise(2, 2, 3, seed=1).abs()
    assert gradients_are_right(lambda *a: ft.svfilt(*a, 4, interpolation), svf, noise(2, 11))
    assert gradients_are_right(
        lambda x, zi: ft.svfilt(svf, x, 4, interpolation, zi=zi), noise(2, 11), zi
    )


def test_derivatives_of_moving_parameters():
    def filter(params, x):
        return ft.svfilt(ft.svf_design(MOVING, params, FS), x, 5)

    assert gradients_are_right(filter, torch.stack([path(), path().flip(0)]), noise(2, 2, 13))


EDGES = {
    "elliptic": "lowpass(elliptic(order = 3, ripple_db = 0.5, stop_db = 40), cutoff = 0.3)",
    "bandpass": "bandpass(butterworth(order = 2), low = 0.2, high = 0.5)",
    "chebyshev": "highpass(chebyshev1(order = 3, ripple_db = 1), cutoff = 0.3)",
    "shelf": "low_shelf(cutoff = 0.2, slope = 0.8, gain_db = 6)",
    "notch": "notch(center = 0.3, q = 2)",
}


@pytest.mark.parametrize("band", EDGES.values(), ids=EDGES.keys())
def test_derivatives_by_parameters(band):
    spec = fb.Specification([band], 2.0)
    params = torch.tensor([spec.values, [value * 1.01 for value in spec.values]], dtype=DOUBLE)
    assert gradients_are_right(lambda params: ft.design(spec, params), params)
    assert gradients_are_right(lambda params: ft.svf_design(spec, params), params)
    assert gradients_are_right(
        lambda params: ft.sosfilt(ft.design(spec, params), noise(2, 9)), params
    )


def test_derivatives_in_single_precision_are_those_in_double_precision():
    grads = []
    for dtype in (torch.float32, DOUBLE):
        params = torch.tensor([3000.0, 1000, 2, -6], dtype=dtype, requires_grad=True)
        x = noise(3, 500).to(dtype).requires_grad_()
        ft.sosfilt(ft.design(BANDS, params, FS), x).square().mean().backward()
        assert params.grad.dtype == x.grad.dtype == dtype
        grads.append((params.grad.double(), x.grad.double()))
    torch.testing.assert_close(*grads, rtol=1e-5, atol=1e-8)


def test_function_transforms():
    sos, x = sections(), noise(4, 2, 30)

    def loss(sos, x):
        return ft.sosfilt(sos, x).square().sum()

    by_sos, by_x = torch.func.grad(loss, (0, 1))(sos, x)
    free = (sos.clone().requires_grad_(), x.clone().requires_grad_())
    expected = torch.autograd.grad(loss(*free), free)
    torch.testing.assert_close((by_sos, by_x), expected)
    direction = noise(3, 6, seed=3)
    _, slope = torch.func.jvp(lambda sos: loss(sos, x), (sos,), (direction,))
    torch.testing.assert_close(slope, (direction * expected[0]).sum())


def test_there_is_no_third_derivative():
    cutoff = torch.tensor([1000.0, 500, 2, 3], dtype=DOUBLE, requires_grad=True)
    y = ft.sosfilt(ft.design(BANDS, cutoff, FS), noise(20)).square().sum()
    (first,) = torch.autograd.grad(y, cutoff, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), cutoff, create_graph=True)
    with pytest.raises(NotImplementedError, match="third"):
        second.sum().backward()


# Layouts


def layouts(x):
    wide = torch.zeros(*x.shape[:-1], 2 * x.shape[-1], dtype=x.dtype)
    wide[..., ::2] = x
    yield "C", x.clone()
    yield "Fortran", x.mT.contiguous().mT
    yield "strided", wide[..., ::2]
    yield "negative strides", torch.from_numpy(np.ascontiguousarray(x.flip(-1))).flip(-1)
    yield "expanded", x[:1].expand_as(x)
    with torch.inference_mode():
        yield "inference", x.clone()


@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE])
def test_layouts_do_not_matter(dtype):
    x, zi = noise(3, 40, dtype=dtype), noise(3, 3, 2, seed=1)
    for name, laid in layouts(x):
        expected, states = ft.sosfilt(
            sections(), laid.clone(memory_format=torch.contiguous_format), zi
        )
        y, zf = ft.sosfilt(sections().mT.contiguous().mT, laid, zi.mT.contiguous().mT)
        assert torch.equal(y, expected) and torch.equal(zf, states), name


@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE])
def test_layouts_of_slopes_do_not_matter(dtype):
    for name, laid in layouts(noise(3, 40, dtype=dtype)):
        if laid.is_inference():
            continue
        x = laid.detach().requires_grad_()
        weights = noise(40, 3, dtype=dtype, seed=2)
        (gradient,) = torch.autograd.grad((ft.sosfilt(sections(), x).mT * weights).sum(), x)
        plain = laid.detach().clone(memory_format=torch.contiguous_format).requires_grad_()
        loss = (ft.sosfilt(sections(), plain) * weights.mT.contiguous()).sum()
        (expected,) = torch.autograd.grad(loss, plain)
        assert torch.equal(gradient, expected), name


# Mistakes


@pytest.mark.parametrize(
    "name, call",
    [
        ("sos", lambda: ft.sosfilt(sections()[:, :5], noise(9))),
        ("sos", lambda: ft.sosfilt(sections()[0], noise(9))),
        ("sos", lambda: ft.sosfilt(sections().half(), noise(9))),
        ("sos", lambda: ft.sosfilt(sections().numpy(), noise(9))),
        ("sos", lambda: ft.sosfilt(three_filters(), noise(2, 9))),
        ("sos", lambda: ft.sosfilt(sections() * torch.tensor([1, 1, 1, 1, 1, 3.0]), noise(9))),
        ("sos", lambda: ft.sosfilt(sections() * float("nan"), noise(9))),
        ("sos", lambda: ft.sosfilt(sections() * torch.tensor([1, 1, 1, 0, 1, 1.0]), noise(9))),
        ("x", lambda: ft.sosfilt(sections(), noise(9).bfloat16())),
        ("x", lambda: ft.sosfilt(sections(), noise(9).half())),
        ("x", lambda: ft.sosfilt(sections(), noise(9).to(torch.complex64))),
        ("x", lambda: ft.sosfilt(sections(), torch.arange(9))),
        ("x", lambda: ft.sosfilt(sections(), torch.tensor(1.0))),
        ("x", lambda: ft.sosfilt(three_filters(), noise(9))),
        ("zi", lambda: ft.sosfilt(sections(), noise(2, 9), noise(3, 2))),
        ("zi", lambda: ft.sosfilt(sections(), noise(2, 9), torch.zeros(3, 2, 2, dtype=torch.int))),
        ("params", lambda: ft.design(BANDS, noise(3), FS)),
        ("params", lambda: ft.design(BANDS, torch.tensor(1.0), FS)),
        ("cutoff", lambda: ft.design(BANDS, torch.tensor([30_000.0, 1000, 2, 3]), FS)),
        ("bands", lambda: ft.design(["lowpas(1)"], fs=FS)),
        ("fs", lambda: ft.design(BANDS)),
        ("svf", lambda: ft.svfilt(sections(), noise(9))),
        ("svf", lambda: ft.svfilt(sections().expand(3, 3, 6), noise(9), hop=4)),
        ("svf", lambda: ft.svfilt(ft.svf_design(BANDS, fs=FS).expand(2, 3, 6), noise(9), hop=4)),
        ("hop", lambda: ft.svfilt(ft.svf_design(BANDS, fs=FS).expand(2, 3, 6), noise(9), hop=0)),
        (
            "interpolation",
            lambda: ft.svfilt(ft.svf_design(BANDS, fs=FS).expand(3, 3, 6), noise(9), 4, "cubic"),
        ),
    ],
)
def test_mistakes_name_the_argument(name, call):
    with pytest.raises(ValueError, match=name):
        call()


def test_a_device_that_the_library_cannot_reach_is_refused():
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        x = torch.empty(9, device="cuda")
    with pytest.raises(ValueError, match=r"`x` is on cuda:0.*x\.cpu\(\)"):
        ft.sosfilt(sections(), x)
