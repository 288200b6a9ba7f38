#!/usr/bin/env python3
"""Times scipy, torchaudio and this library, in turns, on one thread.

    pip install numpy scipy torch==2.11.0 torchaudio==2.11.0
    python benches/compare.py            # everything, two minutes
    python benches/compare.py f64 bands  # the tasks whose names contain these words

Both sides do each task on the same numbers, and their results are compared before they are timed.
If torchaudio cannot be imported (it requires its own release of torch), its part is left out.
"""

import json
import statistics
import subprocess
import sys
import time
from functools import partial
from itertools import product
from pathlib import Path

import numpy
from scipy import signal

try:
    import torch
    from torchaudio.functional import lfilter

    torch.set_num_threads(1)
except (ImportError, OSError, RuntimeError) as error:
    print(f"without torchaudio: {error}", file=sys.stderr)
    torch = None

ROOT = Path(__file__).resolve().parent.parent
RATE = 48_000
SECOND = 48_000
TURNS = 5
METHODS = {
    "butter": "butterworth",
    "cheby1": "chebyshev1",
    "cheby2": "chebyshev2",
    "ellip": "elliptic",
    "bessel": "bessel",
}
DTYPES = {"f32": numpy.float32, "f64": numpy.float64}


def noise(length):
    """The noise of `filters::noise`."""
    state, samples = 1, numpy.empty(length)
    for index in range(length):
        state = (state * 6_364_136_223_846_793_005 + 1) % 2**64
        samples[index] = (state >> 40) / 2**24 - 0.5
    return samples


NOISE = noise(SECOND)


def ours(*words):
    """Runs the binary `ours` with these arguments."""
    command = ["cargo", "run", "--quiet", "--release", "-p", "filterbank-benches", "--bin", "ours"]
    run = subprocess.run([*command, "--", *words], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout)


def timed(work, count):
    """The time of one of `count` items of a call of `work`, in nanoseconds: the median over a
    quarter of a second, and at least three calls."""
    times, end = [], time.perf_counter() + 0.25
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e9 / count)
    return statistics.median(times)


def close(found, expected, tolerance):
    found, expected = numpy.asarray(found), numpy.asarray(expected)
    error = numpy.max(numpy.abs(found - expected)) / numpy.max(numpy.abs(expected))
    assert error <= tolerance, f"results differ by {error:.1e}"


def filtering(kind, dtype, size, block):
    """scipy's sosfilt, band by band; the state is kept from block to block."""
    words = (kind, dtype, str(size), str(block))
    reference = ours(*words)
    bands = [numpy.array(sos, DTYPES[dtype]) for sos in reference["sos"]]
    blocks = NOISE[: SECOND - SECOND % block].astype(DTYPES[dtype]).reshape(-1, block)

    def work():
        states = [numpy.zeros((len(sos), 2), DTYPES[dtype]) for sos in bands]
        for samples in blocks:
            for index, sos in enumerate(bands):
                output, states[index] = signal.sosfilt(sos, samples, zi=states[index])
                last[index] = output[-1]

    last = [0.0] * len(bands)
    work()
    close(last, reference["last"], 1e-3 if dtype == "f32" else 1e-9)
    return lambda: ours(*words)["ns"], lambda: timed(work, blocks.size)


def design(method, shape):
    """scipy's iirfilter, order 8."""
    name = f"{METHODS[method]} {shape}"
    reference = ours("design", name)
    edges = 1_000 if shape == "lowpass" else [1_000, 4_000]
    options = {"rp": 0.5 if method in ("cheby1", "ellip") else None}
    options["rs"] = 60 if method in ("cheby2", "ellip") else None

    def work():
        return signal.iirfilter(
            8, edges, btype=shape, ftype=method, output="sos", fs=RATE, **options
        )

    def response(sos):
        return signal.sosfreqz(numpy.array(sos), numpy.linspace(0.01, 3, 200))[1]

    close(response(work()), response(reference["sos"]), 1e-9)
    return lambda: ours("design", name)["ns"], lambda: timed(work, 1)


def peak(center, q, gain_db):
    """A peak of the Audio EQ Cookbook, as `(a, b)`."""
    omega = center * (2 * torch.pi / RATE)
    amplitude = torch.exp(gain_db * (numpy.log(10) / 40))
    alpha, cosine = torch.sin(omega) / (2 * q), torch.cos(omega)
    b = torch.stack([1 + alpha * amplitude, -2 * cosine, 1 - alpha * amplitude])
    a = torch.stack([1 + alpha / amplitude, -2 * cosine, 1 - alpha / amplitude])
    return a / a[0], b / a[0]


def raw(b0, b1, b2, a1, a2):
    return torch.stack([torch.ones_like(a1), a1, a2]), torch.stack([b0, b1, b2])


def gradient(sections, by):
    """torchaudio's lfilter, section by section: the mean square of the output of a second, and
    its derivatives."""
    reference = ours("gradient", str(sections), by)
    section, width = (raw, 5) if by == "coefficients" else (peak, 3)
    numbers = torch.tensor(reference["numbers"], dtype=torch.float64, requires_grad=True)
    samples = torch.tensor(NOISE)

    def work():
        numbers.grad = None
        y = samples
        for row in numbers.reshape(-1, width):
            a, b = section(*row)
            y = lfilter(y, a, b, clamp=False)
        loss = (y * y).mean()
        loss.backward()
        return loss.item()

    close(work(), reference["loss"], 1e-9)
    close(numbers.grad, reference["gradient"], 1e-9)
    return lambda: ours("gradient", str(sections), by)["ns"], lambda: timed(work, SECOND)


def training():
    """A training step of a bank of three bands by 20 coefficients. lfilter starts from rest in each
    step; this library keeps the filters' state."""
    reference = ours("training")
    numbers = torch.tensor(reference["numbers"], dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([numbers], lr=1e-3)
    samples = torch.tensor(NOISE[:1_024] * 12**0.5)
    targets = torch.tensor([1.0, 0.5, 0.2], dtype=torch.float64)

    def section(b0, b1, b2, r1, r2):
        k1, k2 = torch.tanh(r1), torch.tanh(r2)
        return raw(b0, b1, b2, k1 * (1 + k2), k2)

    def work():
        adam.zero_grad()
        sections = [section(*row) for row in numbers.reshape(-1, 5)]
        energies = []
        for band in (sections[:1], sections[1:3], sections[3:]):
            y = samples
            for a, b in band:
                y = lfilter(y, a, b, clamp=False)
            energies.append((y * y).mean())
        loss = ((torch.stack(energies) - targets) ** 2).mean()
        loss.backward()
        adam.step()
        return loss.item()

    close(work(), reference["loss"], 1e-9)
    return lambda: ours("training")["ns"], lambda: timed(work, len(samples))


def works():
    """Names, and functions that check the task and return both sides of it."""
    blocks = (512, SECOND)
    for dtype, sections, block in product(DTYPES, (1, 4, 8, 16), blocks):
        name = f"sosfilt {dtype}, sections {sections}, block {block}"
        yield name, partial(filtering, "series", dtype, sections, block)
    for dtype, block in product(DTYPES, blocks):
        name = f"sosfilt {dtype}, 8 bands of 4 sections, block {block}"
        yield name, partial(filtering, "bank", dtype, 8, block)
    for method, shape in product(METHODS, ("lowpass", "bandpass")):
        yield f"iirfilter design, {METHODS[method]} {shape}", partial(design, method, shape)
    if torch:
        for sections, by in ((4, "coefficients"), (10, "parameters")):
            name = f"lfilter gradient, {sections} sections by {by}"
            yield name, partial(gradient, sections, by)
        yield "lfilter training step, 20 coefficients, 1024 samples", training


def figure(number):
    """Three significant digits, without an exponent."""
    return f"{number:.0f}" if number >= 1_000 else f"{number:.3g}"


def table(rows):
    """A table in Markdown."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    for first, *others in [rows[0], rule, *rows[1:]]:
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:])]
        print(f"| {' | '.join(cells)} |")


def main():
    rows = [("ns per sample, or per design", "filterbank", "Python", "Python / filterbank")]
    for name, prepare in works():
        if not all(word in name for word in sys.argv[1:]):
            continue
        print(name, file=sys.stderr)
        we, they = prepare()
        turns = [(we(), they()) for _ in range(TURNS)]
        here, there = (statistics.median(times) for times in zip(*turns))
        rows.append((name, figure(here), figure(there), figure(there / here)))
    if len(rows) == 1:
        sys.exit(f"no work has all of these words in its name: {' '.join(sys.argv[1:])}")
    table(rows)


if __name__ == "__main__":
    main()
