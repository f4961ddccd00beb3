"""A token that asks too often in a minute is told to wait and for how long; no other token waits with it, and nothing is written."""

from __future__ import annotations

from types import SimpleNamespace

import httpx
import pytest
from sqlalchemy import event, select

from backend.doors.api.rates import Rates, TooFast
from backend.store.tables import KeptAnswer
from backend.store.types import new_id
from tests.api.kit import System, problem, row_of, token
from tests.conftest import REDIS, StillClock
from tests.doors.kit import Desk
from tests.journeys.kit import house


def rates(each: int, writes: int, redis: str | None = None) -> Rates:
    return Rates(SimpleNamespace(API_PER_MINUTE=each, API_WRITES_PER_MINUTE=writes, REDIS_URL=redis))


def passed(counter: Rates, methods: str, who: str = "t1") -> str:
    """Which of the requests (r a read, w a write) went through: one letter each, "." where it was refused."""
    said = ""
    for letter in methods:
        try:
            counter.count(who, {"r": "GET", "w": "POST"}[letter])
        except TooFast:
            said += "."
        else:
            said += letter
    return said


@pytest.mark.parametrize(("each", "writes", "asked", "went"), [
    (3, 9, "rrrr", "rrr."),
    (9, 2, "wwwrr", "ww.rr"),
    (3, 2, "wrwr", "wrw."),
    (3, 0, "wwww", "www."),
    (0, 1, "rrrwwr", "rrrw.r"),
    (0, 0, "wrwrwr", "wrwrwr"),
])  # fmt: skip
def test_reads_and_writes_are_counted_together_and_writes_once_more(each, writes, asked, went):
    assert passed(rates(each, writes), asked) == went


def test_every_answer_says_what_is_left():
    counter = rates(3, 2)
    assert counter.count("t1", "GET") == {"ratelimit-policy": '"requests";q=3;w=60', "ratelimit": '"requests";r=2;t=60'}
    assert counter.count("t1", "DELETE") == {
        "ratelimit-policy": '"requests";q=3;w=60, "writes";q=2;w=60',
        "ratelimit": '"requests";r=1;t=60, "writes";r=1;t=60',
    }
    assert rates(0, 0).count("t1", "POST") == {}


def test_a_redis_that_is_away_stops_nobody_and_each_process_counts_for_itself():
    assert passed(rates(2, 9, "redis://127.0.0.1:9/0"), "rrr") == "rr."


@pytest.mark.skipif(not REDIS, reason="no Redis: run ./test, or set MOTCUA_TEST_REDIS")
def test_by_redis_two_processes_count_together():
    who = new_id()
    assert [passed(rates(3, 9, REDIS), "rr", who), passed(rates(3, 9, REDIS), "rr", who)] == ["rr", "r."]


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """An office in which a token may ask five times a minute, twice of these to change something."""
    with house(tmp_path_factory.mktemp("slow"), StillClock(), API_PER_MINUTE=5, API_WRITES_PER_MINUTE=2) as home:
        yield Desk(home)


def test_who_asks_too_often_is_told_how_long_to_wait_and_others_go_on(slow):
    wild, calm = System(slow, token(slow)), System(slow, token(slow))
    got = [wild.get("/offices") for _ in range(6)]
    assert [answer.status_code for answer in got] == [200] * 5 + [429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in got] == ["r=4", "r=3", "r=2", "r=1", "r=0", "r=0"]
    last = got[-1]
    assert problem(last) == (429, "too_fast") and 1 <= int(last.headers["retry-after"]) <= 60
    assert f"Chờ {last.headers['retry-after']} giây" in last.json()["title"] and last.headers["ratelimit-policy"] == '"requests";q=5;w=60'
    assert calm.get("/offices").status_code == 200


def test_a_refused_write_has_done_nothing_and_nothing_is_kept_of_it_under_its_key(slow):
    system = System(slow, token(slow))
    assert [system.send(key=f"k{number}").status_code for number in range(3)] == [201, 201, 429]
    assert len(system.get("/dossiers").json()["items"]) == 2
    with slow.home.wired.database.read() as session:
        assert session.scalars(select(KeptAnswer.key).where(KeptAnswer.token_id == row_of(slow, system.token).id)).all() == ["k0", "k1"]


def test_also_what_is_refused_for_its_scope_is_counted(slow):
    system = System(slow, token(slow, "tasks.read"))
    assert [system.get("/dossiers").status_code for _ in range(6)] == [403] * 5 + [429]


def test_who_has_no_token_is_told_no_limit(slow):
    answer = httpx.get(f"{slow.home.url}/api/v1/offices")
    assert answer.status_code == 401 and "ratelimit" not in answer.headers


def test_counting_writes_nothing_to_the_database(slow):
    system, said = System(slow, token(slow)), []
    system.get("/offices")  # the first of a day is written

    def heard(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement.split()[0])

    engine = slow.home.wired.database.engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        codes = [system.get("/offices").status_code for _ in range(5)]
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert codes == [200] * 4 + [429] and not {"INSERT", "UPDATE", "DELETE"} & set(said)


@pytest.mark.parametrize("path", ["/healthz", "/channels/zalo/receive"])
def test_the_doors_of_providers_and_machines_are_not_counted(slow, path):
    answers = [httpx.post(slow.home.url + path) if "channels" in path else httpx.get(slow.home.url + path) for _ in range(12)]
    assert 429 not in {answer.status_code for answer in answers}
