"""The law in force, for other systems: procedures with their cases, communes, counters."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel

from backend.domain import catalogue, units
from backend.domain.procedure import Procedure
from backend.doors.access import parts_of
from backend.doors.api import models
from backend.doors.api.callers import Caller, scope
from backend.doors.api.problems import ApiRoute, problems
from backend.office.kit import today

router = APIRouter(prefix="/api/v1", tags=["api"], route_class=ApiRoute)
Reader = Annotated[Caller, Depends(scope("procedures.read"))]
ETAG = {"headers": {"ETag": {"description": "Of this very answer.", "schema": {"type": "string"}}}}
SAME = {304: {"description": "Nothing has changed since If-None-Match."}}


def tagged(request: Request, model: BaseModel, etag: str | None = None) -> Response:
    """Return a model with an ETag, the digest of its bytes without one; 304 where the caller has it."""
    body = model.model_dump_json().encode()
    etag = etag or f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return unchanged(request, etag) or Response(body, media_type="application/json", headers={"etag": etag})


def unchanged(request: Request, etag: str) -> Response | None:
    """Return a 304 where the caller has what `etag` names, else None."""
    seen = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers={"etag": etag}) if etag in seen else None


@router.get("/procedures", response_model=models.ProcedureList, responses={200: ETAG, **SAME, **problems()})
def procedures(request: Request, caller: Reader) -> Response:
    """Every procedure in force today."""
    parts = parts_of(request)
    found = parts.office.catalogue.all(today(parts.clock.now()))
    return tagged(request, models.ProcedureList(items=[models.ProcedureLine(**_line(one)) for one in found]))


@router.get("/procedures/{procedure_id}", response_model=models.ProcedureOut, responses={200: ETAG, **SAME, **problems(404)})
def procedure(
    request: Request,
    caller: Reader,
    procedure_id: models.Id,
    case: Annotated[list[str], Query(max_length=40, description="question:value, as often as needed: only what fits this case is told.")] = [],  # noqa: B006
) -> Response:
    """One procedure with its questions, and with papers, fees and times of all cases or of the one that is asked about."""
    parts = parts_of(request)
    day = today(parts.clock.now())
    try:
        found = parts.office.catalogue.get(procedure_id, day)
    except KeyError:
        raise HTTPException(404, "procedure_unknown") from None
    return tagged(request, _whole(found, dict(one.split(":", 1) for one in case if ":" in one), day, bool(case)))


def _line(one: Procedure) -> dict:
    return {
        "id": one.id, "version": one.valid_from.isoformat(), "name": one.names.plain, "menu": one.names.menu, "code": one.code, "field": one.field,
        "owner": one.owner, "file_by_text": one.file_by_text, "confidence": one.confidence,
    }  # fmt: skip


def _whole(one: Procedure, values: dict[str, str], day: date, narrowed: bool) -> models.ProcedureOut:
    papers = catalogue.papers_for(one, values, day) if narrowed else one.papers
    fees = [fee for fee in [catalogue.fee_for(one, values, day)] if fee] if narrowed else [fee for fee in one.fee if fee.holds(day)]
    times = [time for time in [catalogue.time_for(one, values, day)] if time] if narrowed else one.time
    return models.ProcedureOut(
        **_line(one), official_name=one.names.official, result=one.result, valid_from=one.valid_from, valid_to=one.valid_to, checked=one.checked,
        questions=[_question(q) for q in one.questions],
        papers=[models.PaperOut(**p.model_dump(include=set(models.PaperOut.model_fields))) for p in papers],
        fees=[models.FeeOut(**f.model_dump(include=set(models.FeeOut.model_fields))) for f in fees],
        times=[models.TimeOut(**t.model_dump(include=set(models.TimeOut.model_fields) - {"cutoff"}), cutoff=_clock(t.cutoff)) for t in times],
        legal=one.legal,
    )  # fmt: skip


def _clock(at) -> str | None:
    return at.strftime("%H:%M") if at else None


def _question(one) -> models.QuestionOut:
    options = [models.OptionOut(id=option.id, label=option.label) for option in one.options]
    return models.QuestionOut(
        id=one.id, label=one.label, type=one.type, source=one.source, required=one.required, may_be_unknown=one.may_be_unknown, options=options, needed_if=one.only_if
    )


@router.get("/units", response_model=models.UnitList, responses={200: ETAG, **SAME, **problems()})
def communes(request: Request, caller: Reader, on: date | None = None) -> Response:
    """The communes in force on a day, today without one, with the codes of those they were made of."""
    day = on or today(parts_of(request).clock.now())
    found = units.load().in_force(day)
    return tagged(request, models.UnitList(items=[models.UnitOut(code=u.code, name=u.name, kind=u.kind, parts=list(u.parts)) for u in found]))


@router.get("/offices", response_model=models.OfficeList, responses={200: ETAG, **SAME, **problems()})
def offices(request: Request, caller: Reader) -> Response:
    """The counters that this installation serves."""
    desk = parts_of(request).desk
    return tagged(request, models.OfficeList(items=[models.OfficeOut(unit=desk.unit, name=desk.name, desk=desk.desk, hours=desk.hours, phone=desk.phone)]))
