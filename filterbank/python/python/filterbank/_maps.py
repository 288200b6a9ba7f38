"""Maps of parameters, with their derivatives, for the frameworks that differentiate.

Their graphs hold texts, not objects. So a map is known by a text, and made once.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Literal, Union

from . import _core

#: What a map makes of parameters: second-order sections, coefficients of the state-variable form,
#: second-order sections of free coefficients, or parameters of free numbers.
Kind = Literal["sos", "svf", "raw", "params"]


@lru_cache(maxsize=256)
def names(specification: _core.Specification) -> tuple[str, ...]:
    """The name of each parameter."""
    return tuple(specification.names)


@lru_cache(maxsize=256)
def key(specification: _core.Specification, ordered: tuple[tuple[str, ...], ...] = ()) -> str:
    """A specification as text, with lists of parameters that stay in rising order."""
    bands = zip(specification.band_names, specification.bands, strict=True)
    return repr((specification.fs, tuple(bands), ordered))


def _read(key: str) -> tuple[_core.Specification, tuple[tuple[str, ...], ...]]:
    """The inverse of :func:`key`."""
    fs, bands, ordered = ast.literal_eval(key)
    texts, names = [text for _, text in bands], [name for name, _ in bands]
    return _core.Specification(texts, fs, names), ordered


class Map:
    """A map from ``[items, params]`` to ``[items, *shape]``, with its derivatives."""

    functions: Union[_core.SectionMap, _core.FreeMap]
    shape: tuple[int, ...]

    def __init__(self, key: str, kind: Kind) -> None:
        if kind == "raw":
            self.functions = _core.SectionMap.raw(int(key))
            self.shape = (int(key), 6)
            return
        specification, ordered = _read(key)
        if kind == "params":
            self.functions = _core.FreeMap(specification, ordered)
            self.shape = (len(specification.names),)
        else:
            self.functions = _core.SectionMap(specification, kind == "svf")
            self.shape = (self.functions.ends[-1], 6)


@lru_cache(maxsize=1024)
def of(key: str, kind: Kind) -> Map:
    """The map of a specification, or of a number of sections."""
    return Map(key, kind)
