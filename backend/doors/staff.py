"""The staff of the unit: who is there, as what; taking in, changing, ending, a new password; and the register of all that."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from backend.doors import forms
from backend.doors.access import SignedIn, guard, guarded_post, parts_of
from backend.doors.render import form_page, word, words
from backend.office import api_tokens, positions, register, staff
from backend.office.kit import Refused, today
from backend.store.tables import StaffEvent

router = APIRouter(tags=["console"], include_in_schema=False)
Manager = Annotated[SignedIn, Depends(guard("staff.manage"))]
Managing = Annotated[SignedIn, Depends(guarded_post("staff.manage"))]
Fields = Annotated[FormData, Depends(forms.fields)]
LIST = "/console/staff"


@router.get(LIST, response_class=HTMLResponse)
def listed(request: Request, person: Manager) -> Response:
    """Everybody of the unit, part by part, what waits for a second person, and the newest lines of the register."""
    return _list(request, person)


@router.post(LIST, response_class=HTMLResponse)
def add(request: Request, person: Managing, form: Fields) -> Response:
    """Take somebody in; the first password is shown, this once."""
    parts, first = parts_of(request), staff.first_password()
    try:
        login, name = forms.line(form, "login").lower(), forms.line(form, "name")
        with parts.database.write() as session:
            row, waits = positions.add(session, parts.office, login, name, _wanted(form), first, person.actor, parts.clock.now())
    except Refused as refused:
        return _list(request, person, refused, form)
    return _member(request, person, row.id, done="asked" if waits is not None and waits.action == "asked" else "added", first=first.text)


@router.get(LIST + "/{staff_id}", response_class=HTMLResponse)
def member(request: Request, staff_id: str, person: Manager, done: Annotated[str, Query(max_length=12)] = "") -> Response:
    """One person: what they are, what may be done, and every line about them."""
    return _member(request, person, staff_id, done=done)


@router.post(LIST + "/{staff_id}/position", response_class=HTMLResponse)
def change(request: Request, staff_id: str, person: Managing, form: Fields) -> Response:
    """Give another position, roles or fields from a day on."""
    parts = parts_of(request)
    try:
        with parts.database.write() as session:
            line = positions.change(session, parts.office, staff_id, _wanted(form), person.actor, parts.clock.now())
    except Refused as refused:
        return _member(request, person, staff_id, refused, form)
    return _back(staff_id, line.action)


@router.post(LIST + "/{staff_id}/password", response_class=HTMLResponse)
def password(request: Request, staff_id: str, person: Managing) -> Response:
    """Give a first password anew; it is shown, this once."""
    parts, first = parts_of(request), staff.first_password()
    try:
        with parts.database.write() as session:
            line = positions.reset(session, parts.office, staff_id, first, person.actor, parts.clock.now())
    except Refused as refused:
        return _member(request, person, staff_id, refused)
    if line.action == "asked":
        return _back(staff_id, "asked")
    return _member(request, person, staff_id, done="reset", first=first.text)


@router.post(LIST + "/{staff_id}/end", response_class=HTMLResponse)
def end(request: Request, staff_id: str, person: Managing, form: Fields) -> Response:
    """End somebody: the open dossiers go to the colleague who is named, each by its own act, then the account is closed."""
    parts, now = parts_of(request), parts_of(request).clock.now()
    try:
        heir, ground = str(form.get("heir", "")) or None, forms.line(form, "ground")
        with parts.database.read() as session:
            positions.may_end(session, parts.office, staff_id, ground, heir, person.actor, now)
        left = positions.hand_on(parts.database, parts.office, staff_id, heir, person.actor, now) if heir else []
        if left:
            raise left[0]
        with parts.database.write() as session:
            positions.end(session, parts.office, staff_id, ground, heir, person.actor, now)
    except Refused as refused:
        return _member(request, person, staff_id, refused, form)
    parts.bell.ring("dossier")
    return _back(staff_id, "ended")


@router.post(LIST + "/lines/{line_id}/agree", response_class=HTMLResponse)
def agree(request: Request, line_id: str, person: Managing) -> Response:
    """Agree, as the second person; a new password is shown to who agreed."""
    parts, first = parts_of(request), staff.first_password()
    try:
        with parts.database.write() as session:
            line = positions.agree(session, parts.office, line_id, first, person.actor, parts.clock.now())
    except Refused as refused:
        return _list(request, person, refused)
    shown = first.text if line.data["what"] == "password" else None
    return _member(request, person, line.staff_id, done="agreed", first=shown)


@router.post(LIST + "/lines/{line_id}/back", response_class=HTMLResponse)
def take_back(request: Request, line_id: str, person: Managing) -> Response:
    """Do not agree, or drop what has not begun."""
    parts = parts_of(request)
    try:
        with parts.database.write() as session:
            line = positions.take_back(session, parts.office, line_id, person.actor, parts.clock.now())
    except Refused as refused:
        return _list(request, person, refused)
    return _back(line.staff_id, line.action)


def _back(staff_id: str, done: str) -> Response:
    return RedirectResponse(f"{LIST}/{staff_id}?done={done}", 303)


def _wanted(form: FormData) -> positions.Wanted:
    try:
        day = date.fromisoformat(str(form.get("from_day", "")))
    except ValueError:
        raise Refused("from_unreadable") from None
    roles, fields = (tuple(sorted({str(one) for one in form.getlist(name)})) for name in ("role", "field"))
    return positions.Wanted(forms.line(form, "position"), forms.line(form, "office"), roles, fields, forms.line(form, "ground"), day)


def _shown(request: Request, found: list[positions.Member], lines: list[StaffEvent]) -> dict[str, Any]:
    """What both pages show: the choices of the form, and the lines that are open."""
    parts = parts_of(request)
    offices = sorted({member.row.office for member in found if member.row.office} | set(words()["offices"]))
    waiting = [member.waiting for member in found if member.waiting]
    return {"fields": api_tokens.known_fields(parts.office), "offices": offices, "lines": lines, "waiting": waiting, "today": today(parts.clock.now())}


def _list(request: Request, person: SignedIn, refused: Refused | None = None, typed: FormData | None = None) -> Response:
    parts = parts_of(request)
    with parts.database.read() as session:
        found = positions.members(session, parts.office, parts.clock.now())
        names, lines = staff.names(session, parts.office.unit), register.lines(session, parts.office.unit, most=20)
    return form_page(request, "staff.html", person, refused, typed, names, members=found, **_shown(request, found, lines))


def _member(
    request: Request, person: SignedIn, staff_id: str, refused: Refused | None = None, typed: FormData | None = None, *, done: str = "", first: str | None = None
) -> Response:
    parts = parts_of(request)
    with parts.database.read() as session:
        found = positions.members(session, parts.office, parts.clock.now())
        names, lines = staff.names(session, parts.office.unit), register.lines(session, parts.office.unit, staff_id)
    mine = next((member for member in found if member.row.id == staff_id), None)
    if mine is None:
        raise HTTPException(404)
    others = [member.row for member in found if member.row.id != staff_id and not member.row.closed_at]
    shown = _shown(request, [mine], lines) | {"member": mine, "others": others, "done": word("staff_done", done) if done in _DONE else None, "first": first}
    return form_page(request, "staff_member.html", person, refused, typed, names, **shown)


_DONE = ("added", "asked", "agreed", "declined", "set", "dropped", "reset", "ended")
