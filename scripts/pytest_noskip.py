"""A pytest plugin: names what was left out, and with CI=true makes every skip a failure.

Loaded by ./test with `-p scripts.pytest_noskip`. An expected failure (xfail) is not a skip.
"""

import os
from collections import Counter

import pytest

STRICT = os.environ.get("CI", "").lower() in ("1", "true", "yes")
_left_out: Counter[str] = Counter()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _judged((yield))


def _judged(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = _reason(report.longrepr)
        _left_out[reason] += 1
        if STRICT:
            report.outcome = "failed"
            report.longrepr = f"left out, which CI does not allow: {reason}"
    return report


def _reason(longrepr) -> str:
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter):
    if _left_out:
        terminalreporter.section("left out")
        for reason, count in _left_out.most_common():
            terminalreporter.write_line(f"{count} × {reason}")
