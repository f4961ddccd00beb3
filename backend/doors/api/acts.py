"""What another system does to a dossier: the actions of the workflow table, in the roles of its token, on the version it saw."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from sqlalchemy.orm import Session

from backend.domain.letters import nfc
from backend.domain.workflow import Rule
from backend.doors import forms
from backend.doors.access import parts_of
from backend.doors.api import models
from backend.doors.api.callers import Caller, check_reach, scope
from backend.doors.api.dossiers import Raw, etag, shown
from backend.doors.api.once import Key, answer, once, replayed
from backend.doors.api.problems import POSTED, ApiRoute, Wrong, problems
from backend.office import dossiers
from backend.office.access import ACTING_ANY
from backend.office.idempotency import Answer
from backend.office.kit import Office, Refused
from backend.store.tables import Dossier

router = APIRouter(prefix="/api/v1", tags=["api"], route_class=ApiRoute)
Doer = Annotated[Caller, Depends(scope(ACTING_ANY))]
Seen = Annotated[str | None, Header(alias="If-Match", max_length=40, description="The ETag of the dossier as it was read; compulsory.")]
_UNREADABLE = {"answer_by": "answer_by_unreadable"}
_ALSO = {"receive": {"due_at", "ground", "got"}}
"""Action -> fields it may carry beside what the table says it needs."""


@router.post(
    "/dossiers/{dossier_id}/actions/{action}",
    response_model=models.DossierOut,
    responses={200: replayed("Done.", etag=True), **problems(404, 412, 428, *POSTED)},
)
def act(request: Request, caller: Doer, key: Key, dossier_id: models.Id, action: models.Id, body: models.ActData, bytes_: Raw, seen: Seen = None) -> Response:
    """Do an action. Who acted before is named where the version is stale; nothing is half done."""
    office = parts_of(request).office
    version, rule = _version(seen), office.workflow.rule(action)
    if rule is None:
        raise Refused("unknown_action")
    data = _data(office, rule, body)

    def work(session: Session, now: datetime) -> Answer:
        check_reach(session, caller, dossier_id)
        dossiers.act(session, office, dossier_id, action, caller.actor, version, data, now)
        row = session.get(Dossier, dossier_id)
        return answer(200, shown(office, row), ETag=etag(row))

    return once(request, caller, key, bytes_, work)


def _version(seen: str | None) -> int:
    """A tag that is none of ours is as old as can be."""
    if seen is None:
        raise Refused("if_match")
    found = re.fullmatch(r'(?:W/)?"([0-9]{1,9})"', seen.strip())
    return int(found[1]) if found else -1


def _data(office: Office, rule: Rule, body: models.ActData) -> dict[str, Any]:
    given = body.model_dump(exclude_none=True)
    if spare := set(given) - set(rule.needs) - _ALSO.get(rule.action, set()):
        raise Wrong(dict.fromkeys(sorted(spare), "not_for_action"))
    return {name: _plain(office, name, value) for name, value in given.items()}


def _plain(office: Office, name: str, value: Any) -> Any:
    if isinstance(value, date):
        return forms.day_end(value.isoformat(), office, _UNREADABLE.get(name, "due_unreadable"))
    return [nfc(one) for one in value] if isinstance(value, list) else nfc(" ".join(value.split()))
