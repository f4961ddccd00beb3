"""Tokens of other systems: made by the administrator, shown once, ended at once. With what may be told to whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from backend.doors import forms
from backend.doors.access import SignedIn, guard, guarded_post, parts_of
from backend.doors.render import form_page
from backend.office import api_tokens, hooks, staff
from backend.office.access import SCOPES
from backend.office.kit import Refused

router = APIRouter(tags=["console"], include_in_schema=False)
Fields = Annotated[FormData, Depends(forms.fields)]


@router.get("/console/tokens", response_class=HTMLResponse)
def listed(request: Request, person: Annotated[SignedIn, Depends(guard("tokens.manage"))]) -> Response:
    """Every token with its scopes, fields and end, and the addresses that are told."""
    return _page(request, person)


@router.post("/console/tokens", response_class=HTMLResponse)
def make(request: Request, person: Annotated[SignedIn, Depends(guarded_post("tokens.manage"))], form: Fields) -> Response:
    """Make a token and show it, this once: the page is not stored and the token cannot be read again."""
    parts = parts_of(request)
    scopes, fields = ([str(one) for one in form.getlist(name)] for name in ("scope", "field"))
    try:
        with parts.database.write() as session:
            _, token = api_tokens.make(
                session, parts.office.unit, forms.line(form, "name"), scopes, person.actor.id, parts.clock.now(), forms.whole(form, "days"),
                fields=fields, known=api_tokens.known_fields(parts.office),
            )  # fmt: skip
    except Refused as refused:
        return _page(request, person, refused=refused, typed=form)
    return _page(request, person, made=token)


@router.post("/console/tokens/{token_id}/revoke")
def revoke(request: Request, token_id: str, person: Annotated[SignedIn, Depends(guarded_post("tokens.manage"))]) -> Response:
    """End a token. Raises Refused("token_unknown")."""
    parts = parts_of(request)
    with parts.database.write() as session:
        api_tokens.revoke(session, token_id, parts.office.unit, parts.clock.now())
    return RedirectResponse("/console/tokens", 303)


def _page(request: Request, person: SignedIn, *, made: str | None = None, refused: Refused | None = None, typed: FormData | None = None) -> Response:
    parts = parts_of(request)
    with parts.database.read() as session:
        rows = api_tokens.listed(session, parts.office.unit)
        names = staff.names(session, parts.office.unit)
        told = [(row, hooks.origin(hooks.url_of(parts.office, row)), hooks.deliveries(session, row)[:1]) for row in hooks.listed(session, parts.office)]
    return form_page(
        request, "tokens.html", person, refused, typed, names, rows=rows, scopes=SCOPES, made=made, told=told, fields=api_tokens.known_fields(parts.office),
        chosen=typed.getlist("scope") if typed else [], held=typed.getlist("field") if typed else [],
    )  # fmt: skip
