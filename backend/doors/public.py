"""Doors for everybody: is it alive, what is it, where does my dossier stand, what is kept of me, which doors are there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from backend.doors.access import form_token, keep_form_token, parts_of, public_post
from backend.doors.render import page, word, words
from backend.office import tracking
from backend.office.kit import Refused

router = APIRouter(tags=["public"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(request: Request) -> JSONResponse:
    """Database, worker and NLU are ready: 200; else 503 with what is not, by name."""
    reasons = {name: wrong for name, check in parts_of(request).ready.items() if (wrong := check())}
    body = {"status": "ready"} if not reasons else {"status": "not ready", "reasons": reasons}
    return JSONResponse(body, 503 if reasons else 200)


@router.get("/", response_class=HTMLResponse)
def home(request: Request) -> Response:
    """What this is, and the ways in."""
    return page(request, "home.html")


@router.get("/privacy", response_class=HTMLResponse)
def privacy(request: Request) -> Response:
    """What is kept of people, for how long, and who may see it."""
    return page(request, "privacy.html")


@router.get("/docs", response_class=HTMLResponse, include_in_schema=False)
def docs(request: Request) -> Response:
    """The list of doors, drawn from /openapi.json without any address outside."""
    return page(request, "docs.html")


@router.get("/track", response_class=HTMLResponse)
def track_form(request: Request, code: str = "") -> Response:
    """The form: a code and four digits. The QR code of a receipt leads here with the code filled in."""
    return _track(request, code=code[:40])


@router.post("/track", response_class=HTMLResponse, dependencies=[Depends(public_post)])
def track(request: Request, code: Annotated[str, Form(max_length=60)] = "", last_four: Annotated[str, Form(max_length=12)] = "") -> Response:
    """The stage in plain words, without name and procedure; a wrong and an unknown code get the same answer."""
    digits = "".join(char for char in last_four if char.isdigit())
    if not code.strip() or len(digits) != 4:
        return _track(request, status=422, code=code, sentence=words()["tracking"]["form"])
    parts, now = parts_of(request), parts_of(request).clock.now()
    asker = request.client.host if request.client else "?"
    with parts.database.write() as session:
        try:
            stage = tracking.by_code(session, parts.office, asker, code, digits, now)
        except Refused as refused:  # the try is counted, so this transaction is kept
            stage, reason = None, refused.reason
    if stage is None:
        return _track(request, status=404 if reason == "unknown" else 429, code=code, sentence=word("tracking", reason))
    return _track(request, code=code, stage=stage)


def _track(request: Request, *, status: int = 200, code: str = "", sentence: str | None = None, stage: tracking.Stage | None = None) -> Response:
    token = form_token(request)
    response = page(request, "track.html", status=status, code=code, sentence=sentence, stage=stage, csrf=token)
    keep_form_token(request, response, token)
    return response
