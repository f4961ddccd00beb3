"""The working calendar as a table: everybody reads it, an officer adds a day with the number of the notice."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from backend.doors import forms
from backend.doors.access import SignedIn, guard, guarded_post, parts_of
from backend.doors.render import form_page, word
from backend.office import calendar, staff
from backend.office.kit import Refused, today

router = APIRouter(tags=["console"], include_in_schema=False)


@router.get("/console/calendar", response_class=HTMLResponse)
def shown(
    request: Request,
    person: Annotated[SignedIn, Depends(guard("calendar.see"))],
    year: Annotated[int | None, Query(ge=2022, le=2100)] = None,
) -> Response:
    """The days of a year that differ from their weekday, with who wrote them and on what ground."""
    return _page(request, person, year)


@router.post("/console/calendar")
def add(
    request: Request,
    person: Annotated[SignedIn, Depends(guarded_post("calendar.edit"))],
    form: Annotated[FormData, Depends(forms.fields)],
) -> Response:
    """Write a day. After a refusal the page comes back with the reason and what was typed; other machines hear by the bell."""
    parts = parts_of(request)
    try:
        wanted = _wanted(form)
        with parts.database.write() as session:
            calendar.add(session, parts.office, person.actor, wanted, parts.clock.now(), sure=form.get("sure") == "1")
    except Refused as refused:
        return _page(request, person, None, refused, form)
    parts.office.book.forget()
    parts.bell.ring("calendar")
    return RedirectResponse(f"/console/calendar?year={wanted.day.year}", 303)


def _wanted(form: FormData) -> calendar.Wanted:
    try:
        day = date.fromisoformat(str(form.get("day", "")))
    except ValueError:
        raise Refused("day_unreadable") from None
    kind = str(form.get("kind", ""))
    hours = calendar.hours_of(forms.line(form, "hours")) if kind == "short" else ()
    name = forms.line(form, "name")[:80] or word("day_kinds", kind)
    return calendar.Wanted(day, kind, forms.line(form, "ground"), name, hours, own=form.get("scope") != "all")


def _page(
    request: Request, person: SignedIn, year: int | None, refused: Refused | None = None, typed: FormData | None = None
) -> Response:
    parts = parts_of(request)
    year = year or today(parts.clock.now()).year
    with parts.database.read() as session:
        lines, names = calendar.of_year(session, parts.office, year), staff.names(session, parts.office.unit)
    shown = {"lines": lines, "year": year, "kinds": calendar.KINDS, "hours": parts.office.calendar.hours}
    return form_page(request, "calendar.html", person, refused, typed, names, ask_sure=refused is not None and refused.reason == "day_rests", **shown)
