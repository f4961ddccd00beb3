"""What did not arrive: dead jobs with a replay button; the bot's list of messages without a known outcome is embedded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from backend.doors.access import SignedIn, guard, guarded_post, parts_of
from backend.doors.render import page
from backend.office import jobs
from backend.office.kit import Refused

router = APIRouter(tags=["console"], include_in_schema=False)


@router.get("/console/outbox", response_class=HTMLResponse)
def outbox(request: Request, person: Annotated[SignedIn, Depends(guard("jobs.see"))]) -> Response:
    """Dead jobs, and messages of which nobody knows whether they arrived."""
    parts = parts_of(request)
    with parts.database.read() as session:
        dead = jobs.dead(session, parts.office.unit)
    return page(request, "outbox.html", person, dead=dead)


@router.post("/console/jobs/{job_id}/replay")
def replay(request: Request, job_id: int, person: Annotated[SignedIn, Depends(guarded_post("jobs.replay"))]) -> Response:
    """Put a dead job back into the queue. Raises Refused("settled") if somebody else was faster."""
    parts = parts_of(request)
    with parts.database.write() as session:
        if not jobs.replay(session, job_id, parts.office.unit, parts.clock.now()):
            raise Refused("settled")
    parts.bell.ring("job")
    return RedirectResponse("/console/outbox", 303)
