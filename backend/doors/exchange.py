"""The doors between offices: signed messages in, a signed question for the day's counts, and the leader's page of both sides."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from backend.domain import exchange
from backend.doors.access import SignedIn, guard, parts_of
from backend.doors.parts import Parts
from backend.doors.render import page
from backend.office import exchange as office_exchange
from backend.office import exchange_files, exchange_report
from backend.office.exchange_line import Silent

router = APIRouter(tags=["exchange"], include_in_schema=False)
MOST_BYTES = 1_000_000
"""Answers of a form are a few kilobytes, a piece of a file is `exchange.PIECE`."""


@router.post(exchange.MESSAGES)
async def messages(request: Request) -> Response:
    """Take a message of another office (docs/exchange.md). The same id gives the first answer again."""
    body = await _body(request)
    return await run_in_threadpool(_take, request, body) if body is not None else _too_large()


def _too_large() -> Response:
    return JSONResponse({"state": "refused", "reason": "too_large"}, 413)


async def _body(request: Request) -> bytes | None:
    """The body, None for one that is larger than any that is agreed on."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


@router.put(exchange.FILES + "/{hand_over}/{sha256}")
async def piece(request: Request, hand_over: str, sha256: str, start: Annotated[int, Query(ge=0)]) -> Response:
    """Take a piece of a file that a hand-over named; the answer says from which byte to go on."""
    body = await _body(request)
    return await run_in_threadpool(_take_piece, request, hand_over, sha256, start, body) if body is not None else _too_large()


def _take_piece(request: Request, hand_over: str, sha256: str, start: int, body: bytes) -> Response:
    parts = parts_of(request)
    peer = _signer(parts, request, body)
    if isinstance(peer, Response):
        return peer
    id = request.headers.get("x-motcua-id", "")
    with parts.database.write() as session:
        status, answer = exchange_files.take(session, parts.office, peer.id, id, hand_over, sha256, start, body, parts.clock.now())
    if answer["state"] != "partial":
        parts.bell.ring("dossier")
    return JSONResponse(answer, status)


@router.get(exchange.FILES + "/{hand_over}/{sha256}")
def held(request: Request, hand_over: str, sha256: str) -> Response:
    """Say how much of a file is here, so that a broken line goes on where it broke."""
    parts = parts_of(request)
    peer = _signer(parts, request, b"")
    if isinstance(peer, Response):
        return peer
    with parts.database.read() as session:
        status, answer = exchange_files.held(session, peer.id, request.headers.get("x-motcua-id", ""), hand_over, sha256)
    return JSONResponse(answer, status)


def _take(request: Request, body: bytes) -> Response:
    parts = parts_of(request)
    peer = _signer(parts, request, body)
    if isinstance(peer, Response):
        return peer
    with parts.database.write(urgent=True) as session:
        answer = office_exchange.take(session, parts.office, peer, request.headers.get("x-motcua-id", ""), body, parts.clock.now())
    parts.bell.ring("job")
    parts.bell.ring("dossier")
    return JSONResponse(answer.body, answer.status)


def _signer(parts: Parts, request: Request, body: bytes) -> exchange.Peer | Response:
    """The office that signed, or a 401 that says what is wrong and nothing of who is known here."""
    peer = parts.office.peers.get(request.headers.get("x-motcua-office", ""))
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wrong = exchange.misfit(peer.key, request.headers, request.method, path, parts.clock.now(), body) if peer else "signature"
    return JSONResponse({"state": "refused", "reason": wrong}, 401) if wrong else peer


@router.get(exchange.SUMMARY)
def summary(request: Request, first: date, last: date, rows: bool = False) -> Response:
    """Say what lies here of the exchange with the office that asks: per day counts and hashes, with `rows` each message."""
    parts = parts_of(request)
    peer = _signer(parts, request, b"")
    if isinstance(peer, Response):
        return peer
    if not 0 <= (last - first).days < exchange_report.MOST_DAYS:
        return JSONResponse({"state": "refused", "reason": "days"}, 400)
    with parts.database.read() as session:
        return JSONResponse({"days": exchange_report.counted(session, peer.id, first, last, rows=rows)})


@router.get("/console/exchange", response_class=HTMLResponse)
def compared(request: Request, person: Annotated[SignedIn, Depends(guard("exchange.see"))], days: Annotated[int, Query(ge=1, le=31)] = 7) -> Response:
    """Both sides' counts of the last days, and by name whatever does not fit."""
    parts = parts_of(request)
    first, last = exchange_report.days_before(parts.clock.now(), days)
    lines = exchange_report.report(parts.database, parts.office, parts.exchange, first, last, Silent)
    return page(request, "exchange.html", person, lines=lines, days=days)
