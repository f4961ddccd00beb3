"""Who calls the API: a token, with the scopes of the one table, in the unit served and its fields of procedures, and in no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.doors.access import parts_of
from backend.doors.api.problems import no_token
from backend.doors.dossiers import found
from backend.office import api_tokens
from backend.office.access import ACTING_ANY, SCOPES
from backend.office.kit import Actor, Refused
from backend.store.tables import Dossier

_BEARER = HTTPBearer(scheme_name="token", auto_error=False, description="A token made by the administrator in the console, or by `main.py tokens make`.")


@dataclass(frozen=True)
class Caller:
    """Another system at the door. `reach` = ids of the procedures of its fields, None = all."""

    token_id: str
    actor: Actor
    scopes: tuple[str, ...]
    reach: frozenset[str] | None = None

    def reaches(self, procedure: str | None) -> bool:
        """Whether dossiers of this procedure are this caller's business; what hangs on no procedure is that of callers without a field."""
        return self.reach is None or procedure in self.reach


def reached(session: Session, unit: str, caller: Caller, dossier_id: str) -> Dossier:
    """Return a sent dossier of the unit in the caller's fields. Raises Refused("unknown"): of another one not even its existence is told."""
    row = found(session, unit, dossier_id)
    if not caller.reaches(row.procedure):
        raise Refused("unknown")
    return row


def check_reach(session: Session, caller: Caller, dossier_id: str) -> None:
    """Raise Refused("unknown") for a dossier outside the caller's fields; its row is left for the act to read and lock."""
    if caller.reach is not None and not caller.reaches(session.scalar(select(Dossier.procedure).where(Dossier.id == dossier_id))):
        raise Refused("unknown")


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
    request.state.rates = request.app.state.api_rates.count(row.id, request.method)
    if api_tokens.is_new_day(row, now):
        with parts.database.write() as session:
            api_tokens.used(session, row.id, now)
    return Caller(row.id, api_tokens.actor(row), tuple(row.scopes), api_tokens.reach(parts.office, row.fields))
