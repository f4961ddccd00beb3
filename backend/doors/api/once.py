"""A POST of the API: done once for its key, with the answer kept in the transaction of the act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from backend.doors.access import parts_of
from backend.doors.api.callers import Caller
from backend.office import idempotency
from backend.office.idempotency import Answer

Key = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=1, max_length=idempotency.MOST, pattern=r"^[!-~]+$", description="A new one for every act; the same one to repeat a request."),
]
REPLAYED = "Idempotency-Replayed"
_HEADERS = {REPLAYED: {"description": "true: this is the first answer, told again.", "schema": {"type": "string"}}}
_RUNNING = idempotency.Running()
Work = Callable[[Session, datetime], Answer]


def replayed(description: str, *, etag: bool = False) -> dict:
    """Return the OpenAPI text of a success that may be a repeat."""
    more = {"ETag": {"description": "The dossier's version.", "schema": {"type": "string"}}} if etag else {}
    return {"description": description, "headers": _HEADERS | more}


def answer(status: int, model: BaseModel, **headers: str) -> Answer:
    """Return a model as the bytes that go out; header names are given with _ for -."""
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, model.model_dump_json().encode())


def once(request: Request, caller: Caller, key: str, body: bytes, work: Work) -> Response:
    """Do `work` in one transaction and keep its answer, or tell the first answer again. Raises Refused("key_running", "key_other_body")."""
    parts, now = parts_of(request), parts_of(request).clock.now()
    print_ = idempotency.fingerprint(request.method.encode(), str(request.url.path).encode(), body)
    with _RUNNING.hold(caller.token_id, key), parts.database.write() as session:
        idempotency.lock(session, caller.token_id, key)
        first = idempotency.kept(session, parts.office, caller.token_id, key, print_, now)
        made = first or work(session, now)
        if first is None and made.status < 300:
            idempotency.keep(session, parts.office, caller.token_id, key, print_, made, now)
    if first is None:
        parts.bell.ring("job")
        parts.bell.ring("dossier")
    headers = made.headers | ({REPLAYED: "true"} if first else {})
    kind = headers.get("content-type", "application/json")
    return Response(made.body, made.status, {name: value for name, value in headers.items() if name != "content-type"}, media_type=kind)
