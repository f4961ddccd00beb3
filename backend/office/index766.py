"""What feeds the service index of Decision 766/QĐ-TTg: a unit's figures of a month, read from events. Nothing is typed.

The points follow formulas that others fitted to the live portal; they are no official formula, and only the parts that
this software sees are counted. What it does not see (publishing, payment, electronic results) is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend.clock import VIETNAM, local
from backend.domain import deadline
from backend.office import clocks
from backend.office.kit import Office
from backend.store.tables import Attachment, Complaint, Consent, Dossier, Event

CONTENT = 4
"""A score from here on is a content citizen."""
_CHUNK = 400
_ON_CITIZEN = ("supplement", "supplement_intake")


@dataclass(frozen=True)
class Figures:
    """A unit's month. Of what was finished: early (before the day), on_time, late, undated. Of what runs at its end: in_time, overdue, waiting."""

    received: int = 0
    online: int = 0
    """Received by telephone, not entered at the counter; of them `helped` by a neighbour or volunteer, counted apart."""
    helped: int = 0
    digitised: int = 0
    """Received with at least one paper as a file."""
    early: int = 0
    on_time: int = 0
    late: int = 0
    undated: int = 0
    """Finished without a promised date: neither in time nor late."""
    in_time: int = 0
    overdue: int = 0
    waiting: int = 0
    """For the citizen: for nobody else's time."""
    returned: int = 0
    rated: int = 0
    content: int = 0
    apologies: int = 0
    complaints: int = 0
    """Whose day to answer lies in the month, or who were answered in it."""
    complaints_on_time: int = 0
    judged: int = 0
    """Answered in the month and said by the citizen to be content with it or not; of them `complaints_content`."""
    complaints_content: int = 0


@dataclass(frozen=True)
class Points:
    """One line of the index: what is counted, the rate (None where nothing was there to count), points and their most."""

    name: str
    rate: float | None
    points: float | None
    most: float


@dataclass
class _Story:
    """One dossier up to the end of the month."""

    dossier: Dossier
    started: datetime | None = None
    stopped: datetime | None = None
    finished: datetime | None = None
    status: str = ""
    due: datetime | None = None
    paused: datetime | None = None


def month_of(text: str) -> tuple[datetime, datetime]:
    """Return (first moment, first moment after) of "2026-11" on Việt Nam's clock. Raises ValueError."""
    begin = datetime.strptime(text, "%Y-%m").replace(tzinfo=VIETNAM)
    return begin, begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)


def figures(session: Session, office: Office, month: str, now: datetime) -> Figures:
    """Return a month's figures of the unit served; of a month that runs, up to `now`. Raises ValueError for no month."""
    begin, end = month_of(month)
    counted = dict.fromkeys(Figures.__dataclass_fields__, 0)
    for story in _stories(session, office, begin, end):
        for name in _marks(story, begin, min(end, now)):
            counted[name] += 1
    counted |= _received(session, office, begin, end) | _said(session, office, begin, end) | _complaints(session, office, begin, end)
    return Figures(**counted)


def _stories(session: Session, office: Office, begin: datetime, end: datetime) -> Iterator[_Story]:
    """Every dossier that ran in the month, folded from its events before `end`."""
    ran = select(Dossier).where(
        Dossier.unit == office.unit, Dossier.received_at < end, or_(Dossier.result_at.is_(None), Dossier.result_at >= begin)
    )
    found = session.scalars(ran.order_by(Dossier.id)).all()
    for n in range(0, len(found), _CHUNK):
        known = {dossier.id: dossier for dossier in found[n : n + _CHUNK]}
        query = select(Event.dossier_id, Event.action, Event.clock, Event.to_status, Event.at)
        rows = session.execute(query.where(Event.dossier_id.in_(known), Event.at < end).order_by(Event.dossier_id, Event.seq))
        for dossier_id, events in groupby(rows, key=lambda row: row[0]):
            yield _story(office, known[dossier_id], events)


def _story(office: Office, dossier: Dossier, events: Iterable[Sequence[Any]]) -> _Story:
    story = _Story(dossier, due=dossier.due_at)
    for _, action, clock, status, at in events:
        story.status = status
        if clock == "start":
            story.started = at
        elif clock == "stop":
            story.stopped, story.finished = at, at if action == "finish" else None
        elif clock == "pause":
            story.paused = at
        elif clock == "resume" and story.paused and story.due:
            story.due, story.paused = deadline.resume(story.due, story.paused, at, office.book.known_at(at)), None
    return story


def _marks(story: _Story, begin: datetime, end: datetime) -> Iterator[str]:
    if story.finished and story.finished >= begin:
        yield _outcome(story.due, story.finished)
    elif story.stopped is None and story.started:
        overdue = story.due is not None and story.due < end
        yield "waiting" if story.status in _ON_CITIZEN else "overdue" if overdue else "in_time"


def _outcome(due: datetime | None, at: datetime) -> str:
    """How a result that lay at the desk at `at` stands to its date: a day or more before it is early."""
    if due is None:
        return "undated"
    if at > due:
        return "late"
    return "early" if local(at).date() < local(due).date() else "on_time"


def _events(office: Office, begin: datetime, end: datetime, *which):
    return (Event.unit == office.unit, Event.at >= begin, Event.at < end, *which)


def _received(session: Session, office: Office, begin: datetime, end: datetime) -> dict[str, int]:
    started = select(Event.dossier_id).where(*_events(office, begin, end, Event.clock == "start"))
    helped = select(Consent.dossier_id).where(Consent.dossier_id.in_(started))
    filed = select(Attachment.dossier_id).where(Attachment.dossier_id.in_(started)).distinct()
    online = select(Dossier.id).where(Dossier.id.in_(started), Dossier.channel.not_in(("counter", "office")))
    wanted = {"received": started, "online": online, "helped": helped, "digitised": filed}
    return {name: session.scalar(select(func.count()).select_from(query.subquery())) for name, query in wanted.items()}


def _said(session: Session, office: Office, begin: datetime, end: datetime) -> dict[str, int]:
    """What was handed over, what citizens said of it, and what they were asked to forgive."""
    counted = dict(session.execute(
        select(Event.action, func.count()).where(*_events(office, begin, end, Event.action.in_(("return", "apologize")))).group_by(Event.action)
    ).all())  # fmt: skip
    rated = session.execute(select(Event.id, Event.data_sealed).where(*_events(office, begin, end, Event.action == "rate")))
    scores = [office.vault.open_json(sealed, f"event.data:{id_}")["score"] for id_, sealed in rated]
    happy = sum(score >= CONTENT for score in scores)
    return {"returned": counted.get("return", 0), "apologies": counted.get("apologize", 0), "rated": len(scores), "content": happy}


def _complaints(session: Session, office: Office, begin: datetime, end: datetime) -> dict[str, int]:
    answered = (Complaint.answered_at >= begin) & (Complaint.answered_at < end)
    lacking = Complaint.answered_at.is_(None) & (Complaint.due_at >= begin) & (Complaint.due_at < end)
    wanted = select(Complaint.answered_at, Complaint.due_at, Complaint.content)
    rows = session.execute(wanted.where(Complaint.unit == office.unit, answered | lacking)).all()
    said = [content for _, _, content in rows if content is not None]
    on_time = sum(at is not None and at <= due for at, due, _ in rows)
    return {"complaints": len(rows), "complaints_on_time": on_time, "judged": len(said), "complaints_content": sum(said)}


def points(found: Figures) -> list[Points]:
    """Return the lines of the index that these figures feed, by the fitted formulas: progress, online share, satisfaction, complaints."""
    done = found.early + found.on_time + found.late
    progress = _rate(found.early + found.on_time, done)
    online, happy = _rate(found.online, found.received), _rate(found.content, found.rated)
    kept, healed = _rate(found.complaints_on_time, found.complaints), _rate(found.complaints_content, found.judged)
    return [
        Points("progress", progress, _most(20, progress), 20),
        Points("online", online, _most(6, online, 0.5), 6),
        Points("digitised", rate := _rate(found.digitised, found.received), _most(4, rate), 4),
        Points("satisfaction", happy, _most(6, happy, 0.9), 6),
        Points("complaints", kept, 6.0 if kept is None else _most(6, kept), 6),
        Points("complaints_content", healed, 6.0 if kept is None else _most(6, healed), 6),
    ]


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _most(most: float, rate: float | None, full_at: float = 1.0) -> float | None:
    return None if rate is None else min(most, most * rate / full_at)


def months(session: Session, office: Office, now: datetime) -> list[str]:
    """Return the months of which there are events, the newest first; two years at most."""
    first = session.scalar(select(func.min(Event.at)).where(Event.unit == office.unit))
    here, begin = local(now), local(first or now)
    count = (here.year - begin.year) * 12 + here.month - begin.month + 1
    return [f"{(here.year * 12 + here.month - 1 - n) // 12}-{(here.year * 12 + here.month - 1 - n) % 12 + 1:02d}" for n in range(min(count, 24))]


def causes(session: Session, office: Office, month: str, now: datetime) -> Mapping[tuple[str, str | None], float]:
    """Return (role, other office) -> hours of open desk by which it made dossiers late that were finished in the month, the most first."""
    begin, end = month_of(month)
    stories = _stories(session, office, begin, end)
    late = [story.dossier for story in stories if "late" in _marks(story, begin, now)]
    hours: dict[tuple[str, str | None], float] = {}
    for found in clocks.of_dossiers(session, office, late, now).values():
        for cause in found.causes if found else ():
            hours[cause.role, cause.office] = hours.get((cause.role, cause.office), 0.0) + cause.time.total_seconds() / 3600
    return dict(sorted(hours.items(), key=lambda item: -item[1]))
