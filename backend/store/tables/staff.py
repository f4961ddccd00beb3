"""Members of staff, their sign-ins, and what they looked at."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, kept
from backend.store.types import Id


class Staff(Base):
    """A member of staff of one unit, with roles (`backend.office.access`)."""

    __tablename__ = "staff"
    __table_args__ = kept("staff")
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20), index=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[str] = mapped_column(String(80))
    roles: Mapped[list]
    fields: Mapped[list] = mapped_column(default=list, server_default="[]")
    """Procedure fields the roles hold in ("Hộ tịch"); none named = all."""
    office: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """Part of the unit they sit in: "Phòng Kinh tế"."""
    password_hash: Mapped[str] = mapped_column(String(120))
    password_until: Mapped[datetime | None]
    """End of a password that somebody else made: it opens the page on which one's own is chosen. None = their own."""
    demo: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffEvent(Base):
    """A line of a unit's register of staff: who was taken in, given roles from a day, ended, by whom. Append-only, linked per unit."""

    __tablename__ = "staff_event"
    __table_args__ = kept("audit", UniqueConstraint("unit", "seq"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    seq: Mapped[int]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    action: Mapped[str] = mapped_column(String(10))
    """added | asked agreed declined | set begun dropped | ended | reset password"""
    about: Mapped[str | None] = mapped_column(ForeignKey("staff_event.id"), unique=True)
    """The line that this one settles: an `asked` by agreed or declined, a `set` by begun or dropped."""
    from_day: Mapped[date | None]
    data: Mapped[dict]
    actor: Mapped[str] = mapped_column(String(40))
    on_behalf: Mapped[str | None] = mapped_column(String(26))
    at: Mapped[datetime]
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    """Keyed digest over the line and the hash before it."""


class StaffSession(Base):
    """A signed-in browser; the token itself is only in the cookie."""

    __tablename__ = "staff_session"
    __table_args__ = kept("session")
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class ReadLog(Base):
    """Who opened which dossier or conversation: commune staff know everyone, curiosity is the main leak. A reader is a person or a token."""

    __tablename__ = "read_log"
    __table_args__ = kept("audit", Index("ix_read_log_dossier_id", "dossier_id"))
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    unit: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    token_id: Mapped[str | None] = mapped_column(ForeignKey("api_token.id"))
    """Another system that read the dossier's content."""
    dossier_id: Mapped[str | None] = mapped_column(String(32))
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime]
