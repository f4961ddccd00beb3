"""The queue and the page of one dossier."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.workflow import Rule, Table
from backend.doors.access import SignedIn, guard, parts_of
from backend.doors.render import page
from backend.doors.workflow import picture
from backend.office import access, case, clocks, dossiers, readings, records, staff, views, watch
from backend.office.kit import Actor, Refused
from backend.store.tables import Dossier, Event

router = APIRouter(tags=["console"], include_in_schema=False)


@router.get("/console/dossiers", response_class=HTMLResponse)
def queue(
    request: Request,
    person: Annotated[SignedIn, Depends(guard("queue.see"))],
    tab: str = "open",
    q: Annotated[str, Query(max_length=80)] = "",
    mine: bool = False,
    at: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """The queue with tabs, a search, and pages; asked for by htmx it is the list alone."""
    parts = parts_of(request)
    if tab not in (views.WAITING, *views.TABS):
        raise HTTPException(404)
    named = access.may(person.actor, "dossier.read", parts.office.unit)
    with parts.database.read() as session:
        found, more = views.queue(
            session, parts.office, tab, parts.clock.now(), actor=person.actor, search=q.strip(), mine=mine, page=at, named=named
        )
        counts = views.counts(session, parts.office, person.actor)
        colleagues = staff.colleagues(session, parts.office.unit)
    template = "queue_rows.html" if "hx-request" in request.headers else "queue.html"
    shown = {"rows": found, "more": more, "counts": counts, "tab": tab, "q": q, "mine": mine, "at": at, "colleagues": colleagues}
    bulk = _bulk(parts.office.workflow, person.actor, {row.dossier.status for row in found})
    return page(request, template, person, statuses=parts.office.workflow.statuses, bulk=bulk, **shown)


def _bulk(table: Table, actor: Actor, statuses: set[str]) -> list[Rule]:
    """The actions that this person may do to several of the lines shown; each line still decides for itself."""
    roles = {role for hat in actor.hats for role in hat.roles}
    return [rule for rule in table.rules if rule.bulk and roles & set(rule.roles) and statuses & set(rule.sources)]


@router.get("/console/dossiers/{dossier_id}", response_class=HTMLResponse)
def dossier(request: Request, dossier_id: str, person: Annotated[SignedIn, Depends(guard("dossier.read"))], done: str = "") -> Response:
    """One dossier; opening it is written down."""
    parts = parts_of(request)
    with parts.database.write() as session:
        row = found(session, parts.office.unit, dossier_id)
        case.note_reading(session, parts.office.unit, person.actor.id, parts.clock.now(), dossier_id=row.id)
    return show(request, person, dossier_id, done=done)


@router.get("/console/dossiers/{dossier_id}/news", response_class=HTMLResponse)
def news(request: Request, dossier_id: str, person: Annotated[SignedIn, Depends(guard("dossier.read"))], seen: int = 0) -> Response:
    """A line that appears when the dossier on the screen is not the newest any more."""
    parts = parts_of(request)
    with parts.database.read() as session:
        row = found(session, parts.office.unit, dossier_id)
        last = session.scalars(select(Event).where(Event.dossier_id == row.id).order_by(Event.seq.desc()).limit(1)).first()
        names = staff.names(session, parts.office.unit)
    return page(request, "news.html", person, newer=row.version > seen, dossier=row, last=last, names=names)


def found(session: Session, unit: str, dossier_id: str) -> Dossier:
    """Return a sent dossier of a unit. Raises Refused("unknown")."""
    row = session.get(Dossier, dossier_id)
    if row is None or row.unit != unit or row.status == "draft":
        raise Refused("unknown")
    return row


def show(
    request: Request, person: SignedIn, dossier_id: str, *, status: int = 200, sentence: str | None = None, done: str = "", typed: Any = None
) -> Response:
    """Return the dossier page, with a sentence above it after a refusal and what was typed kept."""
    parts = parts_of(request)
    with parts.database.read() as session:
        row = found(session, parts.office.unit, dossier_id)
        now = parts.clock.now()
        seen = access.may(person.actor, "readers.see", parts.office.unit)
        rule = parts.office.workflow.rule(done)
        shown = {
            "case": case.load(session, parts.office, row, now),
            "actions": dossiers.actions(session, parts.office, row, person.actor),
            "due_known": dossiers.due_for(parts.office, row, {}, now)[0],
            "names": staff.names(session, parts.office.unit),
            "colleagues": staff.colleagues(session, parts.office.unit),
            "readers": readings.of_dossier(session, row) if seen else None,
            "done": rule.label if rule else None,
            "clocks": clocks.of_dossier(session, parts.office, row, now),
            "warnings": watch.given(session, row.id),
            "may_correct_record": records.may_open(session, parts.office, row, person.actor),
        }
    return page(
        request, "dossier.html", person, status=status, sentence=sentence, typed=typed or {}, rules=parts.office.workflow.rules,
        statuses=parts.office.workflow.statuses, picture=picture(parts.office.workflow, shown["case"]), **shown,
    )  # fmt: skip
