"""The dossier, who is who in it, what happened to it, and what is told and done about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from backend.store.base import Base, kept
from backend.store.tables.people import Person
from backend.store.types import Id


class Dossier(Base):
    """One request of one person for one procedure, from draft to archive. Only `office.dossiers.act` writes `status`."""

    __tablename__ = "dossier"
    __table_args__ = kept(
        "dossier",
        Index("ix_dossier_unit_status_due_at", "unit", "status", "due_at"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    code_plain: Mapped[str | None] = mapped_column(String(40), unique=True)
    """The code without points and hyphens: how people type it."""
    case_ref: Mapped[str | None] = mapped_column(String(60), unique=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    """The thread it came by and is told to; the sender's phone is a factor when tracking."""
    channel: Mapped[str] = mapped_column(String(12))
    """sms | twilio | zalo | counter | office"""
    kind: Mapped[str] = mapped_column(String(12), server_default="request")
    """request | correction: a new dossier about a finished record, which itself is never edited | transfer: handed to us by another office."""
    corrects_id: Mapped[str | None] = mapped_column(String(26), index=True)
    """Id of the finished dossier that a correction is about."""
    procedure: Mapped[str] = mapped_column(String(40))
    procedure_version: Mapped[str] = mapped_column(String(24))
    status: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    form_sealed: Mapped[bytes]
    """{answers, left, helped, of}: see `bot.dialogue.types.Case`."""
    flags: Mapped[list]
    """consent_attested, name_bare, late, duplicate …: names only, no personal data."""
    child_index: Mapped[str | None] = mapped_column(String(32), index=True)
    """Blind index of (procedure, unit, subject's date, subject's name words): looks-like-a-double, for a person to decide."""
    assigned_to: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    review_by: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """Never overwritten; a later promise is an event of its own."""
    promised_at: Mapped[datetime | None]
    """The new day of the one apology; lateness is still counted by `due_at`."""
    watch_at: Mapped[datetime | None]
    """When the keeper of the clocks must look again; None = at once."""
    due_ground: Mapped[str | None] = mapped_column(String(200))
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    result_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    chain_head: Mapped[str] = mapped_column(String(64))
    chain_length: Mapped[int]
    reminded_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    listened: Mapped[bool | None] = query_expression()
    """No column: whether somebody outside wants to be told of this unit's events, where the query asked it; else None."""

    def __init__(self, **given: Any) -> None:
        """A draft with an empty chain. Defaults of columns would come at the INSERT; what is decided before it needs them now."""
        super().__init__(**({"kind": "request", "status": "draft", "version": 1, "flags": [], "chain_head": "", "chain_length": 0} | given))


class Party(Base):
    """Who is what in a dossier: applicant, subject, helper, payer, collector, mother, father …"""

    __tablename__ = "party"
    __table_args__ = kept("dossier")
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(12), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    """Never loaded: it tells the mapper which row goes first, so that both go in one flush."""


class Event(Base):
    """What happened to a dossier; append-only, each row carries the hash of the row before it."""

    __tablename__ = "event"
    __table_args__ = kept("dossier", UniqueConstraint("dossier_id", "seq"), Index("ix_event_unit_at", "unit", "at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"))
    seq: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(30))
    from_status: Mapped[str | None] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    clock: Mapped[str] = mapped_column(String(8), default="none")
    actor: Mapped[str] = mapped_column(String(40))
    """staff id, "citizen" or "system"."""
    role: Mapped[str | None] = mapped_column(String(12))
    on_behalf: Mapped[str | None] = mapped_column(String(26))
    """Staff id of the absent person for whom the actor stood in."""
    data_sealed: Mapped[bytes]
    at: Mapped[datetime]
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Notice(Base):
    """Something the office wants a person to know; the bot words and delivers it."""

    __tablename__ = "notice"
    __table_args__ = kept("dossier")
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id"))
    dossier_id: Mapped[str | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    event_id: Mapped[str | None] = mapped_column(ForeignKey("event.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    params_sealed: Mapped[bytes]
    state: Mapped[str] = mapped_column(String(10), default="new")
    """new told failed"""
    created_at: Mapped[datetime]


class Task(Base):
    """Something a person of the office must do: answer somebody, call, look at a wish. It has a promise and an end."""

    __tablename__ = "task"
    __table_args__ = kept("conversation", Index("ix_task_unit_closed_at", "unit", "closed_at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    """person urgent call complaint withdraw contact supplement postal notice_failed due_soon late unseen complaint_due"""
    urgent: Mapped[bool] = mapped_column(default=False)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    dossier_id: Mapped[str | None] = mapped_column(ForeignKey("dossier.id"))
    reason: Mapped[str | None] = mapped_column(String(40))
    text_sealed: Mapped[bytes | None]
    opened_at: Mapped[datetime]
    promise_at: Mapped[datetime]
    for_role: Mapped[str | None] = mapped_column(String(12))
    """Whose work this is; None = whoever may take tasks."""
    for_staff: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    taken_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    spoke_again_at: Mapped[datetime | None]
    """When the bot spoke again because nobody had answered."""
