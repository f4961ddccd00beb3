"""Complaints, apart from dossiers: a receipt number, a day by which the leader answers, and the answer sent to the citizen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from backend.clock import local
from backend.domain import deadline
from backend.office import dossiers, jobs, tasks
from backend.office.kit import Actor, Office, Refused
from backend.store.tables import Complaint, Conversation, Dossier, Notice, Task
from backend.store.types import new_id

OPEN, ANSWERED = "open", "answered"
DUE = "complaint_due"
"""Kind of the task that reminds the leader; its reason is the complaint's number."""
AHEAD = timedelta(days=1)
_TEXT, _ANSWER = "complaint.text:", "complaint.answer:"
LONGEST_ANSWER = 300
"""Letters: two texts of a telephone."""


@dataclass(frozen=True)
class Shown:
    """One complaint as the screen shows it; `late` = no answer by its day."""

    row: Complaint
    text: str
    answer: str | None
    code: str | None
    late: bool


def open_complaint(session: Session, office: Office, text: str, now: datetime, *, conversation_id: str | None, dossier_id: str | None) -> Complaint:
    """Write a complaint and return it with its number; more words of the same thread go into the one that is open."""
    same = _open_of(session, conversation_id)
    if same is not None:
        same.text_sealed = office.vault.seal(f"{_text(office, same)}\n{text}", _TEXT + same.id)
        return same
    row = Complaint(id=new_id(), unit=office.unit, conversation_id=conversation_id, dossier_id=dossier_id, state=OPEN, opened_at=now)
    row.number = _number(session, office.unit, now)
    row.text_sealed = office.vault.seal(text, _TEXT + row.id)
    row.due_at = deadline.due(now, office.complaints.case, office.calendar)
    session.add(row)
    session.flush()
    return row


def _number(session: Session, unit: str, now: datetime) -> str:
    """PA242-261124-0001: the unit's own part, the day, the number in the day."""
    day = local(now).strftime("%y%m%d")
    return f"PA{unit.rsplit('.', 1)[-1]}-{day}-{dossiers.next_number(session, f'complaint:{unit}:{day}'):04d}"


def _open_of(session: Session, conversation_id: str | None) -> Complaint | None:
    if conversation_id is None:
        return None
    return session.scalars(select(Complaint).where(Complaint.conversation_id == conversation_id, Complaint.state == OPEN)).first()


def _text(office: Office, row: Complaint) -> str:
    return office.vault.open(row.text_sealed, _TEXT + row.id)


def answer(session: Session, office: Office, complaint_id: str, text: str, actor: Actor, now: datetime) -> Complaint:
    """Write the answer and send it. Raises Refused: complaint_unknown, complaint_answered {by, at}, empty, too_long {most}."""
    row = session.scalar(select(Complaint).where(Complaint.id == complaint_id).with_for_update())
    if row is None or row.unit != actor.unit:
        raise Refused("complaint_unknown")
    if row.state == ANSWERED:
        raise Refused("complaint_answered", by=row.answered_by, at=row.answered_at.isoformat())
    if not text.strip():
        raise Refused("empty")
    if len(text) > LONGEST_ANSWER:
        raise Refused("too_long", most=LONGEST_ANSWER)
    row.state, row.answered_at, row.answered_by = ANSWERED, now, actor.id
    row.answer_sealed = office.vault.seal(text.strip(), _ANSWER + row.id)
    session.execute(update(Task).where(Task.kind == DUE, Task.reason == row.number, Task.closed_at.is_(None)).values(closed_at=now, taken_by=actor.id))
    _tell(session, office, row, text.strip(), now)
    return row


def remind(session: Session, office: Office, now: datetime) -> None:
    """Give the leader a task for each complaint whose day comes within one, once; the answer ends it."""
    told = exists().where(Task.kind == DUE, Task.reason == Complaint.number)
    query = select(Complaint).where(Complaint.unit == office.unit, Complaint.state == OPEN, Complaint.due_at < now + AHEAD, ~told)
    for row in session.scalars(query.limit(100)):
        tasks.open_task(session, office, DUE, now, dossier_id=row.dossier_id, reason=row.number).for_role = "lanhdao"


def _tell(session: Session, office: Office, row: Complaint, text: str, now: datetime) -> None:
    """The answer as a notice in its thread, where that is still kept; the task of calling back is done with it."""
    if row.conversation_id is None or session.get(Conversation, row.conversation_id) is None:
        return
    notice = Notice(id=new_id(), unit=row.unit, conversation_id=row.conversation_id, kind="complaint_answered", created_at=now)
    notice.params_sealed = office.vault.seal_json({"number": row.number, "answer": text}, f"notice.params:{notice.id}")
    session.add(notice)
    jobs.put(session, "notice", f"in:{row.conversation_id}", row.unit, {"notice": notice.id}, now)
    mine = (Task.conversation_id == row.conversation_id, Task.kind == "complaint", Task.closed_at.is_(None))
    session.execute(update(Task).where(*mine).values(closed_at=now, taken_by=row.answered_by))


def judge(session: Session, conversation_id: str, number: str, content: bool) -> None:
    """Write what the citizen says of the answer, once, from the thread it went to. Raises Refused("complaint_unknown")."""
    mine = (Complaint.number == number, Complaint.conversation_id == conversation_id, Complaint.state == ANSWERED, Complaint.content.is_(None))
    if session.execute(update(Complaint).where(*mine).values(content=content)).rowcount != 1:
        raise Refused("complaint_unknown")


def listed(session: Session, office: Office, now: datetime, *, answered: bool = False) -> list[Shown]:
    """Return the unit's open complaints by their day, or the answered ones, the newest first."""
    query = select(Complaint).where(Complaint.unit == office.unit, Complaint.state == (ANSWERED if answered else OPEN))
    order = Complaint.answered_at.desc() if answered else Complaint.due_at
    rows = list(session.scalars(query.order_by(order, Complaint.id).limit(200)))
    codes = dict(session.execute(select(Dossier.id, Dossier.code).where(Dossier.id.in_([row.dossier_id for row in rows if row.dossier_id]))).all())
    return [_shown(office, row, codes.get(row.dossier_id), now) for row in rows]


def _shown(office: Office, row: Complaint, code: str | None, now: datetime) -> Shown:
    said = office.vault.open(row.answer_sealed, _ANSWER + row.id) if row.answer_sealed else None
    return Shown(row, _text(office, row), said, code, (row.answered_at or now) > row.due_at)
