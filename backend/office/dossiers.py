"""Dossiers: sending, and every later act. One function, `_move`, writes a status; with it go event, notice and job."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, with_expression

from backend.clock import local
from backend.domain import catalogue, deadline, workflow
from backend.domain.letters import fold
from backend.domain.procedure import Procedure
from backend.office import beside, chain, consents, days, drafts, handovers, jobs, outward, people
from backend.office.kit import Actor, Office, Refused, today
from backend.store.db import dialect_of, insert_or
from backend.store.tables import Consent, Counter, Dossier, Event, Notice
from backend.store.types import new_id

CITIZEN = Actor("citizen", "", ("citizen",))
REVIEW_HOURS = 8
"""Working hours within which a sent dossier gets an answer [NĐ 45/2020; portal 1.014783]."""


# Statements of every act, built once: making one costs more than running it.
_PAST = select(Event.action, Event.actor, Event.at).where(Event.dossier_id == bindparam("id")).order_by(Event.seq)
# key_share: a message that names this dossier may be written meanwhile. With a full lock its writer, who holds the
# conversation that our UPDATE looks at, waited for us and we for it.
_LOCKED = (
    select(Dossier).where(Dossier.id == bindparam("id")).options(with_expression(Dossier.listened, outward.LISTENED))
    .with_for_update(key_share=True).execution_options(populate_existing=True)
)  # fmt: skip
_GONE = ("draft", "refused", "withdrawn", "stopped", "returned")
_DOUBLES = select(Dossier).where(Dossier.child_index == bindparam("index"), Dossier.id != bindparam("id"), Dossier.status.not_in(_GONE)).limit(5)
_VERSION = select(Dossier.version).where(Dossier.id == bindparam("id")).with_for_update(key_share=True)


def next_number(session: Session, name: str) -> int:
    """Take the next number of a series, without gaps between committed takers."""
    return session.scalar(_counted(dialect_of(session)), {"name": name})


@cache
def _counted(dialect: str):
    made = insert_or(dialect, Counter.__table__).values(name=bindparam("name"), value=1)
    again = made.on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + 1})
    return again.returning(Counter.value)


def new_code(session: Session, unit: str, now: datetime) -> str:
    """Return the next dossier code of the unit and day: H55.242-261124-0007."""
    day = local(now).strftime("%y%m%d")
    return f"{unit}-{day}-{next_number(session, f'dossier:{unit}:{day}'):04d}"


def give_code(session: Session, dossier: Dossier, now: datetime) -> None:
    """Give a dossier its code, once."""
    dossier.code = new_code(session, dossier.unit, now)
    dossier.code_plain = dossier.code.replace(".", "").replace("-", "")


def values_of(form: dict[str, Any]) -> dict[str, str]:
    """Return question id -> value of a form's answers."""
    return {name: answer["value"] for name, answer in form["answers"].items()}


def view_of(session: Session, office: Office, dossier: Dossier, rule: workflow.Rule | None = None) -> workflow.View:
    """Return what a decision looks at; with `rule` only what that line of the table asks about."""
    procedure, kinds = office.procedure(dossier), rule.asks if rule else workflow.OPEN
    open_ = beside.open_things(session, dossier, [kind for kind in kinds if kind != "part" or procedure.bundle])
    limits = beside.limits(office, dossier, procedure)
    past = _past(session, dossier) if rule is None or rule.looks_back or rule.action in limits else ()
    return workflow.View(dossier.status, dossier.unit, dossier.version, past, open_, procedure.field, dossier.kind, limits)


def _past(session: Session, dossier: Dossier) -> tuple[workflow.Done, ...]:
    return tuple(workflow.Done(*row) for row in session.execute(_PAST, {"id": dossier.id}))


def locked(session: Session, dossier_id: str, actor: Actor, version: int) -> Dossier:
    """Return a dossier that nobody else moves until the transaction ends. Raises Refused: "unknown", "stale" with who acted before."""
    dossier = session.scalar(_LOCKED, {"id": dossier_id})
    if dossier is None or dossier.unit != actor.unit:
        raise Refused("unknown")
    if dossier.version != version:
        raise Refused("stale", **_last_act(session, dossier))
    return dossier


def _hold(session: Session, dossier: Dossier) -> None:
    """Lock a draft that was read without a lock. Raises Refused("stale"); one that is not written yet is ours alone."""
    if dossier not in session.new and session.scalar(_VERSION, {"id": dossier.id}) != dossier.version:
        raise Refused("stale", **_last_act(session, dossier))


def _move(
    session: Session, office: Office, dossier: Dossier, step: workflow.Transition, actor: Actor, data: dict[str, Any], now: datetime
) -> Event:
    """Write a decided transition of a locked dossier: status, event with its link, notice and job, in the caller's transaction."""
    before, dossier.status, dossier.updated_at = dossier.status, step.to, now
    dossier.version, dossier.watch_at = dossier.version + 1, None
    event = chain.append(
        session, office.vault, dossier, data, now,
        action=step.action, from_status=before, to_status=step.to, clock=step.clock, actor=actor.id, role=step.role, on_behalf=step.of,
    )  # fmt: skip
    if step.notice:
        tell(session, office, dossier, step.notice, data, now, event=event)
    return event


def tell(
    session: Session, office: Office, dossier: Dossier, kind: str, params: dict[str, Any], now: datetime, *, event: Event | None = None
) -> Notice | None:
    """Write a notice for the person and the job that brings it to the bot; none where another office speaks to the person."""
    if dossier.kind == "transfer":
        return None
    notice = Notice(id=new_id(), unit=dossier.unit, dossier_id=dossier.id, conversation_id=dossier.conversation_id, kind=kind, created_at=now)
    notice.event_id = event.id if event else None
    notice.params_sealed = office.vault.seal_json(params, f"notice.params:{notice.id}")
    session.add(notice)
    lane = f"in:{dossier.conversation_id}" if dossier.conversation_id else f"notice:{notice.id}"
    jobs.put(session, "notice", lane, dossier.unit, {"notice": notice.id}, now)
    return notice


def send(session: Session, office: Office, dossier: Dossier, now: datetime) -> dict[str, Any]:
    """Turn a draft into an intake request, or a note where the law wants a signature at the desk.

    Returns {code, noted, review_by, papers, sign_what}. Raises Refused: "consent" while a neighbour has not agreed,
    "missing" with the first question that must be answered, "guide_only" where the commune is not the owner.
    """
    _hold(session, dossier)
    form, procedure = drafts.form_of(office, dossier), office.procedure(dossier)
    values, day = values_of(form), today(now)
    consent = consents.of_dossier(session, dossier.id) if form.get("helped") else None
    _may_send(dossier, form, procedure, consent, values, day)
    noted = procedure.file_by_text == "note"
    papers = [paper.plain for paper in catalogue.papers_for(procedure, values, day) if paper.verified and paper.bring]
    with session.no_autoflush:  # what is looked at here is of other dossiers: this one goes out whole, in one flush
        wanted = catalogue.parties(procedure, form["answers"])
        people.add_parties(session, office, dossier.id, wanted, now)
        step = _decide(session, office, dossier, "note" if noted else "send", CITIZEN, now)
        dossier.sent_at = now
        dossier.review_by = None if noted else deadline.add_working_hours(now, REVIEW_HOURS, office.calendar)
        # Late, for who sends waits here until the taker of the number before has committed; before the look for doubles, which then sees theirs.
        give_code(session, dossier, now)
        _flag(session, office, dossier, wanted, consent)
        _move(session, office, dossier, step, CITIZEN, {"code": dossier.code, "papers": papers}, now)
    return {
        "code": dossier.code,
        "noted": noted,
        "review_by": local(dossier.review_by).isoformat() if dossier.review_by else None,
        "papers": papers,
        "sign_what": procedure.sign_what,
        "similar": "duplicate" in dossier.flags,
    }


def _may_send(dossier: Dossier, form: dict, procedure: Procedure, consent: Consent | None, values: dict[str, str], day: date) -> None:
    if procedure.file_by_text == "no":
        raise Refused("guide_only")
    if dossier.status != "draft":
        raise Refused("sent_already", code=dossier.code)
    if form.get("helped") and (consent is None or consent.status not in ("given", "attested")):
        raise Refused("consent")
    for question in catalogue.asked(procedure, values, day):
        if question.required and question.id not in values and question.id not in form["left"]:
            raise Refused("missing", question=question.id)


def _flag(session: Session, office: Office, dossier: Dossier, wanted: list, consent: Consent | None) -> None:
    """Write flags, and the blind index by which two dossiers for the same person and day look alike."""
    bare = any(people.name_source(facts.get("name"), via) == "typed_bare" for _, facts, via in wanted if facts.get("name"))
    flags = [flag for flag, on in {"name_bare": bare, "consent_attested": bool(consent and consent.status == "attested")}.items() if on]
    dossier.child_index = _double_index(office, dossier, wanted)
    if dossier.child_index and _doubles(session, dossier):
        flags.append("duplicate")
    dossier.flags = flags


def _double_index(office: Office, dossier: Dossier, wanted: list) -> str | None:
    """Same procedure, same subject by number, or by birth date and folded name: a person decides whether it is a double."""
    facts = next((facts for role, facts, _ in wanted if role == "subject"), None)
    facts = facts or next((facts for role, facts, _ in wanted if role == "applicant"), {})
    key = facts.get("citizen_id") or (facts.get("birth_date") and f"{facts['birth_date']} {' '.join(sorted(fold(facts.get('name') or '').split()))}")
    return office.vault.index("double", f"{dossier.procedure} {key}") if key else None


def _doubles(session: Session, dossier: Dossier) -> list[Dossier]:
    return list(session.scalars(_DOUBLES, {"index": dossier.child_index, "id": dossier.id}))


def doubles(session: Session, dossier: Dossier) -> list[Dossier]:
    """Return open dossiers that look like the same request; a person decides, nothing is merged."""
    return _doubles(session, dossier) if dossier.child_index else []


def _decide(session: Session, office: Office, dossier: Dossier, action: str, actor: Actor, now: datetime, data=None) -> workflow.Transition:
    rule = office.workflow.rule(action)
    view = view_of(session, office, dossier, rule)
    step = workflow.decide(office.workflow, view, action, actor, data or {}, now)
    if isinstance(step, workflow.Refusal):
        raise Refused(step.reason, **step.params)
    return step


def act(
    session: Session, office: Office, dossier_id: str, action: str, actor: Actor, version: int, data: dict[str, Any], now: datetime
) -> Event:
    """Do an action of the workflow table on a dossier.

    `version` is what the person saw; `data` holds what the action needs {reason, papers, due_at, ground, collector, proof …}.
    Raises Refused with the reason: "unknown", "stale" (and who acted before), or the table's own.
    """
    dossier = locked(session, dossier_id, actor, version)
    step = _decide(session, office, dossier, action, actor, now, data)
    if action == "set_due" and dossier.due_at is not None:
        raise Refused("due_set_already")
    _clock(office, dossier, step, data, now)
    data = beside.write(session, office, dossier, step, data, actor, now)
    return _move(session, office, dossier, step, actor, _told(office, dossier, data), now)


def _last_act(session: Session, dossier: Dossier) -> dict[str, str]:
    last = session.scalars(select(Event).where(Event.dossier_id == dossier.id).order_by(Event.seq.desc())).first()
    return {"by": last.actor, "at": last.at.isoformat(), "action": last.action} if last else {}


def _clock(office: Office, dossier: Dossier, step: workflow.Transition, data: dict[str, Any], now: datetime) -> None:
    """Write what the step means for the clock. A due date is written once, at reception or by a clerk with its ground."""
    if step.clock == "start" and dossier.received_at is None:
        dossier.received_at = now
    if step.action in ("receive", "set_due") and dossier.due_at is None:
        dossier.due_at, dossier.due_ground = due_for(office, dossier, data, now)
    if step.clock == "stop":
        dossier.result_at = dossier.result_at or now
    if step.to == "returned":
        dossier.returned_at = now


def due_for(office: Office, dossier: Dossier, data: dict[str, Any], now: datetime) -> tuple[datetime | None, str | None]:
    """Return (due, ground): by the catalogue where its time is verified, else what the clerk entered, else nothing."""
    if data.get("due_at"):
        return _due_of_clerk(office, data, now), data["ground"]
    procedure, values = office.procedure(dossier), values_of(drafts.form_of(office, dossier))
    case = catalogue.time_for(procedure, values, today(now))
    if case is None or not case.verified:
        return None, None
    return deadline.due(dossier.received_at or now, case, office.calendar), procedure.code


def _due_of_clerk(office: Office, data: dict[str, Any], now: datetime) -> datetime:
    if not data.get("ground"):
        raise Refused("due_ground")
    return days.promised(office, data["due_at"], now, "due")


def _told(office: Office, dossier: Dossier, data: dict[str, Any]) -> dict[str, Any]:
    due = local(dossier.due_at).isoformat() if dossier.due_at else None
    return {**data, "code": dossier.code, "due_at": due}


def actions(session: Session, office: Office, dossier: Dossier, actor: Actor) -> list[workflow.Rule]:
    """Return the buttons this person has on this dossier; a due date that was promised is not promised again."""
    found = workflow.available(office.workflow, view_of(session, office, dossier), actor)
    idle = {"set_due" if dossier.due_at else "apologize"}
    if dossier.status == "handed_over":
        idle |= handovers.said(session, dossier)
    return [rule for rule in found if rule.action not in idle]
