"""Running it: the understanding server as a child, the worker in threads, the doors in front; one address printed."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from sqlalchemy import text

from backend.doors import metrics
from backend.doors.parts import Parts
from backend.settings import Settings, SettingsError
from backend.store.migrate import migrate
from bot import nlu_server
from bot.nlu import NluClient
from bot.opened import inner_url

log = structlog.get_logger()
_RESTART_SECONDS = 2.0
_HEARTBEAT_SECONDS = 10.0
_DEATH_SIGNAL = 1


def set_up_logs(level: str) -> None:
    """One line of plain fields an event. Libraries that write addresses or bodies at INFO are kept at WARNING."""
    logging.basicConfig(level=level.upper(), format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    for name in ("httpx", "httpcore", "twilio", "uvicorn.access", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def free_port() -> int:
    """Return a port nobody uses now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def _check_port(settings: Settings) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise SettingsError(f"PORT {settings.PORT} on {settings.HOST}: {error.strerror}; set PORT to another number") from None


def _die_with_parent() -> None:
    """Runs in the child: it must not outlive a parent that was killed."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM)


class NluChild:
    """The understanding server as a child process, started anew when it ends."""

    def __init__(self, root: Path, port: int, token: str, app_url: str):
        self._root, self._port, self._token, self._app_url = root, port, token, app_url
        self._stop = threading.Event()
        self._process: subprocess.Popen | None = None
        self._thread = threading.Thread(target=self._keep, name="nlu", daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while not self._stop.is_set():
            self._process = nlu_server.start(
                self._root, "127.0.0.1", self._port, self._token, app_url=self._app_url, preexec_fn=_die_with_parent, stdout=sys.stderr
            )
            self._process.wait()
            if not self._stop.wait(_RESTART_SECONDS):
                log.warning("nlu.ended", code=self._process.returncode)

    def stop(self) -> None:
        """End the server and stop watching it."""
        self._stop.set()
        if self._process and self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        self._thread.join(timeout=5)


@contextlib.contextmanager
def _servers(settings: Settings, full: bool) -> Iterator[dict[str, Any]]:
    """PostgreSQL and Valkey from wheels, for --full; gives the settings that name them."""
    if not full:
        yield {}
        return
    from scripts.servers import ServerError, postgres, valkey

    with contextlib.ExitStack() as servers:
        try:
            database_url = servers.enter_context(postgres(settings.DATA_DIR / "postgres"))
            redis_url = servers.enter_context(valkey(settings.DATA_DIR / "valkey"))
        except ServerError as error:
            raise SettingsError(str(error)) from None
        demo = True if settings.DEMO is None else settings.DEMO
        yield {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "DEMO": demo}


def _ready(wired: Any, worker: Any) -> dict[str, Callable[[], str | None]]:
    """The checks behind /readyz."""
    nlu: NluClient | None = wired.bot.understand.client

    def database() -> str | None:
        try:
            with wired.database.read() as session:
                session.execute(text("SELECT 1"))
        except Exception as error:  # whatever the driver says, the door must answer
            return f"the database does not answer ({type(error).__name__})"
        return None

    checks = {"database": database}
    checks["nlu"] = lambda: None if nlu and nlu.is_ready() else "the understanding server is not ready; menus and answers work"
    if worker is not None:
        checks["worker"] = lambda: None if worker.alive else "a worker thread has ended"
    return checks


def serve(root: Path, wire: Callable[..., Any], settings: Settings, *, full: bool, bare: bool) -> int:
    """Run everything until Ctrl-C. Raises SettingsError and NluServerError with one clear line each."""
    set_up_logs(settings.LOG_LEVEL)
    _check_port(settings)
    own_nlu = settings.NLU_URL is None and not bare
    if own_nlu and nlu_server.train(root) != 0:
        raise nlu_server.NluServerError("the understanding model could not be trained; the lines above say why")
    with _servers(settings, full) as more:
        if own_nlu:
            port, token = free_port(), secrets.token_urlsafe(24)
            more = {**more, "NLU_URL": f"http://127.0.0.1:{port}", "NLU_TOKEN": token}
        wired = wire(settings.with_changes(**more))
        child = NluChild(root, port, token, inner_url(settings)) if own_nlu else None
        try:
            if not bare:
                migrate(wired.database)
                wired.seed()
            return _run(wired)
        finally:
            if child:
                child.stop()
            wired.close()


def _run(wired: Any) -> int:
    settings = wired.settings
    worker = wired.worker(settings.WORKERS) if settings.WORKERS else None
    config = uvicorn.Config(
        wired.app(_ready(wired, worker)), host=settings.HOST, port=settings.PORT, log_config=None, server_header=False, access_log=False,
        timeout_graceful_shutdown=3,
    )  # fmt: skip
    if worker:
        worker.start()
    print(f"Một Cửa: http://{settings.HOST}:{settings.PORT}/", flush=True)
    try:
        uvicorn.Server(config).run()
    except KeyboardInterrupt:
        pass
    finally:
        if worker:
            worker.stop()
    return 0


def _show_figures(wired: Any) -> None:
    """Open /metrics alone, in a thread that ends with the process. Raises SettingsError for a taken port."""
    settings = wired.settings
    _check_port(settings)
    door = metrics.only_this(Parts(settings, wired.database, wired.office, wired.clock, wired.bell))
    config = uvicorn.Config(door, host=settings.HOST, port=settings.PORT, log_config=None, server_header=False, access_log=False, lifespan="off")
    threading.Thread(target=uvicorn.Server(config).run, name="metrics", daemon=True).start()


def work(wire: Callable[..., Any], settings: Settings) -> int:
    """Run a worker alone until it is told to end (0) or a thread has ended (1: whoever watches it starts it anew).

    `worker.alive` in DATA_DIR is touched while all is well: the health check of a container without doors.
    """
    set_up_logs(settings.LOG_LEVEL)
    wired = wire(settings)
    worker, done = wired.worker(max(1, settings.WORKERS)), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    if settings.METRICS_TOKEN:
        _show_figures(wired)
    worker.start()
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    while worker.alive:
        (settings.DATA_DIR / "worker.alive").touch()
        if done.wait(_HEARTBEAT_SECONDS):
            break
    code = 0 if done.is_set() else 1
    worker.stop()
    wired.close()
    return code
