"""Trains the three bands of the project's first sketch: band edges that give wanted energies.

    python three_band_eq.py        # prints the loss, saves three_band_eq.png

The loop is that of the sketch. With `learn="coefficients"` it learns raw coefficients, as there.
"""

import filterbank as fb
import matplotlib
import numpy as np
import torch
import torch.nn.functional as F
from filterbank.torch import DifferentiableFilterBank

matplotlib.use("Agg")
import matplotlib.pyplot as plt

BANDS = [
    {"ftype": "butter", "order": 2, "cutoff": 0.2, "btype": "low"},
    {"ftype": "butter", "order": 2, "cutoff": [0.2, 0.6], "btype": "bandpass"},
    {"ftype": "butter", "order": 2, "cutoff": 0.6, "btype": "high"},
]
TARGET = torch.tensor([[0.35, 0.5, 0.2]])


def levels(fbank):
    """The level of each band in dB."""
    sos = fbank.bank.sos().detach().numpy()
    frequencies = np.linspace(0.005, 0.995, 300)
    bands = np.split(sos, [1, 3])
    responses = [fb.freqz_sos(band, frequencies, fs=2.0)[1] for band in bands]
    return frequencies, 20 * np.log10(np.abs(responses))


def main(steps=400):
    torch.manual_seed(0)
    fbank = DifferentiableFilterBank(BANDS, fs=2.0, learn="edges")
    before, losses = levels(fbank), []
    optimizer = torch.optim.Adam(fbank.parameters(), lr=2e-2)
    for step in range(steps):
        x = torch.randn(1, 1024)
        y = fbank(x)  # [1, bands, time]
        energy = (y**2).mean(-1)
        loss = F.mse_loss(energy, TARGET)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % 50 == 0 or step == steps - 1:
            print(f"step {step:3}  loss {loss.item():.6f}")
    for name, value in fbank.bank.values().items():
        print(f"{name:16} {value:.3f}")

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    for color, start, end in zip(("C0", "C1", "C2"), before[1], levels(fbank)[1], strict=True):
        left.plot(before[0], start, color, linestyle=":")
        left.plot(before[0], end, color)
    left.set(xlabel="part of the Nyquist frequency", ylabel="dB", ylim=(-40, 3))
    left.set_title("bands before (dotted) and after")
    right.semilogy(losses)
    right.set(xlabel="step", title="loss")
    figure.tight_layout()
    figure.savefig("three_band_eq.png", dpi=100)
    return losses


if __name__ == "__main__":
    main()
