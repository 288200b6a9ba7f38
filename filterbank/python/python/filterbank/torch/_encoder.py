"""Levels of bands, frame by frame."""

from __future__ import annotations

from typing import Literal, Optional

import torch

from .. import _core
from .._design import Bands, specification
from ._modules import FilterBank

#: Scales on which bands are laid out.
Scale = Literal["erb", "mel", "mel_slaney", "bark", "octave"]


class SpectralEncoder(FilterBank):
    """The level of each band of a bank in each frame of a signal, in dB: a spectrogram on any
    scale.

    Frame ``f`` is the samples from ``f * hop`` to before ``f * hop + size``; its level is
    ``10 log10(mean square + floor)``. Derivatives exist by the centres and widths of the bands,
    which are learned, and by the signal. All frames are whole: samples behind the last one are in
    none.

    The outputs of all bands are kept for the backward pass: ``bands`` times the memory of the
    signal.

    Parameters
    ----------
    fs
        Samples per second.
    bands
        The number of bands, or bands of your own as for :class:`FilterBank`.
    scale
        Bands are of equal width on the scale ``"erb"`` (Glasberg and Moore 1990), ``"mel"``
        (O'Shaughnessy 1987), ``"mel_slaney"`` (Slaney 1998) or ``"bark"`` (Traunmüller 1990). With
        ``"octave"`` they are third octaves by IEC 61260-1, as many as have their centres between
        ``low`` and ``high``, and ``bands`` is not used.
    low, high
        The edges of the lowest and the highest band in Hz; by default 50 Hz and 0.45 of ``fs``.
    size, hop
        The samples of a frame, and from frame to frame.
    floor_db
        What is added to every mean square, as a level in dB. It keeps the level and its derivative
        finite in silence.

    Examples
    --------
    >>> import torch, filterbank.torch as ft
    >>> encoder = ft.SpectralEncoder(16_000, bands=20, low=100, high=6_000)
    >>> encoder(torch.randn(2, 16_000)).shape  # [batch, frames, bands]
    torch.Size([2, 98, 20])
    """

    def __init__(
        self,
        fs: float,
        bands: int | Bands = 40,
        *,
        scale: Scale = "erb",
        low: float = 50.0,
        high: Optional[float] = None,
        size: int = 400,
        hop: int = 160,
        floor_db: float = -100.0,
    ) -> None:
        for name, value in (("size", size), ("hop", hop)):
            if value < 1:
                raise ValueError(f"`{name}` = {value} must be at least 1 sample")
        if not -3_000 <= floor_db <= 3_000:
            raise ValueError(f"`floor_db` = {floor_db} must lie between -3000 and 3000 dB")
        ordered: list[list[str]] = []
        if isinstance(bands, int):
            high = 0.45 * fs if high is None else high
            bands = laid_out(scale, low, high, bands)
            spec = specification(bands, fs)
            ordered = [[name for name in spec.names if name.endswith("center")]]
        super().__init__(bands, fs, ordered=ordered)
        self.size, self.hop = size, hop
        self._floor = 10 ** (floor_db / 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """Levels ``(..., frames, bands)`` of signals ``(..., time)``."""
        if x.dim() and x.shape[-1] < self.size:
            raise ValueError(
                f"`x` has {x.shape[-1]} samples, but must have those of a frame, {self.size}"
            )
        y = super().forward(x)
        power = y.square().unfold(-1, self.size, self.hop).mean(-1)
        return 10 * torch.log10(power + self._floor).mT


def laid_out(scale: str, low: float, high: float, count: int) -> dict[str, str]:
    """Second-order bandpasses next to each other: the width of each is the distance of its
    edges."""
    if scale == "octave":
        edges = _core.octave_bands(3, low, high)
    else:
        edges = _core.divided_bands(scale, low, high, count)
    bands = {}
    for index, (start, center, end) in enumerate(edges):
        place = f"center = tune({center!r}), q = tune({center / (end - start)!r})"
        bands[f"band{index}"] = f"bandpass_constant_peak({place})"
    return bands
