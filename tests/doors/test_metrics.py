"""Figures for machines: shut unless a token is set, true to the queue, and without a word of anybody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from backend.office import figures, jobs
from backend.settings import load_settings
from backend.store.migrate import migrate
from backend.store.tables import Job
from bot.channels.base import MEANINGS, RANK
from bot.nlu import DOWN, SECONDS, NluClient, NluDown
from main import ROOT, wire
from tests.conftest import StillClock
from tests.doors.kit import Desk
from tests.journeys.kit import free_port, house

TOKEN = "a token for the machines"
BEARER = {"authorization": f"Bearer {TOKEN}"}
PHONE, WORDS = "+84982226001", "con dau toi moi de o Khuoi Slung"


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory):
    with house(tmp_path_factory.mktemp("metrics"), StillClock(), METRICS_TOKEN=TOKEN) as running:
        yield Desk(running)


def scrape(url: str) -> dict[tuple, float]:
    """(name, labels …) -> value."""
    text = httpx.get(url + "/metrics", headers=BEARER, timeout=10).text
    return {(s.name, *sorted(s.labels.items())): s.value for family in text_string_to_metric_families(text) for s in family.samples}


def test_without_a_token_in_the_settings_there_is_no_such_door(desk):
    with desk.stranger() as client:
        assert [client.get("/metrics", headers=headers).status_code for headers in ({}, {"authorization": "Bearer"}, BEARER)] == [404] * 3


@pytest.mark.parametrize("given", [{}, {"authorization": "Bearer"}, {"authorization": "Bearer other"}, {"authorization": f"Basic {TOKEN}"}])
def test_the_door_wants_its_bearer(open_desk, given):
    answer = httpx.get(open_desk.home.url + "/metrics", headers=given)
    assert (answer.status_code, answer.headers["www-authenticate"], "motcua" in answer.text) == (401, "Bearer", False)


def test_staff_who_are_signed_in_have_no_business_here(open_desk):
    assert open_desk.client("quantri").get("/metrics").status_code == 401


def test_a_text_and_its_answer_are_counted_and_nobody_is_named(open_desk):
    home = open_desk.home
    before = scrape(home.url)
    home.phone(PHONE).send(WORDS)
    after = scrape(home.url)

    def more(*key) -> float:
        return after.get(key, 0) - before.get(key, 0)

    assert more("motcua_jobs_total", ("end", "done"), ("kind", "turn")) == 1
    assert more("motcua_sends_total", ("channel", "sms"), ("outcome", "sent")) >= 1
    assert more("motcua_job_seconds_count", ("kind", "send")) >= 1
    text = httpx.get(home.url + "/metrics", headers=BEARER).text
    said = ["982226001", "Khuoi", "khuoi", "dau toi", "H55", "Bình"]
    assert [word for word in said if word in text] == []


def test_every_label_is_a_name_of_the_code(open_desk):
    """No label may grow with people, messages or dossiers."""
    open_desk.home.phone(PHONE).send(WORDS)
    known = {*jobs.KINDS, *figures.STATES, "done", "lost", "later", "failed", "sms", "twilio", "zalo", "queued", "sent", "unknown", "dropped", *RANK, *MEANINGS}
    ours = [key for key in scrape(open_desk.home.url) if key[0].startswith("motcua_")]
    values = {value for _, *labels in ours for name, value in labels if name != "le"}
    assert values <= known and len(ours) < 300


def test_the_queue_is_shown_as_it_stands(database, clock):
    with database.write() as session:
        jobs.put(session, "send", "out:1", "u", {}, clock.now() - timedelta(seconds=90))
        jobs.put(session, "turn", "in:1", "u", {}, clock.now() - timedelta(seconds=30))
        jobs.put(session, "turn", "in:2", "u", {}, clock.now(), run_at=clock.now() + timedelta(hours=1))
        jobs.put(session, "notice", "in:3", "u", {}, clock.now() - timedelta(days=3))
        session.flush()
        session.execute(update(Job).where(Job.kind == "notice").values(state="dead"))
    with database.read() as session:
        found = figures.queue(session, clock.now())
    assert (found.lag, {key: many for key, many in found.by_kind.items() if many}) == (90, {("send", "ready"): 1, ("turn", "ready"): 2, ("notice", "dead"): 1})
    assert len(found.by_kind) == len(jobs.KINDS) * len(figures.STATES)


def test_an_empty_queue_has_no_lag_and_a_lease_that_ran_out_has(database, clock):
    with database.write() as session:
        jobs.put(session, "turn", "in:1", "u", {}, clock.now())
    with database.write() as session:
        jobs.claim(session, "w", clock.now())
    with database.read() as session:
        held = figures.queue(session, clock.now() + jobs.LEASE / 2).lag
        lost = figures.queue(session, clock.now() + jobs.LEASE * 2).lag
    assert (held, lost) == (0, jobs.LEASE.total_seconds() * 2)


def test_a_worker_that_runs_apart_has_the_door_and_no_other(tmp_path):
    port = free_port()
    settings = load_settings(DATA_DIR=tmp_path, DEMO=True, PORT=port)
    wired = wire(settings)
    migrate(wired.database)
    wired.close()
    env = {**os.environ, "DATA_DIR": str(tmp_path), "PORT": str(port), "METRICS_TOKEN": TOKEN, "WORKERS": "1"}
    worker = subprocess.Popen([sys.executable, "main.py", "worker"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        found = _patiently(url)
        assert found["motcua_queue_lag_seconds",] == 0
        assert [httpx.get(url + path).status_code for path in ("/", "/console", "/metrics")] == [404, 404, 401]
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0


def _patiently(url: str) -> dict[tuple, float]:
    end = time.monotonic() + 30
    while True:
        try:
            return scrape(url)
        except httpx.TransportError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_the_time_of_a_parse_is_counted_also_when_nobody_answers():
    def count() -> tuple[float, float]:
        lines = {s.name: s.value for family in (*SECONDS.collect(), *DOWN.collect()) for s in family.samples}
        return lines["motcua_parse_seconds_count"], lines["motcua_parses_unanswered_total"]

    before = count()
    with pytest.raises(NluDown), httpx.Client() as web:
        NluClient(f"http://127.0.0.1:{free_port()}", "x", web).parse("lam giay khai sinh")
    assert [now - then for now, then in zip(count(), before, strict=True)] == [1, 1]
