"""The README's examples run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def test_examples() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len(blocks) >= 3
    names: dict[str, Any] = {}
    exec("\n".join(blocks[:3]), names)
    assert names["names"] == ["mud.center", "mud.gain_db", "air.gain_db"]
    assert names["y"].shape == (8, 48_000) and names["fit"].converged
