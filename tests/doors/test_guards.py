"""No door without a guard, no form without its token, nobody beyond their role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from backend.doors.access import PUBLIC, public_post
from backend.office import staff
from backend.office.access import ACTING_ANY, PERMISSIONS, ROLES, SCOPES
from tests.doors.kit import Desk

ROOT = Path(__file__).resolve().parents[2]


def routes(desk: Desk) -> list:
    return list(flat(desk.home.wired.app({}).routes))


def flat(found) -> Iterator:
    """Newer FastAPI keeps an included router as one route: its own doors are looked at one by one."""
    for route in found:
        inner = getattr(route, "original_router", None)
        yield from flat(inner.routes) if inner is not None else [route]


def guards(dependant) -> set:
    """Every guard in the tree of a door's dependencies: permissions, and the token of public forms."""
    found = set()
    for part in dependant.dependencies:
        found |= {getattr(part.call, "permission", None), "token" if part.call is public_post else None} | guards(part)
    return found - {None}


def test_every_door_has_a_guard_or_is_public_by_name(desk):
    open_doors = set()
    for route in routes(desk):
        held = guards(route.dependant) - {"token"} if hasattr(route, "dependant") else set()
        if held:
            assert held <= {*PERMISSIONS, *SCOPES, ACTING_ANY} and route.path not in PUBLIC, route.path
        else:
            open_doors.add(route.path)
    assert open_doors - set(PUBLIC) == set()
    assert set(PUBLIC) - open_doors == set()


def test_every_public_form_of_ours_carries_a_token(desk):
    foreign = ("/channels/", "/simulator/sms", "/simulator/twilio", "/simulator/zalo", "/exchange/")
    for route in routes(desk):
        if isinstance(route, Mount) or "POST" not in (route.methods or ()) or route.path.startswith(foreign):
            continue
        assert guards(route.dependant), route.path


def posts(desk: Desk) -> dict[str, str]:
    """Path of every form -> a role that may send it."""
    forms = [r for r in routes(desk) if isinstance(r, Route) and "POST" in r.methods and r.path.startswith("/console/") and "sign-in" not in r.path]
    return {r.path: min(set.intersection(*(set(PERMISSIONS[name]) for name in guards(r.dependant)))) for r in forms}


def test_a_form_without_its_token_or_with_another_is_refused_and_says_why(desk):
    doors = posts(desk)
    assert len(doors) > 12
    for path, role in doors.items():
        path = re.sub(r"{[^}]+}", "1", path)
        for form in ({}, {"csrf": "of-another-site"}):
            answer = desk.client(role).post(path, data=form)
            assert (answer.status_code, "Trang đã cũ" in answer.text) == (403, True), path


def test_the_token_may_come_in_the_header_of_htmx(desk):
    answer = desk.client("tiepnhan").post("/console/desk/segments", data={"text": "chào bà"}, headers={"x-csrf": desk.csrf("tiepnhan")})
    assert answer.status_code == 200 and "chao ba" in answer.text


def test_who_is_not_signed_in_is_led_to_the_form_a_machine_gets_401_and_a_fragment_a_redirect(desk):
    with desk.stranger() as client:
        page = client.get("/console/dossiers")
        assert (page.status_code, page.headers["location"]) == (303, "/console/sign-in")
        machine = client.get("/console/dossiers", headers={"accept": "application/json"})
        assert (machine.status_code, machine.json()["code"]) == (401, "sign_in")
        fragment = client.get("/console/numbers", headers={"hx-request": "true"})
        assert (fragment.status_code, fragment.headers["hx-redirect"]) == (401, "/console/sign-in")


DOORS = {
    "/console": "console.open",
    "/console/numbers": "queue.see",
    "/console/dossiers": "queue.see",
    "/console/dossiers/{dossier}": "dossier.read",
    "/console/dossiers/{dossier}/news": "dossier.read",
    "/console/dossiers/{dossier}/receipt.pdf": "receipt.print",
    "/console/tasks": "task.take",
    "/console/conversations/{conversation}": "conversation.read",
    "/console/desk/conversations/{conversation}": "conversation.read",
    "/console/desk/conversations/{conversation}/messages": "conversation.read",
    "/console/outbox": "jobs.see",
    "/console/desk/outbox": "jobs.see",
    "/console/workflow": "workflow.see",
    "/console/staff": "staff.manage",
    "/console/password": "console.open",
    "/console/absences": "absence.write",
    "/console/calendar": "calendar.see",
    "/console/complaints": "complaints.see",
    "/console/index": "index.see",
    "/console/exchange": "exchange.see",
    "/console/readers": "readers.see",
    "/console/clock": "clock.move",
}


@pytest.fixture(scope="module")
def places(desk):
    row = desk.sent()
    desk.act("tiepnhan", row, "receive")
    return {"dossier": row.id, "conversation": row.conversation_id}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_through_its_doors_and_no_other(desk, places, role):
    got = {path: desk.client(role).get(path.format(**places)).status_code for path in DOORS}
    assert got == {path: 200 if role in PERMISSIONS[permission] else 403 for path, permission in DOORS.items()}


@pytest.mark.parametrize(("role", "path", "code"), [
    ("tinh", "/console/dossiers/{dossier}/actions/process", 403),
    ("bientap", "/console/dossiers/{dossier}/answers/child_name", 403),
    ("lanhdao", "/console/dossiers/{dossier}/answers/child_name", 403),
    ("vanthu", "/console/desk/conversations/{conversation}/reply", 403),
    ("tiepnhan", "/console/jobs/1/replay", 403),
    ("quantri", "/console/jobs/1/replay", 409),
    ("vanthu", "/console/dossiers/{dossier}/actions/sign", 409),
])  # fmt: skip
def test_what_a_role_may_not_do_is_refused_at_the_door_or_by_the_table(desk, places, role, path, code):
    assert desk.post(role, path.format(**places)).status_code == code


def test_dung_of_another_commune_sees_nothing_here(desk, places):
    with desk.home.wired.database.write() as session:
        row = staff.add(session, "H55.999", "dung", "Dũng", "Cán bộ nơi khác", list(ROLES), "mat-khau-cua-dung", desk.now())
        token = staff.sign_in(session, row, desk.now())
    with desk.stranger() as client:
        client.cookies.set("motcua", token)
        got = {client.get(path.format(**places)).status_code for path in DOORS}
    assert got == {403}


def test_sign_in_says_the_same_for_a_wrong_login_and_a_wrong_password_and_is_limited(desk):
    with desk.stranger() as client:
        token = re.search(r'name="csrf" value="([^"]+)"', client.get("/console/sign-in").text)[1]

        def attempt(login: str, password: str):
            return client.post("/console/sign-in", data={"csrf": token, "login": login, "password": password})

        wrong = [attempt("khong-co-ai", "motcua-demo"), attempt("tiepnhan", "sai-mat-khau")]
        assert [answer.status_code for answer in wrong] == [403, 403]
        assert wrong[0].text.replace("khong-co-ai", "") == wrong[1].text.replace('value="tiepnhan"', 'value=""')
        assert attempt("tiepnhan", "motcua-demo").headers["location"] == "/console"
        assert client.get("/console").status_code == 200
        limited = [attempt("khong-co-ai", "x").status_code for _ in range(9)]
        assert limited[-1] == 429 and 403 in limited


def test_signing_out_forgets_the_browser(desk):
    with desk.home.wired.database.write() as session:
        row = staff.check(session, "vanthu", staff.DEMO_PASSWORD, desk.now(), demo=True)
        token = staff.sign_in(session, row, desk.now())
    with desk.stranger() as client:
        client.cookies.set("motcua", token)
        csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/console").text)[1]
        client.post("/console/sign-out", data={"csrf": csrf})
        client.cookies.set("motcua", token)
        assert client.get("/console").status_code == 303


PAGES = ["/", "/track", "/privacy", "/docs", "/simulator", "/console/sign-in", "/nothing-here", "/static/console.css", "/healthz"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_security_headers(desk, path):
    with desk.stranger() as client:
        headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert headers["cache-control"] == ("public, max-age=31536000, immutable" if path.startswith("/static/") else "no-store")


def test_no_template_has_inline_script_or_style_or_an_address_outside():
    templates = [*ROOT.glob("backend/doors/pages/*.html"), *ROOT.glob("bot/desk/pages/*.html")]
    assert len(templates) > 20
    for path in templates:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?://|hx-on", text), path.name
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.S):
            assert "csrf" in form, path.name


def test_our_own_files_name_no_address_outside():
    for name in ("console.js", "docs.js", "console.css", "phones.css"):
        assert "//" not in (ROOT / "backend/doors/static" / name).read_text(encoding="utf-8").replace("// ", ""), name
