"""A whole installation on loopback for journeys: real doors over HTTP, real worker, pretend providers, real or no NLU.

People of a journey: a `Phone` types through the signed webhooks of its provider and reads what arrives on its screen.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn

from backend.clock import Clock
from backend.settings import load_settings
from backend.store.migrate import migrate
from bot.channels.base import RawRequest
from main import Wired, wire

PATIENCE = 30.0


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@dataclass
class House:
    """A running installation."""

    wired: Wired
    url: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))

    def post(self, request: RawRequest) -> httpx.Response:
        """Bring a provider's request to the door."""
        return self.http.post(self.url + request.path, content=request.body, headers=dict(request.headers))

    def phone(self, address: str) -> Phone:
        """An ordinary telephone with a number."""
        return Phone(self, "sms", address)

    def zalo(self, user: str) -> Phone:
        """Somebody on Zalo."""
        return Phone(self, "zalo", user)

    def idle(self, seconds: float = PATIENCE) -> None:
        """Wait until no job may run any more (those for later do not count)."""
        from sqlalchemy import func, or_, select

        from backend.store.tables import Job

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self.wired.database.read() as session:
                soon = or_(Job.state == "leased", Job.kind.not_in(("periodic",)))
                if not session.scalar(select(func.count(Job.id)).where(Job.state != "dead", soon)):
                    return
            time.sleep(0.02)
        raise AssertionError("the queue does not come to rest")


@dataclass
class Phone:
    """One person's screen. `send` types a text and returns what arrived as the answer."""

    house: House
    skin: str
    address: str
    turns: int = 0

    def _provider(self):
        simulator = self.house.wired.simulator
        return simulator.gateway if self.skin == "sms" else simulator.zalo

    def _screen(self) -> list:
        phones = self.house.wired.simulator.phones
        return [bubble for bubble in phones.since(0, self.skin, self.address) if not bubble.typed]

    def send(self, text: str) -> list[str]:
        """Type a text; returns the texts that came back, in order."""
        return self._deliver(self._provider().typed(self.address, text))

    def photo(self, content: bytes) -> list[str]:
        """Send a photo (Zalo)."""
        return self._deliver(self._provider().sent_file(self.address, content))

    def _deliver(self, request: RawRequest) -> list[str]:
        before = len(self._screen())
        self.turns += 1
        answer = self.house.post(request)
        assert answer.status_code == 200, answer.text
        self.house.idle()
        return [bubble.text for bubble in self._screen()[before:]]

    @property
    def last(self) -> str:
        """The newest text on the screen."""
        return self._screen()[-1].text


@contextmanager
def house(data_dir: Path, clock: Clock | None = None, **settings) -> Iterator[House]:
    """Run an installation on a free port until the block ends."""
    port = settings.pop("PORT", None) or free_port()
    given = {"SMS_FRAGMENT_SECONDS": 0, "ZALO_FRAGMENT_SECONDS": 0, "WORKERS": 2, "DEMO": True, **settings}
    wired = wire(load_settings(DATA_DIR=data_dir, PORT=port, **given), clock)
    migrate(wired.database)
    wired.seed()
    server = uvicorn.Server(uvicorn.Config(wired.app({}), host="127.0.0.1", port=port, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    worker = wired.worker(given["WORKERS"])
    worker.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield House(wired, f"http://127.0.0.1:{port}")
    finally:
        worker.stop()
        server.should_exit = True
        thread.join(timeout=10)
        wired.close()
