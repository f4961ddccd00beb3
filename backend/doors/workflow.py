"""The transition table as an officer reads it, with a picture drawn from the same lines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from backend.domain.workflow import SAME, Table
from backend.doors.access import SignedIn, guard, parts_of
from backend.doors.render import page
from backend.office.case import Case

router = APIRouter(tags=["console"], include_in_schema=False)
_PLACES = {
    "draft": (1, 0), "noted": (0, 1), "sent": (1, 1), "supplement_intake": (0, 2), "received": (1, 2), "processing": (1, 3),
    "supplement": (0, 3), "consulting": (2, 3), "handed_over": (2, 4.5), "drafted": (1, 4), "signed": (1, 5), "numbered": (1, 6),
    "issued": (1, 7), "result_ready": (1, 8), "returned": (1, 9), "withdrawn": (3, 1), "refused": (3, 2), "stopped": (3, 3.5),
}  # fmt: skip
"""Status -> (column, row) in the picture: the road in the middle, waiting for people on the left, ends on the right."""
_WIDE, _HIGH, _BOX, _TALL = 285, 74, 230, 40


@dataclass(frozen=True)
class Box:
    """A status in the picture; x, y is its middle."""

    name: str
    label: str
    x: float
    y: float
    end: bool


@dataclass(frozen=True)
class Arrow:
    """A line from one box to another, as an SVG path, with the labels of the actions that go this way."""

    path: str
    labels: str
    end: bool
    source: str
    to: str
    gone: bool = False


@dataclass(frozen=True)
class Picture:
    """The table drawn, with the way a dossier has come: `here` = where it stands, `been` = where it was."""

    boxes: Collection[Box]
    arrows: list[Arrow]
    size: tuple[float, float]
    box: tuple[float, float]
    here: str | None = None
    been: frozenset[str] = frozenset()


@router.get("/console/workflow", response_class=HTMLResponse)
def workflow(request: Request, person: Annotated[SignedIn, Depends(guard("workflow.see"))]) -> Response:
    """The table and its picture."""
    table = parts_of(request).office.workflow
    return page(request, "workflow.html", person, table=table, picture=picture(table))


def picture(table: Table, case: Case | None = None) -> Picture:
    """Return the table drawn; with a case, the live position of its dossier and the way it has come."""
    boxes, arrows = drawing(table)
    size = (max(b.x for b in boxes.values()) + _BOX / 2 + 10, max(b.y for b in boxes.values()) + _TALL / 2 + 10)
    if case is None:
        return Picture(boxes.values(), arrows, size, (_BOX, _TALL))
    steps = [(event.from_status, event.to_status) for event, _ in case.events if event.from_status != event.to_status]
    gone = [replace(arrow, gone=(arrow.source, arrow.to) in steps) for arrow in arrows]
    return Picture(boxes.values(), gone, size, (_BOX, _TALL), case.dossier.status, frozenset(source for source, _ in steps))


def drawing(table: Table) -> tuple[dict[str, Box], list[Arrow]]:
    """Return (name -> box, arrows); a status without a place of its own stands in a further column."""
    boxes: dict[str, Box] = {}
    for at, (name, status) in enumerate(table.statuses.items()):
        column, row = _PLACES.get(name, (4, at / 2))
        boxes[name] = Box(name, status.label, column * _WIDE + _BOX / 2 + 10, row * _HIGH + _TALL / 2 + 10, status.end)
    ways: dict[tuple[str, str], list[str]] = {}
    for rule in table.rules:
        for source in rule.sources:
            if rule.to not in (SAME, source):
                ways.setdefault((source, rule.to), []).append(rule.label)
    arrows = [Arrow(_path(boxes[a], boxes[b]), ", ".join(labels), boxes[b].end and b != "returned", a, b) for (a, b), labels in ways.items()]
    return boxes, arrows


def _path(a: Box, b: Box) -> str:
    """Up and down inside a column, else from side to side; what goes back or skips a box bows out."""
    if a.x == b.x:
        down = b.y > a.y
        if down and b.y - a.y <= _HIGH * 1.1:
            return f"M {a.x} {a.y + _TALL / 2} L {b.x} {b.y - _TALL / 2 - 2}"
        side, out = (a.x + _BOX / 2, 34) if down else (a.x - _BOX / 2, -34)
        return f"M {side} {a.y} C {side + out} {a.y}, {side + out} {b.y}, {side + (2 if down else -2)} {b.y}"
    right = b.x > a.x
    start, end = a.x + (_BOX / 2 if right else -_BOX / 2), b.x + (-_BOX / 2 - 2 if right else _BOX / 2 + 2)
    shift = 6 if right else -6
    middle = (start + end) / 2
    return f"M {start} {a.y + shift} C {middle} {a.y + shift}, {middle} {b.y + shift}, {end} {b.y + shift}"
