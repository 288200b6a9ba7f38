"""tmp"""
from __future__ import annotations
from typing import Literal, Optional
import torch
#: What coefficients do between two frames.
Interpolation = Literal["held", "linear"]


def check_frames(name: str, frames: int, hop: Optional[int], time: int) -> int:
    """The samples from frame to frame. The last frame begins within the signal."""
    if hop is None:
        raise ValueError(f"`hop` is missing: the samples from frame to frame of `{name}`")
    if hop < 1:
        raise ValueError(f"`hop` = {hop} must be at least 1 sample")
    expected = max(1, -(-time // hop))
    if frames != expected:
        raise ValueError(
            f"`{name}` has {frames} frames, but {time} samples with a hop of {hop} have {expected}"
        )
    return hop

def filter_moving(svf, x, hop, interpolation):
    raise NotImplementedError
