"""What changed between two versions of a procedure, in plain words: papers, fee, time, questions, days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from backend.domain.catalogue import Catalogue
from backend.domain.law_files import DEFAULTS
from backend.domain.procedure import Procedure
from backend.sheets.parts import PARTS
from backend.sheets.rows import Cells, common_rows, rows_of
from backend.sheets.vocabulary import vocabulary

Key = tuple[str, str]
"""(part as a word of the sheet, what tells a row of that part from the others)"""
Version = tuple[str, date]
"""(procedure id, the day from which this version holds)"""


def changes(old: Procedure, new: Procedure) -> list[str]:
    """Return one sentence a change, in the order of the sheet; an empty list where nothing changed."""
    before, after = _keyed(rows_of(old)), _keyed(rows_of(new))
    return [*_rows(before, after), *_orders(list(before), list(after))]


def catalogue_changes(old: Catalogue, new: Catalogue, partial: bool = False) -> dict[str, list[str]]:
    """Return the changes of every version that changed, came or went, by its file's name ("khai_sinh@2027-03-01").

    What holds for every procedure stands under "defaults". A version that came is compared with the last one before it; a procedure that came or went is one line. `partial`: what
    `new` does not hold has not gone.
    """
    before, after = ({(p.id, p.valid_from): p for p in catalogue.versions()} for catalogue in (old, new))
    said = vocabulary().changes
    found: dict[str, list[str]] = {}
    for key in sorted(after.keys() if partial else before.keys() | after.keys()):
        name = f"{key[0]}@{key[1]}"
        if key not in after:
            found[name] = [said["gone_file"]]
        elif earlier := before.get(key) or _before(key, before):
            found[name] = changes(earlier, after[key])
        else:
            found[name] = [said["new_file"]]
    if not partial:
        found[DEFAULTS.removesuffix(".yaml")] = list(_rows(*(_keyed(common_rows(catalogue.supplements)) for catalogue in (old, new))))
    return {name: lines for name, lines in found.items() if lines}


def _before(key: Version, held: dict[Version, Procedure]) -> Procedure | None:
    """The last version of a procedure that holds before another, or the first one after it."""
    same = sorted(other for other in held if other[0] == key[0])
    earlier = [other for other in same if other < key] or same[:1]
    return held[earlier[-1]] if earlier else None


def _keyed(rows: Iterable[Cells]) -> dict[Key, Cells]:
    """The rows of a procedure by what they are: a paper by its id, a fee by its case and first day, a step by its task."""
    found: dict[Key, Cells] = {}
    for row in rows:
        name = _name(row)
        again = sum(key[0] == row["part"] and key[1].partition(" #")[0] == name for key in found)
        found[(row["part"], f"{name} #{again + 1}" if again else name)] = row
    return found


def _name(row: Cells) -> str:
    name = row.get("id") or row.get("when") or row.get("text") or ""
    dated = row["part"] in (vocabulary().parts["fee"], vocabulary().parts["supplement"])
    return f"{name} {row.get('begins', '')}".strip() if dated else name


def _rows(before: dict[Key, Cells], after: dict[Key, Cells]) -> Iterator[str]:
    said = vocabulary().changes
    for key in dict.fromkeys([*before, *after]):
        if key not in before:
            yield said["added"].format(what=_named(key, after[key]), value=_told(after[key]))
        elif key not in after:
            yield said["gone"].format(what=_named(key, before[key]), value=_told(before[key]))
        else:
            yield from _columns(key, before[key], after[key])


def _named(key: Key, row: Cells) -> str:
    """What a row is, as it stands before its value: a fact by its name, a paper by its id; a fee says its case itself."""
    if key[0] == vocabulary().parts["facts"]:
        return key[1]
    return " ".join(key) if "id" in row else key[0]


def _told(row: Cells) -> str:
    """A row in one line: its cells without the columns that name it."""
    cells = [cell for column, cell in row.items() if column not in ("procedure", "part", "id")]
    return "; ".join(cells) or _empty("number")


def _columns(key: Key, old: Cells, new: Cells) -> Iterator[str]:
    form = vocabulary().changes["fact" if key[0] == vocabulary().parts["facts"] else "cell"]
    what = _named(key, old) if "id" in old else " ".join(filter(None, key))
    for column, word in vocabulary().columns.items():
        if old.get(column) != new.get(column):
            sides = {"old": old.get(column) or _empty(column), "new": new.get(column) or _empty(column)}
            yield form.format(what=what, column=word, **sides)


def _empty(column: str) -> str:
    """An empty amount or number of days is not nothing: it is not known."""
    return vocabulary().changes["unknown" if column == "number" else "empty"]


def _orders(before: list[Key], after: list[Key]) -> Iterator[str]:
    """Order matters where something is asked, or where the first case that fits is taken."""
    for part in PARTS:
        word = vocabulary().parts[part]
        old = [key for key in before if key[0] == word and key in after]
        new = [key for key in after if key[0] == word and key in before]
        if part not in ("codes", "stops") and old != new:
            yield vocabulary().changes["order"].format(part=word, new=", ".join(key[1] for key in new))
