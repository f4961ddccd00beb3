"""The worker: claims jobs, runs the handler of their kind, and gives back what failed.

A handler finishes its job in its own last transaction (`jobs.finish`); what it raises decides what becomes of the job.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import OperationalError

from backend.clock import Clock
from backend.office import jobs
from backend.office.bell import Bell
from backend.office.jobs import Claim
from backend.store.db import Database

log = structlog.get_logger()
Handler = Callable[[Claim], None]
IDLE_SECONDS = 1.0
"""Without a bell a new job is seen after this long."""
DONE = Counter("motcua_jobs", "Jobs by kind and end", ["kind", "end"])
SECONDS = Histogram("motcua_job_seconds", "Time of a job", ["kind"])


class Worker:
    """Runs jobs in `threads` threads until `stop`; one thread is enough for correctness, lanes keep the order."""

    def __init__(self, database: Database, clock: Clock, bell: Bell, handlers: Mapping[str, Handler], threads: int):
        if missing := set(jobs.KINDS) - set(handlers):
            raise ValueError(f"no handler for the job kinds {sorted(missing)}")
        self._database, self._clock, self._handlers, self._bell = database, clock, handlers, bell
        self._stop, self._wake = threading.Event(), threading.Condition()
        self._rung = 0
        self._forget = bell.listen(self._hear)
        name = f"{_host()}:{os.getpid()}"
        self._threads = [threading.Thread(target=self._run, args=(f"{name}:{n}",), name=f"worker-{n}", daemon=True) for n in range(threads)]

    @property
    def alive(self) -> bool:
        """Whether every thread still runs."""
        return all(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Begin to work; first give back what earlier processes of this machine had in hand when they were killed."""
        with self._database.write() as session:
            for holder in jobs.holders(session):
                if _is_dead(holder):
                    jobs.release(session, holder)
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 10) -> None:
        """Finish the jobs in hand and end."""
        self._stop.set()
        self._forget()
        self._hear("job")
        for thread in self._threads:
            thread.join(timeout=seconds)

    def _hear(self, topic: str) -> None:
        if topic == "job":
            with self._wake:
                self._rung += 1
                self._wake.notify_all()

    def _run(self, holder: str) -> None:
        while not self._stop.is_set():
            seen = self._rung
            try:
                busy = self.run_one(holder)
            except OperationalError as error:
                log.error("worker.database", error=type(error.orig).__name__)
                busy = False
            if not busy:
                self._sleep(seen)

    def _sleep(self, seen: int) -> None:
        with self._wake:
            if self._rung == seen and not self._stop.is_set():
                self._wake.wait(IDLE_SECONDS)

    def run_one(self, holder: str) -> bool:
        """Claim and run one job; False when none may run now. A claim that a power cut undoes is claimed again."""
        with self._database.write(durable=False) as session:
            claim = jobs.claim(session, holder, self._clock.now())
        if claim is None:
            return False
        with SECONDS.labels(claim.kind).time():
            end = self._handle(claim)
        DONE.labels(claim.kind, end).inc()
        if end == "done":
            self._bell.ring("job")
        return True

    def _handle(self, claim: Claim) -> str:
        try:
            self._handlers[claim.kind](claim)
        except jobs.LeaseLost:
            log.warning("job.lease_lost", kind=claim.kind, job=claim.id)
            return "lost"
        except jobs.Later as later:
            self._give_back(claim, later.reason, later.after)
            return "later"
        except Exception as error:  # a handler's bug must not end the worker: the job is kept, retried and shown
            log.error("job.failed", kind=claim.kind, job=claim.id, attempt=claim.attempts, error=type(error).__name__, where=_where(error))
            self._give_back(claim, f"{type(error).__name__} at {_where(error)}", None)
            return "failed"
        return "done"

    def _give_back(self, claim: Claim, reason: str, after: timedelta | None) -> None:
        with self._database.write() as session:
            jobs.retry(session, claim, reason, self._clock.now(), after)


def _host() -> str:
    return socket.gethostname()[:16]


def _is_dead(holder: str) -> bool:
    """Whether the process "host:pid:thread" ran on this machine and is gone; our own number here is a predecessor's."""
    host, _, rest = holder.partition(":")
    pid = int(rest.partition(":")[0] or 0)
    if host != _host() or pid == 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return pid == os.getpid()


def _where(error: BaseException) -> str:
    """File and line of an error, without its message: that may hold what a person wrote."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "?"
