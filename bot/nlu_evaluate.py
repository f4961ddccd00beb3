"""Measures understanding on a file of labelled lines: `text`, `intent` and `procedure`, apart by tabs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.dialogue.types import Understanding

COLUMNS = ["text", "intent", "procedure"]
Line = tuple[str, frozenset[str], frozenset[str]]
"""(text, allowed intents, allowed procedures)"""


def read_lines(path: Path) -> list[Line]:
    """Return the rows of a file, or of all the .tsv files of a folder; a cell `a|b` allows either.

    Raises ValueError with the line's number where a file is not such a table.
    """
    if path.is_dir():
        return _folder(path)
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ValueError(f"{path.name}, line {line}: not UTF-8; save the file as UTF-8") from None
    if [cell.strip() for cell in lines[0].split("\t")] != COLUMNS:
        raise ValueError(f"{path.name}, line 1: the header must be {' '.join(COLUMNS)}, apart by tabs")
    rows = [_row(path.name, number, line) for number, line in enumerate(lines[1:], 2) if line.strip()]
    if not rows:
        raise ValueError(f"{path.name}: no row below the header")
    return rows


def _folder(path: Path) -> list[Line]:
    lines = [line for file in sorted(path.glob("*.tsv")) for line in read_lines(file)]
    if not lines:
        raise ValueError(f"{path.name}: no .tsv file in this folder")
    return lines


def _row(name: str, number: int, line: str) -> Line:
    cells = line.rstrip("\r").split("\t")
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{name}, line {number}: {len(cells)} cells, expected {len(COLUMNS)} ({' '.join(COLUMNS)})")
    text, intents, procedures = cells
    if not text.strip() or not _labels(intents):
        raise ValueError(f"{name}, line {number}: text and intent must not be empty")
    return text, _labels(intents), _labels(procedures)


def _labels(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split("|") if part.strip())


def evaluate(path: Path, parse: Callable[[str], Understanding]) -> dict[str, Any]:
    """Return `{n, intent_accuracy, procedure_accuracy, rows}`; procedures count on the rows that name one.

    Raises ValueError for a bad file and whatever `parse` raises.
    """
    return measure(read_lines(path), parse)


def measure(lines: Sequence[Line], parse: Callable[[str], Understanding]) -> dict[str, Any]:
    """Return `{n, intent_accuracy, procedure_accuracy, rows}` of lines that were read already."""
    rows, intents, procedures = [], [], []
    for text, intent, procedure in lines:
        meant = parse(text)
        found = best_procedure(meant)
        intents.append(meant.intent in intent)
        if procedure:
            procedures.append(found in procedure)
        rows.append({
            "text": text, "intent": "|".join(sorted(intent)), "procedure": "|".join(sorted(procedure)),
            "predicted_intent": meant.intent, "predicted_procedure": found, "confidence": round(meant.confidence, 4),
        })  # fmt: skip
    return {
        "n": len(rows),
        "intent_accuracy": sum(intents) / len(intents),
        "procedure_accuracy": sum(procedures) / len(procedures) if procedures else None,
        "rows": rows,
    }


def best_procedure(meant: Understanding) -> str:
    """Return the best single procedure of an understanding, empty where it names none."""
    return meant.procedure or ""
