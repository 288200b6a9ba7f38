"""Compares filterbank.torch with what else trains filters in torch, in one run.

    python benches/compare.py

Each row is a ratio of two times in this process, and its aim. Everything runs on one thread. A
library that is not installed is skipped, and the row says so. Before a time is taken, results are
compared.
"""

from __future__ import annotations

import os

for variable in ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import importlib
import math
import time

import filterbank as fb
import filterbank.torch as ft
import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)

FS = 48_000.0
BANDS = 10


def optional(name):
    """A module, or the reason why there is none."""
    try:
        return importlib.import_module(name), None
    except Exception as error:  # an installation may be broken in any way
        return None, f"{name}: {error}"


torchaudio, no_torchaudio = optional("torchaudio.functional")
fluxion, no_fluxion = optional("fluxion.torch")
dasp, no_dasp = optional("dasp_pytorch.signal")


def seconds(run, least=0.4, rounds=5):
    """The shortest of some times of a call. It is that of the processor, so that other programs
    count less."""
    run()
    best = math.inf
    for _ in range(rounds):
        count, start = 0, time.process_time()
        while True:
            run()
            count += 1
            elapsed = time.process_time() - start
            if elapsed > least / rounds:
                break
        best = min(best, elapsed / count)
    return best


def show(name, below, above, aim, at_least):
    """A row: the ratio of two times, and whether it is at least, or at most, its aim."""
    ratio = above / below
    good = ratio >= aim if at_least else ratio <= aim
    sign = ">=" if at_least else "<="
    times = f"{1e3 * below:9.3f} {1e3 * above:9.3f}"
    print(f"{name:58} {times} {ratio:8.1f}  {sign} {aim:g}  {'yes' if good else 'NO'}")


def skip(name, reason):
    print(f"{name:58} skipped: {reason.splitlines()[0][:90]}")


def trainer(parameters, forward, target):
    optimizer = torch.optim.Adam(parameters, lr=1e-4)

    def step():
        loss = F.mse_loss(forward(), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


# A parametric equaliser of ten bands over 16 x 48,000 samples


def cookbook(eq, dtype):
    """The sections of an equaliser, in operations of torch: the Audio EQ Cookbook."""
    values = {
        name: torch.nn.Parameter(torch.tensor(value, dtype=dtype))
        for name, value in eq.values().items()
    }

    def section(word, frequency, q, gain_db):
        a = 10 ** (gain_db / 40)
        w = 2 * math.pi * frequency / FS
        cos, alpha = torch.cos(w), torch.sin(w) / (2 * q)
        if word == "peak":
            b = [1 + alpha * a, -2 * cos, 1 - alpha * a]
            d = [1 + alpha / a, -2 * cos, 1 - alpha / a]
        else:
            sign = 1 if word == "high" else -1
            root = 2 * a.sqrt() * alpha
            b0, b2 = (a * ((a + 1) + sign * (a - 1) * cos + s * root) for s in (1, -1))
            a0, a2 = ((a + 1) - sign * (a - 1) * cos + s * root for s in (1, -1))
            b = [b0, -2 * sign * a * ((a - 1) + sign * (a + 1) * cos), b2]
            d = [a0, 2 * sign * ((a - 1) - sign * (a + 1) * cos), a2]
        return torch.stack([*b, *d]) / d[0]

    def sections():
        rows = []
        for band in eq.specification.band_names:
            word = band.rstrip("0123456789")
            place = "center" if word == "peak" else "cutoff"
            numbers = (values[f"{band}.{name}"] for name in (place, "q", "gain_db"))
            rows.append(section(word, *numbers))
        return torch.stack(rows)

    return list(values.values()), sections


def equaliser(dtype):
    eq = ft.ParametricEQ(FS, peaks=BANDS - 2)
    gains = [name for name in eq.names if name.endswith("gain_db")]
    eq.set_params({name: (-1) ** n * 3.0 for n, name in enumerate(gains)})
    x = torch.randn(16, 48_000, dtype=dtype)
    return eq, x, torch.randn_like(x)


def by_lfilter(sections, x):
    for row in sections.unbind():
        x = torchaudio.lfilter(x, row[3:], row[:3], clamp=False)
    return x


def compare_steps(dtype, aims):
    name = str(dtype).removeprefix("torch.float")
    eq, x, target = equaliser(dtype)
    ours = seconds(trainer(eq.parameters(), lambda: eq(x), target), least=2)
    print(f"a step of our equaliser in f{name}: {1e3 * ours:.1f} ms")

    row = f"EQ step, f{name}: torchaudio's lfilter / ours"
    if torchaudio:
        parameters, sections = cookbook(eq, dtype)
        torch.testing.assert_close(by_lfilter(sections(), x), eq(x), atol=1e-2, rtol=1e-2)
        step = trainer(parameters, lambda: by_lfilter(sections(), x), target)
        show(row, ours, seconds(step, rounds=2), aims["torchaudio"], True)
    else:
        skip(row, no_torchaudio)

    if dtype != torch.float32:
        return
    row = "EQ step, f32: fluxion's sections / ours"
    if fluxion:
        sos = eq.sos().detach()[:, [0, 1, 2, 4, 5]].flatten().float().requires_grad_()

        def filtered():
            return torch.stack([fluxion.sos_filter(signal, sos) for signal in x])

        torch.testing.assert_close(filtered(), eq(x), atol=1e-2, rtol=1e-2)
        show(row, ours, seconds(trainer([sos], filtered, target), rounds=2), aims["fluxion"], True)
    else:
        skip(row, no_fluxion)

    row = "EQ step, f32: dasp's frequency sampling / ours"
    if dasp:
        parameters, sections = cookbook(eq, dtype)
        signals = x[:, None]

        def sampled():
            return dasp.sosfilt_via_fsm(sections().expand(16, -1, -1), signals)[:, 0]

        show(row, ours, seconds(trainer(parameters, sampled, target), rounds=2), aims["dasp"], True)
    else:
        skip(row, no_dasp)


# The project's first sketch


class SketchBiquad(torch.nn.Module):
    """A section of the sketch, sample by sample."""

    def __init__(self, row):
        super().__init__()
        self.b = torch.nn.Parameter(row[:3].float())
        self.a = torch.nn.Parameter(row[4:].float())
        self.register_buffer("zi", torch.zeros(2))

    def forward(self, x):
        y = []
        z1, z2 = self.zi
        for n in range(x.shape[-1]):
            xn = x[..., n]
            yn = self.b[0] * xn + z1
            z1, z2 = self.b[1] * xn - self.a[0] * yn + z2, self.b[2] * xn - self.a[1] * yn
            y.append(yn)
        self.zi = torch.stack([z1.detach(), z2.detach()])
        return torch.stack(y, dim=-1)


class SketchBank(torch.nn.Module):
    def __init__(self, sos, ends):
        super().__init__()
        bands = [sos[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]
        self.bands = torch.nn.ModuleList(
            torch.nn.Sequential(*map(SketchBiquad, band)) for band in bands
        )

    def forward(self, x):
        return torch.stack([band(x) for band in self.bands], dim=1)


def compare_sketch():
    bands = [
        {"ftype": "butter", "order": 2, "cutoff": 0.2, "btype": "low"},
        {"ftype": "butter", "order": 2, "cutoff": [0.2, 0.6], "btype": "bandpass"},
        {"ftype": "butter", "order": 2, "cutoff": 0.6, "btype": "high"},
    ]

    def step_of(fbank):
        optimizer = torch.optim.Adam(fbank.parameters(), lr=1e-3)

        def step():
            energy = (fbank(torch.randn(1, 1024)) ** 2).mean(-1)
            loss = F.mse_loss(energy, torch.tensor([[1.0, 0.5, 0.2]]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        return step

    ours = {
        learn: ft.DifferentiableFilterBank(bands, learn=learn)
        for learn in ("coefficients", "edges")
    }
    sketch = SketchBank(ours["coefficients"].bank.sos().detach(), [1, 3, 4])
    x = torch.randn(1, 64)
    for fbank in ours.values():
        torch.testing.assert_close(fbank(x), sketch(x), atol=1e-5, rtol=1e-5)
        fbank.reset()
        for band in sketch.modules():
            if isinstance(band, SketchBiquad):
                band.zi = torch.zeros(2)
    theirs = seconds(step_of(sketch), rounds=2)
    for learn, fbank in ours.items():
        show(
            f"step of the sketch / ours, learning {learn}",
            seconds(step_of(fbank), least=1),
            theirs,
            1_500,
            True,
        )


# The adjoint


def backward_of(y, arguments, slope):
    return lambda: torch.autograd.grad(y, arguments, slope, retain_graph=True)


def random_sections(*shape):
    """Sections of peaks at random places."""
    count = math.prod(shape)
    generator = np.random.default_rng(0)
    rows = [
        fb.design(f"peak(center = {f}, q = {q}, gain_db = {g})", FS)[0]
        for f, q, g in zip(
            generator.uniform(200, 20_000, count),
            generator.uniform(0.5, 5, count),
            generator.uniform(-3, 3, count),
            strict=True,
        )
    ]
    return torch.from_numpy(np.reshape(rows, (*shape, 6)))


def run_through(sections, channels):
    """Sections, signals that need derivatives, and the output."""
    sos = random_sections(sections).requires_grad_()
    x = torch.randn(channels, 48_000, dtype=torch.float64).requires_grad_()
    return sos, x, ft.sosfilt(sos, x)


def compare_adjoint(channels, aim):
    sos, x, y = run_through(10, channels)
    backward = seconds(backward_of(y, (sos, x), torch.randn_like(y)))
    with torch.no_grad():
        forward = seconds(lambda: ft.sosfilt(sos, x))
    show(f"adjoint / forward, 10 sections, channels: {channels}", forward, backward, aim, False)


def compare_gradient(sections):
    sos, x, y = run_through(sections, 1)
    rows, signal = sos.detach().numpy(), x.detach().numpy()
    plain = seconds(lambda: fb.sosfilt(rows, signal))
    backward = seconds(backward_of(y, (sos, x), torch.randn_like(y)))
    show(f"gradient / plain filter, {sections} sections, 1 channel", plain, backward, 5, False)


def step_time(filters, x):
    """Forward and backward."""
    slope = torch.randn_like(x)

    def step():
        torch.autograd.grad(ft.sosfilt(filters, x), (filters, x), slope)

    return seconds(step, least=1)


def compare_items():
    x = torch.randn(16, 48_000, dtype=torch.float32).requires_grad_()
    own = random_sections(16, BANDS).requires_grad_()
    shared = own.detach()[0].clone().requires_grad_()
    row = "one filter per item / shared, 16 items x 10 sections"
    show(row, step_time(shared, x), step_time(own, x), 2, False)


def compare_frames(hop):
    eq, x, target = equaliser(torch.float32)
    sos = eq.sos().detach().requires_grad_()
    slope = torch.randn_like(x)
    frames = math.ceil(x.shape[-1] / hop)
    free = eq.free.detach().expand(16, frames, -1)
    free = (free + 0.1 * torch.randn(free.shape)).requires_grad_()
    svf = ft.svf_design(eq.specification, eq.constrain(free.detach())).requires_grad_()
    static = seconds(lambda: torch.autograd.grad(ft.sosfilt(sos, x), sos, slope), least=2)
    moving = seconds(lambda: torch.autograd.grad(ft.svfilt(svf, x, hop), svf, slope), least=2)
    show(f"frame-wise / static, forward and adjoint, hop {hop}", static, moving, 3, False)
    static = seconds(trainer([eq.free], lambda: eq(x), target), least=2)
    whole = seconds(trainer([free], lambda: eq(x, eq.constrain(free), hop=hop), target), least=2)
    show(f"frame-wise / static, with design and Adam, hop {hop}", static, whole, 3, False)


def main():
    torch.manual_seed(0)
    print(f"torch {torch.__version__}, one thread; processor times in ms")
    print(f"{'a / b':58} {'b':>9} {'a':>9} {'a / b':>8}  aim")
    compare_steps(torch.float32, {"torchaudio": 30, "fluxion": 9, "dasp": 1})
    compare_steps(torch.float64, {"torchaudio": 15})
    compare_sketch()
    compare_adjoint(channels=1, aim=4)
    compare_adjoint(channels=16, aim=6)
    compare_gradient(sections=16)
    compare_gradient(sections=32)
    compare_items()
    compare_frames(hop=480)
    compare_frames(hop=64)


if __name__ == "__main__":
    main()
