#!/usr/bin/env python3
"""Runs every benchmark and writes the tables and the date into docs/BENCHMARKS.md.

The packages that compare.py needs must be installed. Check the text around the tables by hand,
with the machine and the versions.
"""

import datetime
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = (
    ["cargo", "bench", "-p", "filterbank-benches"],
    [sys.executable, "benches/compare.py"],
)


def tables(text):
    """The tables in a text, by the first word of their heads."""
    found = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return {table.split()[1]: table for table in found}


def main():
    printed = {}
    for command in COMMANDS:
        run = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        printed |= tables(run.stdout)
    path = ROOT / "docs" / "BENCHMARKS.md"
    text = path.read_text()
    for title, old in tables(text).items():
        text = text.replace(old, printed.pop(title))
    assert not printed, f"no place for the tables {list(printed)}"
    today = datetime.date.today().isoformat()
    path.write_text(re.sub(r"(?<=measured on )[\d-]+", today, text))


if __name__ == "__main__":
    main()
