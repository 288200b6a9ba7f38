"""Modules that learn filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional, Union

import numpy as np
import torch
from torch import nn

from .. import _core
from .._design import Bands, specification
from .._maps import key
from ._check import check_ndim, check_tensor
from ._functional import NO_ENDS, Interpolation, check_frames, check_params, design_as, svfilt
from ._maps import map_operator
from ._sosfilt import sosfilt as sosfilt_operator


class FilterModule(nn.Module):
    """A filter with a state that may go on from call to call."""

    def __init__(self, stateful: bool) -> None:
        super().__init__()
        #: Whether a call goes on where the last one ended.
        self.stateful = stateful
        # No buffer: DistributedDataParallel would copy that of one process to all others.
        self._state: Optional[torch.Tensor] = None

    def reset(self) -> None:
        """Starts again from rest."""
        self._state = None

    def _run(self, sos: torch.Tensor, x: torch.Tensor, ends: list[int]) -> torch.Tensor:
        """Filters ``[..., time]``; with ``ends``, to ``[..., bands, time]``."""
        state = self._state
        if state is not None and state.shape[:-2] != x.shape[:-1]:
            raise ValueError(
                f"`x` has the shape {list(x.shape)}, but the state is that of signals "
                f"{[*state.shape[:-2], '...']}: call reset() before another batch"
            )
        y: torch.Tensor
        y, zf, _ = sosfilt_operator(sos, x, state, ends)
        if self.stateful:
            self._state = zf.detach()
        return y


class Sections(FilterModule):
    """Second-order sections in series that learn their coefficients, and stay stable.

    Each section has the free numbers ``b0, b1, b2, r1, r2``; any values of ``r1`` and ``r2`` give
    poles inside the unit circle. For filters with a meaning, such as band edges, see
    :class:`Cascade`: it has fewer parameters.

    Parameters
    ----------
    sos
        The sections to start with, of shape ``(n_sections, 6)``: stable ones.
    ends
        Of a bank, the number of sections up to the last of each band. Then the output has the shape
        ``(..., bands, time)``.
    stateful
        Whether a call goes on where the last one ended, with the state as a constant.
    """

    def __init__(
        self,
        sos: Union[torch.Tensor, np.ndarray],
        ends: Sequence[int] = (),
        *,
        stateful: bool = False,
    ) -> None:
        super().__init__(stateful)
        rows = np.ascontiguousarray(torch.as_tensor(sos).detach(), dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != 6:
            raise ValueError(f"`sos` must have the shape [n_sections, 6], not {list(rows.shape)}")
        raw = torch.from_numpy(_core.SectionMap.to_raw(rows))
        #: The free numbers of all sections.
        self.raw = nn.Parameter(raw)
        self._key = str(len(rows))
        self._ends = list(ends)

    def sos(self) -> torch.Tensor:
        """The sections, of shape ``(n_sections, 6)``, with derivatives by the free numbers."""
        rows: torch.Tensor = map_operator(self.raw, self._key, "raw")
        return rows

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Filters signals of shape ``(..., time)``."""
        check_tensor("x", x)
        check_ndim("x", x, 1, "[..., time]")
        return self._run(self.sos(), x, self._ends)


class Bank(FilterModule):
    """Bands that learn the numbers of their specification: what cascades and banks share."""

    def __init__(
        self,
        bands: Bands,
        fs: Optional[float],
        *,
        ordered: Sequence[Sequence[str]],
        stateful: bool,
    ) -> None:
        super().__init__(stateful)
        #: The bands at the start, and the bounds of their parameters.
        self.specification = specification(bands, fs)
        self._key = key(self.specification, tuple(map(tuple, ordered)))
        self._map = _core.FreeMap(self.specification, [list(names) for names in ordered])
        self._ends: list[int] = _core.SectionMap(self.specification, False).ends
        #: The free numbers of all parameters: see :meth:`params`.
        self.free = nn.Parameter(torch.tensor(self._map.start, dtype=torch.float64))

    @property
    def names(self) -> list[str]:
        """The name of each parameter: ``"peak.center"``."""
        return self.specification.names

    def params(self) -> torch.Tensor:
        """The parameters, of shape ``(n_params,)``: frequencies in Hz, levels in dB.

        Derivatives are those by the free numbers.
        """
        return self.constrain(self.free)

    def values(self) -> dict[str, float]:
        """The name and the value of each parameter."""
        with torch.no_grad():
            return dict(zip(self.names, self.params().tolist(), strict=True))

    def constrain(self, free: torch.Tensor) -> torch.Tensor:
        """From any real numbers, such as the output of a network, to parameters within their
        bounds.

        Both have the shape ``(..., n_params)``. 0 is the middle of the bounds, for frequencies
        their geometric mean.
        """
        check_params(self.specification, free, "free")
        params: torch.Tensor = map_operator(free, self._key, "params")
        return params

    @torch.no_grad()
    def set_params(self, values: Union[Mapping[str, float], torch.Tensor]) -> None:
        """Changes parameters: some by their names, or all in order.

        Raises
        ------
        ValueError
            If a name is unknown, or a value is not strictly between its bounds.
        """
        params = self.params()
        if isinstance(values, Mapping):
            for name, value in values.items():
                if name not in self.names:
                    raise ValueError(f"`{name}` is none of the parameters {', '.join(self.names)}")
                params[self.names.index(name)] = value
        else:
            check_params(self.specification, values, "values")
            params = values
        rows = params.detach().to(torch.float64).reshape(1, -1).contiguous().numpy()
        self.free.copy_(torch.from_numpy(self._map.inverse(rows)))

    def sos(self, params: Optional[torch.Tensor] = None) -> torch.Tensor:
        """The second-order sections of all bands, ``(..., n_sections, 6)``."""
        return design_as("sos", self.specification, self.params() if params is None else params)

    def raw(self) -> Sections:
        """A module that starts as this filter and learns the coefficients of its sections."""
        return Sections(self.sos().detach(), self._bands(), stateful=self.stateful)

    def _bands(self) -> list[int]:
        """Of a bank, the number of sections up to the last of each band."""
        return NO_ENDS

    def _filter(
        self,
        x: torch.Tensor,
        params: Optional[torch.Tensor],
        hop: Optional[int],
        interpolation: Interpolation,
    ) -> torch.Tensor:
        check_tensor("x", x)
        check_ndim("x", x, 1, "[..., time]")
        if params is None:
            params = self.params()
        check_params(self.specification, params, "params")
        ends = self._bands()
        if params.dim() == 1:
            return self._run(self.sos(params), x, ends)
        check_ndim("x", x, 2, "[batch, ..., time]")
        if params.dim() > 3 or params.shape[0] != x.shape[0]:
            raise ValueError(
                f"`params` must have the shape [n_params], [batch, n_params] or [batch, frames, "
                f"n_params] with a batch of {x.shape[0]}, not {list(params.shape)}"
            )
        if params.dim() == 2:
            return self._run(self.sos(params), x, ends)
        if self.stateful:
            raise ValueError("`params` vary in time: a stateful module takes constant ones")
        if hop is None:
            raise ValueError("`hop` is missing: the samples from frame to frame of `params`")
        check_frames("params", params.shape[1], hop, x.shape[-1], interpolation == "linear")
        svf = design_as("svf", self.specification, params)
        if not ends:
            return svfilt(svf, x, hop, interpolation)
        bands = [svf[:, :, start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]
        return torch.stack([svfilt(band, x, hop, interpolation) for band in bands], dim=-2)

    def extra_repr(self) -> str:
        values = ", ".join(f"{name}={value:.4g}" for name, value in self.values().items())
        return f"{values}, fs={self.specification.fs:g}"


class Cascade(Bank):
    """Bands in series that learn the numbers of their specification.

    Parameters
    ----------
    bands
        A band, a list of bands or a dict of named bands, as for :func:`filterbank.design`. The
        parameters are the numbers marked by ``tune(...)``; if none is marked, all of them.
    fs
        Samples per second.
    ordered
        Lists of names of parameters that stay in rising order, such as the centres of a parametric
        EQ. The two edges of a band are ordered already.
    stateful
        Whether a call goes on where the last one ended, with the state as a constant
        (``zi.detach()``). :meth:`reset` starts again.

    Examples
    --------
    >>> import torch, filterbank.torch as ft
    >>> mud = "peak(center = tune(250 in 120..=500), q = 1, gain_db = tune(-3))"
    >>> eq = ft.Cascade({"mud": mud}, 48_000)
    >>> eq(torch.zeros(2, 100)).shape
    torch.Size([2, 100])
    >>> {name: round(value, 6) for name, value in eq.values().items()}
    {'mud.center': 250.0, 'mud.gain_db': -3.0}
    """

    def __init__(
        self,
        bands: Bands,
        fs: Optional[float] = None,
        *,
        ordered: Sequence[Sequence[str]] = (),
        stateful: bool = False,
    ) -> None:
        super().__init__(bands, fs, ordered=ordered, stateful=stateful)

    def forward(
        self,
        x: torch.Tensor,
        params: Optional[torch.Tensor] = None,
        *,
        hop: Optional[int] = None,
        interpolation: Interpolation = "held",
    ) -> torch.Tensor:
        """Filters signals of shape ``(..., time)``.

        Parameters
        ----------
        x
            Signals, float32 or float64. With parameters for each item, ``(batch, ..., time)``.
        params
            Parameters in place of the learned ones, in the order of :attr:`names`: ``(n_params,)``,
            ``(batch, n_params)``, or ``(batch, frames, n_params)``, which vary in time. A network
            gives them through :meth:`constrain`.
        hop
            Samples from frame to frame: frame ``f`` holds at sample ``f * hop``. There are as many
            frames as begin within ``x``.
        interpolation
            Between two frames coefficients are ``"held"``, or move on a straight line,
            ``"linear"``.

        Raises
        ------
        ValueError
            If a shape or dtype is wrong, a value is out of its bounds, or the frames do not fit.
        """
        return self._filter(x, params, hop, interpolation)


class Biquad(Cascade):
    """One second-order band that learns the numbers of its specification.

    Parameters are those of :class:`Cascade`.

    Raises
    ------
    ValueError
        If the band has more than one section.

    Examples
    --------
    >>> import filterbank.torch as ft
    >>> ft.Biquad("resonant_lowpass(cutoff = 1000, q = 2)", 48_000).names
    ['resonant_lowpass.cutoff', 'resonant_lowpass.q']
    """

    def __init__(self, band: str, fs: float, *, stateful: bool = False) -> None:
        super().__init__(band, fs, stateful=stateful)
        if self._ends != [1]:
            raise ValueError(f"`band` has {self._ends[-1]} sections, but must have one: {band}")


class FilterBank(Bank):
    """Bands in parallel on one input that learn the numbers of their specification.

    Parameters are those of :class:`Cascade`. The output has the shape ``(..., bands, time)``.

    Examples
    --------
    >>> import torch, filterbank.torch as ft
    >>> split = ft.FilterBank(
    ...     {
    ...         "low": "lowpass(butterworth(order = 2), cutoff = tune(500))",
    ...         "high": "highpass(butterworth(order = 2), cutoff = tune(500))",
    ...     },
    ...     48_000,
    ... )
    >>> split(torch.zeros(3, 100)).shape
    torch.Size([3, 2, 100])
    """

    def __init__(
        self,
        bands: Bands,
        fs: Optional[float] = None,
        *,
        ordered: Sequence[Sequence[str]] = (),
        stateful: bool = False,
    ) -> None:
        super().__init__(bands, fs, ordered=ordered, stateful=stateful)

    def forward(
        self,
        x: torch.Tensor,
        params: Optional[torch.Tensor] = None,
        *,
        hop: Optional[int] = None,
        interpolation: Interpolation = "held",
    ) -> torch.Tensor:
        """Filters signals of shape ``(..., time)``; see :meth:`Cascade.forward`."""
        return self._filter(x, params, hop, interpolation)

    def _bands(self) -> list[int]:
        return self._ends


class ParametricEQ(Cascade):
    """A low shelf, peaks and a high shelf in series: a parametric equaliser that is flat at first.

    All frequencies, Qs and gains are parameters, ``"low.cutoff"``, ``"peak1.center"`` and so on.
    The frequencies start at equal ratios from ``low`` to ``high`` and stay in rising order, up to
    0.49 of the sample rate.

    Parameters
    ----------
    fs
        Samples per second.
    peaks
        The number of peaks.
    low, high
        Where the lowest and the highest band start, in Hz; by default 60 Hz and a third of ``fs``.
    max_gain_db
        Gains stay between plus and minus this value.
    stateful
        As for :class:`Cascade`.

    Examples
    --------
    >>> import filterbank.torch as ft
    >>> eq = ft.ParametricEQ(48_000, peaks=1)
    >>> eq.names[:4], len(eq.names)
    (['low.cutoff', 'low.q', 'low.gain_db', 'peak1.center'], 9)
    """

    def __init__(
        self,
        fs: float,
        peaks: int = 8,
        *,
        low: float = 60.0,
        high: Optional[float] = None,
        max_gain_db: float = 24.0,
        stateful: bool = False,
    ) -> None:
        if peaks < 0:
            raise ValueError(f"`peaks` = {peaks} must be at least 0")
        high = fs / 3 if high is None else high
        if not 0 < low < high < 0.49 * fs:
            raise ValueError(f"`low` = {low} and `high` = {high} must rise between 0 and 0.49 fs")
        lowest, highest = low / 3, 0.49 * fs
        gain = f"tune(0 in {-max_gain_db!r}..={max_gain_db!r})"
        shape = f"q = tune(0.7 in 0.1..=10), gain_db = {gain}"
        names = ["low", *(f"peak{index + 1}" for index in range(peaks)), "high"]
        words = ["low_shelf", *["peak"] * peaks, "high_shelf"]
        bands, ordered = {}, []
        for name, word, start in zip(names, words, np.geomspace(low, high, peaks + 2), strict=True):
            place = "center" if word == "peak" else "cutoff"
            edge = f"tune({float(start)!r} in {lowest!r}..={highest!r})"
            bands[name] = f"{word}({place} = {edge}, {shape})"
            ordered.append(f"{name}.{place}")
        super().__init__(bands, fs, ordered=[ordered], stateful=stateful)
