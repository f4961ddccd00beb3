"""The application: doors, guards, headers, and errors in words."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.middleware.gzip import GZipMiddleware

from backend.doors import absences, acts, api, calendar, clock, complaints, console, dossiers, exchange, files, jobs, live, metrics, oversight, public, sign_in, staff as staff_pages, tasks, tokens, workflow
from backend.doors.access import NotSignedIn, OwnPasswordFirst
from backend.doors.api.rates import Rates
from backend.doors.headers import Headers
from backend.doors.parts import Parts
from backend.doors.render import page, refusal, words
from backend.office import staff
from backend.office.kit import Refused

_STATIC = Path(__file__).parent / "static"
_ROUTERS = (public, api, metrics, sign_in, console, dossiers, acts, absences, files, tasks, jobs, workflow, live, calendar, complaints, oversight, exchange, tokens, staff_pages)


def create_app(parts: Parts) -> FastAPI:
    """Return the app of one installation."""
    app = FastAPI(title="Một Cửa", version="0.1.0", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.state.parts = parts
    app.state.sign_in_limit = sign_in.limiter(parts.settings)
    app.state.api_rates = Rates(parts.settings)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    for module in _ROUTERS:
        app.include_router(module.router)
    if parts.settings.demo:
        app.include_router(clock.router)
    for router in parts.routers:
        app.include_router(router)
    _words_for_errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)
    app.add_middleware(Headers, https=parts.base_url.startswith("https:"))
    return app


def problem(status: int, code: str, detail: str) -> JSONResponse:
    """Return an error as application/problem+json (RFC 9457) with our own `code`."""
    body = {"type": "about:blank", "title": detail, "status": status, "code": code, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")


def _for_people(request: Request) -> bool:
    return "hx-request" in request.headers or "text/html" in request.headers.get("accept", "")


def error(request: Request, status: int, code: str, sentence: str) -> Response:
    """Return an error in the form its reader can use: a page, a line inside a page, or problem+json."""
    if not _for_people(request):
        return problem(status, code, sentence)
    template = "alert.html" if "hx-request" in request.headers else "error.html"
    return page(request, template, status=status, sentence=sentence, code=status)


def _words_for_errors(app: FastAPI) -> None:
    @app.exception_handler(NotSignedIn)
    def sign_in_first(request: Request, _error: NotSignedIn) -> Response:
        if "hx-request" in request.headers:
            return Response(status_code=401, headers={"hx-redirect": "/console/sign-in"})
        return RedirectResponse("/console/sign-in", 303) if _for_people(request) else problem(401, "sign_in", "Sign in first.")

    @app.exception_handler(OwnPasswordFirst)
    def own_password_first(request: Request, _error: OwnPasswordFirst) -> Response:
        if "hx-request" in request.headers:
            return Response(status_code=403, headers={"hx-redirect": "/console/password"})
        return RedirectResponse("/console/password", 303) if _for_people(request) else problem(403, "password", "Choose a password of your own first.")

    @app.exception_handler(AnyHTTPException)
    def in_words(request: Request, found: HTTPException) -> Response:
        known = words()["errors"]
        sentence = known.get(str(found.detail)) or known.get(str(found.status_code)) or str(found.detail)
        response = error(request, found.status_code, "http", sentence)
        response.headers.update(found.headers or {})
        return response

    @app.exception_handler(Refused)
    def refused(request: Request, found: Refused) -> Response:
        with request.app.state.parts.database.read() as session:
            names = staff.names(session, request.app.state.parts.office.unit)
        return error(request, 404 if found.reason.endswith("unknown") else 409, found.reason, refusal(found, names))

    @app.exception_handler(RequestValidationError)
    def bad_fields(request: Request, found: RequestValidationError) -> Response:
        fields = ", ".join(sorted({".".join(str(part) for part in e["loc"][1:]) for e in found.errors()}))
        return error(request, 422, "fields", words()["errors"]["422"].format(fields=fields))
