"""Learns an equaliser from pairs of audio before and after it.

    python match_eq.py             # prints the loss, saves match_eq.png

The wet signals come from an equaliser that the model does not know, with noise 40 dB below. A
batch of pairs is filtered at once. The last pair is kept for the test.
"""

import filterbank as fb
import filterbank.torch as ft
import matplotlib
import numpy as np
import torch

matplotlib.use("Agg")
import matplotlib.pyplot as plt

FS = 48_000
UNKNOWN = [
    "low_shelf(cutoff = 120, q = 0.7, gain_db = 5)",
    "peak(center = 400, q = 1.4, gain_db = -7)",
    "peak(center = 2500, q = 0.9, gain_db = 4)",
    "high_shelf(cutoff = 9000, q = 0.7, gain_db = -3)",
]


def pairs(count=5, time=24_000):
    """Pink noise, and what the unknown equaliser makes of it."""
    spectrum = torch.fft.rfft(torch.randn(count, time))
    dry = torch.fft.irfft(spectrum / torch.arange(1, spectrum.shape[-1] + 1).sqrt(), n=time)
    dry = dry / dry.std()
    wet = ft.sosfilt(ft.design(UNKNOWN, fs=FS), dry)
    return dry, wet + 0.01 * torch.randn_like(wet)


def level(sos, frequencies):
    return 20 * np.log10(np.abs(fb.freqz_sos(sos, frequencies, fs=FS)[1]))


def main(steps=400):
    torch.manual_seed(0)
    dry, wet = pairs()
    eq = ft.ParametricEQ(FS, peaks=4)
    # At a gain of 0 dB the derivatives by frequency and Q vanish: start a little off.
    eq.set_params({name: 0.5 for name in eq.names if name.endswith("gain_db")})
    optimizer = torch.optim.Adam(eq.parameters(), lr=3e-2)
    losses = []
    for step in range(steps):
        loss = (eq(dry[:-1]) - wet[:-1]).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % 50 == 0 or step == steps - 1:
            print(f"step {step:3}  loss {loss.item():.2e}")
    with torch.no_grad():
        test = (eq(dry[-1]) - wet[-1]).square().mean().item()
    print(f"on the pair kept for the test: {test:.2e} (its noise alone: 1.00e-04)")

    frequencies = np.geomspace(20, 20_000, 400)
    wanted = level(fb.design(UNKNOWN, FS), frequencies)
    learned = level(eq.sos().detach().numpy(), frequencies)
    difference = worst(frequencies, wanted, learned)
    print(f"largest difference of the levels from 30 Hz to 15 kHz: {difference:.2f} dB")
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    left.semilogx(frequencies, wanted, "k:", label="unknown")
    left.semilogx(frequencies, learned, label="learned")
    left.set(xlabel="Hz", ylabel="dB", title="level")
    left.legend()
    right.semilogy(losses)
    right.set(xlabel="step", title="loss")
    figure.tight_layout()
    figure.savefig("match_eq.png", dpi=100)
    return losses


def worst(frequencies, wanted, learned):
    inside = (frequencies > 30) & (frequencies < 15_000)
    return np.abs(wanted - learned)[inside].max()


if __name__ == "__main__":
    main()
