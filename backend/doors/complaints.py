"""Complaints with their day, and the leader's answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from backend.doors import forms
from backend.doors.access import SignedIn, guard, guarded_post, parts_of
from backend.doors.render import page
from backend.office import complaints, staff

router = APIRouter(tags=["console"], include_in_schema=False)


@router.get("/console/complaints", response_class=HTMLResponse)
def listed(request: Request, person: Annotated[SignedIn, Depends(guard("complaints.see"))], answered: bool = False) -> Response:
    """Open complaints by their day, or the answered ones."""
    parts = parts_of(request)
    with parts.database.read() as session:
        found = complaints.listed(session, parts.office, parts.clock.now(), answered=answered)
        names = staff.names(session, parts.office.unit)
    return page(request, "complaints.html", person, complaints=found, names=names, answered=answered, rule=parts.office.complaints)


@router.post("/console/complaints/{complaint_id}/answer")
def answer(
    request: Request,
    complaint_id: str,
    person: Annotated[SignedIn, Depends(guarded_post("complaints.answer"))],
    form: Annotated[FormData, Depends(forms.fields)],
) -> Response:
    """Write the answer and send it to the citizen. Raises Refused with who was faster."""
    parts = parts_of(request)
    text = " ".join(str(form.get("answer", "")).split())
    with parts.database.write() as session:
        complaints.answer(session, parts.office, complaint_id, text, person.actor, parts.clock.now())
    parts.bell.ring("job")
    parts.bell.ring("task")
    return RedirectResponse("/console/complaints", 303)
