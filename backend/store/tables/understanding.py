"""What the understanding learns from: messages it was not sure of, and the models made of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, kept
from backend.store.types import Id


class UnsureLine(Base):
    """A message that was asked back, missed or corrected, masked: an officer says what was meant. One row a message."""

    __tablename__ = "unsure_line"
    __table_args__ = kept(
        "learning", Index("ix_unsure_line_unit_status_created_at", "unit", "status", "created_at")
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), unique=True)
    text_sealed: Mapped[bytes]
    """The masked text (`bot.learning.masking`); sealed all the same, for a mask can miss a name."""
    text_index: Mapped[str] = mapped_column(String(32), index=True)
    """Blind index of the folded masked text: its twins are labelled once."""
    reason: Mapped[str] = mapped_column(String(10))
    """asked missed corrected"""
    understood: Mapped[dict]
    """Labels only: {by, intent, procedure, confidence, intents, candidates}."""
    status: Mapped[str] = mapped_column(String(10), default="new")
    """new labelled dropped"""
    label_intent: Mapped[str | None] = mapped_column(String(40))
    label_procedure: Mapped[str | None] = mapped_column(String(40))
    labelled_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    labelled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Model(Base):
    """A model of the understanding server. The release's own one is `base`: it has no archive here, and serves while none does."""

    __tablename__ = "model"
    __table_args__ = kept("setting")
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the archive."""
    release: Mapped[str] = mapped_column(String(16))
    """Fingerprint of the data and code it was made with: another release's server does not load it."""
    made_of: Mapped[str] = mapped_column(String(16), index=True)
    """Fingerprint of release and learned lines."""
    base: Mapped[bool] = mapped_column(default=False)
    lines: Mapped[int] = mapped_column(default=0)
    """Labelled lines of the inbox it has learned."""
    figures: Mapped[dict]
    """What the training said: bytes, train_cpu_seconds, the held-out fifth."""
    report: Mapped[dict | None]
    """What `nlu test` said (`bot.learning.compare`); the lines in it are those of the held-out set."""
    serving: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    promoted_at: Mapped[datetime | None]
    promoted_by: Mapped[str | None] = mapped_column(String(80))
    previous: Mapped[str | None] = mapped_column(String(64))
    """What served before the last promotion; None = the release's own."""


class ModelArchive(Base):
    """The bytes of a promoted model, in the same database: every replica of the app can give them, one backup holds them."""

    __tablename__ = "model_archive"
    __table_args__ = kept("setting")
    hash: Mapped[str] = mapped_column(ForeignKey("model.hash"), primary_key=True)
    content: Mapped[bytes]
