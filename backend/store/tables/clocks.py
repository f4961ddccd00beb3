"""What the office's clocks rest on: days an officer wrote, warnings that were given, and the daily anchor of all histories."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, kept
from backend.store.types import Id


class CalendarDay(Base):
    """A day that differs from its weekday, by a notice. Append-only: the newest line of a unit and day is in force."""

    __tablename__ = "calendar_day"
    __table_args__ = kept("register", Index("ix_calendar_day_day", "day"))
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    unit: Mapped[str | None] = mapped_column(String(20))
    """None = every unit of this installation."""
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(8))
    """off | works | short | usual; `usual` takes an earlier line back"""
    hours: Mapped[list | None]
    """[["07:30", "11:30"]] of a short day"""
    name: Mapped[str] = mapped_column(String(80))
    ground: Mapped[str] = mapped_column(String(200))
    """Number and date of the notice."""
    made_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class DueWarning(Base):
    """One warning of one dossier: each level is given once, whatever happens afterwards."""

    __tablename__ = "due_warning"
    __table_args__ = kept("dossier")
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    """50 | 80 | 100 | unseen | citizen"""
    role: Mapped[str | None] = mapped_column(String(12))
    """Who held the dossier then."""
    staff_id: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime]


class Anchor(Base):
    """One day of a unit's events, fixed the day after: a history that is rewritten whole no longer fits it."""

    __tablename__ = "anchor"
    __table_args__ = kept("audit")
    unit: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]
    """Events of the day."""
    rows: Mapped[bytes]
    """zlib of "event id, dossier id, hash" lines: no personal data; it names what is missing later."""
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    """Keyed digest over day, count, rows and the hash of the day before."""
    at: Mapped[datetime]


class Complaint(Base):
    """What somebody is not content with: apart from dossiers, with a number, a day by which it is answered, and the answer."""

    __tablename__ = "complaint"
    __table_args__ = kept("dossier", Index("ix_complaint_unit_state_due_at", "unit", "state", "due_at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    conversation_id: Mapped[str | None] = mapped_column(String(26), index=True)
    """The thread it came by. No key: a complaint outlives its thread."""
    dossier_id: Mapped[str | None] = mapped_column(ForeignKey("dossier.id"))
    text_sealed: Mapped[bytes]
    state: Mapped[str] = mapped_column(String(10), default="open")
    """open | answered"""
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answer_sealed: Mapped[bytes | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None]
    content: Mapped[bool | None]
    """Whether the answer satisfied; None = not said."""
