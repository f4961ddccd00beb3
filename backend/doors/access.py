"""Guards: who is at the door, by session cookie and the one table of permissions. Every door has one, or is public by name."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Form, Header, HTTPException, Request, Response

from backend.doors.parts import Parts
from backend.office import absences, access, staff
from backend.office.kit import Actor

COOKIE = "motcua"
FORM_COOKIE = "motcua_form"
SEEN_EVERY = timedelta(minutes=1)
"""How often a browser's sign of life is written: a write on every request would queue all screens behind one lock."""

OWN_PASSWORD = ("/console/password", "/console/sign-out")

PUBLIC = {
    "/": "what this is",
    "/healthz": "the process lives",
    "/readyz": "database, worker and NLU, without any data",
    "/metrics": "a bearer, for the machines inside",
    "/docs": "the list of doors",
    "/openapi.json": "the list of doors",
    "/static": "files of the pages",
    "/privacy": "what is kept of people",
    "/track": "code and four digits, five tries a day",
    "/console/sign-in": "where one becomes somebody",
    "/channels/sms/receive": "signed by the provider",
    "/channels/sms/receive/{secret}": "the secret in the address",
    "/channels/sms/status": "signed by the provider",
    "/channels/sms/status/{secret}": "the secret in the address",
    "/channels/twilio/receive": "signed by the provider",
    "/channels/twilio/status": "signed by the provider",
    "/channels/zalo/receive": "signed by the provider",
    "/exchange/v1/messages": "signed by another office",
    "/exchange/v1/summary": "signed by another office",
    "/exchange/v1/files/{hand_over}/{sha256}": "signed by another office",
    "/internal/models/current": "the understanding server, which shows NLU_TOKEN; the front gives it to nobody",
    "/internal/models/{hash}": "the understanding server, which shows NLU_TOKEN; the front gives it to nobody",
    "/simulator": "pretend telephones, the demo only",
    "/simulator/live": "pretend telephones, the demo only",
    "/simulator/phones/{skin}": "pretend telephones, the demo only",
    "/simulator/phones/{skin}/send": "pretend telephones, the demo only",
    "/simulator/phones/{skin}/photo": "pretend telephones, the demo only",
    "/simulator/phones/{skin}/share": "pretend telephones, the demo only",
    "/simulator/sms/messages": "the pretend gateway: a bearer, the demo only",
    "/simulator/twilio/{path:path}": "the pretend Twilio: account and token, the demo only",
    "/simulator/zalo/{path:path}": "the pretend Zalo: a token, the demo only",
    "/simulator/zalo/media/{key}": "the pretend Zalo's photos, the demo only",
}
"""Path of every door without a guard -> why it may stand open. A test holds this to the app."""

NAVIGATION = {
    "/console": "console.open",
    "/console/dossiers": "queue.see",
    "/console/tasks": "task.take",
    "/console/complaints": "complaints.see",
    "/console/unsure": "unsure.label",
    "/console/outbox": "jobs.see",
    "/console/index": "index.see",
    "/console/exchange": "exchange.see",
    "/console/readers": "readers.see",
    "/console/staff": "staff.manage",
    "/console/absences": "absence.write",
    "/console/calendar": "calendar.see",
    "/console/workflow": "workflow.see",
    "/console/models": "model.see",
    "/console/tokens": "tokens.manage",
    "/console/password": "console.open",
    "/console/clock": "clock.move",
}
"""Pages of the console in their order -> permission; the last exists in the demo only."""
MENUS = {
    "watch": ("/console/outbox", "/console/index", "/console/exchange", "/console/readers"),
    "settings": ("/console/staff", "/console/absences", "/console/calendar", "/console/workflow", "/console/models", "/console/tokens", "/console/password", "/console/clock"),
}
"""Menu -> its pages; the others, the day's work, are tabs of their own."""


@dataclass(frozen=True)
class SignedIn:
    """A member of staff at a browser, with the token their forms must carry."""

    actor: Actor
    csrf: str
    first_password: bool = False
    """Whether the password was made by somebody else: then every page leads to the one on which it is changed."""


def pages_of(may: Callable[[str], bool]) -> list[tuple[str | None, list[str]]]:
    """Return (menu, its pages) for who may see them: tabs first, each without a menu; a menu of one page is a tab too."""
    seen = [path for path, permission in NAVIGATION.items() if may(permission)]
    inside = {path for pages in MENUS.values() for path in pages}
    tabs: list[tuple[str | None, list[str]]] = [(None, [path]) for path in seen if path not in inside]
    menus = [(name, [path for path in seen if path in pages]) for name, pages in MENUS.items()]
    return tabs + [(name if len(pages) > 1 else None, pages) for name, pages in menus if pages]


class NotSignedIn(Exception):
    """Nobody is signed in: people are led to the sign-in page, the API says 401."""


class OwnPasswordFirst(Exception):
    """Somebody signed in with a password that another person made."""


def parts_of(request: Request) -> Parts:
    """Return the wired parts of the app this request came to."""
    return request.app.state.parts


def who(request: Request) -> SignedIn:
    """Return who is signed in. Raises NotSignedIn, OwnPasswordFirst."""
    parts, token = parts_of(request), request.cookies.get(COOKIE)
    if not token:
        raise NotSignedIn
    now = parts.clock.now()
    with parts.database.read() as session:
        found = staff.signed_in(session, token, now, demo=parts.settings.demo)
        if found is None:
            raise NotSignedIn
        row, browser = found
        person = SignedIn(absences.acting(session, staff.actor(row), now), browser.csrf, row.password_until is not None)
    if person.first_password and request.url.path not in OWN_PASSWORD:
        raise OwnPasswordFirst
    if not timedelta(0) <= now - browser.seen_at < SEEN_EVERY:
        with parts.database.write() as session:
            staff.seen(session, token, now)
    return person


def guard(permission: str) -> Callable[..., SignedIn]:
    """Return a dependency that lets in who has `permission` in the unit served; the name stays readable for the test of doors."""

    def check(request: Request, person: Annotated[SignedIn, Depends(who)]) -> SignedIn:
        if not access.may(person.actor, permission, parts_of(request).office.unit):
            raise HTTPException(403)
        return person

    check.permission = permission
    return check


def guarded_post(permission: str) -> Callable[..., SignedIn]:
    """Return a guard for doors that change something: it also wants the form's token, from the field or from htmx's header."""

    # Not Annotated: FastAPI reads annotations as text of this module and would not find `permission`.
    def check(person: SignedIn = Depends(guard(permission)), csrf: str = Form(""), x_csrf: str = Header("")) -> SignedIn:
        if not _same(person.csrf, csrf or x_csrf):
            raise StaleForm
        return person

    check.permission = permission
    return check


class StaleForm(HTTPException):
    """A form without its token: an old page, or another site's."""

    def __init__(self) -> None:
        super().__init__(403, "stale_form")


def _same(ours: str, theirs: str) -> bool:
    return bool(ours) and hmac.compare_digest(ours.encode(), theirs.encode())


def form_token(request: Request) -> str:
    """Return the token for a form of somebody who is not signed in: the one in their cookie, or a new one."""
    return request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)


def keep_form_token(request: Request, response: Response, token: str) -> None:
    """Put the token into the cookie that only our own pages send back."""
    set_cookie(request, response, FORM_COOKIE, token, strict=True)


def public_post(request: Request, csrf: Annotated[str, Form()] = "", x_csrf: Annotated[str, Header()] = "") -> None:
    """Guard of public forms: the field must be what the cookie says. Raises StaleForm."""
    if not _same(request.cookies.get(FORM_COOKIE, ""), csrf or x_csrf):
        raise StaleForm


def set_cookie(request: Request, response: Response, name: str, value: str, *, strict: bool = False) -> None:
    """Set a cookie that no script reads; over TLS only where we are reached over TLS."""
    secure = (parts_of(request).settings.PUBLIC_BASE_URL or "").startswith("https:")
    response.set_cookie(name, value, httponly=True, secure=secure, samesite="strict" if strict else "lax", path="/")
