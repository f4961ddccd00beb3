"""What holds from a day to a day inside one procedure file: fees, and how often more papers may be asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from backend.domain import catalogue
from backend.domain.law_files import check, load_catalogue
from backend.domain.workflow import Done, Hat, Limit, Refusal, View, available, decide, load
from tests.law.kit import LAW, PROCEDURES, SMALL, folder_with

TABLE = load(PROCEDURES.parent / "workflow")
FEES = "  - {amount: 8000, valid_to: 2026-12-31}\n  - {amount: 5000, valid_from: 2027-01-01}\n"
ASKED = "supplement:\n  - {stage: processing, most: 2, ground: Luật Nhỏ, valid_from: 2026-01-01, valid_to: 2026-12-31}\n"
COMMON = "supplement:\n  - {stage: processing, most: 1, ground: Luật Cũ, valid_to: 2025-12-31}\n  - {stage: processing, most: 1, ground: Luật Chung, valid_from: 2026-01-01}\n"


def with_fees(text: str) -> str:
    return SMALL.replace("  - {amount: null}\n", text)


@pytest.mark.parametrize(("day", "amount"), [(date(2025, 7, 1), 8000), (date(2026, 12, 31), 8000), (date(2027, 1, 1), 5000), (date(2030, 1, 1), 5000)])
def test_a_fee_changes_on_its_day_in_one_version_of_the_file(tmp_path, day, amount):
    law = load_catalogue(folder_with(tmp_path, tiny=with_fees(FEES)))
    assert len(law.versions()) == 1
    assert catalogue.fee_for(law.get("tiny"), {}, day).amount == amount


@pytest.mark.parametrize(("day", "amount", "verified"), [(date(2026, 12, 31), 25000, True), (date(2027, 1, 1), 50000, False)])
def test_the_identity_card_is_one_file_over_the_end_of_its_halved_fee(day, amount, verified):
    case = catalogue.fee_for(LAW.get("doi_can_cuoc", day), {"reason": "expired"}, day)
    assert (case.amount, case.verified, len([p for p in LAW.versions() if p.id == "doi_can_cuoc"])) == (amount, verified, 1)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("valid_to: 2026-12-31", "valid_from: 2026-12-31, valid_to: 2026-01-01"), "tiny.yaml:21: ends before it begins"),
        (("valid_to: 2026-12-31", "valid_to: 2025-06-30"), "tiny.yaml:21: never holds: this file holds from 2025-07-01; correct the days, or take the line out"),
        (("valid_from: 2027-01-01", "valid_from: 2026-12-31"), "tiny.yaml:22: two lines for the same case hold on 2026-12-31; end the older one the day before"),
        ((", valid_from: 2027-01-01", ""), "tiny.yaml:22: two lines for the same case hold on the first day; end the older one the day before"),
        (("valid_from: 2027-01-01", "valid_from: 2027-02-01"), "tiny.yaml:22: after 2026-12-31 no line for this case holds until 2027-02-01; let the days follow one another"),
        (("valid_from: 2027-01-01", "valid_from: mai"), "tiny.yaml:22: fee.1.valid_from: "),
    ],
)
def test_wrong_days_of_a_fee_say_where_and_what(tmp_path, change, error):
    lines = check(folder_with(tmp_path, tiny=with_fees(FEES.replace(*change))))
    assert any(line.startswith(error) for line in lines), lines


@pytest.mark.parametrize(
    ("day", "most", "ground"),
    [(date(2025, 8, 1), 1, "Luật Cũ"), (date(2026, 3, 1), 2, "Luật Nhỏ"), (date(2026, 12, 31), 2, "Luật Nhỏ"), (date(2027, 1, 1), 1, "Luật Chung")],
)
def test_a_procedures_own_law_goes_before_the_common_one_while_it_holds(tmp_path, day, most, ground):
    law = load_catalogue(folder_with(tmp_path, tiny=SMALL + ASKED, defaults=COMMON))
    found = law.supplement(law.get("tiny"), "processing", day)
    assert (found.most, found.ground) == (most, ground)
    assert law.supplement(law.get("tiny"), "intake", day) is None


@pytest.mark.parametrize("day", [date(2022, 10, 24), date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 23)])
def test_the_law_in_force_says_of_every_procedure_how_often_and_on_what_ground(day):
    assert all(LAW.supplement(procedure, "processing", day).ground for procedure in LAW.versions())


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({"tiny": SMALL + ASKED.replace("most: 2", "most: 0")}, "tiny.yaml:25: supplement.0.most: "),
        ({"tiny": SMALL + ASKED.replace("ground: Luật Nhỏ, ", "")}, "tiny.yaml:25: supplement.0.ground: "),
        ({"tiny": SMALL + ASKED.replace("2026", "2024")}, "tiny.yaml:25: never holds"),
        ({"tiny": SMALL, "defaults": COMMON.replace("2026-01-01", "2026-02-01")}, "defaults.yaml:3: after 2025-12-31 no line for this case holds until 2026-02-01"),
        ({"tiny": SMALL, "defaults": COMMON.replace("processing, most", "later, most")}, "defaults.yaml:2: supplement.0.stage: "),
    ],
)
def test_a_wrong_supplement_says_where_and_what(tmp_path, files, error):
    lines = check(folder_with(tmp_path, **files))
    assert any(line.startswith(error) for line in lines), lines


class _Person:
    id, unit, hats = "Tuấn", "H55.242", (Hat(("chuyenmon",)),)


@pytest.mark.parametrize(("asked", "most", "allowed"), [(0, 1, True), (1, 1, False), (1, 2, True), (2, 2, False)])
def test_one_time_too_many_is_refused_with_the_ground_and_who_asked_first(asked, most, allowed):
    past = tuple(Done("ask_supplement", f"staff-{n}", datetime(2026, 11, 20 + n, 2, tzinfo=UTC)) for n in range(asked))
    view = View("processing", "H55.242", 5, past, limits={"ask_supplement": Limit(most, "Luật Nhỏ")})
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    done = decide(TABLE, view, "ask_supplement", _Person(), {"papers": ["x"], "reason": "x", "ground": "x"}, now)
    assert ("ask_supplement" in {rule.action for rule in available(TABLE, view, _Person())}) is allowed
    if allowed:
        assert (done.to, done.clock) == ("supplement", "pause")
    else:
        said = {"most": most, "ground": "Luật Nhỏ", "by": "staff-0", "at": "2026-11-20T02:00:00+00:00", "action": "Yêu cầu bổ sung"}
        assert done == Refusal("too_often_by_law", said)
