"""The operators of torch: opcheck, compile, export."""

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

import filterbank as fb
import filterbank.torch as ft
from filterbank._maps import key

BANDS = [
    "lowpass(butterworth(order = 2), cutoff = 3000)",
    "peak(center = 1000, q = 2, gain_db = -6)",
]
SPEC = fb.Specification(BANDS, 48_000.0)
DOUBLE = torch.float64


def noise(*shape, dtype=DOUBLE):
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(0))


def free(tensor):
    return tensor.detach().requires_grad_()


def calls():
    """Each operator with arguments of each kind."""
    ops = torch.ops.filterbank
    for dtype in (torch.float32, DOUBLE):
        x = free(noise(3, 2, 40, dtype=dtype))
        shared = free(ft.design(SPEC))
        own = free(shared.detach().expand(3, 2, 6).clone())
        for sos, zi, ends in [
            (shared, None, []),
            (own, noise(3, 2, 2, 2), []),
            (shared, None, [1, 2]),
        ]:
            zi = None if zi is None else free(zi)
            yield ops.sosfilt, (sos, x, zi, ends)
            y, zf, checkpoints = ops.sosfilt(sos, x, zi, ends)
            slopes = (free(y), None if zi is None else free(zf))
            yield ops.sosfilt_backward, (*slopes, sos, x, zi, checkpoints.detach(), ends)
        svf = free(ft.svf_design(SPEC).expand(3, 5, 2, 6).clone())
        for zi, linear in [(None, False), (free(noise(3, 2, 2, 3)), True)]:
            yield ops.svfilt, (svf, x, zi, 8, linear)
            y, zf, checkpoints = ops.svfilt(svf, x, zi, 8, linear)
            slopes = (free(y), None if zi is None else free(zf))
            yield ops.svfilt_backward, (*slopes, svf, x, zi, checkpoints.detach(), 8, linear)
    params = free(torch.tensor([SPEC.values, SPEC.values], dtype=DOUBLE))
    for kind in ("sos", "svf"):
        yield ops.map, (params, key(SPEC), kind)
        yield ops.map_backward, (free(noise(2, 2, 6)), params, key(SPEC), kind)
    yield ops.map, (free(noise(2, 4)), key(SPEC), "params")
    yield ops.map_backward, (free(noise(2, 4)), free(noise(2, 4)), key(SPEC), "params")
    yield ops.map, (free(noise(10)), "2", "raw")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "operator, arguments", list(calls()), ids=lambda value: getattr(value, "__name__", "")
)
def test_opcheck(operator, arguments):
    torch.library.opcheck(operator.default, arguments)


class Between(torch.nn.Module):
    """A network before and behind a filter, whose parameters come from it."""

    def __init__(self):
        super().__init__()
        self.control = torch.nn.Linear(8, 4)
        self.eq = ft.Cascade(BANDS, 48_000)
        self.bank = ft.FilterBank(BANDS, 48_000)
        self.after = torch.nn.Conv1d(2, 1, 5)

    def forward(self, x):
        frames = x.unflatten(-1, (-1, 8))
        y = self.eq(x, self.eq.constrain(self.control(frames)), hop=8)
        return self.after(self.bank(y))


@pytest.mark.filterwarnings("ignore")
def test_compile_keeps_the_whole_graph():
    torch.manual_seed(0)
    model, x = Between(), noise(3, 64, dtype=torch.float32)
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    losses, grads = [], []
    for run in (model, compiled):
        model.zero_grad()
        loss = run(x).square().mean()
        loss.backward()
        losses.append(loss.detach())
        grads.append([p.grad.clone() for p in model.parameters() if p is not model.eq.free])
    torch.testing.assert_close(*losses)
    torch.testing.assert_close(*grads)


@pytest.mark.filterwarnings("ignore")
def test_compile_keeps_dynamic_lengths():
    sos = ft.design(SPEC)
    compiled = torch.compile(
        lambda x: ft.sosfilt(sos, x) * 2, fullgraph=True, dynamic=True, backend="aot_eager"
    )
    for time in (300, 301, 1_000):
        x = noise(2, time)
        torch.testing.assert_close(compiled(x), ft.sosfilt(sos, x) * 2)


@pytest.mark.filterwarnings("ignore")
def test_export_holds_the_filter():
    torch.manual_seed(0)
    model, x = Between().eval(), noise(3, 64, dtype=torch.float32)
    with torch.no_grad():
        exported = torch.export.export(model, (x,)).module()
        torch.testing.assert_close(exported(x), model(x))


@pytest.mark.filterwarnings("ignore")
def test_compile_keeps_designs():
    def filter(params, x):
        return ft.sosfilt(ft.design(SPEC, params), x)

    compiled = torch.compile(filter, fullgraph=True, backend="aot_eager")
    params, x = torch.tensor(SPEC.values, dtype=DOUBLE), noise(2, 100)
    torch.testing.assert_close(compiled(params, x), filter(params, x))
