"""The models of the understanding server: their reports on the console, and the two inner doors it fetches them by."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from backend.doors.access import SignedIn, guard
from backend.doors.render import page
from backend.settings import Settings
from bot.conversations.kit import Bot
from bot.desk.thread import PAGES
from bot.desk.unsure import intent_words, procedure_words
from bot.learning import heatmap, registry

SEE = "model.see"


def router(bot: Bot, settings: Settings) -> APIRouter:
    """Return the doors of models."""
    doors = APIRouter(tags=["desk"], include_in_schema=False)

    @doors.get("/console/models", response_class=HTMLResponse)
    def listed(request: Request, person: Annotated[SignedIn, Depends(guard(SEE))]) -> Response:
        with bot.database.read() as session:
            models = registry.every(session)
        return page(
            request,
            "models.html",
            person,
            folders=PAGES,
            models=models,
            serving=next((m for m in models if m.serving), None),
        )

    @doors.get("/console/models/{hash}", response_class=HTMLResponse)
    def report(request: Request, hash: str, person: Annotated[SignedIn, Depends(guard(SEE))]) -> Response:
        with bot.database.read() as session:
            model = registry.found(session, hash)
        words = intent_words()
        picture = heatmap.drawing((model.report or {}).get("confusions", []), words)
        return page(
            request,
            "model.html",
            person,
            folders=PAGES,
            model=model,
            report=model.report,
            picture=picture,
            words=words,
            procedures=procedure_words(bot),
        )

    def from_the_server(request: Request) -> None:
        """Only the understanding server asks here: it shows NLU_TOKEN, as we show it when asking there."""
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not settings.NLU_TOKEN or not hmac.compare_digest(shown.encode(), settings.NLU_TOKEN.encode()):
            raise HTTPException(401, headers={"www-authenticate": "Bearer"})

    @doors.get("/internal/models/current", dependencies=[Depends(from_the_server)])
    def current() -> Response:
        with bot.database.read() as session:
            model = registry.current(session)
        return JSONResponse(
            {"sha256": model.hash if model else None, "release": model.release if model else None}
        )

    @doors.get("/internal/models/{hash}", dependencies=[Depends(from_the_server)])
    def archive(hash: str) -> Response:
        with bot.database.read() as session:
            content = registry.archive(session, hash)
        if content is None:
            raise HTTPException(404)
        return Response(content, media_type="application/gzip")

    return doors
