"""Whether a candidate may serve: the rules as a table with invented figures, and the way through promote and rollback."""

from __future__ import annotations

import hashlib
import json
from math import comb

import pytest

from backend.office.kit import Refused
from bot.learning import compare, heatmap, registry
from bot.learning.commands import table
from tests.conftest import StillClock


@pytest.mark.parametrize(("lost", "won", "losses", "why"), [
    (0, 0, {}, []),
    (4, 4, {}, []),
    (2, 9, {}, []),
    (3, 30, {}, []),
    (7, 1, {}, []),
    (9, 1, {}, ["worse overall: 9 lines lost, 1 won, McNemar p = 0.0215 < 0.05"]),
    (8, 1, {}, ["worse overall: 8 lines lost, 1 won, McNemar p = 0.0391 < 0.05"]),
    (6, 0, {}, ["worse overall: 6 lines lost, 0 won, McNemar p = 0.0312 < 0.05"]),
    (5, 0, {}, []),
    (2, 40, {"greet": 2}, []),
    (3, 40, {"greet": 3}, ["intent greet loses 3 lines (at most 2)"]),
    (9, 40, {"greet": 3, "deny": 6, "thank": -30}, ["intent deny loses 6 lines (at most 2)", "intent greet loses 3 lines (at most 2)"]),
])  # fmt: skip
def test_a_candidate_serves_without_regression_only(lost, won, losses, why):
    assert compare.refusals(lost, won, losses) == why


@pytest.mark.parametrize(("lost", "won"), [(0, 0), (1, 1), (5, 0), (0, 6), (3, 9), (40, 60)])
def test_mcnemar_is_the_two_sided_binomial(lost, won):
    n = lost + won
    as_far = sum(comb(n, k) for k in range(n + 1) if abs(k - n / 2) >= abs(lost - n / 2)) / 2**n
    assert compare.mcnemar(lost, won) == pytest.approx(as_far)


def row(
    text: str,
    said: str,
    meant: str = "ask_fee|ask_procedure",
    procedure: str = "khai_sinh",
    found: str = "khai_sinh",
    sure: float = 0.9,
):
    return {
        "text": text,
        "intent": meant,
        "procedure": procedure,
        "predicted_intent": said,
        "predicted_procedure": found,
        "confidence": sure,
    }


SERVED = [
    row("a", "ask_fee"),
    row("b", "greet"),
    row("c", "ask_fee", found="khai_tu"),
    row("d", "deny", "deny", "", "khai_tu"),
]
BETTER = [
    row("a", "greet", sure=0.4),
    row("b", "ask_procedure"),
    row("c", "ask_fee"),
    row("d", "deny", "deny", "", ""),
]


def test_a_report_counts_what_was_lost_and_won_and_where():
    report = compare.report(SERVED, BETTER)
    assert (report["n"], report["lost"], report["won"], report["p"], report["promotable"]) == (
        4,
        1,
        2,
        1.0,
        True,
    )
    assert (report["right"], report["served"]["right"]) == (0.75, 0.5)
    assert report["intents"] == {
        "ask_fee": {"n": 3, "served": 1, "candidate": 2},
        "deny": {"n": 1, "served": 1, "candidate": 1},
    }
    assert report["confusions"] == [["ask_fee", "greet", 1]] and [
        error["text"] for error in report["errors"]
    ] == ["a"]
    assert [(change["text"], change["lost"]) for change in report["changed"]] == [
        ("a", True),
        ("b", False),
        ("c", False),
    ]
    assert json.loads(json.dumps(report)) == report
    assert "lost 1, won 2, McNemar exact p = 1.0000" in table(
        "f" * 64, report
    ) and "may be promoted" in table("f" * 64, report)


def test_models_that_were_asked_other_lines_are_not_compared():
    with pytest.raises(ValueError, match="not asked the same lines"):
        compare.report(SERVED, BETTER[:3])


def test_the_picture_has_a_square_for_every_pair_the_darkest_for_the_most():
    picture = heatmap.drawing(
        [["greet", "thank", 4], ["deny", "affirm", 2], ["greet", "deny", 1]],
        {"greet": "chào", "thank": "cảm ơn"},
    )
    assert [label for label, _ in picture.rows] == ["deny", "chào"] and len(picture.columns) == 3
    assert {cell.title: cell.dark for cell in picture.cells} == {
        "chào → cảm ơn: 4": 1.0,
        "deny → affirm: 2": 0.575,
        "chào → deny: 1": 0.362,
    }
    inside = [0 < cell.x < picture.width - 40 and 0 < cell.y < picture.height - 40 for cell in picture.cells]
    assert all(inside) and heatmap.drawing([], {}) is None


def archive_of(letter: str) -> tuple[str, bytes]:
    content = b"archive " + letter.encode()
    return hashlib.sha256(content).hexdigest(), content


class Shelf:
    """A register with models a, b, c … made one after another."""

    def __init__(self, database):
        self.database, self.clock = database, StillClock()

    def made(self, letter: str, *, tested_against: str | None = "", release: str = "r1", **report):
        hash, _ = archive_of(letter)
        with self.database.write() as session:
            model = registry.add(session, hash, release, letter * 16, 3, {}, self.clock.at)
            if tested_against != "":
                against = tested_against and archive_of(tested_against)[0]
                model.report = {"against": against, "promotable": True, "reasons": [], **report}
            self.clock.at = self.clock.at.replace(minute=self.clock.at.minute + 1)

    def promote(self, letter: str):
        with self.database.write() as session:
            registry.promote(session, *archive_of(letter), "bình", self.clock.at)

    def refused(self, letter: str) -> str:
        with pytest.raises(Refused) as why:
            self.promote(letter)
        return why.value.reason

    def back(self) -> str | None:
        with self.database.write() as session:
            before = registry.rollback(session)
        return before.hash if before else None

    @property
    def serving(self) -> str | None:
        with self.database.read() as session:
            model = registry.current(session)
        return model.hash if model else None


@pytest.fixture
def shelf(database) -> Shelf:
    return Shelf(database)


def test_a_promoted_model_serves_and_the_way_back_leads_through_every_one_before(shelf):
    shelf.made("a", tested_against=None)
    shelf.promote("a")
    shelf.made("b", tested_against="a")
    shelf.promote("b")
    assert shelf.serving == archive_of("b")[0]
    assert (shelf.back(), shelf.serving) == (archive_of("a")[0], archive_of("a")[0])
    assert (shelf.back(), shelf.serving) == (None, None)
    with pytest.raises(Refused, match="model_none"):
        shelf.back()


def test_what_was_rolled_back_may_serve_again_and_has_its_archive_once(shelf):
    shelf.made("a", tested_against=None)
    for _ in range(2):
        shelf.promote("a")
        assert shelf.serving == archive_of("a")[0]
        shelf.back()
    with shelf.database.read() as session:
        assert registry.candidate(session).hash == archive_of("a")[0]
        assert registry.archive(session, archive_of("a")[0]) == archive_of("a")[1]


@pytest.mark.parametrize(("made", "why"), [
    ({}, "model_untested"),
    ({"tested_against": "b"}, "model_test_old"),
    ({"tested_against": None, "promotable": False, "reasons": ["intent greet loses 3 lines (at most 2)"]}, "model_worse"),
])  # fmt: skip
def test_a_model_is_refused_with_the_reason(shelf, made, why):
    shelf.made("a", **made)
    assert shelf.refused("a") == why and shelf.serving is None
    with shelf.database.read() as session:
        assert registry.archive(session, archive_of("a")[0]) is None


def test_a_model_of_another_release_does_not_serve_this_one_and_is_not_what_a_new_one_is_judged_against(
    shelf,
):
    shelf.made("a", tested_against=None, release="r1")
    shelf.promote("a")
    with shelf.database.read() as session:
        assert (registry.served(session, "r1").hash, registry.served(session, "r2")) == (
            archive_of("a")[0],
            None,
        )
    shelf.made("b", tested_against=None, release="r2")
    shelf.promote("b")
    assert shelf.serving == archive_of("b")[0]


def test_an_unknown_model_is_unknown(shelf):
    assert shelf.refused("z") == "model_unknown"
