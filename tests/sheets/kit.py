"""A sheet that a commune's officer filled, to spoil; and the same as an xlsx."""

from __future__ import annotations

import csv
from pathlib import Path

from openpyxl import Workbook

HERE = Path(__file__).parent
SAMPLE = HERE / "xin_nuoc.csv"
LINES = list(csv.reader(SAMPLE.read_text(encoding="utf-8").splitlines()))
COLUMNS = LINES[0]


def row_of(*start: str) -> int:
    """The number of the row that begins with these cells, as a spreadsheet counts."""
    return next(n for n, line in enumerate(LINES, 1) if line[: len(start)] == list(start))


def spoiled(tmp_path: Path, changes: dict[tuple[int, str], str], name: str = "sheet.csv") -> Path:
    """The sample as csv with other cells: {(row, heading): text}; row 1 is the heading."""
    lines = [list(line) for line in LINES]
    for (row, heading), text in changes.items():
        lines[row - 1][COLUMNS.index(heading)] = text
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    return path


def book(tmp_path: Path, change=None) -> Path:
    """The sample as xlsx; `change(page)` spoils it before it is saved."""
    made = Workbook()
    for line in LINES:
        made.active.append([cell or None for cell in line])
    if change:
        change(made.active)
    path = tmp_path / "sheet.xlsx"
    made.save(path)
    return path
