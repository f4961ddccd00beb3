"""One dossier as a clerk needs it: each answer with its source, what is missing and where it stands, papers, marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import catalogue
from backend.domain.facts import BIRTH_DAYS, DEATH_DAYS, FACTS
from backend.domain.procedure import Paper, Procedure, Question
from backend.domain.values.phones import home
from backend.office import (
    bundle,
    chain,
    consents,
    consultations,
    contacts,
    dossiers,
    drafts,
    exchange_out,
    handovers,
    pauses,
    people,
    records,
)
from backend.office.kit import Office, today
from backend.office.views import Colour, colour_of, next_moment
from backend.store.tables import (
    Attachment,
    Consent,
    Contact,
    Conversation,
    Dossier,
    Event,
    Message,
    ReadLog,
)

PATH = ("sent", "received", "processing", "drafted", "signed", "numbered", "issued", "result_ready", "returned")
_BESIDE = {"noted": "sent", "supplement_intake": "sent", "supplement": "processing", "consulting": "processing", "handed_over": "processing"}
"""Statuses that are not steps of their own -> the step at which the dossier waits."""
_ENDS = ("refused", "withdrawn", "stopped")
_SOURCES = {"photo": "card", "default": "machine", "counter": "counter"}


@dataclass(frozen=True)
class Answer:
    """One box of the office's form. `copied` is what goes into another system; `source` a key of words.sources."""

    question: Question
    value: str
    shown: str
    copied: str
    source: str
    doubt: str | None = None


@dataclass(frozen=True)
class Missing:
    """A box without a value: `kind` is text | phone | counter | number | no_number | paper, `what` the person or paper it comes from."""

    question: Question
    kind: str
    what: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the path: done | now | waiting | ended | next."""

    status: str
    state: str


@dataclass(frozen=True)
class Case:
    """Everything the dossier page shows, but its buttons and its conversation."""

    dossier: Dossier
    procedure: Procedure
    steps: list[Step]
    summary: list[tuple[str, str]]
    answers: list[Answer]
    missing: list[Missing]
    papers: list[Paper]
    flags: list[str]
    doubles: list[Dossier]
    parties: list[tuple[str, Any, dict]]
    consent: Consent | None
    attested_by: str | None
    attachments: list[Attachment]
    events: list[tuple[Event, dict]]
    broken: str | None
    due: datetime | None
    colour: Colour
    next_moment: datetime | None
    phone: str | None
    day_of: tuple[int, int] | None
    """(days since the birth or death, days that the law gives)."""
    asked: list[consultations.Asked]
    handed: list[handovers.Sent]
    parts: list[bundle.Shown]
    corrects: Dossier | None
    corrections: list[Dossier]
    came: exchange_out.Came | None


def load(session: Session, office: Office, dossier: Dossier, now: datetime) -> Case:
    """Return the case of a dossier."""
    procedure, form, day = office.procedure(dossier), drafts.form_of(office, dossier), today(now)
    values, consent = dossiers.values_of(form), consents.of_dossier(session, dossier.id)
    due = pauses.due_now(session, office, dossier)
    moment = next_moment(dossier, due)
    return Case(
        dossier, procedure, steps_of(dossier.status), _summary(procedure, form), answers_of(procedure, form),
        missing_of(procedure, values, day), catalogue.papers_for(procedure, values, day), _flags(dossier, values, day),
        dossiers.doubles(session, dossier), people.parties(session, office.vault, dossier.id), consent, _attested(office, consent),
        list(session.scalars(_attachments(dossier))), chain.events(session, office.vault, dossier.id),
        chain.broken(session, office.vault, dossier), due, colour_of(moment, dossier, now), moment, phone_of(session, office, dossier),
        _day_of(values, day),
        consultations.of_dossier(session, office, dossier, now), handovers.of_dossier(session, office, dossier, now),
        bundle.of_dossier(session, office, dossier, now), session.get(Dossier, dossier.corrects_id) if dossier.corrects_id else None,
        records.corrections_of(session, dossier), exchange_out.came(session, office, dossier),
    )  # fmt: skip


def steps_of(status: str) -> list[Step]:
    """Return the path from the counter to the result, with where the dossier stands."""
    if status in _ENDS:
        return [Step("sent", "done"), Step(status, "ended")]
    at = PATH.index(_BESIDE.get(status, status))
    waits = "waiting" if status in _BESIDE else "now"
    states = ["done" if n < at or status == "returned" else waits if n == at else "next" for n in range(len(PATH))]
    return [Step(status if n == at else name, state) for n, (name, state) in enumerate(zip(PATH, states))]


def _summary(procedure: Procedure, form: dict) -> list[tuple[str, str]]:
    """The choices that decide the case: (the office's word, what was chosen)."""
    return [(a.question.label, a.copied) for a in answers_of(procedure, form) if a.question.options and a.source != "machine"]


def answers_of(procedure: Procedure, form: dict) -> list[Answer]:
    """Return the filled boxes in the order of the office's form; a default that nobody changed is the machine's."""
    made = []
    for question in procedure.questions:
        given = form["answers"].get(question.id)
        if given is None and question.source.startswith("default("):
            given = {"value": question.source[8:-1], "via": "default"}
        if given is not None:
            source = _SOURCES.get(given.get("via"), "citizen")
            source = "citizen" if question.source == "phone" and source == "machine" else source
            copied = written(question, given["value"], given.get("shown"))
            made.append(Answer(question, given["value"], copied, copied, source, given.get("doubt")))
    return made


def written(question: Question, value: str, shown: str | None = None) -> str:
    """Return a value as an office writes it: dd/mm/yyyy, the choice's own word, a phone as dialled, an address in words."""
    option = next((option for option in question.options if option.id == value), None)
    if option:
        return option.label
    if question.type in ("date", "birth_date"):
        return "/".join(reversed(value.split("-")))
    if question.type == "phone":
        return home(value)
    return shown or value if question.type == "address" else value


def missing_of(procedure: Procedure, values: dict[str, str], day: date) -> list[Missing]:
    """Return the empty boxes of this case with where each value is to be found."""
    return [_missing(procedure, question, values) for question in catalogue.missing(procedure, values, day)]


def _missing(procedure: Procedure, question: Question, values: dict[str, str]) -> Missing:
    kind, _, rest = question.source.partition("(")
    name = rest.rstrip(")")
    if kind == "number":
        holder = next((q.label for q in procedure.questions if q.id == name), name)
        known = values.get(name, "").isdigit()
        return Missing(question, kind if known else "no_number", holder.split(":")[0].lower())
    if kind == "paper":
        return Missing(question, kind, next((p.plain for p in procedure.papers if p.id == name), name))
    return Missing(question, kind)


def _flags(dossier: Dossier, values: dict[str, str], day: date) -> list[str]:
    facts = [name for name in ("late_birth", "late_death") if FACTS[name](values, day) == "yes"]
    return [*dossier.flags, *(name for name in facts if name not in dossier.flags)]


def _day_of(values: dict[str, str], day: date) -> tuple[int, int] | None:
    for name, days in (("child_dob", BIRTH_DAYS), ("death_date", DEATH_DAYS)):
        try:
            return (day - date.fromisoformat(values[name])).days, days
        except (KeyError, ValueError):
            continue
    return None


def _attested(office: Office, consent: Consent | None) -> str | None:
    if consent is None or consent.name_sealed is None:
        return None
    return office.vault.open(consent.name_sealed, f"consent.name:{consent.id}")


def _attachments(dossier: Dossier):
    return select(Attachment).where(Attachment.dossier_id == dossier.id).order_by(Attachment.created_at)


def phone_of(session: Session, office: Office, dossier: Dossier) -> str | None:
    """Return the number a dossier came from, as dialled here."""
    if dossier.conversation_id is None:
        return None
    contact = session.get(Contact, session.get(Conversation, dossier.conversation_id).contact_id)
    phone = contacts.phone_of(office.vault, contact)
    return home(phone) if phone else None


def attachment(session: Session, office: Office, attachment_id: str) -> tuple[Attachment, bytes] | None:
    """Return a file of this unit with its content, None where there is none or it has not been fetched yet."""
    row = session.get(Attachment, attachment_id)
    if row is None or row.unit != office.unit or row.content_sealed is None:
        return None
    return row, office.vault.open_bytes(row.content_sealed, f"attachment.content:{row.id}")


def conversation_of(session: Session, attachment_row: Attachment) -> str | None:
    """Return the conversation a file came by."""
    message = session.get(Message, attachment_row.message_id) if attachment_row.message_id else None
    return message.conversation_id if message else None


def note_reading(session: Session, unit: str, staff_id: str, now: datetime, *, dossier_id: str | None = None, conversation_id: str | None = None) -> None:
    """Write down who looked at what."""
    session.add(ReadLog(unit=unit, staff_id=staff_id, dossier_id=dossier_id, conversation_id=conversation_id, at=now))

