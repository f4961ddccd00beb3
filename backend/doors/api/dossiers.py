"""Dossiers for other systems: sent, read, listed, with their history and their files."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from backend.domain import catalogue
from backend.domain.letters import nfc
from backend.domain.workflow import STATUSES
from backend.doors import forms
from backend.doors.access import parts_of
from backend.doors.api import models
from backend.doors.api.callers import Caller, reached, scope
from backend.doors.api.law import ETAG, SAME, tagged
from backend.doors.api.once import Key, answer, once, replayed
from backend.doors.api.problems import POSTED, ApiRoute, problems
from backend.office import bundle, chain, consultations, dossiers, drafts, handovers, intake, pages
from backend.office.idempotency import Answer
from backend.office.kit import Office, Refused, today
from backend.store.tables import Dossier

router = APIRouter(prefix="/api/v1", tags=["api"], route_class=ApiRoute)
Reader = Annotated[Caller, Depends(scope("dossiers.read"))]
Sender = Annotated[Caller, Depends(scope("dossiers.send"))]
Historian = Annotated[Caller, Depends(scope("events.read"))]
DossierId = models.Id
MOST = 200
Status = Literal[*(name for name in STATUSES if name != "draft")]


def shown(office: Office, row: Dossier) -> models.DossierOut:
    """Return what the API says of a dossier."""
    status = office.workflow.statuses[row.status]
    names = set(models.DossierOut.model_fields) - {"intake", "status_label", "waits_for", "ended"}
    facts = {name: getattr(row, name) for name in names}
    return models.DossierOut(**facts, intake=row.channel, status_label=status.label, waits_for=list(status.waits_for), ended=status.end)


def etag(row: Dossier) -> str:
    """The version of a dossier, as If-Match wants it back."""
    return f'"{row.version}"'


async def raw(request: Request) -> bytes:
    """Dependency: the body byte for byte, by which a repeat is known."""
    return await request.body()


Raw = Annotated[bytes, Depends(raw)]


@router.post("/dossiers", status_code=201, response_model=models.SentOut, responses={201: replayed("The dossier is sent.", etag=True), **problems(*POSTED)})
def send(request: Request, caller: Sender, key: Key, body: models.Send, bytes_: Raw) -> Response:
    """Send a dossier from the counter's own system or a portal, on the same way as a citizen's text."""
    office = parts_of(request).office
    if not caller.reaches(body.procedure):
        raise Refused("no_field", fields=", ".join(caller.actor.fields))
    order = intake.Request(body.procedure, body.intake, {k: nfc(v) for k, v in body.answers.items()}, tuple(dict.fromkeys(body.unknown)), body.phone)

    def work(session: Session, now: datetime) -> Answer:
        row = intake.send(session, office, order, read, now)
        return answer(201, _sent(office, row, now), ETag=etag(row), Location=f"/api/v1/dossiers/{row.id}")

    return once(request, caller, key, bytes_, work)


def read(question, text: str, day) -> tuple[str, str]:
    """Read one box as the clerk's form does; a story may be long, anything else is one line."""
    kept = text.strip() if question.type == "story" else " ".join(text.split())
    return forms.value_of(question, kept, day)


def _sent(office: Office, row: Dossier, now: datetime) -> models.SentOut:
    procedure, values = office.procedure(row), dossiers.values_of(drafts.form_of(office, row))
    papers = [paper.plain for paper in catalogue.papers_for(procedure, values, today(now)) if paper.verified and paper.bring]
    return models.SentOut(dossier=shown(office, row), noted=row.status == "noted", papers=papers, similar="duplicate" in row.flags)


@router.get("/dossiers", response_model=models.DossierPage, responses=problems())
def listed(
    request: Request,
    caller: Reader,
    status: Annotated[list[Status], Query(max_length=len(STATUSES))] = [],  # noqa: B006
    procedure: models.Id | None = None,
    since: Annotated[AwareDatetime | None, Query(description="Changed at or after this moment, with its zone.")] = None,
    cursor: Annotated[str | None, Query(max_length=80)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> models.DossierPage:
    """Dossiers of the unit, in the token's fields, in the order they were made; no act changes this order, so that pages lose and repeat nothing."""
    parts = parts_of(request)
    with parts.database.read() as session:
        rows, after = pages.dossiers(session, parts.office.unit, statuses=status, procedure=procedure, within=caller.reach, since=since, cursor=cursor, most=limit)
    return models.DossierPage(items=[shown(parts.office, row) for row in rows], next=after)


@router.get("/dossiers/{dossier_id}", response_model=models.DossierOut, responses={200: ETAG, **SAME, **problems(404)})
def one(request: Request, caller: Reader, dossier_id: DossierId) -> Response:
    """Where a dossier stands; its ETag is the version that If-Match wants."""
    parts = parts_of(request)
    with parts.database.read() as session:
        row = reached(session, parts.office.unit, caller, dossier_id)
    return tagged(request, shown(parts.office, row), etag(row))


@router.get("/dossiers/{dossier_id}/events", response_model=models.EventList, responses=problems(404))
def events(request: Request, caller: Historian, dossier_id: DossierId) -> models.EventList:
    """The history with its hash chain; what the events hold of people is not told."""
    parts = parts_of(request)
    with parts.database.read() as session:
        row = reached(session, parts.office.unit, caller, dossier_id)
        rows = [event for event, _ in chain.events(session, parts.office.vault, row.id)]
        broken = chain.broken(session, parts.office.vault, row)
    items = [models.EventOut(**{name: getattr(event, name) for name in models.EventOut.model_fields}) for event in rows]
    return models.EventList(items=items, head=row.chain_head, intact=broken is None)


@router.get("/dossiers/{dossier_id}/elsewhere", response_model=models.Elsewhere, responses=problems(404))
def elsewhere(request: Request, caller: Reader, dossier_id: DossierId) -> models.Elsewhere:
    """Questions to other offices, hand-overs and parts of a bundle, with the clock of each side."""
    parts = parts_of(request)
    now = parts.clock.now()
    with parts.database.read() as session:
        row = reached(session, parts.office.unit, caller, dossier_id)
        asked = consultations.of_dossier(session, parts.office, row, now)
        handed = handovers.of_dossier(session, parts.office, row, now)
        shares = bundle.of_dossier(session, parts.office, row, now)
    return models.Elsewhere(
        consultations=[_asked(one) for one in asked],
        hand_overs=[_handed(one) for one in handed],
        parts=[models.PartOut(**{name: getattr(one.row, name) for name in models.PartOut.model_fields}) for one in shares],
    )


def _asked(one: consultations.Asked) -> models.ElsewhereOut:
    row = one.row
    state = "answered" if row.answered_at else "dropped" if row.closed_at else "open"
    return models.ElsewhereOut(id=row.id, office=row.office, state=state, at=row.asked_at, due_at=row.due_at, closed_at=row.closed_at, late=one.late)


def _handed(one: handovers.Sent) -> models.ElsewhereOut:
    row = one.row
    return models.ElsewhereOut(id=row.id, office=row.to_office, state=row.state, at=row.sent_at, due_at=row.due_at, closed_at=row.closed_at, late=one.late)


@router.post("/dossiers/{dossier_id}/attachments", status_code=201, response_model=models.AttachmentOut, responses={201: replayed("The file is kept."), **problems(404, 415, *POSTED)})
def attach(
    request: Request,
    caller: Sender,
    key: Key,
    dossier_id: DossierId,
    file: Annotated[UploadFile, File(description="JPEG, PNG or PDF, 10 MB at most.")],
    paper: Annotated[models.Id | None, Form(description="Which paper of the procedure this is.")] = None,
) -> Response:
    """Add a file to a running dossier; the same bytes twice are one file. The file's name is not kept: it often is a person's."""
    office, content = parts_of(request).office, file.file.read(intake.MOST_BYTES + 1)

    def work(session: Session, now: datetime) -> Answer:
        row = intake.attach(session, office, reached(session, office.unit, caller, dossier_id), content, paper, now)
        return answer(201, models.AttachmentOut(**{name: getattr(row, name) for name in models.AttachmentOut.model_fields}))

    return once(request, caller, key, (paper or "").encode() + b"\n" + content, work)
