"""What is open in a dossier beside its status: questions to other offices, hand-overs, parts of a bundle; and who stands in for whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, kept
from backend.store.types import Id


class Consultation(Base):
    """A question to another office, with the day by which it owes an answer. Several may be open in one dossier."""

    __tablename__ = "consultation"
    __table_args__ = kept("dossier", Index("ix_consultation_unit_closed_at", "unit", "closed_at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), index=True)
    office: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[str] = mapped_column(String(40))
    """Id of who asked: the owner on our side."""
    question_sealed: Mapped[bytes]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer_sealed: Mapped[bytes | None]
    closed_at: Mapped[datetime | None]
    """Answered, or not waited for any more: then without an answer."""


class HandOver(Base):
    """A dossier that another office works on, with the clock of that side; ours goes on running."""

    __tablename__ = "hand_over"
    __table_args__ = kept("dossier", Index("ix_hand_over_unit_closed_at", "unit", "closed_at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), index=True)
    to_office: Mapped[str] = mapped_column(String(200))
    sent_by: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    """sent acknowledged working result returned withdrawn"""
    sent_at: Mapped[datetime]
    due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    working_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """When the result came back, or the office sent the dossier back."""
    outcome_sealed: Mapped[bytes | None]
    """The result in one line, or the reason of a return."""


class Part(Base):
    """One procedure of a bundle: one intake, several offices. The whole cannot finish while a part is open."""

    __tablename__ = "part"
    __table_args__ = kept("dossier", UniqueConstraint("dossier_id", "seq"), Index("ix_part_unit_done_at", "unit", "done_at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"))
    seq: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    """Id of the part in its procedure file."""
    procedure: Mapped[str | None] = mapped_column(String(40))
    office: Mapped[str] = mapped_column(String(40))
    """Kind of owner: commune, commune_police, social_insurance …"""
    state: Mapped[str] = mapped_column(String(10))
    """waiting (for parts before it) working done refused dropped"""
    due_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    outcome_sealed: Mapped[bytes | None]
    """The result in one line, or the reason of a refusal."""


class Absence(Base):
    """Who stands in for whom, from when to when, on what ground. It is ended early by `ended_at`, never deleted."""

    __tablename__ = "absence"
    __table_args__ = kept("audit", Index("ix_absence_substitute_id_ends_at", "substitute_id", "ends_at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    substitute_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ground: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
