"""`main.py procedures`: check, diff, export, import of the procedure files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from backend import law
from backend.domain.catalogue import Catalogue
from backend.domain.law_files import load_catalogue
from backend.domain.law_lines import LawError
from backend.office import pinned
from backend.settings import Settings, load_settings
from backend.sheets import editing
from backend.store.db import Database
from backend.store.vault import Vault
from bot import gate
from bot.words import Words, WordsError

TEXTS = Path(__file__).resolve().parents[1] / "texts" / "vi"
PROCEDURES = law.HERE / "procedures"


def add(commands: argparse._SubParsersAction, database_of: Callable[[Settings], Database]) -> None:
    """Add the command to the parser; `database_of` opens the database in which a dossier is looked up."""
    parser = commands.add_parser("procedures", help="check, diff, export, import: the procedure files and the officers' sheet")
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    what.add_parser("check", help="every error of procedures and texts").set_defaults(run=_check)
    diff = what.add_parser("diff", help="what changed: from a folder to another, from the shipped files to a folder, since a dossier was made")
    diff.add_argument("first", metavar="FOLDER|CODE")
    diff.add_argument("second", metavar="FOLDER", nargs="?", type=Path)
    diff.set_defaults(run=lambda args: _diff(args, database_of))
    export = what.add_parser("export", help="procedures as a sheet for an officer (docs/procedures_sheet.md)")
    export.add_argument("id", nargs="*")
    export.add_argument("--out", type=Path, required=True, metavar="FILE.csv|FILE.xlsx")
    export.set_defaults(run=_export)
    bring = what.add_parser("import", help="a sheet as procedure files for review, in a new folder")
    bring.add_argument("sheet", type=Path)
    bring.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    bring.add_argument("--new", action="store_true", help="the sheet may hold procedures that are not in the catalogue yet")
    bring.set_defaults(run=_import)


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


def _diff(args, database_of: Callable[[Settings], Database]) -> int:
    shipped = load_catalogue(PROCEDURES)
    if Path(args.first).is_dir():
        changed = editing.folder_changes(Path(args.first), args.second, shipped)
    else:
        changed = _since_dossier(args.first, shipped, database_of)
    for name, lines in changed.items():
        print(f"{name}:", *lines, sep="\n  ")
    print("" if changed else "nothing changed", end="" if changed else "\n")
    return 0


def _since_dossier(code: str, shipped: Catalogue, database_of: Callable[[Settings], Database]) -> dict[str, list[str]]:
    settings = load_settings()
    with database_of(settings).read() as session:
        found = pinned.version_of(session, settings.UNIT, code)
    if found is None:
        raise LawError([f"{code} is neither a folder of procedure files nor the code of a dossier here; give one of them"])
    lines = editing.version_changes(shipped, *found)
    return {f"{found[0]} since {found[1]}": lines} if lines else {}
