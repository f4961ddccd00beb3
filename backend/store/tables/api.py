"""Other systems at the door: their tokens, the answers kept for a repeat, the addresses that are told, and the portal's numbers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, kept
from backend.store.types import Id


class ApiToken(Base):
    """A key of another system to one unit, with what it may do (`backend.office.access.SCOPES`). Only its hash is here."""

    __tablename__ = "api_token"
    __table_args__ = kept("setting")
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list]
    fields: Mapped[list] = mapped_column(default=list, server_default="[]")
    """Procedure fields the token holds in ("Đất đai"), in the words of staff positions; none named = all."""
    made_by: Mapped[str] = mapped_column(String(40))
    """Staff id, or "console" for one made on the command line."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_day: Mapped[date | None]
    """By day only: a write on every request would queue all callers behind one row."""


class KeptAnswer(Base):
    """The first answer to an Idempotency-Key, written in the transaction of the act it tells of."""

    __tablename__ = "kept_answer"
    __table_args__ = kept("replay", Index("ix_kept_answer_created_at", "created_at"))
    token_id: Mapped[str] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of method, address and body: the same key with another request is refused."""
    status: Mapped[int]
    answer_sealed: Mapped[bytes]
    """{headers, body}, byte for byte as it was sent."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Hook(Base):
    """An address that is told of what happens to dossiers of a unit."""

    __tablename__ = "hook"
    __table_args__ = kept("setting", Index("ix_hook_unit_active", "unit", "active"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    url_sealed: Mapped[bytes]
    secret_sealed: Mapped[bytes]
    events: Mapped[list]
    """Actions of the workflow table that are told, ["*"] = all."""
    fields: Mapped[list] = mapped_column(default=list, server_default="[]")
    """Procedure fields it is told of: those of the token that registered it; none named = all."""
    active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]


class HookDelivery(Base):
    """How one event fared at one address. One row an event, whatever the number of tries."""

    __tablename__ = "hook_delivery"
    __table_args__ = kept("delivery", Index("ix_hook_delivery_created_at", "created_at"))
    hook_id: Mapped[str] = mapped_column(ForeignKey("hook.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    """delivered failed (will be tried again) dead (waits for a person) dropped (the hook was ended)"""
    attempts: Mapped[int]
    answer: Mapped[str | None] = mapped_column(String(40))
    """Status of their answer, or why there was none."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class PortalCase(Base):
    """The number under which a provincial system or the national portal knows a dossier of ours."""

    __tablename__ = "portal_case"
    __table_args__ = kept("dossier", UniqueConstraint("dossier_id"))
    unit: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[str] = mapped_column(String(60), primary_key=True)
    dossier_id: Mapped[str | None] = mapped_column(ForeignKey("dossier.id"))
    """None where it was refused: it is then not tried again."""
    refused: Mapped[str | None] = mapped_column(String(40))
    """Why it could not be taken in: a reason of the office's words."""
    taken_at: Mapped[datetime]
