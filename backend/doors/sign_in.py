"""Signing in and out, and one's own password. argon2 takes half a second of a core, so tries are limited before it is asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import FormData

from backend.doors import forms
from backend.doors.access import COOKIE, SignedIn, form_token, guard, guarded_post, keep_form_token, parts_of, public_post, set_cookie
from backend.doors.render import form_page, page, word
from backend.office import access, positions, staff
from backend.office.kit import Refused
from backend.settings import Settings
from backend.store.tables import Staff

router = APIRouter(tags=["console"], include_in_schema=False)
PER_LOGIN, PER_ADDRESS = RateLimitItemPerMinute(8), RateLimitItemPerMinute(40)
"""A whole commune may sit behind one address, a login belongs to one person."""


def limiter(settings: Settings) -> FixedWindowRateLimiter:
    """Return the counter of tries: shared by all processes where there is a Redis, else of this process."""
    return FixedWindowRateLimiter(storage_from_string(settings.REDIS_URL or "memory://"))


@router.get("/console/sign-in", response_class=HTMLResponse)
def form(request: Request) -> Response:
    """The sign-in form."""
    return _form(request)


@router.post("/console/sign-in", dependencies=[Depends(public_post)])
def sign_in(
    request: Request, login: Annotated[str, Form(max_length=40)] = "", password: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Check the password and open a browser session; the same sentence for a wrong login and a wrong password."""
    parts = parts_of(request)
    if not _within_limits(request, login):
        return _form(request, 429, login, "too_many_tries")
    try:
        with parts.database.read() as session:
            row = staff.check(session, login.strip().lower(), password, parts.clock.now(), demo=parts.settings.demo)
    except Refused as refused:
        return _form(request, 403, login, refused.reason)
    with parts.database.write() as session:
        token = staff.sign_in(session, row, parts.clock.now())
    response = RedirectResponse("/console", 303)
    set_cookie(request, response, COOKIE, token)
    return response


@router.post("/console/sign-out")
def sign_out(request: Request, person: Annotated[SignedIn, Depends(guarded_post("console.open"))]) -> Response:
    """Forget this browser."""
    with parts_of(request).database.write() as session:
        staff.sign_out(session, request.cookies[COOKIE])
    response = RedirectResponse("/console/sign-in", 303)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/console/password", response_class=HTMLResponse)
def own_password(request: Request, person: Annotated[SignedIn, Depends(guard("console.open"))], done: bool = False) -> Response:
    """Where one's own password is changed; the only page for who still has one that somebody else made."""
    return _password(request, person, None, done=done)


@router.post("/console/password", response_class=HTMLResponse)
def choose_password(
    request: Request, person: Annotated[SignedIn, Depends(guarded_post("console.open"))], form: Annotated[FormData, Depends(forms.fields)]
) -> Response:
    """Change one's own password. It is asked for again, since the browser may stand open."""
    parts, old, new = parts_of(request), str(form.get("old", ""))[:200], str(form.get("new", ""))[:200]
    try:
        if not _within_limits(request, person.actor.id):
            raise Refused("too_many_tries")
        with parts.database.read() as session:
            kept = session.get(Staff, person.actor.id).password_hash
        if not staff.fits(kept, old):
            raise Refused("password_wrong")
        if new != form.get("again") or new == old:
            raise Refused("password_again" if new != old else "password_same")
        made = staff.hashed(new)
        with parts.database.write() as session:
            positions.own_password(session, parts.office, person.actor, made, request.cookies[COOKIE], parts.clock.now())
    except Refused as refused:
        return _password(request, person, refused)
    return RedirectResponse("/console/password?done=true", 303)


def _password(request: Request, person: SignedIn, refused: Refused | None, *, done: bool = False) -> Response:
    return form_page(request, "password.html", person, refused, None, {}, done=done, first=person.first_password, least=staff.SHORTEST)


def _within_limits(request: Request, login: str) -> bool:
    counter = request.app.state.sign_in_limit
    address = request.client.host if request.client else "?"
    return counter.hit(PER_LOGIN, "login", login.strip().lower()) and counter.hit(PER_ADDRESS, "address", address)


def _form(request: Request, status: int = 200, login: str = "", reason: str | None = None) -> Response:
    token = form_token(request)
    sentence = word("refusals", reason) if reason else None
    demo = {"logins": list(access.ROLES), "password": staff.DEMO_PASSWORD} if parts_of(request).settings.demo else None
    response = page(request, "sign_in.html", status=status, csrf=token, login=login, sentence=sentence, seeded=demo)
    keep_form_token(request, response, token)
    return response
