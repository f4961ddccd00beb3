"""What the screens show of many dossiers: the morning's numbers and the queue. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from backend.clock import local
from backend.office import pauses, people, staff, worklist
from backend.office.kit import Actor, Office, today
from backend.office.tracking import normal_code
from backend.store.tables import (
    Consultation,
    Contact,
    Conversation,
    Dossier,
    HandOver,
    Message,
    Party,
    Person,
    Task,
)

ON_CITIZEN = ("supplement_intake", "supplement")
INTAKE = ("sent", "noted")
WORKING = ("received", "processing", "consulting", "drafted", "signed", "numbered", "issued")
ELSEWHERE = ("consulting", "handed_over")
"""Another office has been asked, or has the dossier."""
ENDED = ("returned", "refused", "withdrawn", "stopped")
TABS: dict[str, tuple[str, ...]] = {
    "open": (*INTAKE, *ON_CITIZEN, *WORKING, "handed_over", "result_ready"),
    "intake": INTAKE,
    "working": WORKING,
    "citizen": ON_CITIZEN,
    "elsewhere": ("handed_over",),
    "ready": ("result_ready",),
    "ended": ENDED,
}
"""Tabs of the queue -> statuses."""
WAITING = "todo"
"""A tab of its own: what waits for the person who looks."""
PAGE = 50
Colour = Literal["late", "today", "soon", "fine", "none"]


@dataclass(frozen=True)
class Row:
    """One line of the queue. `applicant` is None for who may see the queue but open no dossier."""

    dossier: Dossier
    procedure: str
    applicant: str | None
    due: datetime | None
    colour: Colour
    holder: str | None
    elsewhere: str | None = None
    """The other offices that are waited for."""
    elsewhere_late: bool = False


@dataclass(frozen=True)
class Morning:
    """The big numbers, and what presses first: late (here or at an office that was asked), due within two days, or to be looked at."""

    intake: int
    due_today: int
    late: int
    on_citizen: int
    tasks: int
    urgent: int
    dead: int
    first: list[Row]


def colour_of(due: datetime | None, dossier: Dossier, now: datetime) -> Colour:
    """How near the deadline is; an ended or waiting clock has none."""
    if due is None or dossier.status in (*ENDED, *ON_CITIZEN, "result_ready"):
        return "none"
    if due <= now:
        return "late"
    days = (local(due).date() - today(now)).days
    return "today" if days == 0 else "soon" if days <= 2 else "fine"


def next_moment(dossier: Dossier, due: datetime | None) -> datetime | None:
    """What a clerk must keep next: the eight hours for looking at it, then the due date."""
    return dossier.review_by if dossier.status == "sent" else due


def rows(session: Session, office: Office, found: list[Dossier], now: datetime, *, named: bool) -> list[Row]:
    """Return the lines of dossiers, with a handful of queries however many there are."""
    dues = pauses.dues_now(session, office, found)
    applicants = _applicants(session, office, [d.id for d in found]) if named else {}
    names = staff.names(session, office.unit)
    offices = waiting_offices(session, [d for d in found if d.status in ELSEWHERE], now)
    made = []
    for dossier in found:
        due = next_moment(dossier, dues[dossier.id])
        menu = office.procedure(dossier).names.menu
        holder = names.get(dossier.assigned_to)
        where, late = offices.get(dossier.id, (None, False))
        made.append(Row(dossier, menu, applicants.get(dossier.id), due, colour_of(due, dossier, now), holder, where, late))
    return made


def waiting_offices(session: Session, found: list[Dossier], now: datetime) -> dict[str, tuple[str, bool]]:
    """Return dossier id -> (the offices that are waited for, whether one of them is late)."""
    if not found:
        return {}
    ids = [dossier.id for dossier in found]
    asked = select(Consultation.dossier_id, Consultation.office, Consultation.due_at)
    handed = select(HandOver.dossier_id, HandOver.to_office, HandOver.due_at)
    waiting: dict[str, tuple[str, bool]] = {}
    for query, table in ((asked, Consultation), (handed, HandOver)):
        for dossier_id, where, due in session.execute(query.where(table.dossier_id.in_(ids), table.closed_at.is_(None)).order_by(table.due_at)):
            before, late = waiting.get(dossier_id, ("", False))
            waiting[dossier_id] = (f"{before}, {where}".removeprefix(", "), late or due < now)
    return waiting


def _applicants(session: Session, office: Office, ids: list[str]) -> dict[str, str]:
    query = select(Party.dossier_id, Party.role, Person).join(Person, Person.id == Party.person_id)
    found: dict[str, str] = {}
    for dossier_id, role, person in session.execute(query.where(Party.dossier_id.in_(ids), Party.role.in_(("applicant", "subject")))):
        name = people.facts_of(office.vault, person).get("name")
        if name and (role == "applicant" or dossier_id not in found):
            found[dossier_id] = name
    return found


def morning(session: Session, office: Office, now: datetime, *, named: bool) -> Morning:
    """Return the numbers of this moment. A commune has some hundred open dossiers: they are counted, not estimated."""
    statuses = (*INTAKE, *WORKING, "handed_over")
    running = list(session.scalars(select(Dossier).where(Dossier.unit == office.unit, Dossier.status.in_(statuses))))
    dues = pauses.dues_now(session, office, running)
    coloured = [(dossier, colour_of(next_moment(dossier, dues[dossier.id]), dossier, now)) for dossier in running]
    offices = waiting_offices(session, [dossier for dossier in running if dossier.status in ELSEWHERE], now)
    late_offices = {dossier_id for dossier_id, (_, late) in offices.items() if late}
    pressing = [d for d, colour in coloured if colour in ("late", "today", "soon") or d.status in INTAKE or d.id in late_offices]
    pressing.sort(key=lambda dossier: next_moment(dossier, dues[dossier.id]) or datetime.max.replace(tzinfo=UTC))
    tasks = session.execute(select(Task.urgent).where(Task.unit == office.unit, Task.closed_at.is_(None))).scalars().all()
    return Morning(
        intake=sum(dossier.status in INTAKE for dossier in running),
        due_today=sum(colour == "today" for _, colour in coloured),
        late=sum(colour == "late" for _, colour in coloured),
        on_citizen=_count(session, office, ON_CITIZEN),
        tasks=len(tasks),
        urgent=sum(tasks),
        dead=session.scalar(select(func.count(Message.id)).where(Message.unit == office.unit, Message.status.in_(("unknown", "failed")))),
        first=rows(session, office, pressing[:12], now, named=named),
    )


def _count(session: Session, office: Office, statuses: tuple[str, ...]) -> int:
    return session.scalar(select(func.count(Dossier.id)).where(Dossier.unit == office.unit, Dossier.status.in_(statuses)))


def counts(session: Session, office: Office, actor: Actor) -> dict[str, int]:
    """Return tab -> how many dossiers; "todo" = those that wait for `actor`."""
    query = select(Dossier.status, func.count(Dossier.id)).where(Dossier.unit == office.unit).group_by(Dossier.status)
    by_status = dict(session.execute(query).all())
    found = {tab: sum(by_status.get(status, 0) for status in statuses) for tab, statuses in TABS.items()}
    return {WAITING: worklist.count(session, office, actor), **found}


def queue(
    session: Session, office: Office, tab: str, now: datetime, *, actor: Actor, search: str = "", mine: bool = False, page: int = 1, named: bool
) -> tuple[list[Row], bool]:
    """Return (lines of a page, whether there are more). `mine` = given to `actor`; `search` is a code, a name, or a phone number.

    The tab "todo" holds what waits for `actor`. The due date that sorts is the promised one; pauses shift what is shown. Raises KeyError for an unknown tab.
    """
    if tab == WAITING:
        query = worklist.query(session, office, actor)
    else:
        query = select(Dossier).where(Dossier.unit == office.unit, Dossier.status.in_(TABS[tab]))
    if search:
        query = _search(session, office, search, named)
    if mine:
        query = query.where(Dossier.assigned_to == actor.id)
    order = Dossier.updated_at.desc() if tab == "ended" else Dossier.due_at.asc().nulls_last()
    found = list(session.scalars(query.order_by(order, Dossier.sent_at, Dossier.id).offset((page - 1) * PAGE).limit(PAGE + 1)))
    return rows(session, office, found[:PAGE], now, named=named), len(found) > PAGE


def _search(session: Session, office: Office, text: str, named: bool) -> Select:
    """Every dossier but drafts whose code ends so, whose party has these words in the name, or whose sender has this number."""
    base = select(Dossier).where(Dossier.unit == office.unit, Dossier.status != "draft")
    code, digits = normal_code(text), "".join(char for char in text if char.isdigit())
    ways = []
    if len(code) >= 3 and any(char.isdigit() for char in code):
        ways.append(Dossier.code_plain.endswith(code, autoescape=True))
    if named and not digits:
        ids = people.find_by_words(session, office.vault, text, office.unit)
        ways.append(Dossier.id.in_(select(Party.dossier_id).where(Party.person_id.in_(list(ids)[:500]))))
    if named and len(digits) in (10, 11, 12):
        ways += _by_number(office, digits)
    return base.where(or_(*ways)) if ways else base.where(Dossier.id == "")


def _by_number(office: Office, digits: str) -> list:
    phone = "+84" + (digits[2:] if digits.startswith("84") else digits.removeprefix("0"))
    sender = select(Conversation.id).join(Contact, Contact.id == Conversation.contact_id)
    sender = sender.where(Contact.phone_index == office.vault.index("phone", phone))
    holder = select(Party.dossier_id).join(Person, Person.id == Party.person_id)
    holder = holder.where(Person.citizen_id_index == office.vault.index("citizen_id", digits), Person.unit == office.unit)
    return [Dossier.conversation_id.in_(sender), Dossier.id.in_(holder)]
