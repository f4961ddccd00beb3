"""Conversations, messages and the files in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, kept
from backend.store.types import Id


class Conversation(Base):
    """One thread with a contact. `owner` None = the bot speaks; else the member of staff who has taken it."""

    __tablename__ = "conversation"
    __table_args__ = kept("conversation")
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20), index=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contact.id"), unique=True)
    owner: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    owner_since: Mapped[datetime | None]
    state_sealed: Mapped[bytes | None]
    version: Mapped[int] = mapped_column(default=0)
    asking: Mapped[bool] = mapped_column(default=False)
    """A question of ours is open."""
    noticed_at: Mapped[datetime | None]
    """When a notice last went out; later than the open question = a digit must be asked about."""
    last_in_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]


class Message(Base):
    """One message in or out. The provider's id makes an inbound message unique; ours is the provider's reference."""

    __tablename__ = "message"
    __table_args__ = kept(
        "conversation",
        UniqueConstraint("channel", "direction", "provider_id"),
        Index("ix_message_conversation_id_created_at", "conversation_id", "created_at"),
        Index(
            "ix_message_waiting",
            "conversation_id",
            postgresql_where=text("handled_at IS NULL AND direction = 'in'"),
            sqlite_where=text("handled_at IS NULL AND direction = 'in'"),
        ),
        Index(
            "ix_message_raw",
            "created_at",
            postgresql_where=text("raw_sealed IS NOT NULL"),
            sqlite_where=text("raw_sealed IS NOT NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    direction: Mapped[str] = mapped_column(String(3))
    channel: Mapped[str] = mapped_column(String(12))
    provider_id: Mapped[str | None] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10), default="text")
    body_sealed: Mapped[bytes]
    raw_sealed: Mapped[bytes | None]
    """The webhook's body as it came; dropped after 30 days."""
    cls: Mapped[str | None] = mapped_column(String(10))
    text_key: Mapped[str | None] = mapped_column(String(80))
    params_sealed: Mapped[bytes | None]
    text_version: Mapped[str | None] = mapped_column(String(16))
    understood: Mapped[dict | None]
    """Labels only: {by, intent, procedure, confidence, intents, candidates, turn}. Never words of the message."""
    dossier_id: Mapped[str | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    author: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Member of staff who wrote an outgoing message; None = the bot."""
    status: Mapped[str] = mapped_column(String(12))
    """in: stored; out: queued sending sent delivered failed unknown dropped"""
    error: Mapped[str | None] = mapped_column(String(60))
    segments: Mapped[int | None]
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class Attachment(Base):
    """A file somebody sent, sealed, in the same database: one backup, one transaction."""

    __tablename__ = "attachment"
    __table_args__ = kept("attachment")
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[str | None] = mapped_column(ForeignKey("message.id"))
    dossier_id: Mapped[str | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    paper: Mapped[str | None] = mapped_column(String(40))
    mime: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    source_sealed: Mapped[bytes | None]
    """The provider's address, until the content has been fetched."""
    content_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
