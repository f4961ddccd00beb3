"""How the queue stands, in numbers for machines: counts by names that this code knows, nothing of anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from backend.office import jobs
from backend.store.tables import Job

STATES = ("ready", "leased", "dead")


@dataclass(frozen=True)
class Queue:
    """`lag` = seconds for which the job that has waited longest could have run already; 0 when nothing waits."""

    lag: float
    by_kind: dict[tuple[str, str], int]
    """(kind, state) -> how many; every kind and state stands in it."""


def queue(session: Session, now: datetime) -> Queue:
    """Return how the queue of this database stands at `now`."""
    waits = or_(
        and_(Job.state == "ready", Job.run_at <= now), and_(Job.state == "leased", Job.lease_until < now)
    )
    oldest = session.scalar(select(func.min(Job.run_at)).where(waits))
    counted = {(kind, state): 0 for kind in jobs.KINDS for state in STATES}
    for kind, state, many in session.execute(
        select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
    ):
        if (kind, state) in counted:
            counted[kind, state] = many
    return Queue((now - oldest).total_seconds() if oldest else 0.0, counted)


class QueueCollector(Collector):
    """The queue as Prometheus wants it: gauges, read from the database at each scrape."""

    def __init__(self, found: Queue):
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges."""
        yield GaugeMetricFamily(
            "motcua_queue_lag_seconds",
            "How long the oldest job that may run has waited",
            value=self._found.lag,
        )
        jobs_there = GaugeMetricFamily(
            "motcua_queue_jobs", "Jobs in the queue; state dead waits for a person", labels=["kind", "state"]
        )
        for labels, many in self._found.by_kind.items():
            jobs_there.add_metric(labels, many)
        yield jobs_there
