"""Both sides count the same, and whatever one of them lacks has a name."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import delete, update

from backend.domain import exchange
from backend.domain.exchange import Entry
from backend.office import exchange_report
from backend.store.tables import ExchangeIn, ExchangeOut
from tests.exchange.kit import COMMUNE, KEY, PROVINCE, hand_over
from tests.exchange.test_hand_over import received


@pytest.fixture
def exchanged(pair):
    """Two dossiers that went up and were acknowledged; returns (commune, province, their ids here)."""
    commune, province = pair
    made = [received(commune, ref) for ref in ("m1-1", "m2-1")]
    for id_ in made:
        hand_over(commune, id_)
    commune.work()
    province.work()
    return commune, province, made


def test_both_sides_report_the_same(exchanged):
    commune, province, _ = exchanged
    assert [(line.way, line.ours, line.theirs, line.fits) for line in commune.report()] == [("sent", 2, 2, True), ("received", 2, 2, True)]
    assert [(line.way, line.ours, line.fits) for line in province.report()] == [("sent", 2, True), ("received", 2, True)]


def test_a_row_that_is_gone_there_is_named_with_its_dossier(exchanged):
    commune, province, made = exchanged
    gone = next(row for row in commune.rows(ExchangeOut) if row.dossier_id == made[1])
    with province.database.write() as session:
        session.execute(delete(ExchangeIn).where(ExchangeIn.id == gone.id))
    for side, way, what in ((commune, "sent", "missing_there"), (province, "received", "missing_here")):
        [line] = [line for line in side.report() if not line.fits]
        assert (line.way, [(p.what, p.entry.kind, p.entry.code) for p in line.problems]) == (way, [(what, "hand_over", commune.again(made[1]).code)])
    assert "missing here: hand_over of H55.242-" in exchange_report.as_text(line)


def test_a_row_that_was_changed_is_named(exchanged):
    commune, province, _ = exchanged
    with province.database.write() as session:
        row = next(row for row in province.rows(ExchangeIn))
        session.execute(update(ExchangeIn).where(ExchangeIn.id == row.id).values(body_hash="0" * 64))
    [line] = [line for line in commune.report() if not line.fits]
    assert [(p.what, p.entry.id) for p in line.problems] == [("different", row.id)]


def test_two_books_of_the_same_length_that_differ_name_the_missing_the_altered_and_the_extra_one(pair):
    """One message is gone there, one was altered, and one is there that nobody sent: the counts alone are equal."""
    commune, province = pair
    gone, altered, _ = made = [received(commune, ref) for ref in ("m1-1", "m2-1", "m3-1")]
    for id_ in made:
        hand_over(commune, id_)
    commune.work()
    province.work()
    ids = {row.dossier_id: row.id for row in commune.rows(ExchangeOut) if row.kind == "hand_over"}
    with province.database.write() as session:
        session.execute(delete(ExchangeIn).where(ExchangeIn.id == ids[gone]))
        session.execute(update(ExchangeIn).where(ExchangeIn.id == ids[altered]).values(body_hash="0" * 64))
        strange = ExchangeIn(peer=COMMUNE, id="stranger", unit=PROVINCE, kind="hand_over", foreign_id="x", foreign_code="H55.242-261123-0099", seq=1)
        strange.body_hash, strange.state, strange.answer, strange.sent_at, strange.at = "1" * 64, "applied", {}, commune.clock.now(), commune.clock.now()
        session.add(strange)
    codes = [commune.again(id_).code for id_ in (gone, altered)]
    for side, way, said in ((commune, "sent", ("missing_there", "missing_here")), (province, "received", ("missing_here", "missing_there"))):
        [line] = [line for line in side.report() if not line.fits]
        assert (line.way, line.ours, line.theirs) == (way, 3, 3)
        found = {(p.what, p.entry.code) for p in line.problems}
        assert found == {(said[0], codes[0]), ("different", codes[1]), (said[1], "H55.242-261123-0099")}
        text = exchange_report.as_text(line)
        assert text.startswith(f"2026-11-23 {next(iter(side.office.peers)).id} {way}: 3 here, 3 there, different") and text.count("\n") == 3
    assert [line.fits for line in commune.report() if line.way == "received"] == [True]


def test_what_is_still_under_way_is_waiting_and_a_silent_peer_is_said_so(pair):
    commune, province = pair
    hand_over(commune, received(commune))
    assert [(line.theirs, [p.what for p in line.problems]) for line in commune.report()] == [(0, ["waiting"])]
    province.stop()
    [line] = commune.report()
    assert (line.theirs, line.fits) == (None, False)
    assert "not to be reached" in exchange_report.as_text(line)


def test_the_summary_holds_no_personal_data_and_is_for_who_signed(exchanged):
    _, province, _ = exchanged
    path = f"{exchange.SUMMARY}?first=2026-11-23&last=2026-11-23&rows=true"
    asked = httpx.get(province.url + path, headers=exchange.signed(KEY, COMMUNE, "GET", path, province.clock.now(), "s1"))
    assert asked.json()["days"]["2026-11-23"]["received"]["count"] == 2
    assert "006199003321" not in asked.text and "TRIỆU" not in asked.text
    assert httpx.get(province.url + path.replace("11-23&rows", "11-24&rows"), headers=dict(asked.request.headers)).status_code == 401
    assert httpx.get(province.url + path).status_code == 401


@pytest.mark.parametrize(("here", "there", "ours", "what"), [
    ("open", None, True, "waiting"),
    ("applied", None, True, "missing_there"),
    ("applied", None, False, "missing_there"),
    (None, "open", False, "waiting"),
    (None, "applied", True, "missing_here"),
    ("open", "applied", True, "waiting"),
    ("applied", "refused", True, "different"),
    ("applied", "applied", True, None),
])  # fmt: skip
def test_the_table_of_what_may_not_fit(here, there, ours, what):
    one, two = ([Entry("a", "hand_over", "h", state)] if state else [] for state in (here, there))
    assert [p.what for p in exchange.compare(one, two, ours=ours)] == ([what] if what else [])


@pytest.mark.parametrize(("text", "says"), [
    ("{", "no JSON"),
    ("[]", "an office id"),
    ('{"H55": {"url": "http://tinh.example", "key": "KEY"}}'.replace("KEY", KEY), "https"),
    ('{"H55": {"url": "https://tinh.example", "key": "short"}}', "at least 32"),
    ('{"H55": {"url": "https://tinh.example", "keys": "x"}}', "not known"),
    ('{"": {"url": "https://tinh.example", "key": "KEY"}}'.replace("KEY", KEY), "1 to 20"),
])  # fmt: skip
def test_a_wrong_setting_says_what_to_do_and_never_the_key(text, says):
    with pytest.raises(ValueError, match=says) as error:
        exchange.read_peers(text)
    assert KEY not in str(error.value)


def test_a_peer_is_found_by_id_by_name_and_by_unit():
    peers = exchange.read_peers('{"H55": {"url": "https://tinh.example/", "key": "KEY", "name": "Trung tâm tỉnh", "unit": "19"}}'.replace("KEY", KEY))
    assert {peers.called("H55"), peers.called(" trung tâm TỈNH"), peers.of_unit("19")} == {peers.get("H55")}
    assert (peers.called("Sở Tư pháp"), peers.get("H55").url) == (None, "https://tinh.example")
