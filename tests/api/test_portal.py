"""The adapter against a stand-in: what comes in becomes one dossier, what happens is told once and in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from backend.doors.api.dossiers import read
from backend.office import jobs, portal
from backend.office.portal import Portal
from backend.settings import SettingsError, load_settings
from backend.store.tables import Dossier, Job, PortalCase
from tests.api.kit import BIRTH
from tests.fakes.loopback import Loopback
from tests.fakes.portal import TOKEN, PretendPortal
from tests.office.kit import BINH, UNIT, office_of
from tests.office.lives import act

CASE = {"number": "G22.99-261123-0001", "procedure": "khai_sinh", "answers": BIRTH, "phone": "0981110011"}


@contextmanager
def joined(database, vault, clock, there: PretendPortal, token: str = TOKEN) -> Iterator[Portal]:
    """The adapter, joined to a stand-in on loopback, with the asking queued."""
    with database.write() as session:
        portal.begin(session, UNIT, clock.now())
    with Loopback(there) as server, httpx.Client() as http:
        yield Portal(database, office_of(vault), clock, server.url, token, read, http)


def run(database, clock, adapter: Portal, times: int = 1) -> list[str]:
    """Do `times` portal jobs that may run now; returns why any was given back."""
    said = []
    for _ in range(times):
        with database.write() as session:
            claim = jobs.claim(session, "test", clock.now())
        if claim is None:
            return said
        if claim.kind != "portal":
            with database.write() as session:
                jobs.finish(session, claim)
            continue
        try:
            adapter(claim)
        except jobs.Later as later:
            said.append(later.reason)
            with database.write() as session:
                jobs.retry(session, claim, later.reason, clock.now(), later.after)
    return said


def one(database) -> Dossier:
    with database.read() as session:
        return session.scalars(select(Dossier).where(Dossier.status != "draft")).one()


def test_a_case_becomes_a_dossier_and_what_happens_is_told_without_names(database, vault, clock):
    there = PretendPortal({CASE["number"]: CASE})
    with joined(database, vault, clock, there) as adapter:
        run(database, clock, adapter, 2)
        made = one(database)
        assert (made.channel, made.status, there.acknowledged[CASE["number"]]) == ("portal", "sent", {"dossier": made.code, "status": "sent"})
        with database.write() as session:
            act(session, office_of(vault), session.get(Dossier, made.id), "receive", clock.now(), BINH)
        run(database, clock, adapter, 6)
    told = list(there.events[CASE["number"]].values())
    assert [(one["seq"], one["action"], one["status"]) for one in told] == [(1, "send", "sent"), (2, "receive", "received")]
    assert set(told[1]) == {"dossier", "seq", "action", "status", "at", "due_at"} and told[1]["due_at"].startswith("2026-11-23T17:00")


def test_a_lost_acknowledgement_doubles_nothing(database, vault, clock):
    there = PretendPortal({CASE["number"]: CASE}, deaf=1)
    with joined(database, vault, clock, there) as adapter:
        assert run(database, clock, adapter) == ["portal: HTTPStatusError"]
        clock.shift(timedelta(minutes=1))
        run(database, clock, adapter, 3)
    assert there.acknowledged[CASE["number"]]["dossier"] == one(database).code
    with database.read() as session:
        assert session.scalar(select(func.count(PortalCase.number))) == 1


def test_what_cannot_be_taken_is_answered_with_its_reason_and_asked_about_no_more(database, vault, clock):
    bad = {"A1": {"number": "A1", "procedure": "khong_co", "answers": {}}, "A2": {"number": "A2", "procedure": "khai_sinh", "answers": {"relation": "?"}},
           "A3": {"number": "A3", "procedure": "khai_sinh", "answers": ["mother"], "phone": 5}}  # fmt: skip
    there = PretendPortal(bad | {"A 4/../": {"number": "A 4/../", "procedure": "khai_sinh"}})
    with joined(database, vault, clock, there) as adapter:
        run(database, clock, adapter)
    assert there.acknowledged == {"A1": {"refused": "procedure_unknown"}, "A2": {"refused": "answers"}, "A3": {"refused": "unreadable"}}
    with database.read() as session:
        assert session.scalar(select(func.count(Dossier.id))) == 0


def test_while_the_line_is_down_events_wait_and_then_come_in_order(database, vault, clock):
    there = PretendPortal({CASE["number"]: CASE})
    with joined(database, vault, clock, there) as adapter:
        run(database, clock, adapter)
        there.down = True
        with database.write() as session:
            row = session.scalars(select(Dossier)).one()
            for action in ("receive", "process"):
                act(session, office_of(vault), row, action, clock.now(), BINH)
        for _ in range(4):
            run(database, clock, adapter, 4)
            clock.shift(timedelta(minutes=6))
        assert there.events == {}
        there.down = False
        run(database, clock, adapter, 12)
    assert [told["seq"] for told in there.events[CASE["number"]].values()] == [1, 2, 3]


def test_a_portal_that_refuses_our_token_is_asked_again_later(database, vault, clock):
    with joined(database, vault, clock, PretendPortal(), "another") as adapter:
        assert run(database, clock, adapter) == ["portal: HTTPStatusError"]
    with database.read() as session:
        row = session.scalars(select(Job)).one()
    assert (row.state, row.run_at, row.attempts) == ("ready", clock.now() + portal.EVERY, 0)


def test_switched_off_it_lets_go_of_what_is_queued(database, vault, clock):
    with database.write() as session:
        portal.begin(session, UNIT, clock.now())
        portal.begin(session, UNIT, clock.now())
    with httpx.Client() as http:
        assert run(database, clock, Portal(database, office_of(vault), clock, None, "", read, http), 2) == []
    with database.read() as session:
        assert session.scalar(select(func.count(Job.id))) == 0


def test_a_portal_without_its_token_stops_the_start():
    with pytest.raises(SettingsError, match="PORTAL_TOKEN is missing"):
        load_settings(PORTAL_URL="https://cong.example/api")
