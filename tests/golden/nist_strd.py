"""Writes nist_strd.json: the nonlinear regression problems of NIST's Statistical Reference Datasets.

Problems, data, both starts and certified values are NIST's (https://www.itl.nist.gov/div898/strd/),
a work of the US government in the public domain. The argument is a folder with the 27 `.dat` files
as NIST publishes them.
"""

import json
import re
import sys
from pathlib import Path

TARGET = Path(__file__).with_suffix(".json")


def lines_of(lines, what):
    """The lines that the header of a file says are `what`."""
    first, last = map(
        int, re.search(what + r"\s*\(lines\s+(\d+)\s+to\s+(\d+)\)", "\n".join(lines)).groups()
    )
    return lines[first - 1 : last]


def problem(path):
    lines = path.read_text().splitlines()
    starts = [line.split("=")[1].split() for line in lines_of(lines, "Starting Values")]
    data = [line.split() for line in lines_of(lines, "Data") if line.strip()]
    squares = next(line for line in lines if line.startswith("Residual Sum of Squares"))
    level = next(line for line in lines if "Level of Difficulty" in line).split()[0].lower()
    column = lambda rows, index: [float(row[index]) for row in rows]
    return {
        "name": path.stem,
        "difficulty": level,
        "starts": [column(starts, 0), column(starts, 1)],
        "certified": column(starts, 2),
        "standard_deviations": column(starts, 3),
        "sum_of_squares": float(squares.split(":")[1]),
        "y": column(data, 0),
        "x": [column(data, index) for index in range(1, len(data[0]))],
    }


def main():
    order = {"lower": 0, "average": 1, "higher": 2}
    problems = [problem(path) for path in sorted(Path(sys.argv[1]).glob("*.dat"))]
    problems.sort(key=lambda problem: order[problem["difficulty"]])
    assert len(problems) == 27
    rows = ",\n".join(json.dumps(problem) for problem in problems)
    TARGET.write_text("[\n" + rows + "\n]\n")


main()
