"""The line is down for a day while dossiers go on being handed over: nothing is lost, nothing comes twice, nobody is buried.

25 dossiers in `./test`; MOTCUA_EXCHANGE=1000 is the long form.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import httpx
from sqlalchemy import func, select

from backend.office import dossiers
from backend.office.exchange_line import Line
from backend.store.tables import ExchangeOut, Job
from tests.exchange.kit import PROVINCE
from tests.office.lives import act, at, in_days

MANY = int(os.environ.get("MOTCUA_EXCHANGE", "25"))


def hand_over_many(side, count: int, first: int = 0) -> list[str]:
    made = []
    with side.database.write() as session:
        for n in range(first, first + count):
            row = at(session, side.office, side.clock.now(), "process", ref=f"m{n}-1", phone=f"+8498111{n:04d}")
            act(session, side.office, row, "hand_over", side.clock.now(), office=PROVINCE, answer_by=in_days(side.clock.now(), 7))
            made.append(row.id)
    return made


def test_a_day_without_a_line_loses_and_doubles_nothing(pair):
    commune, province = pair
    province.stop()
    made: list[str] = []
    per_hour = -(-MANY // 12)
    for hour in range(24):
        if len(made) < MANY:
            made += hand_over_many(commune, min(per_hour, MANY - len(made)), len(made))
        commune.work()
        commune.clock.shift(timedelta(hours=1))
    assert Counter(job.state for job in commune.queued()) == {"ready": MANY}
    assert {state for _, state in commune.out()} <= {"queued", "sent"}

    province.start()
    commune.clock.shift(timedelta(minutes=6))
    commune.work()
    came = province.came()
    assert Counter(link.hand_over for _, link in came) == Counter(commune.handed(commune.again(id_)).row.id for id_ in made)
    assert len({row.code for row, _ in came}) == MANY
    assert commune.queued() == [] and {state for _, state in commune.out()} == {"acknowledged"}
    province.work()
    assert Counter(commune.handed(commune.again(id_)).row.state for id_ in made) == {"acknowledged": MANY}
    assert all(line.fits for line in commune.report() + province.report())


def test_while_a_peer_is_silent_one_job_tries_and_the_others_wait(pair):
    commune, province = pair
    province.stop()
    hand_over_many(commune, 6)
    looked_at = commune.work()
    with commune.database.read() as session:
        assert session.scalar(select(func.sum(ExchangeOut.attempts))) == 1
        assert {job.attempts for job in session.scalars(select(Job).where(Job.kind == "exchange"))} == {0}
        assert session.scalar(select(func.count(Job.id)).where(Job.error.like("%silent%"))) == 5
    assert looked_at >= 6


class Deaf(httpx.BaseTransport):
    """A line that carries what is said and loses the first answer."""

    def __init__(self):
        self.real, self.lost = httpx.HTTPTransport(), 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.real.handle_request(request)
        if self.lost:
            return answer
        self.lost = 1
        answer.read()
        raise httpx.ReadError("the line broke")


def test_an_answer_that_was_lost_is_asked_for_again_and_gives_one_dossier(pair):
    commune, province = pair
    hand_over_many(commune, 1)
    deaf = Line(commune.database, commune.office, commune.clock, commune.bell, httpx.Client(transport=Deaf()))
    commune.serve(deaf)
    commune.work()
    assert commune.out() == [("hand_over", "sent")] and len(province.came()) == 1
    [line] = [line for line in commune.report(1) if line.way == "sent"]
    assert [problem.what for problem in line.problems] == ["waiting"]
    commune.clock.shift(timedelta(minutes=6))
    commune.work()
    assert commune.out() == [("hand_over", "acknowledged")] and len(province.came()) == 1


def test_messages_about_one_dossier_keep_their_order(pair):
    commune, province = pair
    province.stop()
    [ours] = hand_over_many(commune, 1)
    commune.work()
    with commune.database.write() as session:
        row = commune.again(ours)
        dossiers.act(session, commune.office, ours, "withdraw", commune.person("b", "tiepnhan"), row.version, {"reason": "dân rút"}, commune.clock.now())
    province.start()
    commune.clock.shift(timedelta(minutes=6))
    commune.work()
    assert province.into() == [("hand_over", "applied"), ("withdrawn", "applied")]
    assert [row.status for row, _ in province.came()] == ["withdrawn"]
