"""Exchange with other offices' machines: what goes out, what came in, and which dossier came from where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, kept
from backend.store.types import Id


class ExchangeOut(Base):
    """A message to another office, written in the transaction of the act that it tells of."""

    __tablename__ = "exchange_out"
    __table_args__ = kept("dossier", UniqueConstraint("dossier_id", "peer", "seq"), Index("ix_exchange_out_peer_at", "peer", "at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    peer: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(16))
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"))
    seq: Mapped[int]
    """Number of the message among those about this dossier to this office."""
    body_sealed: Mapped[bytes]
    """The bytes as they travel: a second try is the same message."""
    body_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    """queued sent (given to the line, the answer is not known) acknowledged refused"""
    reason: Mapped[str | None] = mapped_column(String(40))
    """Why it was refused: a key, never a person's words."""
    attempts: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ExchangeIn(Base):
    """A message that came in, with the first answer to it: whoever sends it again gets that answer again."""

    __tablename__ = "exchange_in"
    __table_args__ = kept("dossier", UniqueConstraint("peer", "foreign_id", "seq"), Index("ix_exchange_in_peer_sent_at", "peer", "sent_at"))
    peer: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(16))
    foreign_id: Mapped[str] = mapped_column(String(26))
    """The sender's id of its dossier."""
    foreign_code: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]
    body_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    """applied refused"""
    answer: Mapped[dict]
    sent_at: Mapped[datetime]
    at: Mapped[datetime]


class ExchangeFileOut(Base):
    """A photo or paper that goes with a hand-over. The content stays where it is, in `attachment`, and is read piece by piece."""

    __tablename__ = "exchange_file_out"
    __table_args__ = kept("dossier", UniqueConstraint("hand_over", "sha256"), Index("ix_exchange_file_out_peer_at", "peer", "at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    peer: Mapped[str] = mapped_column(String(20))
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), index=True)
    hand_over: Mapped[str] = mapped_column(String(26))
    attachment_id: Mapped[str] = mapped_column(String(26))
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the content as the message names it; of the attachment's id where there was no content to send."""
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    """queued sent (pieces are under way) acknowledged lost"""
    reason: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ExchangeFileIn(Base):
    """A photo or paper that a hand-over named. Until all of it is here and fits its hash, the hand-over is not complete."""

    __tablename__ = "exchange_file_in"
    __table_args__ = kept("dossier", UniqueConstraint("peer", "hand_over", "sha256"), Index("ix_exchange_file_in_peer_sent_at", "peer", "sent_at"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    peer: Mapped[str] = mapped_column(String(20))
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), index=True)
    """Our dossier, of which it becomes an attachment."""
    hand_over: Mapped[str] = mapped_column(String(26))
    foreign_code: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    have: Mapped[int] = mapped_column(default=0)
    """Bytes that are here, from the first on without a gap."""
    mime: Mapped[str] = mapped_column(String(60))
    paper: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    """awaited complete lost"""
    sent_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ExchangePiece(Base):
    """A stretch of a file that is coming in; gone when the file is whole, or lost."""

    __tablename__ = "exchange_piece"
    __table_args__ = kept("dossier")
    file_id: Mapped[str] = mapped_column(ForeignKey("exchange_file_in.id"), primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    """Its first byte in the file."""
    content_sealed: Mapped[bytes]


class Transfer(Base):
    """A dossier that another office handed to us: whose it is there, and until when they want it back."""

    __tablename__ = "transfer"
    __table_args__ = kept("dossier", UniqueConstraint("peer", "hand_over"))
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    peer: Mapped[str] = mapped_column(String(20))
    hand_over: Mapped[str] = mapped_column(String(26))
    """The sender's id of the hand-over; every later message names it."""
    foreign_code: Mapped[str] = mapped_column(String(40))
    foreign_step: Mapped[str] = mapped_column(String(20))
    reception_unit: Mapped[str] = mapped_column(String(20))
    """The commune that took it in, as it was that day."""
    due_at: Mapped[datetime]
    own_due_at: Mapped[datetime | None]
    """What the citizen was promised."""
    papers_sealed: Mapped[bytes]
    """JSON list of the papers that lie with the sender."""
