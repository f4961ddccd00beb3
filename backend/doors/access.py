"""Guards: who is at the door, by session cookie and the one table of permissions. Every door has one, or is public by name."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Header, HTTPException, Request

from backend.doors.parts import Parts
from backend.office import access, staff
from backend.office.kit import Actor

COOKIE = "motcua"


@dataclass(frozen=True)
class SignedIn:
    """A member of staff at a browser, with the token their forms must carry."""

    actor: Actor
    csrf: str


class NotSignedIn(Exception):
    """Nobody is signed in: people are led to the sign-in page, the API says 401."""


def parts_of(request: Request) -> Parts:
    """Return the wired parts of the app this request came to."""
    return request.app.state.parts


def who(request: Request) -> SignedIn:
    """Return who is signed in. Raises NotSignedIn."""
    parts, token = parts_of(request), request.cookies.get(COOKIE)
    if not token:
        raise NotSignedIn
    now = parts.clock.now()
    with parts.database.write() as session:
        found = staff.signed_in(session, token, now, demo=parts.settings.demo)
        if found is None:
            raise NotSignedIn
        row, browser = found
        browser.seen_at = now
        return SignedIn(staff.actor(row), browser.csrf)


def guard(permission: str) -> Callable[..., SignedIn]:
    """Return a dependency that lets in who has `permission` in the unit served; the name stays readable for the test of doors."""

    def check(request: Request, person: Annotated[SignedIn, Depends(who)]) -> SignedIn:
        if not access.may(person.actor, permission, parts_of(request).office.unit):
            raise HTTPException(403, "Việc này không thuộc vai trò của tài khoản đang dùng.")
        return person

    check.permission = permission
    return check


def guarded_post(permission: str) -> Callable[..., SignedIn]:
    """Return a guard for doors that change something: it also wants the form's token, from the field or from htmx's header."""

    def check(
        person: Annotated[SignedIn, Depends(guard(permission))],
        csrf: Annotated[str, Form()] = "",
        x_csrf: Annotated[str, Header()] = "",
    ) -> SignedIn:
        if not hmac.compare_digest(person.csrf.encode(), (csrf or x_csrf).encode()):
            raise HTTPException(403, "Trang đã cũ. Tải lại trang rồi làm lại.")
        return person

    check.permission = permission
    return check
