"""The morning screen: big numbers, and what presses first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from backend.doors.access import SignedIn, guard, parts_of
from backend.doors.render import page
from backend.office import access, views

router = APIRouter(tags=["console"], include_in_schema=False)


@router.get("/console", response_class=HTMLResponse)
def morning(request: Request, person: Annotated[SignedIn, Depends(guard("console.open"))]) -> Response:
    """The first screen of the day."""
    return _morning(request, person, "morning.html")


@router.get("/console/numbers", response_class=HTMLResponse)
def numbers(request: Request, person: Annotated[SignedIn, Depends(guard("queue.see"))]) -> Response:
    """The live part of the first screen."""
    return _morning(request, person, "numbers.html")


def _morning(request: Request, person: SignedIn, template: str) -> Response:
    parts = parts_of(request)
    named = access.may(person.actor, "dossier.read", parts.office.unit)
    with parts.database.read() as session:
        found = views.morning(session, parts.office, parts.clock.now(), named=named)
    return page(request, template, person, morning=found, statuses=parts.office.workflow.statuses)
