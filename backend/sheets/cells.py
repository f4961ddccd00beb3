"""One cell of the sheet: how a value of a procedure is written in it, and read from it.

Each kind of cell is a pair (write, read). `read` raises ValueError with a sentence that says what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

from backend.sheets.vocabulary import id_of, vocabulary

Write = Callable[[Any], str]
Read = Callable[[str], Any]
_LIST, _AND = ";", ";"
_CODE = re.compile(r"\d\.\d{6}(\.\w+)*")
_SOURCE = re.compile(r"([^()]+?)\s*(?:\(([a-z0-9_]+)\))?")


def _same(value: Any) -> str:
    return str(value)


def _code(cell: str) -> str:
    if not _CODE.fullmatch(cell):
        raise ValueError(f'"{cell}" is no code like 1.001193; a sheet drops last zeros unless the column is formatted as text')
    return cell


def _date(cell: str) -> date:
    try:
        if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", cell):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError(f'"{cell}" is no day; write 2025-07-01 or 1/7/2025') from None


def _hour(cell: str) -> time:
    try:
        return time.fromisoformat(cell)
    except ValueError:
        raise ValueError(f'"{cell}" is no hour; write 15:00') from None


def _whole(cell: str) -> int:
    plain = re.sub(r"(?<=\d)[. ](?=\d{3}\b)", "", cell)
    if not re.fullmatch(r"\d{1,10}", plain):
        raise ValueError(f'"{cell}" is no whole number; write 8000, and leave the cell empty where the amount is not known')
    return int(plain)


def _share(cell: str) -> float:
    try:
        part = float(cell.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        raise ValueError(f'"{cell}" is no share; write 0.25 or 25%') from None
    return part / 100 if cell.endswith("%") else part


def _written_list(values: list[str]) -> str:
    return f"{_LIST} ".join(values)


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_LIST) if part.strip()]


def _written_match(match: dict[str, list[str]]) -> str:
    return f"{_AND} ".join(f"{name} = {', '.join(values)}" for name, values in match.items())


def _match(cell: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in filter(None, map(str.strip, cell.split(_AND))):
        name, sign, values = part.partition("=")
        wanted = [value.strip() for value in values.split(",") if value.strip()]
        if not sign or not name.strip() or not wanted or name.strip() in found:
            raise ValueError(f'"{part}" is no condition; write relation = mother, father; married = yes')
        found[name.strip()] = wanted
    return found


def _written_source(source: str) -> str:
    kind, _, rest = source.partition("(")
    return vocabulary().values["source"][kind] + (f"({rest}" if rest else "")


def _source(cell: str) -> str:
    names = vocabulary().values["source"]
    found = _SOURCE.fullmatch(cell)
    kind = found and id_of(names, found[1])
    if not kind or bool(found[2]) != (kind in ("number", "paper", "default")):
        ways = ", ".join(names[k] + ("(mã)" if k in ("number", "paper", "default") else "") for k in names)
        raise ValueError(f'"{cell}" is none of the places an answer comes from: {ways}')
    return f"{kind}({found[2]})" if found[2] else kind


def _one_of(kind: str) -> tuple[Write, Read]:
    names = vocabulary().values[kind]

    def read(cell: str) -> Any:
        found = id_of(names, cell)
        if found is None:
            raise ValueError(f'"{cell}" is not known here; write one of: {", ".join(names.values())}')
        return {"true": True, "false": False}.get(found, found)

    return lambda value: names[str(value).lower() if isinstance(value, bool) else value], read


CELLS: dict[str, tuple[Write, Read]] = {
    "text": (_same, _same),
    "code": (_same, _code),
    "date": (date.isoformat, _date),
    "hour": (lambda hour: hour.strftime("%H:%M"), _hour),
    "whole": (_same, _whole),
    "share": (_same, _share),
    "list": (_written_list, _list),
    "match": (_written_match, _match),
    "source": (_written_source, _source),
    **{kind: _one_of(kind) for kind in vocabulary().values if kind != "source"},
}
