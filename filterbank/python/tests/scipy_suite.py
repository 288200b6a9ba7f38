"""Runs scipy's own tests of the functions that this package has too, against this package.

The installed scipy's tests are imported; the functions in ``scipy.signal`` are replaced. A test counts
if it calls a replaced function. Prints the count, and each failure with its reason; exits with 1 if a
test fails without a known reason, or a test with a known reason passes.

    python tests/scipy_suite.py
"""

from __future__ import annotations

import functools
import sys
from typing import Any

import pytest
import scipy
import scipy.signal
from scipy._lib._array_api import xp_capabilities_table

import filterbank

NAMES = [
    "bessel", "butter", "cheby1", "cheby2", "ellip", "freqz_sos", "group_delay", "iirnotch", "iirpeak", "sos2tf",
    "sos2zpk", "sosfilt", "sosfilt_zi", "sosfiltfilt", "sosfreqz", "zpk2sos",
]  # fmt: skip

MODULES = ["scipy.signal.tests.test_filter_design", "scipy.signal.tests.test_signaltools"]

#: Tests that fail, and why.
KNOWN: dict[str, str] = {}


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

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.calls.clear()
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.split("/")[-1]
        if report.when == "call" and self.calls:
            self.ends[name] = (report.outcome, last_line(report))


def last_line(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash.message.splitlines()[0] if crash else ""


def reason(name: str) -> str | None:
    return next((reason for part, reason in KNOWN.items() if part in name), None)


def main() -> int:
    count = Count()
    for name in NAMES:
        count.replace(name)
    options = ["-q", "--no-header", "--no-summary", "-p", "no:cacheprovider", "-W", "ignore", "--rootdir", "/"]
    pytest.main([*options, "--pyargs", *MODULES], plugins=[count])

    def of(outcome: str) -> dict[str, str]:
        return {name: line for name, (end, line) in count.ends.items() if end == outcome}

    wrong = 0
    for name, line in of("failed").items():
        known = reason(name)
        wrong += known is None
        print(f"failed: {name}: {known or f'NOT EXPECTED: {line}'}")
    for name in of("passed"):
        if reason(name) is not None:
            wrong += 1
            print(f"passed, but it is listed as a failure: {name}")
    passed, failed, skipped = (len(of(outcome)) for outcome in ("passed", "failed", "skipped"))
    print(f"scipy {scipy.__version__}, tests that call a replaced function:")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return int(wrong > 0 or passed == 0)


if __name__ == "__main__":
    sys.exit(main())
