"""Tasks: what a person of the office must do, with a promise that the citizen was told and an end."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.domain import deadline
from backend.office import jobs
from backend.office.kit import Actor, Office, Refused
from backend.store.tables import Conversation, Task
from backend.store.types import new_id

ANSWER_HOURS = 4
"""Working hours until somebody answers; after that the bot speaks again."""
URGENT_MINUTES = 10
_TEXT = "task.text:"


def open_task(
    session: Session,
    office: Office,
    kind: str,
    now: datetime,
    *,
    conversation: Conversation | None = None,
    dossier_id: str | None = None,
    reason: str | None = None,
    text: str | None = None,
    urgent: bool = False,
) -> Task:
    """Open a task, or return the open one of the same kind and conversation: asking twice is not two tasks."""
    if conversation is not None and (same := _same_open(session, conversation.id, kind)):
        same.urgent = same.urgent or urgent
        return same
    promise = now + timedelta(minutes=URGENT_MINUTES) if urgent else deadline.add_working_hours(now, ANSWER_HOURS, office.calendar)
    task = Task(id=new_id(), unit=office.unit, kind=kind, urgent=urgent, reason=reason, opened_at=now, promise_at=promise)
    task.conversation_id = conversation.id if conversation else None
    task.dossier_id = dossier_id
    task.text_sealed = office.vault.seal(text, _TEXT + task.id) if text else None
    session.add(task)
    if urgent:
        jobs.put(session, "duty", f"duty:{office.unit}", office.unit, {"task": task.id}, now)
    return task


def _same_open(session: Session, conversation_id: str, kind: str) -> Task | None:
    query = select(Task).where(Task.conversation_id == conversation_id, Task.kind == kind, Task.closed_at.is_(None))
    return session.scalars(query).first()


def text_of(office: Office, task: Task) -> str | None:
    """Return the citizen's words that came with a task."""
    return office.vault.open(task.text_sealed, _TEXT + task.id) if task.text_sealed else None


def open_tasks(session: Session, unit: str) -> list[Task]:
    """Return the unit's open tasks: danger first, then by promise."""
    query = select(Task).where(Task.unit == unit, Task.closed_at.is_(None)).order_by(Task.urgent.desc(), Task.promise_at)
    return list(session.scalars(query.limit(500)))


def take(session: Session, task_id: str, actor: Actor, now: datetime) -> Task:
    """Take a task; from now on the bot is silent in its conversation. Raises Refused with who was faster."""
    task = session.get(Task, task_id)
    if task is None or task.unit != actor.unit:
        raise Refused("task_unknown")
    done = session.execute(update(Task).where(Task.id == task_id, Task.taken_by.is_(None)).values(taken_by=actor.id, taken_at=now))
    if done.rowcount != 1 and task.taken_by != actor.id:
        raise Refused("task_taken", by=task.taken_by)
    if task.conversation_id:
        hold(session, task.conversation_id, actor, now)
    return task


def hold(session: Session, conversation_id: str, actor: Actor, now: datetime) -> None:
    """A member of staff speaks in this conversation now."""
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.unit == actor.unit)
        .values(owner=actor.id, owner_since=now)
    )


def close(session: Session, task_id: str, actor: Actor, now: datetime) -> None:
    """End a task; the conversation goes back to the bot when no other taken task holds it. Raises Refused."""
    task = session.get(Task, task_id)
    if task is None or task.unit != actor.unit:
        raise Refused("task_unknown")
    task.closed_at, task.taken_by = task.closed_at or now, task.taken_by or actor.id
    session.flush()
    if task.conversation_id and not _held(session, task.conversation_id):
        release(session, task.conversation_id, actor)


def _held(session: Session, conversation_id: str) -> bool:
    query = select(Task.id).where(Task.conversation_id == conversation_id, Task.closed_at.is_(None), Task.taken_by.is_not(None))
    return session.scalars(query).first() is not None


def release(session: Session, conversation_id: str, actor: Actor) -> None:
    """Give a conversation back to the bot."""
    session.execute(
        update(Conversation).where(Conversation.id == conversation_id, Conversation.unit == actor.unit).values(owner=None, owner_since=None)
    )


def give_back(session: Session, staff_id: str) -> None:
    """Let go of all that somebody holds: the tasks wait for the next person, and no conversation stays silent for who is gone."""
    session.execute(update(Task).where(Task.taken_by == staff_id, Task.closed_at.is_(None)).values(taken_by=None, taken_at=None))
    session.execute(update(Conversation).where(Conversation.owner == staff_id).values(owner=None, owner_since=None))


def unanswered(session: Session, unit: str, now: datetime) -> list[Task]:
    """Return tasks whose promise has passed without an end and about which the bot has not spoken again."""
    query = select(Task).where(
        Task.unit == unit, Task.closed_at.is_(None), Task.promise_at < now, Task.spoke_again_at.is_(None), Task.conversation_id.is_not(None)
    )
    return list(session.scalars(query.limit(100)))
