"""The night's work waits in the queue, is done once, and keeps Zalo's tokens alive though nobody writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from backend.clock import local
from backend.office import jobs
from backend.settings import load_settings
from backend.store.db import Database
from backend.store.migrate import migrate
from backend.store.tables import Job, Message
from bot.channels.base import RawRequest
from bot.channels.zalo import ZaloChannel, ZaloConfig
from bot.channels.zalo_tokens import TokenPair
from bot.conversations import chores, daily
from bot.conversations.receive import receive
from main import Wired, wire
from tests.conftest import StillClock
from tests.fakes.loopback import Loopback, Served, as_json
from tests.fakes.tokens import MemoryTokens

UNIT = "H55.242"
NIGHT = timedelta(hours=17)
"""From the still clock's morning (9:00) to two at night."""
REFRESH_LIFE = timedelta(days=90)
"""Zalo's refresh token: three months (developers.zalo.me, Official Account, tokens)."""


@pytest.fixture
def home(tmp_path, clock) -> Iterator[Wired]:
    """An installation whose worker is the test itself."""
    wired = wire(load_settings(DATA_DIR=tmp_path / "data", DEMO=True), clock)
    migrate(wired.database)
    wired.seed()
    yield wired
    wired.close()


def waiting(database: Database) -> dict[str, tuple[str, datetime]]:
    """Lane -> (state, when) of the periodic jobs."""
    with database.read() as session:
        return {job.lane.partition(":")[0]: (job.state, job.run_at) for job in session.scalars(select(Job).where(Job.kind == "periodic"))}


def work(home: Wired, worker) -> None:
    """Do what may be done now; the minute's chores once."""
    while worker.run_one("here:1:0"):
        pass


def test_the_chores_of_the_minute_put_the_next_nights_work_into_the_queue_once(home, clock):
    worker = home.worker(1)
    for _ in range(3):
        work(home, worker)
        clock.shift(timedelta(minutes=1))
    assert {lane: when for lane, (_, when) in waiting(home.database).items() if lane != "chores"} == dict.fromkeys(daily.PARTS, datetime(2026, 11, 23, 19, 0, tzinfo=UTC))


@pytest.mark.parametrize(("hour", "day"), [(0, 23), (1, 23), (2, 24), (9, 24), (23, 24)])
def test_the_night_is_the_next_two_oclock_here(database, hour, day):
    now = local(datetime(2026, 11, 23, 2, tzinfo=UTC)).replace(hour=hour, minute=30)
    with database.write() as session:
        daily.plan(session, UNIT, now)
    assert local(waiting(database)["retention"][1]) == now.replace(day=day, hour=2, minute=0)


def test_at_night_old_requests_go_and_the_next_night_is_planned(home, clock):
    worker = home.worker(1)
    receive(home.bot, home.bot.channels["sms"], home.simulator.gateway.typed("+84981110011", "vo toi moi de"))
    with home.database.write() as session:
        session.execute(update(Message).values(created_at=clock.now() - timedelta(days=31)))
    work(home, worker)
    clock.shift(NIGHT)
    work(home, worker)
    with home.database.read() as session:
        assert session.scalars(select(Message.raw_sealed).where(Message.direction == "in")).all() == [None]
    clock.shift(timedelta(minutes=1))
    work(home, worker)
    assert waiting(home.database)["retention"] == ("ready", datetime(2026, 11, 24, 19, 0, tzinfo=UTC))


def test_a_night_that_died_does_not_stop_the_next(database, clock):
    with database.write() as session:
        daily.plan(session, UNIT, clock.now())
        session.execute(update(Job).where(Job.lane.like("tokens:%")).values(state="dead"))
        daily.plan(session, UNIT, clock.now() + timedelta(days=1))
        again = session.scalars(select(Job.run_at).where(Job.lane.like("tokens:%"), Job.state == "ready")).all()
    assert again == [datetime(2026, 11, 24, 19, 0, tzinfo=UTC)]


@contextmanager
def quiet(home: Wired, clock: StillClock, serve) -> Iterator[tuple]:
    """The installation with a Zalo channel whose provider answers by `serve`."""
    zalo = home.simulator.zalo
    tokens = MemoryTokens(TokenPair(1, *zalo.first_pair(), clock.now() + timedelta(hours=1)))
    with Loopback(serve) as there:
        config = ZaloConfig(zalo.app_id, zalo.app_secret, zalo.oa_secret, there.url, there.url, there.url, there.url)
        bot = replace(home.bot, channels={**home.bot.channels, "zalo": ZaloChannel(config, tokens, clock.now)})
        yield replace(home, bot=bot), tokens, there


def test_a_commune_that_nobody_writes_to_keeps_its_link_for_longer_than_a_token_lives(home, clock):
    used = [clock.now()]

    def serve(request: RawRequest) -> Served:
        used.append(clock.now())
        reply = home.simulator.zalo.handle(request.path, request.headers, request.body)
        return as_json(reply.status, reply.data)

    with quiet(home, clock, serve) as (house, tokens, _):
        for _ in range(120):
            clock.shift(timedelta(days=1))
            nightly(house, "tokens")
    gaps = [later - earlier for earlier, later in pairwise(used)]
    assert max(gaps) <= timedelta(days=2) < REFRESH_LIFE and tokens.pair.number > 50
    assert "tokens" not in waiting(home.database)


def test_a_refused_token_is_seen_by_people_and_changes_nothing(home, clock):
    with quiet(home, clock, lambda request: as_json(200, {"error": -14014, "error_name": "Invalid refresh token"})) as (house, tokens, there):
        before = tokens.pair
        clock.shift(timedelta(days=1))
        worker = house.worker(1)
        plan_now(house, "tokens")
        for _ in range(jobs.MAX_ATTEMPTS):
            worker.run_one("here:1:0")
            clock.shift(timedelta(minutes=6))
    assert tokens.pair == before and len(there.requests) == jobs.MAX_ATTEMPTS
    with home.database.read() as session:
        [dead] = jobs.dead(session, home.office.unit)
    assert (dead.kind, dead.error) == ("periodic", "account (code -14014)")


def plan_now(house: Wired, part: str) -> None:
    with house.database.write() as session:
        session.execute(update(Job).where(Job.lane == f"chores:{house.office.unit}").values(run_at=house.clock.now() + timedelta(days=9)))
        jobs.put(session, "periodic", f"{part}:{house.office.unit}", house.office.unit, {"part": part}, house.clock.now())


def nightly(house: Wired, part: str) -> None:
    """Claim and do one part, as the worker would."""
    plan_now(house, part)
    with house.database.write() as session:
        claim = jobs.claim(session, "here:1:0", house.clock.now())
    chores.chores(house.bot, claim)
