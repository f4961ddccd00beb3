"""The sheet as a file: csv in UTF-8, or xlsx. Reading refuses what would be guessed at: formulas, merged cells, lost encodings."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from backend.domain.law_lines import LawError
from backend.domain.letters import nfc
from backend.sheets.reading import Row, Sheet
from backend.sheets.rows import Cells
from backend.sheets.vocabulary import id_of, vocabulary

LARGEST = 5_000_000
"""Bytes: all procedures of a province are below a tenth of it."""
LARGEST_UNPACKED = 20 * LARGEST
"""A few bytes can be packed text without end."""
NEEDED = ("procedure", "part", "id", "text")
_KINDS = (".csv", ".xlsx")


def read_sheet(path: Path) -> Sheet:
    """Return a csv or xlsx file as a sheet. Raises LawError with file, row, column and what to do."""
    if path.suffix.lower() not in _KINDS:
        raise LawError([f"{path.name}:1: not read; save the sheet as .xlsx, or as CSV UTF-8 (.csv)"])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LawError([f"{path.name}:1: cannot be opened ({error.strerror}); give the path of a .csv or .xlsx file"]) from None
    if len(content) > LARGEST:
        raise LawError([f"{path.name}:1: larger than {LARGEST // 1_000_000} MB; split it, some procedures a file"])
    lines = _csv(path.name, content) if path.suffix.lower() == ".csv" else _xlsx(path.name, content)
    return _sheet(path.name, [line for line in lines if any(line[1])])


def _sheet(name: str, lines: list[tuple[int, list[str]]]) -> Sheet:
    if not lines:
        raise LawError([f"{name}:1: empty; the first row is the heading {', '.join(vocabulary().columns.values())}"])
    columns = _heading(name, *lines[0])
    long = [f"{name}:{number}: more cells than the heading; put a text with a comma in quotes" for number, cells in lines[1:] if any(cells[len(columns) :])]
    if long:
        raise LawError(long)
    return Sheet(name, [Row(number, {c: cell for c, cell in zip(columns, cells, strict=False) if c and cell}) for number, cells in lines[1:]])


def _heading(name: str, number: int, cells: list[str]) -> list[str]:
    columns = [id_of(vocabulary().columns, cell) or "" for cell in cells]
    unknown = [cell for cell, column in zip(cells, columns, strict=True) if cell and not column]
    errors = [f'{name}:{number}: column "{cell}" is not known; known are {", ".join(vocabulary().columns.values())}' for cell in unknown]
    errors += [f'{name}:{number}: column "{vocabulary().columns[c]}" stands twice; keep one' for c in dict.fromkeys(columns) if c and columns.count(c) > 1]
    missing = [vocabulary().columns[column] for column in NEEDED if column not in columns]
    if missing:
        errors.append(f"{name}:{number}: the heading lacks {', '.join(missing)}; the first row names the columns")
    if errors:
        raise LawError(errors)
    return columns


def _csv(name: str, content: bytes) -> list[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise LawError([f'{name}:{line}: not UTF-8, so the accents are lost; save it as "CSV UTF-8", or as .xlsx']) from None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    lines, before = [], 0
    try:
        for cells in reader:
            lines.append((before + 1, [nfc(cell).strip() for cell in cells]))
            before = reader.line_num
    except csv.Error as error:
        raise LawError([f"{name}:{before + 1}: not CSV from here on ({error}); look for a quote that is not closed"]) from None
    _refuse((_formula(name, number, n) for number, cells in lines for n, cell in enumerate(cells) if cell.startswith("=")))
    return lines


def _xlsx(name: str, content: bytes) -> list[tuple[int, list[str]]]:
    page = _first_page(name, content)
    merged = [f"{name}:{block.min_row}: the cells {block.coord} are merged; unmerge them and write the value in each row" for block in page.merged_cells.ranges]
    _refuse(iter(merged))
    _refuse((error for row in page.iter_rows() for n, cell in enumerate(row) if (error := _unfit(name, cell.row, n, cell))))
    return [(row[0].row, [_shown(cell.value) for cell in row]) for row in page.iter_rows()]


def _first_page(name: str, content: bytes) -> Any:
    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(content)).infolist())
        page = load_workbook(io.BytesIO(content)).worksheets[0] if unpacked <= LARGEST_UNPACKED else None
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, IndexError, SyntaxError):
        raise LawError([f"{name}:1: not an .xlsx file inside; open it in a spreadsheet and save it again as .xlsx"]) from None
    if page is None:
        raise LawError([f"{name}:1: far too large when unpacked; copy the rows into a new file"])
    return page


def _refuse(errors: Iterator[str]) -> None:
    if found := list(errors):
        raise LawError(found)


def _letter(n: int) -> str:
    return (chr(64 + n // 26) if n >= 26 else "") + chr(65 + n % 26)


def _formula(name: str, number: int, n: int) -> str:
    return f"{name}:{number}: cell {_letter(n)}{number} is a formula; paste it again as a value"


def _unfit(name: str, number: int, n: int, cell: Any) -> str | None:
    if cell.data_type == "f":
        return _formula(name, number, n)
    if cell.data_type == "e":
        return f"{name}:{number}: cell {_letter(n)}{number} shows {cell.value}; write its value"
    if cell.data_type == "b":
        return f"{name}:{number}: cell {_letter(n)}{number} is true or false; write it as a word"
    return None


def _shown(value: Any) -> str:
    """A cell as an officer sees it: a day without an hour, 17 and not 17.0."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return nfc(str(value)).strip()


def write_sheet(path: Path, rows: Sequence[Cells]) -> None:
    """Write rows as csv or xlsx, by the suffix of `path`. Raises LawError where it cannot be written."""
    columns = vocabulary().columns
    lines = [list(columns.values()), *([row.get(column, "") for column in columns] for row in rows)]
    if path.suffix.lower() not in _KINDS:
        raise LawError([f"{path.name}: call it .csv or .xlsx"])
    try:
        _write_csv(path, lines) if path.suffix.lower() == ".csv" else _write_xlsx(path, lines)
    except OSError as error:
        raise LawError([f"{path}: cannot be written ({error.strerror})"]) from None


def _write_csv(path: Path, lines: list[list[str]]) -> None:
    """With a byte order mark: without it spreadsheets take UTF-8 for the machine's old code page."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(lines)


def _write_xlsx(path: Path, lines: list[list[str]]) -> None:
    """Every cell as text: a number would lose the last zero of a code, and a day its form."""
    book = Workbook()
    page = book.active
    for number, line in enumerate(lines, 1):
        for n, text in ((n, text) for n, text in enumerate(line, 1) if text):
            cell = page.cell(number, n, text)
            cell.data_type, cell.number_format = "s", "@"
    for cell in page[1]:
        cell.font = Font(bold=True)
        page.column_dimensions[cell.column_letter].number_format = "@"
    page.freeze_panes = "C2"
    book.save(path)
