"""Fits of bands to curves and recordings, with standard errors."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Optional, SupportsFloat, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core
from ._design import Bands, specification

#: Called in every iteration with its number and the cost. The fit stops if it returns True.
Progress = Callable[[int, float], Optional[bool]]
#: A fixed number, or ``(start, low, high)``: a number that is found.
ChainValue = Union[SupportsFloat, tuple[float, float, float]]

_UNBOUNDED = (-np.inf, np.inf)


@dataclass(frozen=True)
class Fit:
    """The result of a fit. Its text is a table of the parameters with their standard errors."""

    #: The bands that were found, as text.
    bands: list[str]
    #: Their second-order sections.
    sos: NDArray[np.float64]
    #: The name of each parameter: ``"peak.center"``.
    names: list[str]
    #: The unit of each parameter: ``"Hz"``, ``"dB"`` or another.
    units: list[str]
    #: The best value of each parameter.
    values: NDArray[np.float64]
    #: The standard error of each parameter: 0 at a bound, NaN if it is not determined.
    standard_errors: NDArray[np.float64]
    #: The covariance of the parameters; None without degrees of freedom.
    covariance: Optional[NDArray[np.float64]]
    #: Whether the data determine each parameter.
    determined: NDArray[np.bool_]
    #: Whether each parameter is held at a bound.
    at_bound: NDArray[np.bool_]
    #: The weighted residuals; of a recording, filter minus recording at each sample.
    residuals: NDArray[np.float64] = field(repr=False)
    #: The number of residuals.
    count: int
    #: The number of residuals less that of the parameters that they determine.
    degrees_of_freedom: int
    #: The correlation of each residual with the next; None if all are zero.
    autocorrelation: Optional[float]
    #: Root mean square of the errors: in dB, samples, or the unit of the response or the recording.
    rms: float
    #: Half the sum of the losses of all residuals.
    cost: float
    #: The number of iterations.
    iterations: int
    #: Whether a minimum was found.
    converged: bool
    #: Why the fit stopped.
    stop: str
    #: What makes the standard errors doubtful, in one sentence.
    warning: Optional[str]
    #: The sum of squares over the variance of the noise, if that was given.
    chi_square: Optional[float]
    #: Akaike's information criterion; None with a robust loss.
    aic: Optional[float]
    #: The Bayesian information criterion; None with a robust loss.
    bic: Optional[float]
    #: The table of the parameters.
    table: str = field(repr=False)

    def __str__(self) -> str:
        return self.table

    def __getitem__(self, name: str) -> float:
        """The value of a parameter by its name."""
        try:
            return float(self.values[self.names.index(name)])
        except ValueError:
            raise KeyError(
                f"there is no parameter {name!r}; there are {', '.join(self.names)}"
            ) from None


def _options(
    loss: str, loss_size: SupportsFloat, noise: Optional[SupportsFloat], max_iterations: int
) -> dict[str, Any]:
    return {
        "loss": loss,
        "loss_size": float(loss_size),
        "noise": None if noise is None else float(noise),
        "max_iterations": _whole("max_iterations", max_iterations),
    }


def _list(name: str, values: ArrayLike, dtype: Any = np.float64) -> NDArray[Any]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(
            f"`{name}` must have one dimension, not {array.ndim}: its shape is {array.shape}"
        )
    if np.iscomplexobj(array) and dtype is np.float64:
        raise ValueError(f"`{name}` must be real, not {array.dtype}")
    return array.astype(dtype)


def _whole(name: str, value: int) -> int:
    whole = operator.index(value)
    if not 0 <= whole < 2**63:
        raise ValueError(f"`{name}` must be a whole number from 0 on, not {value!r}")
    return whole


def _weights(weights: Optional[ArrayLike]) -> Optional[NDArray[np.float64]]:
    return None if weights is None else _list("weights", weights)


def fit_magnitude(
    bands: Bands,
    frequencies: ArrayLike,
    levels_db: ArrayLike,
    fs: Optional[float] = None,
    *,
    weights: Optional[ArrayLike] = None,
    mean_above: Optional[float] = None,
    gain_penalty: float = 0.0,
    loss: str = "squared",
    loss_size: float = 1.0,
    noise: Optional[float] = None,
    max_iterations: int = 1000,
    progress: Optional[Progress] = None,
) -> Fit:
    """Fits bands to a level curve.

    Parameters
    ----------
    bands
        Bands as in :func:`design`. The numbers marked by ``tune(...)`` are found, from their start
        values on and within their bounds; all numbers if none is marked.
    frequencies, levels_db
        Frequencies in Hz, rising, and the level at each in dB.
    fs
        Samples per second.
    weights
        The weight of each squared error. The inverse variance is best.
    mean_above
        Above this frequency only the mean of the curve counts.
    gain_penalty
        How much the gains of bands count beside the errors.
    loss, loss_size
        ``"squared"``; or ``"huber"`` or ``"cauchy"`` with the size in the unit of the residuals.
    noise
        The standard deviation of the weighted residuals, if it is known.
    max_iterations
        The fit stops after this number of iterations.
    progress
        Called with the number and the cost of every iteration. The fit stops if it returns True.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        If the fit cannot start. The sentence names what is wrong.
    """
    spec = specification(bands, fs)
    options = _options(loss, loss_size, noise, max_iterations)
    curve = _list("frequencies", frequencies), _list("levels_db", levels_db)
    return Fit(
        **_core.fit_levels(
            spec, *curve, _weights(weights), mean_above, float(gain_penalty), options, progress
        )
    )


def fit_response(
    bands: Bands,
    frequencies: ArrayLike,
    response: ArrayLike,
    fs: Optional[float] = None,
    *,
    weights: Optional[ArrayLike] = None,
    loss: str = "squared",
    loss_size: float = 1.0,
    noise: Optional[float] = None,
    max_iterations: int = 1000,
    progress: Optional[Progress] = None,
) -> Fit:
    """Fits bands to a complex response at frequencies in Hz.

    Arguments as in :func:`fit_magnitude`.
    """
    spec = specification(bands, fs)
    options = _options(loss, loss_size, noise, max_iterations)
    curve = _list("frequencies", frequencies), _list("response", response, np.complex128)
    return Fit(**_core.fit_response(spec, *curve, _weights(weights), options, progress))


def fit_group_delay(
    bands: Bands,
    frequencies: ArrayLike,
    delays: ArrayLike,
    fs: Optional[float] = None,
    *,
    weights: Optional[ArrayLike] = None,
    loss: str = "squared",
    loss_size: float = 1.0,
    noise: Optional[float] = None,
    max_iterations: int = 1000,
    progress: Optional[Progress] = None,
) -> Fit:
    """Fits bands to a group delay in samples at frequencies in Hz.

    Arguments as in :func:`fit_magnitude`.
    """
    spec = specification(bands, fs)
    options = _options(loss, loss_size, noise, max_iterations)
    curve = _list("frequencies", frequencies), _list("delays", delays)
    return Fit(**_core.fit_delays(spec, *curve, _weights(weights), options, progress))


def fit_recording(
    bands: Bands,
    input: ArrayLike,
    output: ArrayLike,
    fs: Optional[float] = None,
    *,
    gain: ChainValue = 1.0,
    delay: ChainValue = 0.0,
    offset: ChainValue = 0.0,
    running: bool = False,
    weights: Optional[ArrayLike] = None,
    loss: str = "squared",
    loss_size: float = 1.0,
    noise: Optional[float] = None,
    max_iterations: int = 1000,
    progress: Optional[Progress] = None,
) -> Fit:
    """Fits bands to a recording of input and output.

    The model is ``output[n] = gain * filter(input[n - delay]) + offset``.

    Parameters
    ----------
    bands
        Bands as in :func:`design`. The numbers marked by ``tune(...)`` are found; all if none is.
    input, output
        The signals, of equal length.
    fs
        Samples per second.
    gain, delay, offset
        What lies between the filter and its recording: a number, or ``(start, low, high)`` if it
        is to be found. The delay is in samples. They are parameters of the names
        ``"recording.gain"`` and so on.
    running
        Whether the filter was running before the recording: then its state at the start is found
        too.
    weights
        The weight of each squared error; 0 for samples that do not count.
    loss, loss_size, noise, max_iterations, progress
        As in :func:`fit_magnitude`.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        If the fit cannot start. The sentence names what is wrong.
    """
    spec = specification(bands, fs)
    options = _options(loss, loss_size, noise, max_iterations)
    signals = _list("input", input), _list("output", output)
    chain = _chain("gain", gain), _chain("delay", delay), _chain("offset", offset)
    return Fit(
        **_core.fit_recording(spec, *signals, _weights(weights), *chain, running, options, progress)
    )


def _chain(name: str, value: ChainValue) -> Union[float, tuple[float, float, float]]:
    numbers = np.asarray(value, np.float64)
    if numbers.shape == (3,):
        start, low, high = numbers.tolist()
        return start, low, high
    if numbers.shape != ():
        raise ValueError(f"`{name}` must be one number, or (start, low, high), not {value!r}")
    return float(numbers)


def identify(
    bands: Bands,
    input: ArrayLike,
    output: ArrayLike,
    fs: Optional[float] = None,
    *,
    max_delay: int = 64,
    running: bool = False,
    weights: Optional[ArrayLike] = None,
    loss: str = "squared",
    loss_size: float = 1.0,
    noise: Optional[float] = None,
    max_iterations: int = 1000,
    progress: Optional[Progress] = None,
) -> Fit:
    """Finds bands in a recording whose gain, polarity, delay and offset are not known.

    As :func:`fit_recording` with all three found: the gain and the offset without bounds, the
    delay from ``-max_delay`` to ``max_delay`` samples.
    """
    return fit_recording(
        bands,
        input,
        output,
        fs,
        gain=(1.0, *_UNBOUNDED),
        delay=(0.0, -float(max_delay), float(max_delay)) if max_delay else 0.0,
        offset=(0.0, *_UNBOUNDED),
        running=running,
        weights=weights,
        loss=loss,
        loss_size=loss_size,
        noise=noise,
        max_iterations=max_iterations,
        progress=progress,
    )


def fit_eq(
    frequencies: ArrayLike,
    levels_db: ArrayLike,
    fs: float = 44_100.0,
    *,
    peaks: int = 8,
    low_shelf: Optional[float] = 105.0,
    high_shelf: Optional[float] = 10_000.0,
    shelf_q: float = 0.7,
    frequency: tuple[float, float] = (20.0, 10_000.0),
    q: tuple[float, float] = (0.18248, 6.0),
    gain_db: tuple[float, float] = (-20.0, 20.0),
    gain_penalty: float = 0.004,
    starts: int = 200,
    seed: int = 1,
    weights: Optional[ArrayLike] = None,
    mean_above: Optional[float] = None,
    progress: Optional[Progress] = None,
) -> Fit:
    """Searches for a parametric EQ that follows a level curve.

    Parameters
    ----------
    frequencies, levels_db
        Frequencies in Hz, rising, and the level wanted at each in dB.
    fs
        Samples per second of the EQ.
    peaks
        The number of peaks.
    low_shelf, high_shelf
        The frequency of each shelf in Hz; None for no shelf.
    shelf_q
        Q of the shelves.
    frequency, q, gain_db
        The lowest and the highest value of the peaks' frequencies and Q, and of all gains.
    gain_penalty
        How much gains count beside the errors.
    starts
        The number of attempts to place the peaks better.
    seed
        The same seed gives the same EQ.
    weights
        The weight of each squared error.
    mean_above
        Above this frequency only the mean of the curve counts.
    progress
        Called before every attempt with its number and the best error in dB. If it returns True,
        the best EQ so far is returned.

    Returns
    -------
    Fit
        The bands are the shelves, then the peaks by frequency. The parameters are the gains of the
        shelves, then centre, Q and gain of each peak.

    Raises
    ------
    ValueError
        If the search cannot start. The sentence names what is wrong.
    """
    layout = {
        "peaks": _whole("peaks", peaks),
        "low_shelf": low_shelf,
        "high_shelf": high_shelf,
        "shelf_q": shelf_q,
        "frequency": tuple(frequency),
        "q": tuple(q),
        "gain_db": tuple(gain_db),
        "gain_penalty": gain_penalty,
        "fs": float(fs),
        "starts": _whole("starts", starts),
        "seed": _whole("seed", seed),
    }
    curve = _list("frequencies", frequencies), _list("levels_db", levels_db)
    return Fit(**_core.fit_eq(*curve, _weights(weights), mean_above, layout, progress))
