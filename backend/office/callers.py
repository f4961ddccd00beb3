"""People who wait for a person of the office, as the screens show them. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.values.phones import home
from backend.office import contacts, tasks, views
from backend.office.kit import Office, Refused
from backend.store.tables import Contact, Conversation, Dossier, Task


@dataclass(frozen=True)
class Waiting:
    """One open task: the citizen's words, how to call, and whether the promise has passed."""

    task: Task
    text: str | None
    phone: str | None
    channel: str | None
    code: str | None
    late: bool


@dataclass(frozen=True)
class Caller:
    """One conversation: who it is with, what is open, what they have sent."""

    conversation: Conversation
    channel: str
    phone: str | None
    tasks: list[Waiting]
    dossiers: list[views.Row]


def open_tasks(session: Session, office: Office, now: datetime, roles: Collection[str]) -> list[Waiting]:
    """Return the unit's open tasks that are for these roles or for nobody in particular, the leader's all: danger first, then by promise."""
    found = tasks.open_tasks(session, office.unit)
    mine = [task for task in found if task.for_role is None or task.for_role in roles or "lanhdao" in roles]
    return [_waiting(session, office, task, now) for task in mine]


def _waiting(session: Session, office: Office, task: Task, now: datetime) -> Waiting:
    conversation = session.get(Conversation, task.conversation_id) if task.conversation_id else None
    contact = session.get(Contact, conversation.contact_id) if conversation else None
    dossier = session.get(Dossier, task.dossier_id) if task.dossier_id else None
    phone = contacts.phone_of(office.vault, contact) if contact else None
    return Waiting(
        task, tasks.text_of(office, task), home(phone) if phone else None, contact.channel if contact else None,
        dossier.code if dossier else None, task.promise_at < now,
    )  # fmt: skip


def caller(session: Session, office: Office, conversation_id: str, now: datetime) -> Caller:
    """Return a conversation of this unit. Raises Refused("conversation_unknown")."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or conversation.unit != office.unit:
        raise Refused("conversation_unknown")
    contact = session.get(Contact, conversation.contact_id)
    phone = contacts.phone_of(office.vault, contact)
    open_ = select(Task).where(Task.conversation_id == conversation_id, Task.closed_at.is_(None)).order_by(Task.promise_at)
    sent = select(Dossier).where(Dossier.conversation_id == conversation_id, Dossier.status != "draft").order_by(Dossier.sent_at.desc())
    return Caller(
        conversation, contact.channel, home(phone) if phone else None,
        [_waiting(session, office, task, now) for task in session.scalars(open_)],
        views.rows(session, office, list(session.scalars(sent.limit(20))), now, named=True),
    )  # fmt: skip
