"""Who calls the API: a token, with the scopes of the one table, in the unit served and in no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from backend.doors.access import parts_of
from backend.doors.api.problems import no_token
from backend.office import api_tokens
from backend.office.access import ACTING_ANY, SCOPES
from backend.office.kit import Actor

_BEARER = HTTPBearer(scheme_name="token", auto_error=False, description="A token made by the administrator in the console, or by `main.py tokens make`.")


@dataclass(frozen=True)
class Caller:
    """Another system at the door."""

    token_id: str
    actor: Actor
    scopes: tuple[str, ...]


def scope(name: str) -> Callable[..., Caller]:
    """Return a guard that lets in tokens with the scope `name`; "dossiers.act" is met by any of the acting scopes."""
    if name not in (*SCOPES, ACTING_ANY):
        raise KeyError(name)

    def check(request: Request, shown: HTTPAuthorizationCredentials | None = Depends(_BEARER)) -> Caller:
        caller = _who(request, shown.credentials if shown else "")
        if name not in caller.scopes and not (name == ACTING_ANY and caller.actor.roles):
            raise HTTPException(403, f"no_scope {name}")
        return caller

    check.permission = name
    return check


def _who(request: Request, token: str) -> Caller:
    parts = parts_of(request)
    now = parts.clock.now()
    with parts.database.read() as session:
        row = api_tokens.find(session, token, parts.office.unit, now) if token else None
    if row is None:
        raise no_token()
    if api_tokens.is_new_day(row, now):
        with parts.database.write() as session:
            api_tokens.used(session, row.id, now)
    return Caller(row.id, api_tokens.actor(row), tuple(row.scopes))
