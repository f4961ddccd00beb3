"""The job queue through one worker thread, beside a bare loop of the same statements."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

from backend.clock import Clock
from backend.office import jobs
from backend.office.bell import Bell
from backend.office.worker import Worker
from backend.store.db import Database, sqlite_url
from backend.store.migrate import migrate
from backend.store.tables import Job

JOBS = 100


def through_worker(folder: Path) -> dict[str, float]:
    """Put JOBS jobs, each in a lane and a transaction of its own, and let one thread do them; jobs and CPU of each."""
    folder.mkdir()
    database, clock, bell, done = Database(sqlite_url(folder)), Clock(), Bell(), threading.Event()
    migrate(database)
    left = [JOBS]

    def work(claim: jobs.Claim) -> None:
        with database.write() as session:
            jobs.finish(session, claim)
        left[0] -= 1
        if not left[0]:
            done.set()

    worker = Worker(database, clock, bell, dict.fromkeys(jobs.KINDS, work), 1)
    began, used = time.perf_counter(), time.process_time()
    for number in range(JOBS):
        with database.write() as session:
            jobs.put(session, "turn", f"in:{number}", "H55.242", {"conversation": str(number)}, clock.now(), dedup=f"turn:{number}")
    worker.start()
    finished = done.wait(300)
    result = _rates(began, used)
    worker.stop()
    database.close()
    if not finished:
        raise TimeoutError("the worker did not finish its jobs")
    return result


def bare(folder: Path) -> dict[str, float]:
    """The floor: insert, claim by an update, delete, each committed to disk, on the same table without any library."""
    folder.mkdir()
    migrated = Database(sqlite_url(folder))
    migrate(migrated)
    migrated.close()
    database = sqlite3.connect(folder / "motcua.db", isolation_level=None)
    database.execute("PRAGMA synchronous=FULL")
    values = {"kind": "turn", "unit": "H55.242", "ids": "{}", "state": "ready", "attempts": 0, "run_at": _NOW, "created_at": _NOW}
    columns = [*values, "lane", "dedup"]
    insert = f"INSERT INTO {Job.__tablename__} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})"
    began, used = time.perf_counter(), time.process_time()
    for number in range(JOBS):
        database.execute(insert, (*values.values(), f"in:{number}", f"turn:{number}"))
    for _ in range(JOBS):
        number = database.execute("SELECT id FROM job WHERE state = 'ready' ORDER BY run_at, id LIMIT 1").fetchone()[0]
        database.execute("UPDATE job SET state = 'leased', attempts = 1 WHERE id = ?", (number,))
        database.execute("DELETE FROM job WHERE id = ?", (number,))
    result = _rates(began, used)
    database.close()
    return result


_NOW = "2026-11-23 02:00:00.000000"


def _rates(began: float, used: float) -> dict[str, float]:
    return {"per_second": JOBS / (time.perf_counter() - began), "cpu_ms": 1000 * (time.process_time() - used) / JOBS}
