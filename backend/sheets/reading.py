"""Rows of the sheet as procedures: every error at once, each with file, row, column and what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from backend.domain.law_lines import LawError
from backend.domain.law_rules import problems
from backend.domain.procedure import Procedure
from backend.sheets.cells import CELLS
from backend.sheets.parts import FACTS, LISTS, MARKS, NAMES, PARTS, Fields
from backend.sheets.vocabulary import id_of, vocabulary

Keys = tuple[Any, ...]
"""Keys into the procedure file: ("papers", 2, "plain")."""
_EVERYWHERE = {"procedure", "part"}
_SILENT: dict[str, dict[str, Any]] = {
    "papers": {"verified": False}, "fee": {"verified": False}, "time": {"verified": False, "value": None}, "supplement": {"verified": False},
}  # fmt: skip
"""What a row means that does not say it: nobody has compared it with its source."""


@dataclass(frozen=True)
class Row:
    """One row: its number in the file as a spreadsheet counts, and its cells that are not empty, by column id."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """What was read from a file: its name for errors, and its rows without the heading and without empty rows."""

    name: str
    rows: list[Row]

    def at(self, row: int, column: str | None, said: str) -> str:
        """Return 'sheet.csv:12: column "khi": what is wrong'; without a column the whole row is meant."""
        where = f'column "{vocabulary().columns[column]}": ' if column else ""
        return f"{self.name}:{row}: {where}{said}"


@dataclass(frozen=True)
class Imported:
    """A procedure of the sheet, and one line for each row that is not verified: no citizen is told it as certain."""

    procedure: Procedure
    unverified: list[str]


@dataclass
class _Draft:
    """The file of one procedure as it grows; `spots` remembers from which row and column a value came."""

    sheet: Sheet
    first_row: int
    data: dict[str, Any]
    spots: dict[Keys, tuple[int, str | None]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def at(self, path: Keys, said: str) -> str:
        """Return the error at the nearest value that came from the sheet, or at the procedure's first row."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.spots:
                return self.sheet.at(*self.spots[path[:end]], said)
        return self.sheet.at(self.first_row, None, said)


def procedures_of(sheet: Sheet, known: Collection[str], new: bool = False) -> list[Imported]:
    """Return the procedures of a sheet. Ids that are not `known` are refused unless `new`. Raises LawError."""
    drafts: dict[str, _Draft] = {}
    errors: list[str] = []
    for row in sheet.rows:
        name = row.cells.get("procedure")
        if name is None:
            errors.append(sheet.at(row.number, "procedure", "write the id of the procedure, like khai_sinh"))
        else:
            draft = drafts.setdefault(name, _Draft(sheet, row.number, {"id": name, "names": {}, "questions": [], "papers": [], "fee": [], "time": [], "codes": []}))
            draft.errors += _take(draft, row)
    strange = [name for name in drafts if name not in known and not new]
    errors += [drafts[name].at((), _unknown(name, known)) for name in strange]
    made = [(draft, _made(draft)) for name, draft in drafts.items() if name not in strange]
    errors += [error for draft, _ in made for error in draft.errors]
    if not drafts and not errors:
        errors.append(f"{sheet.name}:1: no row under the heading; write one row for each paper, fee, time and question")
    if errors:
        raise LawError(errors)
    return [Imported(procedure, list(_unsure(draft))) for draft, procedure in made]


def _unknown(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, 3, 0.75)
    hint = f"did you mean {', '.join(near)}? " if near else ""
    return f"{name} is no procedure; {hint}add --new if it is a new one"


def _made(draft: _Draft) -> Procedure | None:
    """The procedure, None where its rows or its rules are broken (then the draft holds the errors)."""
    if draft.errors:
        return None
    try:
        procedure = Procedure.model_validate(draft.data)
    except ValidationError as error:
        draft.errors += [draft.at(e["loc"], _said(e)) for e in error.errors()]
        return None
    draft.errors += [draft.at(where, said) for where, said in problems(procedure)]
    return procedure


def _said(error: Any) -> str:
    """A missing value by its name on the sheet; the rest as the schema says it."""
    *_, name = error["loc"]
    if error["type"] != "missing":
        return error["msg"]
    if name in FACTS and (len(error["loc"]) == 1 or error["loc"][0] == "names"):
        return f'no row "{vocabulary().facts[name]}" in part "{vocabulary().parts["facts"]}"; add one'
    part = "options" if "options" in error["loc"] else error["loc"][0]
    columns = {field.rpartition(".")[2]: column for field, (column, _) in PARTS.get(part, {}).items()}
    column = columns.get(name, "text")
    return f'column "{vocabulary().columns[column]}" is empty; fill it in'


def _take(draft: _Draft, row: Row) -> Iterator[str]:
    """Put a row into the file; yield what is wrong with it."""
    part = id_of(vocabulary().parts, row.cells.get("part", ""))
    if part is None:
        yield draft.sheet.at(row.number, "part", f"write one of: {', '.join(vocabulary().parts.values())}")
    elif part == "facts":
        yield from _fact(draft, row)
    elif part in LISTS:
        yield from _extra(draft, row, part, {"text"})
        into = draft.data["names"] if part == "folk" else draft.data
        into.setdefault(part, []).append(row.cells.get("text", ""))
        if "text" not in row.cells:
            yield draft.sheet.at(row.number, "text", "is empty; fill it in, or take the row out")
    elif part == "options":
        yield from _option(draft, row)
    else:
        yield from _item(draft, row, part, (part, len(draft.data.setdefault(part, []))), draft.data[part])


def _extra(draft: _Draft, row: Row, part: str, used: set[str]) -> Iterator[str]:
    """A filled cell that this part does not use would be lost without a word."""
    for column in row.cells.keys() - used - _EVERYWHERE:
        yield draft.sheet.at(row.number, column, f'is not used in a row of "{vocabulary().parts[part]}"; empty it, or correct the part')


def _fact(draft: _Draft, row: Row) -> Iterator[str]:
    yield from _extra(draft, row, "facts", {"id", "text"})
    name = id_of(vocabulary().facts, row.cells.get("id", ""))
    if name is None:
        yield draft.sheet.at(row.number, "id", f"write one of: {', '.join(vocabulary().facts.values())}")
        return
    path = ("names", name) if name in NAMES else (name,)
    if path in draft.spots:
        yield draft.sheet.at(row.number, "id", f'"{vocabulary().facts[name]}" stands in row {draft.spots[path][0]} already; keep one')
    elif "text" in row.cells:
        into = draft.data["names"] if name in NAMES else draft.data
        yield from _read(draft, row, path, "text", FACTS[name], into, name)


def _option(draft: _Draft, row: Row) -> Iterator[str]:
    question, _, option = row.cells.get("id", "").partition(".")
    at = next((n for n, q in enumerate(draft.data["questions"]) if q.get("id") == question), None)
    if at is None or not option:
        yield draft.sheet.at(row.number, "id", f"write question.option, under the row of its question: {question or 'relation'}.mother")
        return
    options = draft.data["questions"][at].setdefault("options", [])
    plain = Row(row.number, {**row.cells, "id": option})
    yield from _item(draft, plain, "options", ("questions", at, "options", len(options)), options)


def _item(draft: _Draft, row: Row, part: str, path: Keys, into: list[dict[str, Any]]) -> Iterator[str]:
    fields: Fields = PARTS[part]
    marks = MARKS.get(part, {})
    yield from _extra(draft, row, part, {column for column, _ in fields.values()} | ({"marks"} if marks else set()))
    item = dict(_SILENT.get(part, {}))
    into.append(item)
    draft.spots[path] = (row.number, None)
    for name, (column, kind) in fields.items():
        if column in row.cells:
            *inside, last = name.split(".")
            holder = item.setdefault(inside[0], dict(_SILENT["time"])) if inside else item
            yield from _read(draft, row, (*path, *inside, last), column, kind, holder, last)
    yield from _marked(draft, row, marks, item)


def _marked(draft: _Draft, row: Row, marks: dict[str, bool], item: dict[str, Any]) -> Iterator[str]:
    allowed = {name: vocabulary().marks[name] for name in marks}
    for said in CELLS["list"][1](row.cells.get("marks", "")) if marks else []:
        name = id_of(allowed, said)
        if name is None:
            yield draft.sheet.at(row.number, "marks", f'"{said}" is not known here; write: {", ".join(allowed.values())}')
        else:
            item[name] = marks[name]


def _read(draft: _Draft, row: Row, path: Keys, column: str, kind: str, into: dict[str, Any], name: str) -> Iterator[str]:
    draft.spots[path] = (row.number, column)
    try:
        into[name] = CELLS[kind][1](row.cells[column])
    except ValueError as error:
        yield draft.sheet.at(row.number, column, str(error))


def _unsure(draft: _Draft) -> Iterator[str]:
    for part in (*_SILENT, "bundle"):
        for n, item in enumerate(draft.data.get(part, [])):
            if not item.get("time", {}).get("verified", item.get("verified", True)):
                what = f'{vocabulary().parts[part]} {item.get("id") or item.get("stage", "")}'.strip()
                yield draft.sheet.at(draft.spots[(part, n)][0], None, f"{draft.data['id']}, {what}: not verified, so no citizen is told it")
