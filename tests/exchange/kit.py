"""A commune's and a province's installation side by side on loopback: real doors and a real line, a worker that runs when told to."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy import select

from backend.domain.exchange import Peer, Peers
from backend.doors.app import create_app
from backend.doors.parts import Parts
from backend.office import dossiers, exchange_report, handovers, jobs
from backend.office.bell import Bell
from backend.office.exchange_line import Line, Silent
from backend.office.kit import Actor, Office
from backend.office.worker import Worker
from backend.settings import load_settings
from backend.store.db import Database
from backend.store.tables import Dossier, ExchangeIn, ExchangeOut, Job, Transfer
from backend.store.vault import Vault
from tests.journeys.kit import free_port
from tests.office.lives import in_days

KEY = "a key that two offices share, long enough"
COMMUNE, PROVINCE = "H55.242", "H55"


@dataclass
class Side:
    """One installation. `start` and `stop` are its doors; `work` runs its jobs until none may run now."""

    office: Office
    database: Database
    clock: object
    port: int
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None
    bell: Bell = field(default_factory=Bell)

    def __post_init__(self) -> None:
        self.serve(Line(self.database, self.office, self.clock, self.bell, httpx.Client()))

    def serve(self, line: Line) -> None:
        """Let the worker deliver by a line."""
        self.line = line
        handlers = {kind: self._done for kind in jobs.KINDS} | {"exchange": self.line.deliver}
        self.worker = Worker(self.database, self.clock, self.bell, handlers, 1)

    def _done(self, claim) -> None:
        with self.database.write() as session:
            jobs.finish(session, claim)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        settings = load_settings(UNIT="H55.242", DEMO=True, PORT=self.port)
        app = create_app(Parts(settings, self.database, self.office, self.clock, self.bell, exchange=self.line))
        self._server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=self.port, log_level="error", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        if self._server:
            self._server.should_exit = True
            self._thread.join(timeout=10)
            self._server = None

    def work(self) -> int:
        """Run every job that may run now; returns how many were looked at."""
        count = 0
        while self.worker.run_one("test:1:1"):
            count += 1
        return count

    def person(self, name: str, *roles: str) -> Actor:
        return Actor(name, self.office.unit, roles)

    def act(self, dossier_id: str, action: str, who: str = "tiepnhan", **data) -> Dossier:
        """Do an action as somebody of a role."""
        with self.database.write() as session:
            row = session.get(Dossier, dossier_id)
            dossiers.act(session, self.office, row.id, action, self.person(f"{who}-{self.office.unit}", who), row.version, data, self.clock.now())
            return row

    def again(self, dossier_id: str) -> Dossier:
        with self.database.read() as session:
            return session.get(Dossier, dossier_id)

    def rows(self, table) -> list:
        with self.database.read() as session:
            return list(session.scalars(select(table)))

    def came(self) -> list[tuple[Dossier, Transfer]]:
        """The dossiers that another office handed to this one."""
        with self.database.read() as session:
            return [tuple(row) for row in session.execute(select(Dossier, Transfer).join(Transfer, Transfer.dossier_id == Dossier.id).order_by(Dossier.id))]

    def handed(self, dossier: Dossier) -> handovers.Sent:
        with self.database.read() as session:
            return handovers.of_dossier(session, self.office, dossier, self.clock.now())[-1]

    def out(self) -> list[tuple[str, str]]:
        return [(row.kind, row.state) for row in sorted(self.rows(ExchangeOut), key=lambda row: row.id)]

    def into(self) -> list[tuple[str, str]]:
        return [(row.kind, row.state) for row in sorted(self.rows(ExchangeIn), key=lambda row: row.id)]

    def queued(self) -> list[Job]:
        return [job for job in self.rows(Job) if job.kind == "exchange"]

    def report(self, days: int = 3) -> list[exchange_report.Line]:
        return exchange_report.report(self.database, self.office, self.line, *exchange_report.days_before(self.clock.now(), days), Silent)


ROAD = [("process", "chuyenmon", {}), ("draft", "chuyenmon", {}), ("sign", "lanhdao", {}), ("number", "vanthu", {"number": "31/GKS"}), ("issue", "tiepnhan", {}), ("finish", "tiepnhan", {})]


def finish(side: Side, dossier_id: str) -> None:
    """Take a received dossier down the road to its result."""
    for action, who, data in ROAD:
        side.act(dossier_id, action, who, **data)


def hand_over(side: Side, dossier_id: str, office: str = PROVINCE, days: float = 3) -> Dossier:
    return side.act(dossier_id, "hand_over", office=office, answer_by=in_days(side.clock.now(), days))


@contextmanager
def sides(office: Office, databases: dict[str, Database], clock, units: dict[str, tuple[str, str]] | None = None) -> Iterator[dict[str, Side]]:
    """Installations that know each other: {id: database}; `units` = id -> (name, code of the district or province served)."""
    ports = {id_: free_port() for id_ in databases}
    named = units or {COMMUNE: ("xã Na Rì", "02155"), PROVINCE: ("Trung tâm tỉnh", "19")}
    everybody = [Peer(id_, f"http://127.0.0.1:{port}", KEY, *named[id_]) for id_, port in ports.items()]
    made = {
        id_: Side(replace(office, vault=Vault(f"the secret of {id_}, which no other office has"), unit=id_, place=named[id_][1], peers=Peers({p.id: p for p in everybody if p.id != id_})), database, clock, ports[id_])
        for id_, database in databases.items()
    }
    try:
        for side in made.values():
            side.start()
        yield made
    finally:
        for side in made.values():
            side.stop()


def copies(template: Path, folder: Path, *ids: str) -> dict[str, Database]:
    """Empty databases on SQLite."""
    made = {}
    for n, id_ in enumerate(ids):
        shutil.copy(template, folder / f"{n}.db")
        made[id_] = Database(f"sqlite:///{folder / f'{n}.db'}")
    return made
