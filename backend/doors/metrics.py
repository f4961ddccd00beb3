"""Figures for Prometheus: the queue as the database has it, and what this process has counted. For the machines inside.

Each process counts what it did itself: where workers run apart, each of them has this door too (`bot.serving.work`).
"""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from backend.doors.access import parts_of
from backend.doors.parts import Parts
from backend.office import figures

router = APIRouter(tags=["public"])


def reader(request: Request, authorization: Annotated[str, Header()] = "") -> None:
    """Guard: the bearer of METRICS_TOKEN. Raises 404 where none is set (there is no such door), 401 for another one."""
    token = parts_of(request).settings.METRICS_TOKEN
    if not token:
        raise HTTPException(404)
    if not hmac.compare_digest(f"Bearer {token}".encode(), authorization.encode()):
        raise HTTPException(401, "send the bearer of METRICS_TOKEN", headers={"www-authenticate": "Bearer"})


@router.get("/metrics", dependencies=[Depends(reader)])
def metrics(request: Request) -> Response:
    """Queue lag, jobs by kind and state, sends by channel and outcome, time of jobs and parses; no personal data."""
    parts, inside = parts_of(request), CollectorRegistry()
    with parts.database.read() as session:
        inside.register(figures.QueueCollector(figures.queue(session, parts.clock.now())))
    return Response(generate_latest(REGISTRY) + generate_latest(inside), media_type=CONTENT_TYPE_LATEST)


def only_this(parts: Parts) -> FastAPI:
    """Return an app with this door alone: for a process that has no other."""
    app = FastAPI(title="Một Cửa: figures of a worker", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.parts = parts
    app.include_router(router)
    return app
