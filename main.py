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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from backend import law
from backend.clock import Clock
from backend.domain.catalogue import Catalogue
from backend.domain.exchange import Peers, read_peers
from backend.domain.law_files import load_catalogue
from backend.domain.law_lines import LawError
from backend.doors.api.dossiers import read
from backend.doors.app import create_app
from backend.doors.parts import Parts
from backend.office import api_tokens, audit, calendar, exchange_report, pinned, portal, positions, staff
from backend.office.access import SCOPES
from backend.office.bell import Bell, RedisBell
from backend.office.calendar_book import Line
from backend.office.exchange_line import Line as ExchangeLine
from backend.office.exchange_line import Silent
from backend.office.hooks import Teller
from backend.office.jobs import Claim
from backend.office.kit import Actor, Office, Refused
from backend.office.portal import Portal
from backend.office.worker import Worker
from backend.settings import Settings, SettingsError, load_settings
from backend.sheets import editing
from backend.store.db import Database, sqlite_url
from backend.store.migrate import migrate
from backend.store.vault import Vault
from bot import gate, nlu_figures, nlu_server, opened, serving, webhooks
from bot.conversations import chores
from bot.conversations.handlers import handlers
from bot.conversations.kit import Bot
from bot.conversations.tokens import StoredTokens
from bot.desk import routers
from bot.dialogue.types import Place
from bot.learning import commands as learning
from bot.nlu import NluClient
from bot.opened import Simulator
from bot.parse_cache import ParseCache
from bot.understood import Understander
from bot.words import Words, WordsError

ROOT = Path(__file__).resolve().parent
TEXTS = ROOT / "bot" / "texts" / "vi"
PROCEDURES = law.HERE / "procedures"


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
    login, name = input("Tên đăng nhập của người quản trị: ").strip().lower(), input("Họ và tên: ").strip()
    password = getpass.getpass("Mật khẩu (ít nhất 10 ký tự): ")
    with wired.database.write() as session:
        staff.end_demo(session, wired.clock.now())
        row = staff.add(session, settings.UNIT, login, name, "Quản trị", ["quantri"], password, wired.clock.now())
        positions.note_added(session, wired.office.vault, row, Actor("setup", settings.UNIT), wired.clock.now())
    print("Bản dùng thử đã kết thúc. Từ nay chạy với DEMO=false.")
    return 0


def _audit(args) -> int:
    wired = wire(load_settings())
    with wired.database.read() as session:
        broken = audit.verify(session, wired.office.vault)
    for line in broken:
        print(line)
    print(f"{len(broken)} rows do not fit" if broken else "every chain and every anchor holds")
    return 1 if broken else 0


def _exchange(args) -> int:
    wired = wire(load_settings())
    first, last = exchange_report.days_before(wired.clock.now(), args.days)
    lines = exchange_report.report(wired.database, wired.office, wired.exchange, first, last, Silent)
    print(*map(exchange_report.as_text, lines), sep="\n", end="\n" if lines else "")
    fits = all(line.fits for line in lines)
    print("both sides hold the same" if fits else "the two sides differ: see the lines above")
    return 0 if fits else 1


def _tokens(args) -> int:
    """Make, list or end tokens of other systems (`backend.office.access.SCOPES`)."""
    wired = wire(load_settings())
    unit, now = wired.office.unit, wired.clock.now()
    with wired.database.write() as session:
        if args.what == "make":
            held = {"fields": args.field, "known": api_tokens.known_fields(wired.office)}
            row, token = api_tokens.make(session, unit, args.name, args.scopes.split(","), "console", now, args.days, **held)
            print(f"id: {row.id}\ntoken: {token}\nIt is shown this once; it ends on {row.expires_at.date()}.")
        elif args.what == "revoke":
            print(f"revoked: {api_tokens.revoke(session, args.id, unit, now).name}")
        else:
            for row in api_tokens.listed(session, unit):
                end = f"revoked {row.revoked_at.date()}" if row.revoked_at else f"until {row.expires_at.date()}"
                print(row.id, row.name, end, *row.scopes, *(["in:", "; ".join(row.fields)] if row.fields else []))
    wired.close()
    return 0


def check_law() -> list[str]:
    """Return every error of procedures, workflow and texts, one line each."""
    try:
        office = law.office(Vault("x" * 32), load_settings().UNIT)
        words = Words.load(TEXTS)
    except (LawError, WordsError) as error:
        return str(error).splitlines()
    unspoken = [f"notice {kind} has no text" for kind in sorted(office.workflow.notices()) if not words.has(f"notice.{kind}")]
    return unspoken + gate.gate(words, office.catalogue, gate.load_rules(TEXTS))


def _check(args) -> int:
    errors = check_law()
    for line in errors:
        print(line)
    print(f"{len(errors)} errors" if errors else "every procedure and every text is in order")
    return 1 if errors else 0


def _export(args) -> int:
    print(f"{editing.export(load_catalogue(PROCEDURES), args.id, args.out)} rows written to {args.out}")
    return 0


def _import(args) -> int:
    found = editing.bring_in(args.sheet, args.out, load_catalogue(PROCEDURES), args.new)
    unspoken = gate.gate(Words.load(TEXTS), Catalogue(one.procedure for one in found), gate.load_rules(TEXTS))
    for line in [line for one in found for line in one.unverified] + unspoken:
        print(line)
    print(f"{len(found)} procedures written to {args.out} for review; compare: main.py procedures diff {args.out}")
    return 0


def _diff(args) -> int:
    shipped = load_catalogue(PROCEDURES)
    changed = editing.folder_changes(Path(args.first), args.second, shipped) if Path(args.first).is_dir() else _since_dossier(args.first, shipped)
    for name, lines in changed.items():
        print(f"{name}:", *lines, sep="\n  ")
    print("" if changed else "nothing changed", end="" if changed else "\n")
    return 0


def _since_dossier(code: str, shipped: Catalogue) -> dict[str, list[str]]:
    settings = load_settings()
    with database_of(settings).read() as session:
        found = pinned.version_of(session, settings.UNIT, code)
    if found is None:
        raise LawError([f"{code} is neither a folder of procedure files nor the code of a dossier here; give one of them"])
    lines = editing.version_changes(shipped, *found)
    return {f"{found[0]} since {found[1]}": lines} if lines else {}


def _procedures(args) -> int:
    return {"check": _check, "export": _export, "import": _import, "diff": _diff}[args.what](args)


def _nlu(args) -> int:
    if args.what != "evaluate":
        return _learn(args)
    if args.file is None:
        return _stop("nlu evaluate FILE.tsv: name a file (or a folder of files) with the columns text, intent, procedure")
    if args.spellings:
        return _report(args, lambda: nlu_figures.evaluate(ROOT, load_settings(), args.file, Clock().now()))
    return _report(args, lambda: nlu_server.evaluate(ROOT, load_settings(), args.file))


def _learn(args) -> int:
    """The learning loop: train, test, promote, rollback."""
    settings = load_settings()
    wired = wire(settings)
    migrate(wired.database)
    bench = learning.Bench(ROOT, settings.DATA_DIR, wired.database, wired.office, wired.clock.now)
    try:
        if args.what == "test":
            return learning.test(bench, args.json)
        if args.what == "promote":
            return learning.promote(bench, args.by or os.environ.get("USER") or f"uid {os.getuid()}")
        return learning.train(bench) if args.what == "train" else learning.rollback(bench)
    finally:
        wired.close()


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
    "tokens": _tokens,
    "exchange": _exchange,
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
    compare = commands.add_parser("exchange", help="report: both sides' counts of what was handed over, and what one of them lacks")
    compare.add_argument("what", choices=["report"])
    compare.add_argument("--days", type=int, choices=range(1, 93), default=exchange_report.DAYS, metavar="1..92")
    _token_commands(commands.add_parser("tokens", help="make, list, revoke: keys of other systems to the API"))
    _procedure_commands(commands.add_parser("procedures", help="check, diff, export, import: the procedure files and the officers' sheet"))
    _measuring_commands(commands)
    return parser


def _token_commands(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    make = what.add_parser("make", help="a new token, shown once")
    make.add_argument("name")
    make.add_argument("--scopes", required=True, metavar="SCOPE,SCOPE", help=", ".join(SCOPES))
    make.add_argument("--field", action="append", default=[], metavar="FIELD", help='only dossiers of this field of procedures ("Đất đai"); may be given again')
    make.add_argument("--days", type=int, default=api_tokens.DAYS)
    what.add_parser("list", help="every token of this unit")
    what.add_parser("revoke", help="end a token").add_argument("id")


def _procedure_commands(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    what.add_parser("check", help="every error of procedures and texts")
    diff = what.add_parser("diff", help="what changed: from a folder to another, from the shipped files to a folder, since a dossier was made")
    diff.add_argument("first", metavar="FOLDER|CODE")
    diff.add_argument("second", metavar="FOLDER", nargs="?", type=Path)
    export = what.add_parser("export", help="procedures as a sheet for an officer (docs/procedures_sheet.md)")
    export.add_argument("id", nargs="*")
    export.add_argument("--out", type=Path, required=True, metavar="FILE.csv|FILE.xlsx")
    bring = what.add_parser("import", help="a sheet as procedure files for review, in a new folder")
    bring.add_argument("sheet", type=Path)
    bring.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    bring.add_argument("--new", action="store_true", help="the sheet may hold procedures that are not in the catalogue yet")


def _measuring_commands(commands) -> None:
    nlu = commands.add_parser("nlu", help="evaluate FILE; train, test, promote, rollback: learn from the inbox of unsure lines")
    nlu.add_argument("what", choices=["train", "evaluate", "test", "promote", "rollback"])
    nlu.add_argument("file", nargs="?", type=Path)
    nlu.add_argument("--json", action="store_true")
    nlu.add_argument("--by", help="promote: the name of who answers for it, shown in the console")
    nlu.add_argument("--spellings", action="store_true", help="evaluate: also in six spellings, with what the dialogue would act on")
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
