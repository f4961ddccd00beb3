"""Tokens of other systems: made and ended by an administrator, shown once, kept as a hash, good in one unit and in some fields of procedures."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.office.access import SCOPES, acting_roles
from backend.office.kit import Actor, Office, Refused, today
from backend.store.tables import ApiToken, Hook
from backend.store.types import new_id

MARK = "mct_"
"""How a token begins: what scans texts for lost keys can find it."""
DAYS = 365
MOST_DAYS = 3 * 365


def known_fields(office: Office) -> list[str]:
    """Return the fields that a token can be held to: those of the procedure files, as staff positions name them too."""
    return sorted({one.field for one in office.catalogue.all()})


def reach(office: Office, fields: Collection[str]) -> frozenset[str] | None:
    """Return the ids of the procedures of these fields; None where no field is named, which means all."""
    return frozenset(one.id for one in office.catalogue.all() if one.field in fields) if fields else None


def make(
    session: Session, unit: str, name: str, scopes: Iterable[str], made_by: str, now: datetime, days: int = DAYS, *, fields: Iterable[str] = (), known: Collection[str] = ()
) -> tuple[ApiToken, str]:
    """Write a token and return (row, the token itself), which nobody can read again. `fields` are some of the `known` ones, none = all.

    Raises Refused: "token_name", "scopes_none", "scope_unknown" {scopes}, "field_unknown" {fields}, "token_days" {most}.
    """
    chosen, held = sorted(set(scopes)), sorted(set(fields))
    _check(name, chosen, held, known, days)
    token = MARK + secrets.token_urlsafe(32)
    row = ApiToken(id=new_id(), unit=unit, name=name.strip()[:80], token_hash=_hash(token), scopes=chosen, fields=held, made_by=made_by, made_at=now)
    row.expires_at = now + timedelta(days=days)
    session.add(row)
    return row, token


def _check(name: str, scopes: list[str], fields: list[str], known: Collection[str], days: int) -> None:
    if not name.strip():
        raise Refused("token_name")
    if not scopes:
        raise Refused("scopes_none")
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise Refused("scope_unknown", scopes=", ".join(unknown))
    if unknown := [field for field in fields if field not in known]:
        raise Refused("field_unknown", fields=", ".join(unknown))
    if not 1 <= days <= MOST_DAYS:
        raise Refused("token_days", most=MOST_DAYS)


def _hash(token: str) -> str:
    # 256 random bits need no slow hash: nobody guesses them, and a request must not wait for argon2.
    return hashlib.sha256(token.encode()).hexdigest()


def find(session: Session, token: str, unit: str, now: datetime) -> ApiToken | None:
    """Return the token's row while it holds in `unit`, else None."""
    row = session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(token)))
    return row if row is not None and row.unit == unit and holds(row, now) else None


def is_new_day(row: ApiToken, now: datetime) -> bool:
    """Whether the token has not been used today yet."""
    return row.last_used_day != today(now)


def used(session: Session, token_id: str, now: datetime) -> None:
    """Write that a token was used today."""
    session.get(ApiToken, token_id).last_used_day = today(now)


def revoke(session: Session, token_id: str, unit: str, now: datetime) -> ApiToken:
    """End a token at once, with the addresses it registered: who may ask no more is told no more. Raises Refused("token_unknown")."""
    row = session.get(ApiToken, token_id)
    if row is None or row.unit != unit:
        raise Refused("token_unknown")
    row.revoked_at = row.revoked_at or now
    session.execute(update(Hook).where(Hook.made_by == actor_id(row)).values(active=False))
    return row


def listed(session: Session, unit: str) -> list[ApiToken]:
    """Return every token of a unit, the newest first."""
    return list(session.scalars(select(ApiToken).where(ApiToken.unit == unit).order_by(ApiToken.id.desc())))


def names(session: Session, unit: str) -> dict[str, str]:
    """Return actor id -> name of the other systems, for showing who did what."""
    return {actor_id(row): row.name for row in listed(session, unit)}


ACTOR = "api:"
"""How the actor id of a token begins; a member of staff has none of it."""


def actor_id(row: ApiToken) -> str:
    """How a token is named in events."""
    return ACTOR + row.id


def maker(session: Session, actor: str) -> ApiToken | None:
    """Return the token of an actor id, None for anybody else's."""
    return session.get(ApiToken, actor.removeprefix(ACTOR)) if actor.startswith(ACTOR) else None


def holds(row: ApiToken, now: datetime) -> bool:
    """Whether a token has neither been ended nor run out."""
    return row.revoked_at is None and now < row.expires_at


def actor(row: ApiToken) -> Actor:
    """Return the token as the one who acts, in the roles its scopes give and the fields it is held to."""
    return Actor(actor_id(row), row.unit, acting_roles(row.scopes), row.name, tuple(row.fields))
