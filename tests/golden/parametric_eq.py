"""What AutoEq makes of eight made-up curves, in four layouts: writes parametric_eq.json.

Needs AutoEq 4.1 (pip install autoeq). The curves are sums of bells over octaves, broad ones in the
bass and sharp ones in the treble, as errors of headphones are. For each layout of bands: the error
as the fit defines it (root mean square over 20 Hz to 20 kHz; from 10 kHz up only the mean counts),
the most that bands spend against each other at one frequency, and the largest gain, all in dB.
"""

import copy
import json
from pathlib import Path

import numpy as np
from autoeq.frequency_response import FrequencyResponse

RATE = 44_100.0
FREQUENCIES = 20.0 * 1.01 ** np.arange(695)


def bells(random):
    """Centre and width in octaves from 1 kHz, and height in dB."""
    rows = []
    for _ in range(6):
        rows.append((random.uniform(-5.5, -0.5), random.uniform(0.5, 1.5), random.normal(0, 2.5)))
    for _ in range(9):
        rows.append((random.uniform(0, 4.2), random.uniform(0.1, 0.5), random.normal(0, 4)))
    return [[round(float(number), 3) for number in row] for row in rows]


def level(rows):
    octaves = np.log2(FREQUENCIES / 1_000.0)
    return sum(height * np.exp(-(((octaves - center) / width) ** 2)) for center, width, height in rows)


def layout(peaks, shelves, q=(0.18248, 6.0), gain=20.0):
    limits = dict(min_gain=-gain, max_gain=gain, min_q=q[0], max_q=q[1], min_fc=20.0, max_fc=10e3)
    filters = [{"type": "LOW_SHELF", "fc": 105.0, "q": 0.7}, {"type": "HIGH_SHELF", "fc": 10e3, "q": 0.7}]
    return dict(filter_defaults=limits, filters=(filters if shelves else []) + [{"type": "PEAKING"}] * peaks)


LAYOUTS = {
    "8 peaks and 2 shelves": layout(8, True),
    "5 peaks": layout(5, False),
    "10 peaks": layout(10, False),
    "8 peaks and 2 shelves within limits": layout(8, True, (0.5, 5.0), 12.0),
}


def fit(levels, config):
    response = FrequencyResponse(name="curve", frequency=FREQUENCIES, raw=np.zeros(len(levels)))
    response.equalization = levels
    found = response.optimize_parametric_eq(copy.deepcopy(config), RATE)[0]
    single = np.array([band.fr for band in found.filters])
    total = single.sum(axis=0)
    error = total - np.interp(np.log(found.f), np.log(FREQUENCIES), levels)
    error[found.f >= 10e3] = error[found.f >= 10e3].mean()
    return dict(
        rms_db=float(np.sqrt((error**2).mean())),
        opposition_db=float((np.abs(single).sum(axis=0) - np.abs(total)).max() / 2),
        largest_gain_db=float(max(abs(band.gain) for band in found.filters)),
    )


def main():
    random = np.random.default_rng(11)
    curves = [bells(random) for _ in range(8)]
    results = {name: [fit(level(rows), config) for rows in curves] for name, config in LAYOUTS.items()}
    text = json.dumps(dict(curves=curves, autoeq=results), indent=1)
    Path(__file__).with_suffix(".json").write_text(text + "\n")
    for name, rows in results.items():
        print(name, {key: round(float(np.mean([row[key] for row in rows])), 3) for key in rows[0]})


if __name__ == "__main__":
    main()
