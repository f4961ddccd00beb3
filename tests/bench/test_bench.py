"""The page of figures says what was measured, and what was not. Nothing is timed here."""

from __future__ import annotations

import pytest

from tests.bench import kills, page, run
from tests.bench.figures import EDGE, Turn, conversation, percentile


def side(first: float, last: float) -> dict:
    """A conversation whose turns cost `first` and, in its second half, `last` seconds."""
    turns = [Turn(kind, cost, cost) for cost in (first, last) for _ in range(EDGE) for kind in ("free", "digit")]
    return conversation(turns)


@pytest.fixture
def results() -> dict:
    seen = {"date": "2026-11-24", "load": 3.25}
    parse = {"cpu_ms": 4.04, "p50_ms": 5.0, "p95_ms": 6.0, "memory_mb": 583.4}
    door = {"requests": 500, "cpu_ms": 1.5, "p50_ms": 2.0, "p95_ms": 3.0, "p99_ms": 234.5}
    return {
        "machine": {"cores": 2, "load_before": 1.5},
        "turns": {
            "sides": {"ours": side(0.02, 0.03), "rasa_stock": side(0.01, 0.06)}, "trained": {"rasa_stock": 56.4},
            "missing": {"rasa_starter": "not trained: it took too long"}, "memory_mb": {"nlu": 583.4}, **seen,
        },
        "webhook": {"sides": {"ours": door, "bare": {**door, "p99_ms": 12.0}}, "rate": 50, "seconds": 10.0, **seen},
        "queue": {
            "sides": {"ours": {"per_second": 61.2, "cpu_ms": 8.0}, "bare": {"per_second": 220.0, "cpu_ms": 0.5}}, "jobs": 100, "rounds": 2,
            **seen,
        },
        "api": {
            "sends": {"count": 1000, "clients": 16, "apps": 2, "per_second": 123.4, "cpu_ms": 9.26, "p50_ms": 80.0, "p95_ms": 200.4},
            "transition": {"count": 200, "statements": 7.0, "ours_ms": 3.0, "bare_ms": 1.5, "ours_mean_ms": 3.5, "bare_mean_ms": 1.75, "ratio": 2.0}, **seen,
        },
        "understanding": {"sides": {"ours": parse}, "parses": 100, "missing": {}, **seen},
        "kills": {"people": 30, "runs": kills.read("x\nsqlite: 360 messages, 30 dossiers, kills {'app': 12, 'nlu': 3}, repeats 17, unknown 0\n."), **seen},
    }  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "| Một Cửa | free text | 100 of 100 | 25.0 | 20.0 | 30.0 | ×1.0 |",
        "| Rasa, logistic regression, rules, SQL tracker, our lines | digit | 100 of 100 | 35.0 | 10.0 | 60.0 | ×1.4 |",
        "| Rasa, logistic regression, rules, SQL tracker, our lines | 10 → 60 (×6.0) | 10 → 60 (×6.0) |",
        "- Rasa, ordinary starter: left out, not trained: it took too long.",
        "| bare floor | 500 | 1.5 | 2.0 | 3.0 | 12.0 |",
        "| Một Cửa | 61 | 8.00 |",
        "| our understanding server | 583 |",
        "| 123 | 9.3 | 80.0 | 200 |",
        "| Một Cửa | 3.00 | 3.50 | ×2.0 |",
        "| sqlite | 360 | 30 | app: 12, nlu: 3 | 17 | 0 | 0 |",
        "Measured 2026-11-24; load average at the end 3.2.",
    ],
)
def test_the_page_has_the_figures_of_a_result(results, line):
    assert line in page.render(results).splitlines()


def test_a_part_that_was_not_measured_is_left_out(results):
    del results["queue"], results["webhook"]
    headings = [line for line in page.render(results).splitlines() if line.startswith("## ")]
    assert headings == ["## One whole turn", "## Understanding alone", "## Killed in the middle", "## The API on PostgreSQL"]


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.75, 3), (0.99, 4), (1.0, 4), (0.0, 1)])
def test_a_percentile_is_a_value_that_was_measured(share, value):
    assert percentile([4, 1, 3, 2], share) == value


def test_an_empty_measurement_is_an_error_and_not_a_zero():
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


def test_a_word_the_bench_does_not_know_is_refused_with_those_it_knows(capsys):
    assert run.main(["speed"]) == 1
    assert "choose from turns, webhook, queue, understanding" in capsys.readouterr().err
