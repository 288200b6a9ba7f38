"""The classes of the project's first sketch: the same names, arguments and shapes.

A training loop of the sketch runs with its import changed. Differences: every section stays stable,
one call filters the whole signal, and with ``learn="edges"`` a bank learns band edges in place of
raw coefficients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from .. import bands as write
from ._modules import FilterBank, Sections

#: Ripple and attenuation in dB that the sketch gives to its designs.
_METHODS = {
    "butter": write.butterworth,
    "cheby1": lambda order: write.chebyshev1(order, ripple_db=1),
    "cheby2": lambda order: write.chebyshev2(order, stop_db=20),
    "ellip": lambda order: write.elliptic(order, ripple_db=1, stop_db=40),
    "bessel": write.bessel,
}

_SHAPES = {
    "low": write.lowpass,
    "high": write.highpass,
    "bandpass": write.bandpass,
    "bandstop": write.bandstop,
}


def _choose(name: str, choices: Mapping[str, Any], word: Any) -> Any:
    if word not in choices:
        raise ValueError(f"`{name}` must be one of {', '.join(choices)}, not {word!r}")
    return choices[word]


def band_text(band: Mapping[str, Any]) -> str:
    """A band of the sketch in the grammar of the library. Its edges are parameters."""
    for name in ("ftype", "order", "cutoff", "btype"):
        if name not in band:
            raise ValueError(f"`{name}` is missing in the band {dict(band)}")
    method = _choose("ftype", _METHODS, band["ftype"])(int(band["order"]))
    shape = _choose("btype", _SHAPES, band["btype"])
    edges = np.atleast_1d(np.asarray(band["cutoff"], np.float64))
    expected = 1 if band["btype"] in ("low", "high") else 2
    if edges.shape != (expected,):
        raise ValueError(
            f"`cutoff` of a {band['btype']} band must have {expected} values, "
            f"not {band['cutoff']!r}"
        )
    text: str = shape(method, *(write.tune(edge) for edge in edges))
    return text


class DifferentiableBiquad(Sections):
    """A section that learns its coefficients, from ``b`` and ``a`` of three numbers each."""

    def __init__(self, b: Any, a: Any) -> None:
        row = np.concatenate([np.asarray(b, np.float64), np.asarray(a, np.float64)])
        super().__init__(row[np.newaxis], stateful=True)

    @property
    def b(self) -> torch.Tensor:
        """The numerator."""
        return self.sos()[0, :3]

    @property
    def a(self) -> torch.Tensor:
        """The denominator without its first coefficient, which is 1."""
        return self.sos()[0, 4:]


class DifferentiableIIR(Sections):
    """Sections in series that learn their coefficients."""

    def __init__(self, sos: Any) -> None:
        super().__init__(sos, stateful=True)


class DifferentiableFilterBank(nn.Module):
    """Bands in parallel that learn, from ``(..., time)``.

    The output has the bands in dimension 1, as in the sketch: ``(batch, bands, time)``. The state
    goes on from call to call as a constant; :meth:`reset` starts again.

    Parameters
    ----------
    bands
        Dicts as ``{"ftype": "butter", "order": 2, "cutoff": [0.2, 0.6], "btype": "bandpass"}``.
    fs
        Samples per second; with 2.0, frequencies are parts of the Nyquist frequency.
    learn
        What is learned: ``"coefficients"`` of all sections, as in the sketch, or ``"edges"`` of all
        bands.
    """

    def __init__(
        self,
        bands: Sequence[Mapping[str, Any]],
        fs: float = 2.0,
        learn: Literal["coefficients", "edges"] = "coefficients",
    ) -> None:
        super().__init__()
        texts = [band_text(band) for band in bands]
        bank = FilterBank(texts, fs, stateful=True)
        _choose("learn", {"coefficients": None, "edges": None}, learn)
        #: The bank, :class:`FilterBank` or :class:`Sections`.
        self.bank = bank if learn == "edges" else bank.raw()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Filters signals of shape ``(batch, time)``."""
        y: torch.Tensor = self.bank(x)
        return y if x.dim() == 2 else y.movedim(-2, 1)

    def reset(self) -> None:
        """Starts again from rest."""
        self.bank.reset()
