"""Who stands in for whom: written by the leader or the administrator, shown to them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from backend.clock import VIETNAM
from backend.doors import forms
from backend.doors.access import SignedIn, guard, guarded_post, parts_of
from backend.doors.render import form_page
from backend.office import absences, staff
from backend.office.kit import Refused

router = APIRouter(tags=["console"], include_in_schema=False)
Fields = Annotated[FormData, Depends(forms.fields)]


@router.get("/console/absences", response_class=HTMLResponse)
def listed(request: Request, person: Annotated[SignedIn, Depends(guard("absence.write"))]) -> Response:
    """Absences that run, are to come, or ended within ninety days."""
    return _page(request, person)


@router.post("/console/absences", response_class=HTMLResponse)
def give(request: Request, person: Annotated[SignedIn, Depends(guarded_post("absence.write"))], form: Fields) -> Response:
    """Write an absence: from the first minute of one day to the last of another."""
    parts, now = parts_of(request), parts_of(request).clock.now()
    try:
        begins, ends = _day(form, "begins", time.min), _day(form, "ends", time.max)
        with parts.database.write() as session:
            absences.give(session, str(form.get("staff", "")), str(form.get("substitute", "")), begins, ends, forms.line(form, "ground"), person.actor, now)
    except Refused as refused:
        return _page(request, person, refused, form)
    return RedirectResponse("/console/absences", 303)


@router.post("/console/absences/{absence_id}/end")
def end(request: Request, absence_id: str, person: Annotated[SignedIn, Depends(guarded_post("absence.write"))]) -> Response:
    """End an absence early. Raises Refused("absence_unknown")."""
    parts = parts_of(request)
    with parts.database.write() as session:
        absences.end(session, absence_id, person.actor, parts.clock.now())
    return RedirectResponse("/console/absences", 303)


def _day(form: FormData, name: str, at: time) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(str(form.get(name, ""))), at, VIETNAM)
    except ValueError:
        raise Refused("absence_unreadable") from None


def _page(request: Request, person: SignedIn, refused: Refused | None = None, typed: FormData | None = None) -> Response:
    parts = parts_of(request)
    with parts.database.read() as session:
        rows = absences.listed(session, parts.office.unit, parts.clock.now())
        names = staff.names(session, parts.office.unit)
        colleagues = staff.colleagues(session, parts.office.unit)
    return form_page(request, "absences.html", person, refused, typed, names, rows=rows, colleagues=colleagues)
