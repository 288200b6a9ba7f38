"""Maps of parameters, with their derivatives, for the frameworks that differentiate.

Their graphs hold texts, not objects. So a map is known by a text, and made once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, Union

from . import _core

#: What a map makes of parameters: second-order sections, coefficients of the state-variable form,
#: second-order sections of free coefficients, or parameters of free numbers.
Kind = Literal["sos", "svf", "raw", "params"]


def key(specification: _core.Specification, ordered: Sequence[Sequence[str]] = ()) -> str:
    """A specification as text, with lists of parameters that stay in rising order."""
    bands = zip(specification.band_names, specification.bands, strict=True)
    lines = [f"{name}\t{band}" for name, band in bands]
    return "\n".join(
        [repr(specification.fs), *lines, *("\t".join(["", *each]) for each in ordered)]
    )


def _read(key: str) -> tuple[_core.Specification, list[list[str]]]:
    """The inverse of :func:`key`."""
    fs, *lines = key.split("\n")
    fields = [line.split("\t") for line in lines]
    bands = [(name, rest[0]) for name, *rest in fields if name]
    ordered = [rest for name, *rest in fields if not name]
    texts, names = [text for _, text in bands], [name for name, _ in bands]
    return _core.Specification(texts, float(fs), names), ordered


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
