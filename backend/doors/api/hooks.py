"""Addresses that are told what happens to dossiers of the token's fields."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from backend.doors.access import parts_of
from backend.doors.api import models
from backend.doors.api.callers import Caller, scope
from backend.doors.api.dossiers import Raw
from backend.doors.api.once import Key, answer, once, replayed
from backend.doors.api.problems import POSTED, ApiRoute, problems
from backend.office import hooks
from backend.office.idempotency import Answer
from backend.office.kit import Office
from backend.store.tables import Hook

router = APIRouter(prefix="/api/v1", tags=["api"], route_class=ApiRoute)
Keeper = Annotated[Caller, Depends(scope("hooks.manage"))]


def _facts(office: Office, row: Hook) -> dict:
    return {"id": row.id, "url": hooks.url_of(office, row), "events": row.events, "fields": row.fields, "active": row.active, "created_at": row.created_at}


@router.post("/hooks", status_code=201, response_model=models.HookMade, responses={201: replayed("Registered."), **problems(*POSTED)})
def register(request: Request, caller: Keeper, key: Key, body: models.HookIn, bytes_: Raw) -> Response:
    """Register an address under one of the origins that this installation allows; the secret is told once."""
    parts = parts_of(request)

    def work(session: Session, now: datetime) -> Answer:
        row, secret = hooks.register(session, parts.office, body.url, body.events, parts.settings.hook_origins, caller.actor.id, now, caller.actor.fields)
        return answer(201, models.HookMade(**_facts(parts.office, row), secret=secret))

    return once(request, caller, key, bytes_, work)


@router.get("/hooks", response_model=models.HookList, responses=problems())
def listed(request: Request, caller: Keeper) -> models.HookList:
    """The addresses that are told; a token held to some fields sees those that hear of no other."""
    parts = parts_of(request)
    with parts.database.read() as session:
        return models.HookList(items=[models.HookOut(**_facts(parts.office, row)) for row in hooks.listed(session, parts.office, caller.actor.fields)])


@router.delete("/hooks/{hook_id}", status_code=204, responses=problems(404))
def end(request: Request, caller: Keeper, hook_id: models.Id) -> Response:
    """Tell this address nothing more."""
    parts = parts_of(request)
    with parts.database.write() as session:
        hooks.end(session, parts.office, hook_id, caller.actor.fields)
    return Response(status_code=204)


@router.get("/hooks/{hook_id}/deliveries", response_model=models.DeliveryList, responses=problems(404))
def deliveries(request: Request, caller: Keeper, hook_id: models.Id) -> models.DeliveryList:
    """How each event fared: delivered, failed (tried again), dead (waits for a person in the console), dropped."""
    parts = parts_of(request)
    with parts.database.read() as session:
        rows = hooks.deliveries(session, hooks.found(session, parts.office, hook_id, caller.actor.fields))
    return models.DeliveryList(
        items=[models.DeliveryOut(event=r.event_id, state=r.state, attempts=r.attempts, answer=r.answer, at=r.created_at, settled_at=r.settled_at) for r in rows]
    )
