"""A harmonic voice through a filter that moves every frame, controlled by a small network.

    python harmonic_voice.py       # prints the loss, saves harmonic_voice.png

In the manner of DDSP: an oscillator makes harmonics of a gliding pitch, the network turns what is
known of each frame (which vowel, how far) into the formants of a cascade of peaks, and the loss
compares spectrograms. Gradients pass from the loss through the filter into the network.
"""

import math

import filterbank.torch as ft
import matplotlib
import torch

matplotlib.use("Agg")
import matplotlib.pyplot as plt

FS, HOP, FRAMES = 16_000, 160, 100
TIME = HOP * FRAMES
FORMANT = "peak(center = tune({} in {}..={}), q = tune(5 in 2..=20), gain_db = tune(12 in 0..=30))"
FORMANTS = {
    "first": FORMANT.format(500, 200, 1_000),
    "second": FORMANT.format(1_500, 600, 2_800),
    "third": FORMANT.format(2_800, 2_000, 4_000),
}
#: The formants of a, i and u in Hz, of a man's voice: Peterson & Barney (1952), table II.
VOWELS = torch.tensor([[730.0, 1090, 2440], [270, 2290, 3010], [300, 870, 2240]])


def voice():
    """Harmonics of a gliding pitch, with amplitudes that fall as those of a sawtooth."""
    time = torch.arange(TIME, dtype=torch.float64) / FS
    pitch = 110 + 30 * torch.sin(2 * math.pi * time)
    phase = 2 * math.pi * torch.cumsum(pitch / FS, 0)
    harmonics = torch.arange(1, 40, dtype=torch.float64)[:, None]
    return (torch.sin(harmonics * phase) / harmonics).sum(0).float()


def vowel_weights():
    """How much of each vowel is in each frame: a to i to u."""
    place = torch.linspace(0, 2, FRAMES)[:, None]
    return (1 - (place - torch.arange(3.0)).abs()).clamp(min=0)


def spectrogram(x):
    window = torch.hann_window(1024)
    magnitude = torch.stft(x, 1024, 256, window=window, return_complex=True).abs()
    return 20 * torch.log10(magnitude + 1e-3)


def main(steps=300):
    torch.manual_seed(0)
    tract = ft.Cascade(FORMANTS, FS)
    source, weights = voice()[None], vowel_weights()[None]
    wanted = torch.stack(
        [weights @ VOWELS, torch.full((1, FRAMES, 3), 8.0), torch.full((1, FRAMES, 3), 20.0)], -1
    )
    target = tract(source, wanted.flatten(-2), hop=HOP, interpolation="linear").detach()

    network = torch.nn.Sequential(torch.nn.Linear(3, 32), torch.nn.Tanh(), torch.nn.Linear(32, 9))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    reference, losses = spectrogram(target), []
    for step in range(steps):
        params = tract.constrain(network(weights))
        y = tract(source, params, hop=HOP, interpolation="linear")
        loss = (spectrogram(y) - reference).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        decay.step()
        losses.append(loss.item())
        if step % 50 == 0 or step == steps - 1:
            print(f"step {step:3}  loss {loss.item():.3f} dB")

    figure, axes = plt.subplots(1, 3, figsize=(13, 4))
    for axis, title, image in zip(
        axes, ("wanted", "learned"), (reference, spectrogram(y.detach())), strict=False
    ):
        axis.imshow(
            image[0, :300],
            origin="lower",
            aspect="auto",
            vmin=-30,
            vmax=50,
            extent=(0, 1, 0, 300 * FS / 1024),
        )
        axis.set(xlabel="s", ylabel="Hz", title=title)
    frames = torch.arange(FRAMES) * HOP / FS
    for index, color in enumerate(("C0", "C1", "C2")):
        axes[2].plot(frames, wanted[0, :, index, 0], color, linestyle=":")
        axes[2].plot(frames, params.detach()[0, :, 3 * index], color)
    axes[2].set(xlabel="s", ylabel="Hz", title="formants: wanted (dotted) and learned")
    figure.tight_layout()
    figure.savefig("harmonic_voice.png", dpi=100)
    return losses


if __name__ == "__main__":
    main()
