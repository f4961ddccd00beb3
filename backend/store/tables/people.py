"""People, how they are reached, and what they allowed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.store.base import Base, kept
from backend.store.types import Id


class Person(Base):
    """Somebody. One person may have several contacts, one contact may serve several persons."""

    __tablename__ = "person"
    __table_args__ = kept("with_dossier")
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    facts_sealed: Mapped[bytes]
    """{name, citizen_id, birth_date, sex, address}"""
    citizen_id_index: Mapped[str | None] = mapped_column(String(32), index=True)
    name_source: Mapped[str] = mapped_column(String(12), default="typed")
    """typed_bare (no accents) | typed | qr | register: what may be printed."""
    created_at: Mapped[datetime]


class PersonWord(Base):
    """One folded word of a person's name as a blind index: search without readable names."""

    __tablename__ = "person_word"
    __table_args__ = kept("with_dossier")
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    word_index: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    """Never loaded: it tells the mapper which row goes first, so that both go in one flush."""


class Contact(Base):
    """An address on a channel: a phone number or a Zalo user id."""

    __tablename__ = "contact"
    __table_args__ = kept("contact", UniqueConstraint("channel", "address_index"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(12))
    address_sealed: Mapped[bytes]
    address_index: Mapped[str] = mapped_column(String(32))
    phone_sealed: Mapped[bytes | None]
    """E.164 of the person behind a Zalo id, once shared."""
    phone_index: Mapped[str | None] = mapped_column(String(32), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    opted_out_at: Mapped[datetime | None]
    dead_reason: Mapped[str | None] = mapped_column(String(40))
    last_inbound_at: Mapped[datetime | None]
    last_channel: Mapped[str | None] = mapped_column(String(12))
    """Which provider brought this person's last message: a phone may be reached by several."""
    created_at: Mapped[datetime]


class Consent(Base):
    """A person's yes to a helper: from their own phone, or attested by the helper and settled at the counter."""

    __tablename__ = "consent"
    __table_args__ = kept("dossier")
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), unique=True)
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contact.id"), index=True)
    helper_conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id"))
    """None once the helper's thread is forgotten; the consent stays with its dossier."""
    status: Mapped[str] = mapped_column(String(10))
    """asked given refused attested revoked"""
    name_sealed: Mapped[bytes | None]
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
