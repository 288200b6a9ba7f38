"""The modules of filterbank.torch: what they learn, their states, the classes of the sketch."""

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

import filterbank.torch as ft

FS = 48_000
DOUBLE = torch.float64
SPLIT = {
    "low": "lowpass(butterworth(order = 2), cutoff = tune(400))",
    "mid": "bandpass(butterworth(order = 2), low = tune(400), high = tune(4000))",
    "high": "highpass(butterworth(order = 2), cutoff = tune(4000))",
}


def noise(*shape, dtype=DOUBLE, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def train(module, target, x, steps, lr):
    optimizer = torch.optim.Adam(module.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (module(x) - target).square().mean()
        loss.backward()
        optimizer.step()
    return loss.item()


def test_a_cascade_finds_the_parameters_of_another_one():
    bands = {
        "body": "peak(center = {}, q = {}, gain_db = {})",
        "air": "high_shelf(cutoff = {}, q = 0.7, gain_db = {})",
    }
    wanted = {"body": bands["body"].format(800, 1.5, -8), "air": bands["air"].format(6000, 5)}
    start = {
        "body": bands["body"].format("tune(1000)", "tune(1)", "tune(-2)"),
        "air": bands["air"].format("tune(5000)", "tune(1)"),
    }
    x = noise(2, 4_000)
    target = ft.Cascade(wanted, FS)(x).detach()
    eq = ft.Cascade(start, FS)
    assert train(eq, target, x, 800, 0.03) < 1e-8
    expected = [800, 1.5, -8, 6000, 5]
    assert list(eq.values().values()) == pytest.approx(expected, rel=1e-3)


def test_a_bank_learns_band_edges_in_order():
    edges = ["low.cutoff", "mid.low", "mid.high", "high.cutoff"]
    start = {
        "low": "lowpass(butterworth(order = 2), cutoff = tune(300))",
        "mid": "bandpass(butterworth(order = 2), low = tune(400), high = tune(4000))",
        "high": "highpass(butterworth(order = 2), cutoff = tune(5000))",
    }
    bank, wanted = (ft.FilterBank(start, FS, ordered=[edges]) for _ in range(2))
    wanted.set_params(dict(zip(edges, [350.0, 500.0, 3000.0, 4500.0], strict=True)))
    x = noise(1, 3_000, dtype=torch.float32)
    target = wanted(x).detach()
    assert target.shape == (1, 3, 3_000)
    assert train(bank, target, x, 600, 0.02) < 1e-6
    assert list(bank.values().values()) == pytest.approx([350, 500, 3000, 4500], rel=1e-2)


def test_sections_learn_coefficients_and_stay_stable():
    x = noise(1, 2_000)
    target = ft.Biquad("peak(center = 2000, q = 1, gain_db = 9)", FS)(x).detach()
    sections = ft.Biquad("peak(center = 3000, q = 1, gain_db = 3)", FS).raw()
    assert train(sections, target, x, 800, 0.01) < 1e-6
    with torch.no_grad():
        sections.raw.fill_(1e3)
    assert sections(x).isfinite().all()


def test_any_free_numbers_give_filters():
    eq = ft.ParametricEQ(FS, peaks=3)
    for scale in (0.0, 1.0, 30.0, 1e4):
        params = eq.constrain(scale * noise(20, len(eq.names)))
        centers = params[
            :, [eq.names.index(n) for n in eq.names if n.endswith(("cutoff", "center"))]
        ]
        assert (centers.diff(dim=-1) > 0).all() and (centers < FS / 2).all()
        assert eq(noise(20, 50), params).isfinite().all()


def test_a_parametric_eq_is_flat_at_first():
    x = noise(3, 2, 400)
    torch.testing.assert_close(ft.ParametricEQ(FS)(x), x, atol=1e-12, rtol=0)


def test_parameters_may_differ_from_item_to_item_and_from_frame_to_frame():
    eq = ft.Cascade("peak(center = tune(1000), q = 1, gain_db = tune(3))", FS)
    x = noise(2, 3, 200)
    params = torch.tensor([[[500.0, 6]] * 4, [[2000.0, -6]] * 4], dtype=DOUBLE)
    each = eq(x, params[:, 0])
    torch.testing.assert_close(eq(x, params, hop=50), each, atol=1e-12, rtol=0)
    torch.testing.assert_close(
        eq(x, params, hop=50, interpolation="linear"), each, atol=1e-12, rtol=0
    )
    torch.testing.assert_close(eq(x[0], params[0, 0]), each[0], atol=1e-12, rtol=0)
    bank = ft.FilterBank(SPLIT, FS)
    frames = bank.params().expand(2, 4, -1)
    torch.testing.assert_close(bank(x, frames, hop=50), bank(x), atol=1e-12, rtol=0)


def test_gradients_reach_a_network_before_the_filter():
    network, eq = (
        torch.nn.Linear(5, 2),
        ft.Cascade("peak(center = tune(1000), q = 1, gain_db = tune(3))", FS),
    )
    y = eq(
        noise(2, 100, dtype=torch.float32),
        eq.constrain(network(noise(2, 4, 5, dtype=torch.float32))),
        hop=25,
    )
    y.square().mean().backward()
    assert network.weight.grad.abs().min() > 0 and eq.free.grad is None


def test_a_stateful_module_goes_on():
    x = noise(2, 300)
    for whole, parts in [
        (ft.Cascade(SPLIT, FS), ft.Cascade(SPLIT, FS, stateful=True)),
        (ft.FilterBank(SPLIT, FS), ft.FilterBank(SPLIT, FS, stateful=True)),
        (ft.FilterBank(SPLIT, FS).raw(), ft.FilterBank(SPLIT, FS, stateful=True).raw()),
    ]:
        together = torch.cat([parts(x[:, :100]), parts(x[:, 100:])], -1)
        torch.testing.assert_close(together, whole(x), atol=1e-12, rtol=0)
        with pytest.raises(ValueError, match="reset"):
            parts(noise(3, 100))
        parts.reset()
        torch.testing.assert_close(parts(x), whole(x), atol=1e-12, rtol=0)


def test_the_state_goes_on_as_a_constant():
    eq = ft.Cascade(SPLIT, FS, stateful=True)
    first = eq(noise(1, 50).requires_grad_()).sum()
    eq(noise(1, 50)).sum().backward()
    first.backward()  # the graphs of two calls do not meet


def test_a_module_is_saved_and_loaded():
    eq, other = ft.ParametricEQ(FS, peaks=2), ft.ParametricEQ(FS, peaks=2)
    with torch.no_grad():
        eq.free.add_(0.3)
    other.load_state_dict(eq.state_dict())
    assert other.values() == eq.values()


def test_parameters_are_set_by_name():
    eq = ft.ParametricEQ(FS, peaks=1)
    eq.set_params({"peak1.gain_db": 6.0, "low.cutoff": 120.0})
    assert eq.values()["peak1.gain_db"] == pytest.approx(6) and eq.values()[
        "low.cutoff"
    ] == pytest.approx(120)
    eq.set_params(eq.params().detach())
    before = eq.values()
    for values in ({"peak9.q": 1.0}, {"peak1.gain_db": 99.0}, torch.zeros(2)):
        with pytest.raises(ValueError):
            eq.set_params(values)
    assert eq.values() == before


@pytest.mark.parametrize(
    "name, call",
    [
        ("bands", lambda: ft.Cascade("peek(1)", FS)),
        ("band", lambda: ft.Biquad(SPLIT["mid"], FS)),
        ("fs", lambda: ft.FilterBank(SPLIT)),
        ("ordered", lambda: ft.FilterBank(SPLIT, FS, ordered=[["low.cutoff", "none.cutoff"]])),
        ("hop", lambda: ft.Cascade(SPLIT, FS)(noise(2, 9), torch.ones(2, 3, 4))),
        ("params", lambda: ft.Cascade(SPLIT, FS)(noise(2, 9), torch.ones(3, 4))),
        ("params", lambda: ft.Cascade(SPLIT, FS)(noise(2, 9), torch.ones(2, 5, 4), hop=3)),
        ("params", lambda: ft.Cascade(SPLIT, FS)(noise(2, 9), torch.ones(2, 3))),
        ("x", lambda: ft.Cascade(SPLIT, FS)(noise(9).half())),
        ("sos", lambda: ft.Sections(torch.ones(2, 5))),
        ("sos", lambda: ft.Sections(torch.tensor([[1.0, 0, 0, 1, -2.1, 1.2]]))),
        ("peaks", lambda: ft.ParametricEQ(FS, peaks=-1)),
        (
            "ftype",
            lambda: ft.DifferentiableFilterBank(
                [{"ftype": "chebby", "order": 2, "cutoff": 0.2, "btype": "low"}]
            ),
        ),
        (
            "btype",
            lambda: ft.DifferentiableFilterBank([{"ftype": "butter", "order": 2, "cutoff": 0.2}]),
        ),
        (
            "cutoff",
            lambda: ft.DifferentiableFilterBank(
                [{"ftype": "butter", "order": 2, "cutoff": [0.2, 0.4], "btype": "low"}]
            ),
        ),
        ("learn", lambda: ft.DifferentiableFilterBank([], learn="gains")),
    ],
)
def test_mistakes_name_the_argument(name, call):
    with pytest.raises(ValueError, match=name):
        call()


# The sketch

SKETCH = [
    {"ftype": "butter", "order": 2, "cutoff": 0.2, "btype": "low"},
    {"ftype": "butter", "order": 2, "cutoff": [0.2, 0.6], "btype": "bandpass"},
    {"ftype": "butter", "order": 2, "cutoff": 0.6, "btype": "high"},
]


@pytest.mark.parametrize("learn", ["coefficients", "edges"])
def test_the_training_loop_of_the_sketch(learn):
    torch.manual_seed(0)
    fbank = ft.DifferentiableFilterBank(SKETCH, fs=2.0, learn=learn)
    assert fbank(torch.randn(1, 2048)).shape == (1, 3, 2048)
    fbank.reset()
    optimizer = torch.optim.Adam(fbank.parameters(), lr=1e-2)
    losses = []
    for _ in range(200):
        x = torch.randn(1, 1024)
        energy = (fbank(x) ** 2).mean(-1)
        target = torch.tensor([[1.0, 0.5, 0.2]])
        loss = torch.nn.functional.mse_loss(energy, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert sum(losses[-20:]) < 0.6 * sum(losses[:20])


def test_the_classes_of_the_sketch_filter_as_scipy():
    from scipy import signal

    x = noise(2, 500)
    sos = signal.ellip(4, 1, 40, 0.3, output="sos")
    iir = ft.DifferentiableIIR(sos)
    torch.testing.assert_close(
        iir(x), torch.from_numpy(signal.sosfilt(sos, x.numpy())), atol=1e-11, rtol=0
    )
    biquad = ft.DifferentiableBiquad(2 * sos[0, :3], 2 * sos[0, 3:])
    torch.testing.assert_close(
        biquad(x), torch.from_numpy(signal.sosfilt(sos[:1], x.numpy())), atol=1e-11, rtol=0
    )
    torch.testing.assert_close(biquad.b, torch.from_numpy(sos[0, :3]), atol=1e-12, rtol=0)
    torch.testing.assert_close(biquad.a, torch.from_numpy(sos[0, 4:]), atol=1e-12, rtol=0)


@pytest.mark.parametrize("ftype", ["butter", "cheby1", "cheby2", "ellip", "bessel"])
@pytest.mark.parametrize(
    "btype, cutoff",
    [("low", 0.2), ("high", 0.5), ("bandpass", [0.2, 0.6]), ("bandstop", [0.2, 0.6])],
)
def test_the_bands_of_the_sketch_are_those_of_scipy(ftype, btype, cutoff):
    from scipy import signal

    extra = {"cheby1": (1,), "cheby2": (20,), "ellip": (1, 40)}.get(ftype, ())
    sos = getattr(signal, ftype)(3, *extra, cutoff, btype=btype, output="sos")
    x = noise(1, 300)
    fbank = ft.DifferentiableFilterBank(
        [{"ftype": ftype, "order": 3, "cutoff": cutoff, "btype": btype}]
    )
    expected = torch.from_numpy(signal.sosfilt(sos, x.numpy()))
    torch.testing.assert_close(fbank(x)[:, 0], expected, atol=1e-9, rtol=0)


def test_any_name_is_a_name_of_a_band():
    eq = ft.Cascade({"a\tb\n'c\"": "peak(center = 1000, q = 1, gain_db = 3)"}, FS)
    assert eq(noise(2, 9)).shape == (2, 9) and eq.names[0] == "a\tb\n'c\".center"
