"""What the leader and the province look at: the month's figures, and who opened whose dossier."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from backend.doors.access import SignedIn, guard, parts_of
from backend.doors.render import page
from backend.office import anchors, api_tokens, index766, readings, staff

router = APIRouter(tags=["console"], include_in_schema=False)


@router.get("/console/index", response_class=HTMLResponse)
def index(request: Request, person: Annotated[SignedIn, Depends(guard("index.see"))], month: str = "") -> Response:
    """A month's figures, counted from events; the running month up to now."""
    parts = parts_of(request)
    now = parts.clock.now()
    with parts.database.read() as session:
        months = index766.months(session, parts.office, now)
        month = month or months[0]
        try:
            found = index766.figures(session, parts.office, month, now)
            causes = index766.causes(session, parts.office, month, now)
        except ValueError:
            raise HTTPException(404) from None
    return page(request, "index766.html", person, month=month, months=months, figures=found, points=index766.points(found), causes=causes)


@router.get("/console/readers", response_class=HTMLResponse)
def readers(
    request: Request,
    person: Annotated[SignedIn, Depends(guard("readers.see"))],
    q: Annotated[str, Query(max_length=40)] = "",
    reader: Annotated[str, Query(alias="staff", max_length=40)] = "",
    strange: bool = False,
    at: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """Who, person or other system, opened which dossier or conversation, and the newest anchors to note down outside this machine."""
    parts = parts_of(request)
    with parts.database.read() as session:
        found, more = readings.recent(session, parts.office, code=q, reader=reader, strange=strange, page=at)
        colleagues = staff.colleagues(session, parts.office.unit)
        systems = api_tokens.names(session, parts.office.unit)
        fixed = anchors.newest(session, parts.office.unit, 7)
    shown = {"readings": found, "more": more, "q": q, "reader": reader, "strange": strange, "at": at}
    return page(request, "readers.html", person, colleagues=colleagues, systems=systems, anchors=fixed, **shown)
