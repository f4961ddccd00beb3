"""The application: doors, guards, headers, and errors in words."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from backend.doors import public
from backend.doors.access import NotSignedIn
from backend.doors.parts import Parts
from backend.office.kit import Refused

_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_STATIC = Path(__file__).parent / "static"


def create_app(parts: Parts) -> FastAPI:
    """Return the app of one installation."""
    app = FastAPI(title="Một Cửa", version="0.1.0", docs_url="/docs", redoc_url=None, openapi_url="/openapi.json")
    app.state.parts = parts
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.include_router(public.router)
    for router in parts.routers:
        app.include_router(router)
    _words_for_errors(app)
    app.middleware("http")(_headers)
    return app


async def _headers(request: Request, call_next) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def problem(status: int, code: str, detail: str) -> JSONResponse:
    """Return an error as application/problem+json (RFC 9457) with our own `code`."""
    body = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")


def _for_machines(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _words_for_errors(app: FastAPI) -> None:
    @app.exception_handler(NotSignedIn)
    def sign_in_first(request: Request, _error: NotSignedIn) -> Response:
        if _for_machines(request):
            return problem(401, "sign_in", "Sign in first.")
        if "hx-request" in request.headers:
            return Response(status_code=401, headers={"hx-redirect": "/console/sign-in"})
        return RedirectResponse("/console/sign-in", 303)

    @app.exception_handler(HTTPException)
    def in_words(request: Request, error: HTTPException) -> Response:
        if _for_machines(request):
            return problem(error.status_code, "http", str(error.detail))
        return PlainTextResponse(str(error.detail), error.status_code)

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> Response:
        return problem(409, error.reason, error.reason)

    @app.exception_handler(RequestValidationError)
    def bad_fields(request: Request, error: RequestValidationError) -> Response:
        fields = ", ".join(sorted({".".join(str(part) for part in e["loc"][1:]) for e in error.errors()}))
        return problem(422, "fields", f"Missing or wrong: {fields}")
