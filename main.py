"""Một Cửa: the wiring in one function, and the command line.

    ./run                                   everything on this machine (see the README)
    .venv/bin/python main.py --help         the single commands
"""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from sqlalchemy.exc import OperationalError, ProgrammingError

from backend import law
from backend.clock import Clock
from backend.domain.exchange import Peers, read_peers
from backend.domain.law_lines import LawError
from backend.doors.api.dossiers import read
from backend.doors.app import create_app
from backend.doors.parts import Parts
from backend.office import calendar, portal, positions, staff
from backend.office.bell import Bell, RedisBell
from backend.office.calendar_book import Line
from backend.office.exchange_line import Line as ExchangeLine
from backend.office.hooks import Teller
from backend.office.jobs import Claim
from backend.office.kit import Actor, Office, Refused
from backend.office.portal import Portal
from backend.office.worker import Worker
from backend.settings import Settings, SettingsError, load_settings
from backend.store.db import Database, sqlite_url
from backend.store.migrate import migrate
from backend.store.vault import Vault
from bot import nlu_server, opened, serving, webhooks
from bot.commands import measuring, offices, procedures
from bot.commands.procedures import TEXTS
from bot.commands.saying import stop
from bot.conversations import chores
from bot.conversations.handlers import handlers
from bot.conversations.kit import Bot
from bot.conversations.tokens import StoredTokens
from bot.desk import routers
from bot.dialogue.types import Place
from bot.nlu import NluClient
from bot.opened import Simulator
from bot.parse_cache import ParseCache
from bot.understood import Understander
from bot.words import Words, WordsError

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Wired:
    """One installation: the parts of both halves, made from the settings."""

    settings: Settings
    database: Database
    office: Office
    clock: Clock
    bell: Bell
    bot: Bot
    simulator: Simulator | None
    exchange: ExchangeLine

    def worker(self, threads: int) -> Worker:
        """Return a worker with the handlers of every kind of job."""
        return Worker(self.database, self.clock, self.bell, self._handlers(), threads)

    def _handlers(self) -> dict[str, Callable[[Claim], None]]:
        """Which function does which kind of job: the bot's, and those that speak to other systems."""
        settings, http = self.settings, httpx.Client()
        outward = {
            "exchange": self.exchange.deliver,
            "hook": Teller(self.database, self.office, self.clock, settings.hook_origins, http),
            "portal": Portal(self.database, self.office, self.clock, settings.PORTAL_URL, settings.PORTAL_TOKEN, read, http),
        }
        return {**handlers(self.bot), **outward}

    def app(self, ready: dict[str, Callable[[], str | None]]):
        """Return the doors as an ASGI app. `ready` are the named checks behind /readyz."""
        doors = [webhooks.router(self.bot), *routers(self.bot, self.settings, self.simulator)]
        return create_app(Parts(self.settings, self.database, self.office, self.clock, self.bell, doors, ready, self.exchange))

    def seed(self) -> None:
        """Write what an empty installation needs, once: the demo's staff, the first pair of Zalo's tokens, the chores."""
        now = self.clock.now()
        with self.database.write() as session:
            if self.settings.demo:
                staff.seed_demo(session, self.office.unit, now)
            chores.begin(session, self.office.unit, now)
            if self.settings.PORTAL_URL:
                portal.begin(session, self.office.unit, now)
        StoredTokens(self.database, self.office.vault, self.clock).seed(*opened.first_tokens(self.settings, self.simulator))

    def close(self) -> None:
        """Give back connections."""
        self.bell.close()
        self.database.close()


def wire(settings: Settings, clock: Clock | None = None) -> Wired:
    """Make an installation: the only place where parts meet. Raises SettingsError and the data files' own errors."""
    clock = clock or Clock()
    bell = RedisBell(settings.REDIS_URL) if settings.REDIS_URL else Bell()
    database, vault = database_of(settings), Vault(_secret_key(settings))
    office, desk = law.office(vault, settings.UNIT, _written_days(database, settings.UNIT)), law.desk(settings.UNIT)
    office = replace(office, peers=_peers(settings))
    bell.listen(lambda topic: office.book.forget() if topic == "calendar" else None)
    simulator = opened.simulator(settings, vault, clock.now)
    tokens = StoredTokens(database, vault, clock)
    cache = ParseCache(settings.REDIS_URL, vault) if settings.REDIS_URL else None
    nlu = NluClient(settings.NLU_URL, settings.NLU_TOKEN or "", httpx.Client(), cache) if settings.NLU_URL else None
    bot = Bot(
        database=database,
        office=office,
        channels=opened.channels_of(settings, os.environ, simulator, tokens, clock.now),
        sms_channel=settings.sms_channel,
        words=Words.load(TEXTS),
        understand=Understander(nlu, office.catalogue),
        place=Place(desk.unit, desk.name, desk.desk, desk.hours, desk.phone, settings.SMS_COST_NOTE or None),
        clock=clock,
        bell=bell,
        fragment_seconds=settings.fragment_seconds,
        duty_phones=settings.duty_phones,
        template_id=settings.ZALO_TEMPLATE_ID,
    )
    line = ExchangeLine(database, office, clock, bell, httpx.Client())
    return Wired(settings, database, office, clock, bell, bot, simulator, line)


def _peers(settings: Settings) -> Peers:
    try:
        return read_peers(settings.EXCHANGE_PEERS)
    except ValueError as error:
        raise SettingsError(f"EXCHANGE_PEERS: {error}") from None


def _written_days(database: Database, unit: str) -> Callable[[], Sequence[Line]]:
    def read() -> Sequence[Line]:
        with database.read() as session:
            return calendar.stored(session, unit)

    return read


def database_of(settings: Settings) -> Database:
    """Return the database the settings name: a server's, or a file in DATA_DIR. Raises SettingsError."""
    if settings.DATABASE_URL:
        return Database(settings.DATABASE_URL)
    _require_data_dir(settings)
    return Database(sqlite_url(settings.DATA_DIR))


def _require_data_dir(settings: Settings) -> None:
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        probe = settings.DATA_DIR / f".write-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(f"DATA_DIR {settings.DATA_DIR}: cannot be written ({error.strerror}); give a folder of your own") from None


def _secret_key(settings: Settings) -> str:
    """Return SECRET_KEY, or the one made on the first start and kept beside the database, readable by its owner only."""
    if settings.SECRET_KEY:
        return settings.SECRET_KEY
    path = settings.DATA_DIR / "secret.key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _serve(args) -> int:
    settings = load_settings()
    if args.full:  # its servers are our own, so is its secret
        _require_data_dir(settings)
        settings = settings.with_changes(SECRET_KEY=_secret_key(settings))
    return serving.serve(ROOT, wire, settings, full=args.full, bare=args.bare)


def _worker(args) -> int:
    return serving.work(wire, load_settings())


def _migrate(args) -> int:
    wired = wire(load_settings())
    migrate(wired.database)
    wired.seed()
    wired.close()
    print("the database is in its newest form")
    return 0


def _seed(args) -> int:
    settings = load_settings()
    if not settings.demo:
        return stop("seed: DEMO is off; the seeded accounts have a known password and are refused")
    wire(settings).seed()
    print(f"the demo's staff is there: one account per role, password {staff.DEMO_PASSWORD}")
    return 0


def _setup(args) -> int:
    """End the demo: its accounts are closed, and the first administrator gets a password of their own."""
    settings = load_settings(DEMO=False)
    wired = wire(settings)
    migrate(wired.database)
    login, name = input("Tên đăng nhập của người quản trị: ").strip().lower(), input("Họ và tên: ").strip()
    password = getpass.getpass("Mật khẩu (ít nhất 10 ký tự): ")
    with wired.database.write() as session:
        staff.end_demo(session, wired.clock.now())
        row = staff.add(session, settings.UNIT, login, name, "Quản trị", ["quantri"], password, wired.clock.now())
        positions.note_added(session, wired.office.vault, row, Actor("setup", settings.UNIT), wired.clock.now())
    print("Bản dùng thử đã kết thúc. Từ nay chạy với DEMO=false.")
    return 0


_PLAIN = (
    ("worker", _worker, "a worker without doors, for an app that runs apart"),
    ("migrate", _migrate, "bring the database to the newest form, and begin its chores"),
    ("seed", _seed, "write the demo's staff (refused when DEMO is off)"),
    ("setup", _setup, "end the demo for good and make the first administrator"),
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="main.py", description="Một Cửa: assistant and one-stop office")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="app, worker and, unless NLU_URL is set, the understanding server")
    serve.add_argument("--full", action="store_true", help="with PostgreSQL and Valkey from wheels, data under DATA_DIR")
    serve.add_argument("--bare", action="store_true", help="app and worker only: no migration, no training, no NLU server")
    serve.set_defaults(run=_serve)
    for name, run, help in _PLAIN:
        commands.add_parser(name, help=help).set_defaults(run=run)
    offices.add(commands, wire)
    procedures.add(commands, database_of)
    measuring.add(commands, ROOT, wire)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    args = _parser().parse_args(argv)
    try:
        return args.run(args)
    except (SettingsError, LawError, WordsError, nlu_server.NluServerError) as error:
        return stop(str(error))
    except Refused as refused:
        return stop(f"refused: {refused.reason}")
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).splitlines()[0]
        return stop(f"the database cannot be used ({reason}); see that it runs, and that `main.py migrate` was run")


if __name__ == "__main__":
    sys.exit(main())
