"""`main.py audit`, `exchange` and `tokens`: what is asked of a running office."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from backend.office import api_tokens, audit, exchange_report
from backend.office.access import SCOPES
from backend.office.exchange_line import Silent
from backend.settings import Settings, load_settings

Wire = Callable[[Settings], Any]


def add(commands: argparse._SubParsersAction, wire: Wire) -> None:
    """Add the commands to the parser."""
    verify = commands.add_parser("audit", help="verify: name the row of a dossier's history that was touched")
    verify.add_argument("what", choices=["verify"])
    verify.set_defaults(run=lambda args: _audit(wire))
    compare = commands.add_parser("exchange", help="report: both sides' counts of what was handed over, and what one of them lacks")
    compare.add_argument("what", choices=["report"])
    compare.add_argument("--days", type=int, choices=range(1, 93), default=exchange_report.DAYS, metavar="1..92")
    compare.set_defaults(run=lambda args: _exchange(args, wire))
    tokens = commands.add_parser("tokens", help="make, list, revoke: keys of other systems to the API")
    _token_commands(tokens)
    tokens.set_defaults(run=lambda args: _tokens(args, wire))


def _token_commands(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    make = what.add_parser("make", help="a new token, shown once")
    make.add_argument("name")
    make.add_argument("--scopes", required=True, metavar="SCOPE,SCOPE", help=", ".join(SCOPES))
    make.add_argument("--field", action="append", default=[], metavar="FIELD", help='only dossiers of this field of procedures ("Đất đai"); may be given again')
    make.add_argument("--days", type=int, default=api_tokens.DAYS)
    what.add_parser("list", help="every token of this unit")
    what.add_parser("revoke", help="end a token").add_argument("id")


def _audit(wire: Wire) -> int:
    wired = wire(load_settings())
    with wired.database.read() as session:
        broken = audit.verify(session, wired.office.vault)
    for line in broken:
        print(line)
    print(f"{len(broken)} rows do not fit" if broken else "every chain and every anchor holds")
    return 1 if broken else 0


def _exchange(args, wire: Wire) -> int:
    wired = wire(load_settings())
    first, last = exchange_report.days_before(wired.clock.now(), args.days)
    lines = exchange_report.report(wired.database, wired.office, wired.exchange, first, last, Silent)
    print(*map(exchange_report.as_text, lines), sep="\n", end="\n" if lines else "")
    fits = all(line.fits for line in lines)
    print("both sides hold the same" if fits else "the two sides differ: see the lines above")
    return 0 if fits else 1


def _tokens(args, wire: Wire) -> int:
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
