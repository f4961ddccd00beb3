"""The content of a dossier: answers, people, papers, files. The only doors of the API that tell of people, and each reading is written down."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import catalogue
from backend.doors.access import parts_of
from backend.doors.api import models
from backend.doors.api.callers import Caller, reached, scope
from backend.doors.api.law import ETAG, SAME, tagged, unchanged
from backend.doors.api.problems import ApiRoute, problems
from backend.office import case, dossiers, drafts, people, readings
from backend.office.kit import Office, Refused, today
from backend.store.tables import Attachment, Dossier

router = APIRouter(prefix="/api/v1", tags=["api"], route_class=ApiRoute)
Reader = Annotated[Caller, Depends(scope("dossiers.content"))]


_KINDS = ("image/jpeg", "image/png", "application/pdf")
_BYTES = {
    "description": "The file as it came.",
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (*_KINDS, "application/octet-stream")},
    "headers": {"ETag": {"description": "Of these bytes.", "schema": {"type": "string"}}},
}


class AnswerOut(BaseModel):
    """A box that is filled."""

    question: str
    label: str
    value: str = Field(description="As a program wants it: ISO date, E.164 phone, id of the choice.")
    shown: str = Field(description="As the office writes it: dd/mm/yyyy, the choice's own word, an address in words.")
    source: Literal["citizen", "card", "machine", "counter"] = Field(description="Said by the citizen, read from a card, supposed by the machine, found at the counter.")
    doubt: str | None = Field(description="Why a person should look at it again, null = nothing.")


class PartyOut(BaseModel):
    """A person and their part in the dossier, as far as known; null = not known."""

    role: str
    name: str | None
    name_source: str = Field(description="qr or register: sure; typed: as typed; typed_bare: typed without accents, not to be printed.")
    citizen_id: str | None
    birth_date: str | None
    sex: str | None
    address: str | None


class ContentOut(BaseModel):
    """What a dossier holds of people."""

    id: str
    code: str
    procedure: str
    procedure_version: str
    version: int = Field(description="Of the dossier, as If-Match wants it.")
    answers: list[AnswerOut]
    missing: list[str] = Field(description="Questions of this case without an answer yet.")
    parties: list[PartyOut]
    papers: list[models.PaperOut] = Field(description="The papers of this case.")
    files: list[models.AttachmentOut]


@router.get("/dossiers/{dossier_id}/content", response_model=ContentOut, responses={200: ETAG, **SAME, **problems(404)})
def content(request: Request, caller: Reader, dossier_id: models.Id) -> Response:
    """Answers, people, papers and files of a dossier. Each reading is written down with the token's name and shown to the leader.

    The ETag is of this very answer; a 304 tells nothing and is not written down.
    """
    parts, now = parts_of(request), parts_of(request).clock.now()
    with parts.database.write() as session:  # told only where it could be written that it was
        row = reached(session, parts.office.unit, caller, dossier_id)
        answer = tagged(request, _whole(session, parts.office, row, today(now)))
        if answer.status_code == 200:
            readings.note(session, parts.office.unit, caller.token_id, row.id, now)
    return answer


@router.get("/dossiers/{dossier_id}/attachments/{attachment_id}", response_class=Response, responses={200: _BYTES, **SAME, **problems(404)})
def file(request: Request, caller: Reader, dossier_id: models.Id, attachment_id: models.Id) -> Response:
    """The bytes of a file; looking at it is a reading of its dossier. A file that has not been fetched from its provider yet is not there."""
    parts, now = parts_of(request), parts_of(request).clock.now()
    with parts.database.write() as session:
        row = reached(session, parts.office.unit, caller, dossier_id)
        opened = case.attachment(session, parts.office, attachment_id)
        if opened is None or opened[0].dossier_id != row.id:
            raise Refused("file_unknown")
        attachment, content_ = opened
        if same := unchanged(request, f'"{attachment.sha256}"'):
            return same
        readings.note(session, parts.office.unit, caller.token_id, row.id, now)
    kind = attachment.mime if attachment.mime in _KINDS else "application/octet-stream"
    headers = {"etag": f'"{attachment.sha256}"', "content-disposition": "attachment", "content-security-policy": "default-src 'none'; sandbox"}
    return Response(content_, media_type=kind, headers=headers)


def _whole(session: Session, office: Office, row: Dossier, day: date) -> ContentOut:
    procedure, form = office.procedure(row), drafts.form_of(office, row)
    values = dossiers.values_of(form)
    files = session.scalars(select(Attachment).where(Attachment.dossier_id == row.id).order_by(Attachment.created_at, Attachment.id))
    return ContentOut(
        id=row.id, code=row.code, procedure=row.procedure, procedure_version=row.procedure_version, version=row.version,
        answers=[_answer(one) for one in case.answers_of(procedure, form)],
        missing=[question.id for question in catalogue.missing(procedure, values, day)],
        parties=sorted((_party(*one) for one in people.parties(session, office.vault, row.id)), key=lambda one: one.role),
        papers=[_of(models.PaperOut, paper) for paper in catalogue.papers_for(procedure, values, day)],
        files=[_of(models.AttachmentOut, one) for one in files],
    )  # fmt: skip


def _of(model: type[BaseModel], row) -> BaseModel:
    return model(**{name: getattr(row, name) for name in model.model_fields})


def _answer(one: case.Answer) -> AnswerOut:
    return AnswerOut(question=one.question.id, label=one.question.label, value=one.value, shown=one.shown, source=one.source, doubt=one.doubt)


def _party(role: str, person, facts: dict) -> PartyOut:
    known = {name: facts.get(name) for name in set(PartyOut.model_fields) - {"role", "name_source"}}
    return PartyOut(role=role, name_source=person.name_source, **known)
