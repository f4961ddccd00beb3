"""Measures the readers on a table: `main.py values evaluate FILE.tsv`.

Columns, tab-separated, in this order: `type today text expected`. `expected` is the canonical value, or `ASK` where the
reader must ask back, or `ERROR` where it must refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from backend.domain.letters import nfc
from backend.domain.values.addresses import read_address
from backend.domain.values.amounts import read_money
from backend.domain.values.citizen_ids import read_citizen_id
from backend.domain.values.codes import read_dossier_code
from backend.domain.values.dates import read_birth_date, read_date
from backend.domain.values.genders import read_gender
from backend.domain.values.names import read_person_name
from backend.domain.values.phones import read_phone
from backend.domain.values.result import Ask, Read, Result
from backend.domain.values.yes_no import read_yes_no

COLUMNS = ["type", "today", "text", "expected"]
READERS: dict[str, Callable[[str, date], Result]] = {
    "date": read_date,
    "birth_date": read_birth_date,
    "citizen_id": read_citizen_id,
    "phone": read_phone,
    "person_name": read_person_name,
    "gender": read_gender,
    "choice_yes_no": read_yes_no,
    "dossier_code": read_dossier_code,
    "money": read_money,
    "address": read_address,
}
COUNTED_FROM_TODAY = {"date", "birth_date"}


class TableError(ValueError):
    """The table cannot be read; the message names file and line and says what to do."""


def evaluate(path: Path | str) -> dict[str, Any]:
    """{n, accuracy, rows: [{type, text, expected, predicted}]}. Raises `TableError`."""
    rows = [_row(*cells) for cells in read_table(Path(path))]
    right = sum(row["expected"] == row["predicted"] for row in rows)
    return {"n": len(rows), "accuracy": right / len(rows) if rows else 0.0, "rows": rows}


def predicted(kind: str, text: str, today: date) -> str:
    """The canonical value that the reader of a type finds, `ASK` or `ERROR`."""
    result = READERS[kind](text, today)
    if isinstance(result, Read):
        return result.value
    return "ASK" if isinstance(result, Ask) else "ERROR"


def _row(kind: str, today: date, text: str, expected: str) -> dict[str, str]:
    return {"type": kind, "text": text, "expected": expected, "predicted": predicted(kind, text, today)}


def read_table(path: Path) -> list[tuple[str, date, str, str]]:
    """The rows of a table as (type, today, text, expected). Raises `TableError`."""
    lines = _lines(path)
    if not lines or lines[0].split("\t") != COLUMNS:
        raise TableError(
            f"{path}:1: the first line must be the header {' '.join(COLUMNS)}, separated by tabs"
        )
    return [_cells(path, number, line) for number, line in enumerate(lines[1:], 2) if line.strip()]


def _lines(path: Path) -> list[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableError(
            f"{path}: cannot be read ({error.strerror or type(error).__name__}); name an existing file"
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableError(f"{path}:{line}: not UTF-8; save the table as UTF-8") from error
    return [line.removesuffix("\r") for line in text.split("\n")]


def _cells(path: Path, number: int, line: str) -> tuple[str, date, str, str]:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        raise TableError(
            f"{path}:{number}: {len(cells)} cells, must be {len(COLUMNS)}: {' '.join(COLUMNS)}, separated by tabs"
        )
    kind, today, text, expected = cells
    if kind not in READERS:
        raise TableError(f"{path}:{number}: there is no type '{kind[:40]}'; types are {' '.join(READERS)}")
    if not expected.strip():
        raise TableError(f"{path}:{number}: nothing expected; write the value, ASK or ERROR")
    return kind, _today(path, number, kind, today.strip()), text, nfc(expected.strip())


def _today(path: Path, number: int, kind: str, today: str) -> date:
    """The day of the row; only dates are counted from it, so that other types may leave it empty."""
    if not today and kind not in COUNTED_FROM_TODAY:
        return date.max
    try:
        return date.fromisoformat(today)
    except ValueError:
        raise TableError(f"{path}:{number}: today must be a day such as 2026-11-23") from None
