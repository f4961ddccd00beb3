"""What a clerk does to a dossier: an action of the workflow table, or a value written into a box."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from backend.doors import forms
from backend.doors.access import SignedIn, guarded_post, parts_of
from backend.doors.dossiers import found, show
from backend.doors.parts import Parts
from backend.doors.render import page, refusal
from backend.office import bulk, corrections, dossiers, records, staff
from backend.office.kit import Refused, today

router = APIRouter(tags=["console"], include_in_schema=False)
Fields = Annotated[FormData, Depends(forms.fields)]


@router.post("/console/dossiers/{dossier_id}/actions/{action}")
def act(request: Request, dossier_id: str, action: str, person: Annotated[SignedIn, Depends(guarded_post("dossier.act"))], form: Fields) -> Response:
    """Do an action by the table. After a refusal the page comes back with the reason, and with what was typed."""
    parts = parts_of(request)
    try:
        rule = parts.office.workflow.rule(action)
        if rule is None:
            raise Refused("unknown_action")
        data = forms.data_of(form, rule, parts.office)
        with parts.database.write() as session:
            dossiers.act(session, parts.office, dossier_id, action, person.actor, forms.whole(form, "version"), data, parts.clock.now())
    except Refused as refused:
        return _refused(request, person, dossier_id, refused, form)
    _ring(parts)
    return RedirectResponse(f"/console/dossiers/{dossier_id}?done={action}", 303)


@router.post("/console/dossiers/{dossier_id}/answers/{question}")
def correct(request: Request, dossier_id: str, question: str, person: Annotated[SignedIn, Depends(guarded_post("dossier.correct"))], form: Fields) -> Response:
    """Write a value that was read at the counter, on a paper or in a register."""
    parts = parts_of(request)
    try:
        with parts.database.write() as session:
            row, now = found(session, parts.office.unit, dossier_id), parts.clock.now()
            asked = next((q for q in parts.office.procedure(row).questions if q.id == question), None)
            if asked is None:
                raise Refused("unknown")
            value, shown = forms.value_of(asked, forms.line(form, "value"), today(now))
            version = forms.whole(form, "version")
            corrections.correct(session, parts.office, row.id, question, value, shown, person.actor, version, now)
    except Refused as refused:
        return _refused(request, person, dossier_id, refused, form)
    _ring(parts)
    return RedirectResponse(f"/console/dossiers/{dossier_id}#box-{question}", 303)


@router.post("/console/dossiers/{dossier_id}/correction")
def open_correction(request: Request, dossier_id: str, person: Annotated[SignedIn, Depends(guarded_post("dossier.act"))], form: Fields) -> Response:
    """Open the correction of a finished record and go to it; the record itself stays as it is."""
    parts = parts_of(request)
    try:
        with parts.database.write() as session:
            new = records.open_correction(session, parts.office, dossier_id, forms.line(form, "reason"), person.actor, parts.clock.now())
    except Refused as refused:
        return _refused(request, person, dossier_id, refused, form)
    _ring(parts)
    return RedirectResponse(f"/console/dossiers/{new.id}?done=open_correction", 303)


@router.post("/console/dossiers/bulk", response_class=HTMLResponse)
def many(request: Request, person: Annotated[SignedIn, Depends(guarded_post("dossier.act"))], form: Fields) -> Response:
    """Do one action to every line that was ticked, each on its own, and show what became of each."""
    parts, action = parts_of(request), str(form.get("action", ""))
    rule = parts.office.workflow.rule(action)
    rows = [forms.seen(str(row)) for row in form.getlist("row")]
    data = {need: forms.line(form, need) for need in (rule.needs if rule else ())}
    with parts.database.read() as session:
        names = staff.names(session, parts.office.unit)
    shown = {"label": rule.label if rule else "", "sentence": None, "outcomes": [], "done": 0}
    try:
        outcomes = bulk.act(parts.database, parts.office, action, rows, person.actor, data, parts.clock.now())
    except Refused as refused:
        return page(request, "bulk.html", person, status=409, **shown | {"sentence": refusal(refused, names)})
    _ring(parts)
    lines = [(outcome, refusal(outcome.refused, names) if outcome.refused else None) for outcome in outcomes]
    return page(request, "bulk.html", person, **shown | {"outcomes": lines, "done": sum(why is None for _, why in lines)})


def _ring(parts: Parts) -> None:
    parts.bell.ring("job")
    parts.bell.ring("dossier")


def _refused(request: Request, person: SignedIn, dossier_id: str, refused: Refused, form: FormData) -> Response:
    if refused.reason == "unknown":
        raise refused
    parts = parts_of(request)
    with parts.database.read() as session:
        names = staff.names(session, parts.office.unit)
    return show(request, person, dossier_id, status=409, sentence=refusal(refused, names), typed=form)
