"""Where a dossier stands by code, and the work that waits for people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.doors.access import parts_of
from backend.doors.api import models
from backend.doors.api.callers import Caller, scope
from backend.doors.api.dossiers import Raw
from backend.doors.api.once import Key, answer, once, replayed
from backend.doors.api.problems import POSTED, ApiRoute, problems, words
from backend.doors.render import word
from backend.office import tasks, tracking
from backend.office.idempotency import Answer
from backend.office.kit import Refused
from backend.store.tables import Dossier

router = APIRouter(prefix="/api/v1", tags=["api"], route_class=ApiRoute)


@router.post("/tracking", response_model=models.TrackOut, responses={200: replayed("The stage."), **problems(404, 429, *POSTED)})
def track(request: Request, caller: Annotated[Caller, Depends(scope("tracking.read"))], key: Key, body: models.Track, bytes_: Raw) -> Response:
    """The stage by code and four digits, five tries a day for each code; a wrong and an unknown code get the same answer."""
    office = parts_of(request).office

    def work(session: Session, now: datetime) -> Answer:
        try:
            stage = tracking.by_code(session, office, caller.actor.id, body.code, body.last_four, now)
        except Refused as refused:  # the try is counted, so this transaction is kept
            return _no(refused.reason)
        here = caller.reaches(session.scalar(select(Dossier.procedure).where(Dossier.code == stage.code)))
        return answer(200, _told(stage)) if here else _no("unknown")

    return once(request, caller, key, bytes_, work)


def _no(reason: str) -> Answer:
    status, code = (429, "locked") if reason == "locked" else (404, "track_unknown")
    body = models.Problem(title=words()["problems"][code], status=status, code=code)
    return answer(status, body, content_type="application/problem+json")


def _told(stage: tracking.Stage) -> models.TrackOut:
    holder = (stage.holder.office or word("held", stage.holder.role)) if stage.holder else None
    return models.TrackOut(
        code=stage.code, stage=stage.status, words=word("stages", stage.status), sent_at=stage.sent_at, due_at=stage.due_at, promised_at=stage.promised_at,
        late=stage.late, holder=holder,
    )  # fmt: skip


@router.get("/tasks", response_model=models.TaskList, responses=problems())
def waiting(request: Request, caller: Annotated[Caller, Depends(scope("tasks.read"))]) -> models.TaskList:
    """Open tasks of the unit, danger first, by promise. A token held to some fields sees those of dossiers in them, and no others."""
    parts = parts_of(request)
    with parts.database.read() as session:
        rows = tasks.open_tasks(session, parts.office.unit)
        known = select(Dossier.id, Dossier.code, Dossier.procedure).where(Dossier.id.in_({row.dossier_id for row in rows if row.dossier_id}))
        about = {row.id: row for row in session.execute(known)}
    names = set(models.TaskOut.model_fields) - {"dossier", "taken"}
    return models.TaskList(
        items=[
            models.TaskOut(**{name: getattr(row, name) for name in names}, dossier=getattr(of, "code", None), taken=row.taken_by is not None)
            for row, of in ((row, about.get(row.dossier_id)) for row in rows)
            if caller.reaches(getattr(of, "procedure", None))
        ]
    )
