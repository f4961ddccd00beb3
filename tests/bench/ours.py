"""Our side: the app with its worker and the understanding server as ordinary processes, and a provider on loopback."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot import nlu_server
from tests.bench.processes import Processes
from tests.fakes.loopback import Loopback, as_json

START_SECONDS = 180.0
ANSWER_SECONDS = 60.0
APP, NLU = "app", "nlu"


class Gateway:
    """Takes what we send, and notes when."""

    def __init__(self) -> None:
        self.accepted: list[float] = []
        self._news = threading.Condition()

    def serve(self, request):
        """Accept one message."""
        with self._news:
            self.accepted.append(time.perf_counter())
            self._news.notify_all()
        return as_json(202, {"id": f"g{len(self.accepted)}"})

    def wait(self, count: int) -> None:
        """Wait until more than `count` messages were accepted; raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: len(self.accepted) > count, ANSWER_SECONDS):
                raise TimeoutError(f"no reply within {ANSWER_SECONDS:.0f} seconds")


@dataclass
class Ours:
    """A running installation on SQLite: `turn` takes a text of one phone to the gateway's acceptance of the answer."""

    processes: Processes
    provider: Loopback
    gateway: Gateway
    environment: dict[str, str]
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))
    _sent: int = 0

    @property
    def url(self) -> str:
        """Address of the webhook."""
        return f"http://127.0.0.1:{self.environment['PORT']}/channels/sms/receive"

    def request(self, phone: str, text: str) -> dict:
        """Return the arguments of one webhook call, with an id of its own."""
        self._sent += 1
        token = self.environment["SMS_GATEWAY_TOKEN"]
        return {
            "json": {"id": f"b{self._sent}", "from": phone, "to": "8088", "text": text},
            "headers": {"authorization": f"Bearer {token}"},
        }

    def stranger(self) -> dict:
        """Return the arguments of a webhook call from a phone that never wrote before."""
        return self.request(f"+8498222{self._sent:04d}", "xin chao")

    def turn(self, phone: str, text: str) -> float:
        """Return the seconds from the POST to the acceptance of the last answer; leave the queue at rest."""
        seen, started = len(self.gateway.accepted), time.perf_counter()
        self.http.post(self.url, **self.request(phone, text)).raise_for_status()
        self.gateway.wait(seen)
        self.rest()
        return self.gateway.accepted[-1] - started

    def rest(self) -> None:
        """Wait until no job is left but those for later."""
        end = time.monotonic() + ANSWER_SECONDS
        while self._left():
            if time.monotonic() > end:
                raise TimeoutError("the queue does not come to rest")
            time.sleep(0.002)

    def _left(self) -> int:
        address = f"file:{self.environment['DATA_DIR']}/motcua.db?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
            return database.execute("SELECT count(*) FROM job WHERE state <> 'dead' AND kind <> 'periodic'").fetchone()[0]

    def close(self) -> None:
        """End the provider; the processes end with their own block."""
        self.http.close()
        self.provider.__exit__()


def start(processes: Processes, root: Path, data: Path) -> Ours:
    """Start everything and wait until a free text is understood. Raises NluServerError or TimeoutError."""
    if nlu_server.train(root) != 0:
        raise nlu_server.NluServerError("the understanding model could not be trained")
    gateway = Gateway()
    provider = Loopback(gateway.serve).__enter__()
    environment = _environment(processes, provider.url, data)
    whole = {**os.environ, **environment}
    subprocess.run([sys.executable, "main.py", "migrate"], cwd=root, env=whole, check=True, stdout=subprocess.DEVNULL)
    port = int(environment["NLU_URL"].rpartition(":")[2])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes.add(NLU, nlu_server.start(root, "127.0.0.1", port, environment["NLU_TOKEN"], **quiet))
    processes.start(APP, [sys.executable, "main.py", "serve", "--bare"], root, whole)
    ours = Ours(processes, provider, gateway, environment)
    _wait_ready(ours)
    return ours


def _environment(processes: Processes, provider: str, data: Path) -> dict[str, str]:
    return {
        "DATA_DIR": str(data), "PORT": str(processes.free_port()), "SECRET_KEY": secrets.token_urlsafe(48), "DEMO": "true",
        "LOG_LEVEL": "error", "WORKERS": "2", "SMS_GATEWAY_URL": provider + "/send", "SMS_GATEWAY_TOKEN": secrets.token_urlsafe(24),
        "SMS_FRAGMENT_SECONDS": "0", "NLU_URL": f"http://127.0.0.1:{processes.free_port()}", "NLU_TOKEN": secrets.token_urlsafe(24),
    }  # fmt: skip


def _wait_ready(ours: Ours) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            if ours.http.get(f"http://127.0.0.1:{ours.environment['PORT']}/readyz").status_code == 200 and parses(ours, "xin chao"):
                return
        except httpx.HTTPError:
            pass
        if time.monotonic() > end:
            raise TimeoutError(f"our own servers were not ready within {START_SECONDS:.0f} seconds")
        time.sleep(0.3)


def parses(ours: Ours, text: str) -> float:
    """Ask the understanding server alone; returns the seconds of the call. Raises httpx.HTTPError."""
    started = time.perf_counter()
    address, token = ours.environment["NLU_URL"], ours.environment["NLU_TOKEN"]
    ours.http.post(f"{address}/model/parse", params={"token": token}, json={"text": text}).raise_for_status()
    return time.perf_counter() - started
