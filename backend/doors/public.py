"""Doors for everybody: is it alive, is it ready."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from backend.doors.access import parts_of

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
