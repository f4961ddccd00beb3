"""Một Cửa: the wiring in one function, and the command line.

    ./run                                   everything on this machine (see the README)
    .venv/bin/python main.py --help         the single commands
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from backend import law
from backend.clock import Clock
from backend.domain.law_lines import LawError
from backend.doors.app import create_app
from backend.doors.parts import Parts
from backend.office import audit, staff
from backend.office.bell import Bell, RedisBell
from backend.office.kit import Office, Refused
from backend.office.worker import Worker
from backend.settings import Settings, SettingsError, load_settings
from backend.store.db import Database, sqlite_url
from backend.store.migrate import migrate
from backend.store.vault import Vault
from bot import gate, nlu_server, opened, serving, webhooks
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
TEXTS = ROOT / "bot" / "texts" / "vi"


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

    def worker(self, threads: int) -> Worker:
        """Return a worker with the handlers of every kind of job."""
        return Worker(self.database, self.clock, self.bell, handlers(self.bot), threads)

    def app(self, ready: dict[str, Callable[[], str | None]]):
        """Return the doors as an ASGI app. `ready` are the named checks behind /readyz."""
        doors = [webhooks.router(self.bot), *routers(self.bot, self.settings, self.simulator)]
        return create_app(Parts(self.settings, self.database, self.office, self.clock, self.bell, doors, ready))

    def seed(self) -> None:
        """Write what an empty installation needs, once: the demo's staff, the first pair of Zalo's tokens, the chores."""
        now = self.clock.now()
        with self.database.write() as session:
            if self.settings.demo:
                staff.seed_demo(session, self.office.unit, now)
            chores.begin(session, self.office.unit, now)
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
    office, desk = law.office(vault, settings.UNIT), law.desk(settings.UNIT)
    simulator = opened.simulator(settings, vault, clock.now)
    tokens = StoredTokens(database, vault, clock)
    cache = ParseCache(settings.REDIS_URL, vault) if settings.REDIS_URL else None
    nlu = NluClient(settings.NLU_URL, settings.NLU_TOKEN or "", httpx.Client(), cache) if settings.NLU_URL else None
    bot = Bot(
        database=database,
        office=office,
        channels=opened.channels_of(settings, os.environ, simulator, tokens, clock.now),
        sms_channel="twilio" if settings.SMS_CHANNEL == "twilio" else "sms",
        words=Words.load(TEXTS),
        understand=Understander(nlu, office.catalogue),
        place=Place(desk.unit, desk.name, desk.desk, desk.hours, desk.phone, settings.SMS_COST_NOTE or None),
        clock=clock,
        bell=bell,
        fragment_seconds=settings.fragment_seconds,
        duty_phones=settings.duty_phones,
        template_id=settings.ZALO_TEMPLATE_ID,
    )
    return Wired(settings, database, office, clock, bell, bot, simulator)


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


def _stop(line: str) -> int:
    """Say one clear line and end with exit code 1."""
    print(f"mot-cua: {line}", file=sys.stderr)
    return 1


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
        return _stop("seed: DEMO is off; the seeded accounts have a known password and are refused")
    wire(settings).seed()
    print(f"the demo's staff is there: one account per role, password {staff.DEMO_PASSWORD}")
    return 0


def _setup(args) -> int:
    """End the demo: its accounts are closed, and the first administrator gets a password of their own."""
    settings = load_settings(DEMO=False)
    wired = wire(settings)
    migrate(wired.database)
    login, name = input("Tên đăng nhập của người quản trị: ").strip(), input("Họ và tên: ").strip()
    password = getpass.getpass("Mật khẩu (ít nhất 10 ký tự): ")
    with wired.database.write() as session:
        staff.end_demo(session)
        staff.add(session, settings.UNIT, login, name, "Quản trị", ["quantri"], password, wired.clock.now())
    print("Bản dùng thử đã kết thúc. Từ nay chạy với DEMO=false.")
    return 0


def _audit(args) -> int:
    wired = wire(load_settings())
    with wired.database.read() as session:
        broken = audit.verify(session, wired.office.vault)
    for line in broken:
        print(line)
    print(f"{len(broken)} broken chains" if broken else "every chain holds")
    return 1 if broken else 0


def check_law() -> list[str]:
    """Return every error of procedures, workflow and texts, one line each."""
    try:
        office = law.office(Vault("x" * 32), load_settings().UNIT)
        words = Words.load(TEXTS)
    except (LawError, WordsError) as error:
        return str(error).splitlines()
    unspoken = [f"notice {kind} has no text" for kind in sorted(office.workflow.notices()) if not words.has(f"notice.{kind}")]
    return unspoken + gate.gate(words, office.catalogue, gate.load_rules(TEXTS))


def _procedures(args) -> int:
    errors = check_law()
    for line in errors:
        print(line)
    print(f"{len(errors)} errors" if errors else "every procedure and every text is in order")
    return 1 if errors else 0


def _nlu(args) -> int:
    if args.what == "train":
        return nlu_server.train(ROOT)
    if args.file is None:
        return _stop("nlu evaluate FILE.tsv: name a file with the columns text, intent, procedure")
    return _report(args, lambda: nlu_server.evaluate(ROOT, load_settings(), args.file))


def _values(args) -> int:
    from backend.domain.values.evaluate import evaluate

    return _report(args, lambda: evaluate(args.file))


def _report(args, measure: Callable[[], dict]) -> int:
    """Print a measurement as JSON, or as its figures and the rows that went wrong."""
    try:
        result = measure()
    except (ValueError, OSError) as error:
        return _stop(str(error))
    if args.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return 0
    for name, value in result.items():
        if name != "rows":
            print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}")
    return 0


def _bench(args) -> int:
    from tests.bench import run

    return run.main(args.what)


_COMMANDS = {
    "serve": _serve,
    "worker": _worker,
    "migrate": _migrate,
    "seed": _seed,
    "setup": _setup,
    "audit": _audit,
    "procedures": _procedures,
    "nlu": _nlu,
    "values": _values,
    "bench": _bench,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="main.py", description="Một Cửa: assistant and one-stop office")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="app, worker and, unless NLU_URL is set, the understanding server")
    serve.add_argument("--full", action="store_true", help="with PostgreSQL and Valkey from wheels, data under DATA_DIR")
    serve.add_argument("--bare", action="store_true", help="app and worker only: no migration, no training, no NLU server")
    commands.add_parser("worker", help="a worker without doors, for an app that runs apart")
    commands.add_parser("migrate", help="bring the database to the newest form, and begin its chores")
    commands.add_parser("seed", help="write the demo's staff (refused when DEMO is off)")
    commands.add_parser("setup", help="end the demo for good and make the first administrator")
    commands.add_parser("audit", help="verify: name the row of a dossier's history that was touched").add_argument("what", choices=["verify"])
    commands.add_parser("procedures", help="check: every error of procedures and texts").add_argument("what", choices=["check"])
    _measuring_commands(commands)
    return parser


def _measuring_commands(commands) -> None:
    nlu = commands.add_parser("nlu", help="train the understanding model; evaluate it on a file of lines")
    nlu.add_argument("what", choices=["train", "evaluate"])
    nlu.add_argument("file", nargs="?", type=Path)
    nlu.add_argument("--json", action="store_true")
    values = commands.add_parser("values", help="evaluate the readers of dates, names and numbers on a file of lines")
    values.add_argument("what", choices=["evaluate"])
    values.add_argument("file", type=Path)
    values.add_argument("--json", action="store_true")
    commands.add_parser("bench", help="measure, and write docs/benchmarks.md").add_argument("what", nargs="*")


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    args = _parser().parse_args(argv)
    try:
        return _COMMANDS[args.command](args)
    except (SettingsError, LawError, WordsError, nlu_server.NluServerError) as error:
        return _stop(str(error))
    except Refused as refused:
        return _stop(f"refused: {refused.reason}")


if __name__ == "__main__":
    sys.exit(main())
