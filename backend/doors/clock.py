"""Moving the clock: deadlines and promises can be seen to pass. This door exists in the demo only."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from backend.doors.access import SignedIn, guard, guarded_post, parts_of
from backend.doors.render import page
from backend.office import staff

router = APIRouter(tags=["demo"], include_in_schema=False)


@router.get("/console/clock", response_class=HTMLResponse)
def clock(request: Request, person: Annotated[SignedIn, Depends(guard("clock.move"))]) -> Response:
    """What time it is here, and the buttons."""
    return page(request, "clock.html", person)


@router.post("/console/clock")
def move(
    request: Request,
    person: Annotated[SignedIn, Depends(guarded_post("clock.move"))],
    hours: Annotated[int, Form(ge=0, le=24 * 400)] = 0,
    days: Annotated[int, Form(ge=0, le=400)] = 0,
) -> Response:
    """Move the clock forward. Never back: a queue whose jobs lie in the future would stand still."""
    parts, by = parts_of(request), timedelta(hours=hours, days=days)
    with parts.database.write() as session:
        staff.carry_over(session, by)
    parts.clock.shift(by)
    parts.bell.ring("job")
    parts.bell.ring("dossier")
    return RedirectResponse("/console/clock", 303)
