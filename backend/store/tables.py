"""The tables. Nouns that cannot be retrofitted stand from the first migration.

`*_sealed` columns hold AES-GCM blobs with a key id (`backend.store.vault`); `*_index` columns hold blind indexes, so that
a phone, an identity number or a word of a name can be found without being readable. Every table names its retention class
in `info["retention"]`; `docs/retention.md` says how long each lives.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

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
    created_at: Mapped[datetime]


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
    """Labels only: {intent, procedure, confidence, by}. Never words of the message."""
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
    """sms | twilio | zalo | counter"""
    procedure: Mapped[str] = mapped_column(String(40))
    procedure_version: Mapped[str] = mapped_column(String(24))
    status: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    form_sealed: Mapped[bytes]
    """{answers, left, helped, of}: see `bot.dialogue.types.Case`."""
    flags: Mapped[list] = mapped_column(default=list)
    """consent_attested, name_bare, late, duplicate …: names only, no personal data."""
    child_index: Mapped[str | None] = mapped_column(String(32), index=True)
    """Blind index of (procedure, unit, subject's date, subject's name words): looks-like-a-double, for a person to decide."""
    assigned_to: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    review_by: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """Never overwritten; a later promise is an event of its own."""
    due_ground: Mapped[str | None] = mapped_column(String(200))
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    result_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    chain_head: Mapped[str] = mapped_column(String(64), default="")
    chain_length: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class Party(Base):
    """Who is what in a dossier: applicant, subject, helper, payer, collector, mother, father …"""

    __tablename__ = "party"
    __table_args__ = kept("dossier")
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(12), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Consent(Base):
    """A person's yes to a helper: from their own phone, or attested by the helper and settled at the counter."""

    __tablename__ = "consent"
    __table_args__ = kept("dossier")
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), unique=True)
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contact.id"), index=True)
    helper_conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    status: Mapped[str] = mapped_column(String(10))
    """asked given refused attested revoked"""
    name_sealed: Mapped[bytes | None]
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Event(Base):
    """What happened to a dossier; append-only, each row carries the hash of the row before it."""

    __tablename__ = "event"
    __table_args__ = kept("dossier", UniqueConstraint("dossier_id", "seq"))
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
    """person urgent call complaint withdraw contact supplement postal notice_failed"""
    urgent: Mapped[bool] = mapped_column(default=False)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    dossier_id: Mapped[str | None] = mapped_column(ForeignKey("dossier.id"))
    reason: Mapped[str | None] = mapped_column(String(40))
    text_sealed: Mapped[bytes | None]
    opened_at: Mapped[datetime]
    promise_at: Mapped[datetime]
    taken_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    spoke_again_at: Mapped[datetime | None]
    """When the bot spoke again because nobody had answered."""


class Job(Base):
    """The queue: ids only. A lane runs in order, one at a time; a dead job frees its lane and stays visible."""

    __tablename__ = "job"
    __table_args__ = kept(
        "job",
        Index(
            "ix_job_lane_id_live",
            "lane",
            "id",
            postgresql_where=text("state <> 'dead'"),
            sqlite_where=text("state <> 'dead'"),
        ),
        Index("ix_job_state_run_at", "state", "run_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    lane: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(20))
    ids: Mapped[dict]
    dedup: Mapped[str | None] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(6), default="ready")
    """ready leased dead; a job that is done is gone."""
    run_at: Mapped[datetime]
    lease_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]


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
    password_hash: Mapped[str] = mapped_column(String(120))
    demo: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


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
    """Who opened which dossier or conversation: commune staff know everyone, curiosity is the main leak."""

    __tablename__ = "read_log"
    __table_args__ = kept("audit", Index("ix_read_log_dossier_id", "dossier_id"))
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    unit: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    dossier_id: Mapped[str | None] = mapped_column(String(32))
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime]


class Counter(Base):
    """Numbers in sequence, taken by UPDATE … RETURNING in the transaction that uses them."""

    __tablename__ = "counter"
    __table_args__ = kept("register")
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[int]


class LookupTry(Base):
    """Tries to see a dossier's stage by code: five a day per asker and code."""

    __tablename__ = "lookup_try"
    __table_args__ = kept("short")
    asker_index: Mapped[str] = mapped_column(String(32), primary_key=True)
    code_index: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    count: Mapped[int]


class TransferCode(Base):
    """Six digits that move a draft to another channel; once, for a day."""

    __tablename__ = "transfer_code"
    __table_args__ = kept("short")
    code_index: Mapped[str] = mapped_column(String(32), primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ProviderToken(Base):
    """A provider's rotating token pair; the refresh token works once, so the previous pair is kept until the new one served."""

    __tablename__ = "provider_token"
    __table_args__ = kept("setting")
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    pair_sealed: Mapped[bytes]
    previous_sealed: Mapped[bytes | None]
    expires_at: Mapped[datetime | None]
    lease_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]
