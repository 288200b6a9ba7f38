"""Runs scipy's own tests of the functions that this package has too, against this package.

The installed scipy's tests are imported; the functions in ``scipy.signal`` are replaced. A test
counts if it calls a replaced function. Prints the count, and each failure with its reason; exits
with 1 if a test fails without a known reason, or a test with a known reason passes.

    python tests/scipy_suite.py
"""

from __future__ import annotations

import functools
import inspect
import re
import sys
from typing import Any

import filterbank
import pytest
import scipy
import scipy.signal
from scipy._lib._array_api import xp_capabilities_table

NAMES = [
    "bessel", "butter", "cheby1", "cheby2", "ellip", "freqz_sos", "group_delay", "iirnotch",
    "iirpeak", "sos2tf", "sos2zpk", "sosfilt", "sosfilt_zi", "sosfiltfilt", "sosfreqz", "zpk2sos",
]  # fmt: skip

MODULES = ["scipy.signal.tests.test_filter_design", "scipy.signal.tests.test_signaltools"]

ANALOG = "analog=True is refused: filters are digital"
ORDER = "orders above 24 are refused"
SENTENCE = "a ValueError, but not with scipy's sentence"
ROUNDING = "coefficients that are 0 but for rounding are compared without an absolute tolerance"

#: Tests that fail, and why.
KNOWN = {
    "TestSos2Zpk::test_fewer_zeros": "no warning: nothing is divided by b0",
    "TestZpk2Sos::test_dtypes[numpy-minimal": "the pairing 'minimal' is for analog filters",
    "TestZpk2Sos::test_pairing[numpy-minimal": "the pairing 'minimal' is for analog filters",
    "TestZpk2Sos::test_analog": ANALOG,
    "TestZpk2Sos::test_bad_args": SENTENCE,
    "TestFreqs_zpk::test_vs_freqs": ANALOG,
    "TestButtord::test_analog": ANALOG,
    "TestCheb1ord::test_analog": ANALOG,
    "TestCheb2ord::test_analog": ANALOG,
    "TestEllipord::test_analog": ANALOG,
    "TestEllipord::test_lowpass_1000dB": ORDER,
    "TestBessel::test_degenerate": ANALOG,
    "TestBessel::test_refs": ANALOG,
    "TestBessel::test_norm": ANALOG,
    "TestBessel::test_fs_param": ROUNDING,
    "TestButter::test_degenerate": ANALOG,
    "TestButter::test_basic": ANALOG,
    "TestButter::test_highpass": ORDER,
    "TestButter::test_bandpass": ANALOG,
    "TestButter::test_ba_output": ANALOG,
    "TestButter::test_fs_param": ROUNDING,
    "TestCheby1::test_degenerate": ANALOG,
    "TestCheby1::test_basic": ANALOG,
    "TestCheby1::test_highpass": ANALOG,
    "TestCheby1::test_ba_output": ANALOG,
    "TestCheby1::test_fs_param": ROUNDING,
    "TestCheby2::test_degenerate": ANALOG,
    "TestCheby2::test_basic": ANALOG,
    "TestCheby2::test_highpass": ORDER,
    "TestCheby2::test_ba_output": ANALOG,
    "TestEllip::test_degenerate": ANALOG,
    "TestEllip::test_basic": ANALOG,
    "TestEllip::test_bandpass": ANALOG,
    "TestEllip::test_ba_output": ANALOG,
    "test_sos_consistency": "designed sections have the library's order and gains",
    "TestGroupDelay::test_fir": "(b, a) above order 2 is refused: give sections",
    "TestGroupDelay::test_iir": "(b, a) above order 2 is refused: give sections",
    "TestGroupDelay::test_fs_param": "(b, a) above order 2 is refused: give sections",
    "TestGroupDelay::test_singular": "no warning: on a zero the delay is the limit",
    "TestGroupDelay::test_complex_coef": "complex coefficients are refused",
    "TestSOSFilt::test_bad_zi_shape": "rows with a0 other than 1 are divided by it",
}


class Count:
    """Which tests call a replaced function, and how they end."""

    def __init__(self) -> None:
        self.calls: set[str] = set()
        self.ends: dict[str, tuple[str, str]] = {}

    def replace(self, name: str) -> None:
        original, ours = getattr(scipy.signal, name), getattr(filterbank, name)

        @functools.wraps(original)
        def replaced(*args: Any, **kwargs: Any) -> Any:
            self.calls.add(name)
            return ours(*args, **kwargs)

        if original in xp_capabilities_table:
            xp_capabilities_table[replaced] = xp_capabilities_table[original]
        setattr(scipy.signal, name, replaced)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Drops the tests whose source does not name a replaced function."""
        items[:] = [item for item in items if isinstance(item, pytest.Function) and mentions(item)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.calls.clear()
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.split("/")[-1]
        if report.when == "call" and self.calls:
            self.ends[name] = (report.outcome, last_line(report))


def mentions(item: pytest.Function) -> bool:
    return (item.cls is not None and names_in(item.cls)) or names_in(item.function)


@functools.cache
def names_in(source: Any) -> bool:
    classes = inspect.getmro(source)[:-1] if inspect.isclass(source) else [source]
    text = "".join(inspect.getsource(part) for part in classes)
    return re.search(rf"\b({'|'.join(NAMES)})\b", text) is not None


def last_line(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash.message.splitlines()[0] if crash else ""


def reason(name: str) -> str | None:
    return next((reason for part, reason in KNOWN.items() if part in name), None)


def main() -> int:
    count = Count()
    for name in NAMES:
        count.replace(name)
    options = [
        "-q",
        "--no-header",
        "--no-summary",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore",
        "--rootdir",
        "/",
    ]
    pytest.main([*options, "--pyargs", *MODULES], plugins=[count])

    def of(outcome: str) -> dict[str, str]:
        return {name: line for name, (end, line) in count.ends.items() if end == outcome}

    wrong = 0
    for name, line in of("failed").items():
        known = reason(name)
        wrong += known is None
        print(f"differs: {name}: {known or f'NOT EXPECTED: {line}'}")
    for name in of("passed"):
        if reason(name) is not None:
            wrong += 1
            print(f"passed, but it is listed as a failure: {name}")
    passed, failed, skipped = (len(of(outcome)) for outcome in ("passed", "failed", "skipped"))
    print(f"scipy {scipy.__version__}, tests that call a replaced function:")
    print(f"{passed} hold, {failed} differ for the reasons above, {skipped} do not apply")
    return int(wrong > 0 or passed == 0)


if __name__ == "__main__":
    sys.exit(main())
