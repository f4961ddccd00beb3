"""The queue: lanes keep their order, a lease is held by one, what dies stays visible and frees its lane."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.office import jobs
from backend.store.tables import Job

UNIT = "H55.242"


def put(database, now, *lanes, **more):
    with database.write() as session:
        for lane in lanes:
            jobs.put(session, "turn", lane, UNIT, {"n": lane}, now, **more)


def claim(database, now, holder="w1"):
    with database.write() as session:
        return jobs.claim(session, holder, now)


def finish(database, taken):
    with database.write() as session:
        jobs.finish(session, taken)


def test_one_lane_runs_in_order_and_one_at_a_time(database, clock):
    put(database, clock.now(), "in:1", "in:1", "in:2")
    first, second = claim(database, clock.now()), claim(database, clock.now(), "w2")
    assert (first.lane, second.lane) == ("in:1", "in:2")
    assert claim(database, clock.now(), "w3") is None
    finish(database, first)
    assert claim(database, clock.now(), "w3").lane == "in:1"


def test_a_lease_that_ran_out_is_taken_by_another_and_the_first_cannot_finish(database, clock):
    put(database, clock.now(), "in:1")
    slow = claim(database, clock.now())
    clock.shift(jobs.LEASE + timedelta(seconds=1))
    fast = claim(database, clock.now(), "w2")
    assert fast.id == slow.id and fast.attempts == 2
    with pytest.raises(jobs.LeaseLost):
        finish(database, slow)
    finish(database, fast)


def test_a_failing_job_blocks_its_lane_until_its_pause_is_over(database, clock):
    put(database, clock.now(), "out:1", "out:1")
    taken = claim(database, clock.now())
    with database.write() as session:
        jobs.retry(session, taken, "down", clock.now())
    assert claim(database, clock.now()) is None
    clock.shift(jobs.backoff(1))
    assert claim(database, clock.now()).id == taken.id


def test_a_job_that_failed_too_often_is_dead_and_frees_its_lane(database, clock):
    put(database, clock.now(), "out:1", "out:1")
    for _ in range(jobs.MAX_ATTEMPTS):
        taken = claim(database, clock.now())
        with database.write() as session:
            jobs.retry(session, taken, "boom", clock.now())
        clock.shift(timedelta(minutes=6))
    with database.read() as session:
        assert [job.id for job in jobs.dead(session, UNIT)] == [taken.id]
    assert claim(database, clock.now()).id != taken.id


def test_a_dead_job_is_replayed_once_and_only_by_its_unit(database, clock):
    put(database, clock.now(), "out:1")
    taken = claim(database, clock.now())
    with database.write() as session:
        jobs.bury(session, taken, "no such number")
    with database.write() as session:
        assert not jobs.replay(session, taken.id, "H55.999", clock.now())
        assert jobs.replay(session, taken.id, UNIT, clock.now())
        assert not jobs.replay(session, taken.id, UNIT, clock.now())
    assert claim(database, clock.now()).id == taken.id


def test_a_wait_that_was_asked_for_is_no_failure(database, clock):
    put(database, clock.now(), "in:1")
    for _ in range(jobs.MAX_ATTEMPTS + 3):
        taken = claim(database, clock.now())
        with database.write() as session:
            jobs.retry(session, taken, "quiet hours", clock.now(), timedelta(hours=1))
        clock.shift(timedelta(hours=1))
    assert claim(database, clock.now()).attempts == 1


def test_the_same_dedup_key_is_one_job(database, clock):
    put(database, clock.now(), "in:1", "in:1", dedup="turn:x")
    with database.read() as session:
        assert session.scalar(select(func.count(Job.id))) == 1


def test_an_unknown_kind_is_refused(database, clock):
    with database.write() as session, pytest.raises(ValueError, match="unknown job kind"):
        jobs.put(session, "dance", "in:1", UNIT, {}, clock.now())


def test_a_job_for_later_does_not_run_now(database, clock):
    later = clock.now() + timedelta(minutes=5)
    put(database, clock.now(), "in:1", run_at=later)
    assert claim(database, clock.now()) is None
    assert claim(database, later) is not None
