"""A procedure as rows of the sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from backend.domain.procedure import Procedure, SupplementCase
from backend.sheets.cells import CELLS
from backend.sheets.parts import FACTS, LISTS, MARKS, NAMES, PARTS
from backend.sheets.vocabulary import vocabulary

Cells = dict[str, str]
"""Column id -> what stands in the cell; an empty cell is left out."""


def rows_of(procedure: Procedure) -> list[Cells]:
    """Return the rows of a procedure in the order of the sheet; `reading.procedures_of` makes the same procedure of them."""
    held = procedure.model_dump(by_alias=True)
    return [{"procedure": procedure.id, "part": vocabulary().parts[part], **cells} for part, cells in _rows(held)]


def common_rows(supplements: Sequence[SupplementCase]) -> list[Cells]:
    """Return as rows what holds for every procedure that does not say it: for the comparison, it has no place on a sheet."""
    return [{"part": vocabulary().parts["supplement"], **_cells("supplement", case.model_dump(by_alias=True))} for case in supplements]


def _rows(held: dict[str, Any]) -> Iterator[tuple[str, Cells]]:
    yield from (("facts", cells) for cells in _facts(held))
    yield from (("folk", {"text": name}) for name in held["names"]["folk"])
    for part in PARTS:
        for item in held.get(part, []):
            yield part, _cells(part, item)
            yield from (("options", _option(item, option)) for option in item.get("options", []))
    for part in LISTS[1:]:
        yield from ((part, {"text": text}) for text in held[part])


def _facts(held: dict[str, Any]) -> Iterator[Cells]:
    for name, kind in FACTS.items():
        value = (held["names"] if name in NAMES else held)[name]
        if value is not None:
            yield {"id": vocabulary().facts[name], "text": CELLS[kind][0](value)}


def _cells(part: str, item: dict[str, Any]) -> Cells:
    held = {column: (kind, _inside(item, name)) for name, (column, kind) in PARTS[part].items()}
    cells = {column: CELLS[kind][0](value) for column, (kind, value) in held.items() if value not in (None, {}, [])}
    marks = [vocabulary().marks[name] for name, value in MARKS.get(part, {}).items() if item[name] is value]
    return {**cells, **({"marks": "; ".join(marks)} if marks else {})}


def _inside(item: dict[str, Any] | None, name: str) -> Any:
    """The value of a field; "time.value" is the value of the time inside."""
    for step in name.split("."):
        item = item[step] if item is not None else None
    return item


def _option(question: dict[str, Any], option: dict[str, Any]) -> Cells:
    return {**_cells("options", option), "id": f"{question['id']}.{option['id']}"}
