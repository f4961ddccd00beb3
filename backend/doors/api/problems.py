"""What goes wrong at the API's doors, as application/problem+json (RFC 9457): plain words, a code, the fields at fault.

Nothing of what was sent is repeated: it may be a person's name or number.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import yaml
from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException as AnyHTTPException

from backend.doors.access import parts_of
from backend.doors.api.rates import TooFast
from backend.doors.headers import where
from backend.doors.render import refusal
from backend.office import staff
from backend.office.intake import MOST_BYTES, BadAnswers
from backend.office.kit import Refused

log = structlog.get_logger()
MEDIA = "application/problem+json"
MOST_JSON = 256_000
MOST_UPLOAD = MOST_BYTES + 100_000
_STATUS = {
    "stale": 412, "key_other_body": 422, "key_running": 409, "wrong_role": 403, "wrong_field": 403, "wrong_unit": 403, "no_field": 403, "locked": 429,
    "file_big": 413, "file_kind": 415, "if_match": 428, "procedure_unknown": 422, "unknown_action": 404,
    **dict.fromkeys(
        ("needs", "too_long", "due_ground", "due_past", "due_day_off", "due_unreadable", "answer_by_past", "answer_by_day_off", "answer_by_unreadable", "value_unreadable",
         "apology_not_later", "staff_unknown", "consultation_unknown", "part_unknown", "paper_unknown", "cursor", "hook_origin", "hook_event"), 422),
}  # fmt: skip
"""Reason of a refusal -> HTTP status; of the rest, what is unknown is 404 and everything else 409."""
_REASONS = {"missing": "missing", "extra_forbidden": "extra", "string_too_long": "long", "too_long": "long", "string_too_short": "short",
            "too_short": "short", "json_invalid": "json"}  # fmt: skip


@cache
def words() -> dict[str, dict[str, str]]:
    """Return the sentences of the API, by kind and key."""
    return yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))


def problem(status: int, code: str, title: str, errors: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return a problem; `errors` = field -> reason."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "code": code}
    body["errors"] = [{"field": field, "reason": reason} for field, reason in (errors or {}).items()]
    return JSONResponse(body, status, dict(headers or {}), media_type=MEDIA)


def say(status: int, code: str, **params: Any) -> JSONResponse:
    """Return a problem whose sentence stands under its code."""
    return problem(status, code, words()["problems"][code].format(**params))


class Wrong(Exception):
    """Fields that the model cannot know to be wrong: name -> key of a reason."""

    def __init__(self, fields: Mapping[str, str]):
        super().__init__(", ".join(fields))
        self.fields = fields


def no_token() -> HTTPException:
    """Nobody known is calling."""
    return HTTPException(401, "no_token", {"www-authenticate": "Bearer"})


class ApiRoute(APIRoute):
    """A door whose every error is a problem, and whose body has a size."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner, known = super().get_route_handler(), {field.alias for field in self.dependant.query_params}

        async def handler(request: Request) -> Response:
            try:
                if spare := set(request.query_params) - known:  # a filter with a slip in its name would tell everything
                    raise Wrong({name[:40]: "extra" for name in sorted(spare)})
                answer = _oversized(request) or await inner(request)
            except Exception as error:  # everything becomes a problem here; what is no refusal is logged by type and place only
                answer = _answer(request, self.path, error)
            answer.headers.update(getattr(request.state, "rates", {}))
            return answer

        return handler


def _oversized(request: Request) -> Response | None:
    if request.method not in ("POST", "PUT", "PATCH"):
        return None
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        return say(411, "no_length")
    upload = request.headers.get("content-type", "").startswith("multipart/")
    most = MOST_UPLOAD if upload else MOST_JSON
    return say(413, "too_big", most=f"{most // 1000} KB") if int(length) > most else None


def _answer(request: Request, path: str, error: Exception) -> Response:
    if isinstance(error, Refused):
        return _refused(request, error)
    if isinstance(error, RequestValidationError):
        return _fields({_name(one["loc"]): words()["reasons"][_REASONS.get(one["type"], "other")] for one in error.errors()})
    if isinstance(error, Wrong):
        return _fields({name: words()["reasons"][reason] for name, reason in error.fields.items()})
    if isinstance(error, BadAnswers):
        return _boxes(error)
    if isinstance(error, AnyHTTPException):
        return _http(error)
    if isinstance(error, TooFast):
        return problem(429, "too_fast", words()["problems"]["too_fast"].format(seconds=error.seconds), headers=error.headers)
    log.error("door.failed", path=path, error=type(error).__name__, where=where(error))
    return say(500, "internal")


def _http(error: AnyHTTPException) -> Response:
    code, _, scope = str(error.detail).partition(" ")
    if code not in words()["problems"]:
        return say(error.status_code, "unreadable")
    return problem(error.status_code, code, words()["problems"][code].format(scope=scope), headers=error.headers)


def _name(place: tuple) -> str:
    return ".".join(str(part) for part in place if part not in ("body", "query", "path", "header"))[:80] or "body"


def _fields(wrong: Mapping[str, str]) -> Response:
    return problem(422, "fields", words()["problems"]["fields"].format(fields=", ".join(sorted(wrong))), wrong)


def _boxes(bad: BadAnswers) -> Response:
    reasons = {f"answers.{name}" if name != "phone" else name: words()["reasons"].get(why.reason) or refusal(why) for name, why in bad.wrong.items()}
    return problem(422, "answers", words()["problems"]["answers"].format(fields=", ".join(sorted(bad.wrong))), reasons)


def _refused(request: Request, refused: Refused) -> Response:
    status = _STATUS.get(refused.reason) or (404 if refused.reason.endswith("unknown") else 409)
    own = words()["problems"].get(refused.reason)
    fields = {refused.params["what"]: words()["reasons"]["missing"]} if refused.reason == "needs" else {}
    return problem(status, refused.reason, own.format(**refused.params) if own else _sentence(request, refused), fields)


def _sentence(request: Request, refused: Refused) -> str:
    parts = parts_of(request)
    with parts.database.read() as session:
        return refusal(refused, staff.names(session, parts.office.unit))


_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "One plain sentence in Vietnamese: what is wrong and what to do."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "A stable word for programs."},
        "errors": {
            "type": "array",
            "items": {"type": "object", "required": ["field", "reason"], "properties": {"field": {"type": "string"}, "reason": {"type": "string"}}},
        },
    },
}
_MEANT = {
    400: "The body cannot be read as what its Content-Type says.", 401: "No token, or one that does not hold.", 403: "The token lacks the scope, or the role may not do this.",
    404: "No such thing in this unit.", 409: "The office refuses: the sentence says why.", 411: "Content-Length is missing.",
    412: "Somebody acted before: the sentence says who and when.", 413: "Too big.", 415: "Not a type that is taken.",
    422: "Fields at fault, or an Idempotency-Key used for another request.", 428: "If-Match is missing.", 429: "The token's requests of this minute are used up, or the tries of a code today.", 500: "A fault of ours; nothing was written.",
}  # fmt: skip


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a door: those that every door has, and `statuses`."""
    made = {}
    for status in sorted({401, 403, 422, 429, 500, *statuses}):
        made[status] = {"description": _MEANT[status], "content": {MEDIA: {"schema": _SCHEMA}}}
    made[401]["headers"] = {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}}
    made[429]["headers"] = {
        "Retry-After": {"description": "Seconds to wait; without it the tries of today are meant.", "schema": {"type": "string"}},
        "RateLimit-Policy": {"description": 'What a token may do, e.g. "requests";q=600;w=60.', "schema": {"type": "string"}},
        "RateLimit": {"description": 'What is left, and the seconds until all is there again, e.g. "requests";r=0;t=17. On other answers too.', "schema": {"type": "string"}},
    }
    return made


POSTED = (400, 409, 411, 413)
"""What every door that takes a body may answer besides."""
