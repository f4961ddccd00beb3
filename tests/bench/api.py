"""The API on PostgreSQL: dossiers sent by HTTP, and one transition beside the six bare statements it cannot do without."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import event, select

from backend import law
from backend.office import dossiers
from backend.office.kit import Actor, Office
from backend.store.db import Database
from backend.store.tables import Dossier
from backend.store.types import new_id
from backend.store.vault import Vault
from scripts.servers import postgres
from tests.bench.figures import mean, percentile
from tests.bench.processes import Processes

SENDS = 1000
CLIENTS = 16
APPS = 2
"""Processes with doors, as the full deployment runs them: one Python uses one core."""
WARM = 100
TRANSITIONS = 200
CLERK = Actor("bench", "H55.242", ("tiepnhan",))
ANSWERS = {
    "relation": "mother", "parents_married": "yes", "child_birthplace": "home", "child_sex": "female", "mother": "Triệu Mùi Nải",
    "father": "Triệu Văn Tuấn", "place": "Thôn Khuổi Slúng, xã Na Rì",
}  # fmt: skip
FAMILY = ["Bàn", "Lý", "Triệu", "Hoàng", "Nông", "Hà", "Ma", "Dương", "Lường", "Đặng"]
GIVEN = ["Mai", "Lan", "Hoa", "Cúc", "Đào", "Huệ", "Sen", "Nhài", "Liễu", "Quế", "Thảo", "Hương", "Thơm", "Vân", "Nga", "Hạnh", "Phúc", "Bình", "Minh", "Xuân"]


def name(number: int) -> str:
    """An invented child's name, another for each number below 4,000."""
    first, second = divmod(number % 400, 20)
    return f"{FAMILY[number // 400 % 10]} Thị {GIVEN[first]} {GIVEN[second]}"


def measure(processes: Processes, root: Path, folder: Path) -> dict:
    """Return {sends, transition}: figures of both parts on one PostgreSQL with fsync on."""
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        url = stack.enter_context(postgres(folder / "postgres"))
        secret = secrets.token_urlsafe(48)
        environment = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": secret, "DEMO": "true", "LOG_LEVEL": "error", "WORKERS": "0", "DATA_DIR": str(folder), "API_PER_MINUTE": "0", "API_WRITES_PER_MINUTE": "0"}
        run = [sys.executable, "main.py"]
        subprocess.run([*run, "migrate"], cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)
        made = subprocess.run([*run, "tokens", "make", "bench", "--scopes", "dossiers.send"], cwd=root, env=environment, check=True, capture_output=True, text=True)
        token = next(line.split()[1] for line in made.stdout.splitlines() if line.startswith("token:"))
        sends = _sends(processes, root, environment, token)
        database = Database(url)
        transition = _transition(database, law.office(Vault(secret), "H55.242"), url)
        database.close()
    return {"sends": sends, "transition": transition}


def _sends(processes: Processes, root: Path, environment: dict[str, str], token: str) -> dict[str, float]:
    ports, names = [processes.free_port() for _ in range(APPS)], [f"api{number}" for number in range(APPS)]
    for each, port in zip(names, ports):
        processes.start(each, [sys.executable, "main.py", "serve", "--bare"], root, {**environment, "PORT": str(port)})
    for port in ports:
        _wait(port)
    _send_many(ports, token, range(WARM), "warm")
    cpu = processes.meter(*names)
    used, begun = cpu(), time.perf_counter()
    walls = _send_many(ports, token, range(WARM, WARM + SENDS), "run")
    took, used = time.perf_counter() - begun, cpu() - used
    for each in names:
        processes.stop(each)
    ms = [1000 * wall for wall in walls]
    return {"count": SENDS, "clients": CLIENTS, "apps": APPS, "per_second": SENDS / took, "cpu_ms": 1000 * used / SENDS, "p50_ms": percentile(ms, 0.5), "p95_ms": percentile(ms, 0.95)}


def _wait(port: int, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the app does not answer")


def _send_many(ports: list[int], token: str, numbers: range, run: str) -> list[float]:
    """Send one dossier a number by CLIENTS connections that stay open; returns the seconds of each. Raises RuntimeError for a refusal."""

    def client(first: int) -> list[float]:
        line, walls = http.client.HTTPConnection("127.0.0.1", ports[first % len(ports)], timeout=60), []
        for number in numbers[first::CLIENTS]:
            body = {"procedure": "khai_sinh", "intake": "counter", "phone": f"09{81000000 + number}", "answers": {**ANSWERS, "child_name": name(number), "child_dob": "13/11/2026"}}
            begun = time.perf_counter()
            line.request("POST", "/api/v1/dossiers", json.dumps(body), {"authorization": f"Bearer {token}", "content-type": "application/json", "idempotency-key": f"{run}-{number}"})
            answer = line.getresponse()
            said = answer.read()
            walls.append(time.perf_counter() - begun)
            if answer.status != 201:
                raise RuntimeError(f"{answer.status} {said[:300]!r}")
        return walls

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [wall for walls in pool.map(client, range(CLIENTS)) for wall in walls]


def _transition(database: Database, office: Office, url: str) -> dict[str, float]:
    """Receive half of the dossiers by the office's verb, half by bare statements, one by one in turns, each with its commit."""
    with database.read() as session:
        rows = list(session.scalars(select(Dossier).where(Dossier.status == "sent").order_by(Dossier.id).limit(2 * (TRANSITIONS + 20))))
    bare = _Bare(url)
    counted: list[int] = [0]
    event.listen(database.engine, "before_cursor_execute", lambda *_: counted.__setitem__(0, counted[0] + 1))
    ours, floor = [], []
    for number, (mine, theirs) in enumerate(zip(rows[::2], rows[1::2])):
        if number == 20:  # both sides have prepared their statements
            ours, floor, counted[0] = [], [], 0
        ours.append(_timed(_act, database, office, mine))
        floor.append(_timed(bare.receive, theirs))
    bare.close()
    figures = {"ours_ms": 1000 * percentile(ours, 0.5), "bare_ms": 1000 * percentile(floor, 0.5), "ours_mean_ms": 1000 * mean(ours), "bare_mean_ms": 1000 * mean(floor)}
    return {"count": len(ours), "statements": counted[0] / len(ours), **figures, "ratio": figures["ours_ms"] / figures["bare_ms"]}


def _timed(work: Callable[..., None], *given) -> float:
    begun = time.perf_counter()
    work(*given)
    return time.perf_counter() - begun


def _act(database: Database, office: Office, row: Dossier) -> None:
    with database.write() as session:
        dossiers.act(session, office, row.id, "receive", CLERK, row.version, {}, datetime.now(UTC))


class _Bare:
    """The six statements without which there is no transition: read, status, event, chain head, message, job; then the commit."""

    def __init__(self, url: str) -> None:
        self._line = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))

    def receive(self, row: Dossier) -> None:
        """Write a reception with made-up values of the usual length."""
        now, made = datetime.now(UTC), new_id()
        do = self._line.execute
        do("SELECT * FROM dossier WHERE id = %s FOR UPDATE", (row.id,))
        do("UPDATE dossier SET status = 'received', received_at = %s, due_at = %s, updated_at = %s, version = version + 1 WHERE id = %s", (now, now, now, row.id))
        do(
            "INSERT INTO event (id, dossier_id, seq, unit, action, from_status, to_status, clock, actor, role, data_sealed, at, prev_hash, hash)"
            " VALUES (%s, %s, 2, %s, 'receive', 'sent', 'received', 'start', 'bench', 'tiepnhan', %s, %s, %s, %s)",
            (made, row.id, row.unit, secrets.token_bytes(120), now, "0" * 64, "1" * 64),
        )
        do("UPDATE dossier SET chain_head = %s, chain_length = 2 WHERE id = %s", ("1" * 64, row.id))
        do(
            "INSERT INTO notice (id, unit, conversation_id, dossier_id, event_id, kind, params_sealed, state, created_at) VALUES (%s, %s, %s, %s, %s, 'received', %s, 'new', %s)",
            (new_id(), row.unit, row.conversation_id, row.id, made, secrets.token_bytes(120), now),
        )
        do(
            "INSERT INTO job (kind, lane, unit, ids, state, run_at, attempts, created_at) VALUES ('notice', %s, %s, %s, 'ready', %s, 0, %s)",
            (f"in:{row.conversation_id}", row.unit, json.dumps({"notice": made}), now, now),
        )
        self._line.commit()

    def close(self) -> None:
        """Give the connection back."""
        self._line.close()
