"""Who may call: a token that holds, in this unit, with the scope; made and ended in the console or on the command line."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

import main
from backend.office import api_tokens
from backend.office.access import ACTING_ANY, SCOPES
from backend.office.kit import Refused
from backend.store.tables import ApiToken
from tests.api.kit import System, problem, token
from tests.office.kit import UNIT

DOORS = {
    "/procedures": "procedures.read",
    "/procedures/khai_sinh": "procedures.read",
    "/units": "procedures.read",
    "/offices": "procedures.read",
    "/dossiers": "dossiers.read",
    "/dossiers/{dossier}": "dossiers.read",
    "/dossiers/{dossier}/content": "dossiers.content",
    "/dossiers/{dossier}/elsewhere": "dossiers.read",
    "/dossiers/{dossier}/events": "events.read",
    "/tasks": "tasks.read",
    "/hooks": "hooks.manage",
}


@pytest.mark.parametrize("name", SCOPES)
def test_each_scope_opens_its_doors_and_no_other(desk, portal, name):
    dossier, system = desk.sent().id, System(desk, token(desk, name))
    got = {path: system.get(path.format(dossier=dossier)).status_code for path in DOORS}
    assert got == {path: 200 if wanted == name else 403 for path, wanted in DOORS.items()}


def test_a_token_that_is_missing_wrong_ended_old_or_of_another_unit_is_nobodys(desk):
    ended, foreign = token(desk), token(desk, unit="H55.999")
    with desk.home.wired.database.write() as session:
        row = api_tokens.find(session, ended, desk.office.unit, desk.now())
        api_tokens.revoke(session, row.id, desk.office.unit, desk.now())
        old = api_tokens.make(session, desk.office.unit, "Cũ", ["tasks.read"], "console", desk.now() - timedelta(days=31), 30)[1]
    for shown in ("x", "mct_khong-co", ended, foreign, old):
        answer = System(desk, shown).get("/procedures")
        assert problem(answer) == (401, "no_token") and answer.headers["www-authenticate"] == "Bearer"


def test_the_sentence_names_the_scope_that_is_wanting(desk):
    answer = System(desk, token(desk, "tasks.read")).get("/dossiers")
    assert problem(answer) == (403, "no_scope") and "dossiers.read" in answer.json()["title"]


def test_only_a_hash_is_kept_and_use_is_written_by_day(desk):
    shown = token(desk, "tasks.read")
    System(desk, shown).get("/tasks")
    with desk.home.wired.database.read() as session:
        row = api_tokens.find(session, shown, desk.office.unit, desk.now())
    assert shown not in str(vars(row)) and row.last_used_day.isoformat() == "2026-11-23"


@pytest.mark.parametrize(("name", "scopes", "days", "reason"), [
    ("", ["tasks.read"], 30, "token_name"),
    ("Tỉnh", [], 30, "scopes_none"),
    ("Tỉnh", ["tasks.read", "all"], 30, "scope_unknown"),
    ("Tỉnh", ["tasks.read"], 30, "field_unknown"),
    ("Tỉnh", ["tasks.read"], 0, "token_days"),
    ("Tỉnh", ["tasks.read"], 4000, "token_days"),
])  # fmt: skip
def test_a_token_without_name_scope_or_end_or_with_an_unknown_field_is_refused(sqlite_database, clock, name, scopes, days, reason):
    with sqlite_database.write() as session, pytest.raises(Refused, match=reason):
        api_tokens.make(session, UNIT, name, scopes, "console", clock.now(), days, fields=["Đất Đai"], known=() if reason == "field_unknown" else ["Đất Đai"])


def test_the_administrator_makes_one_sees_it_once_and_ends_it(desk):
    made = desk.post("quantri", "/console/tokens", name="Cổng tỉnh", days="90", scope=["procedures.read", "dossiers.send"], field=["Đất đai", "Lâm nghiệp"])
    shown = re.search(r"mct_[\w-]{43}", made.text)[0]
    assert System(desk, shown).get("/procedures").status_code == 200
    page = desk.client("quantri").get("/console/tokens").text
    assert "Cổng tỉnh" in page and "Lâm nghiệp; Đất đai" in page and shown not in page
    with desk.home.wired.database.read() as session:
        row = session.scalars(select(ApiToken).where(ApiToken.name == "Cổng tỉnh")).one()
    assert desk.post("quantri", f"/console/tokens/{row.id}/revoke").status_code == 200
    assert System(desk, shown).get("/procedures").status_code == 401


def test_a_form_without_a_scope_comes_back_with_the_reason(desk):
    answer = desk.post("quantri", "/console/tokens", name="Cổng tỉnh", days="90")
    assert answer.status_code == 409 and "Chọn ít nhất một quyền" in answer.text


def test_a_field_nobody_knows_is_refused_and_what_was_ticked_stays(desk):
    answer = desk.post("quantri", "/console/tokens", name="Cổng tỉnh", days="90", scope=["tasks.read"], field=["Đất đai", "Đất hiếm"])
    assert answer.status_code == 409 and "Không có lĩnh vực này: Đất hiếm." in answer.text
    assert 'value="Đất đai" checked' in answer.text and 'value="tasks.read" checked' in answer.text


def test_nobody_but_the_administrator_sees_the_tokens(desk):
    assert [desk.client(role).get("/console/tokens").status_code for role in ("tiepnhan", "lanhdao", "tinh", "quantri")] == [403, 403, 403, 200]


def test_the_command_line_makes_lists_and_ends_tokens(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert main.main(["migrate"]) == 0
    assert main.main(["tokens", "make", "Cổng tỉnh", "--scopes", "procedures.read,tasks.read", "--days", "30"]) == 0
    shown = capsys.readouterr().out
    id = re.search(r"^id: (\w{26})$", shown, re.MULTILINE)[1]
    assert re.search(r"^token: mct_[\w-]{43}$", shown, re.MULTILINE)
    assert main.main(["tokens", "list"]) == 0 and "procedures.read tasks.read" in capsys.readouterr().out
    assert main.main(["tokens", "revoke", id]) == 0
    assert main.main(["tokens", "list"]) == 0 and "revoked" in capsys.readouterr().out
    assert main.main(["tokens", "make", "Đất", "--scopes", "tasks.read", "--field", "Đất đai", "--field", "Lâm nghiệp"]) == 0
    assert main.main(["tokens", "list"]) == 0 and "tasks.read in: Lâm nghiệp; Đất đai" in capsys.readouterr().out
    for wrong, reason in ((["--scopes", "everything"], "scope_unknown"), (["--scopes", "tasks.read", "--field", "Đất"], "field_unknown")):
        assert main.main(["tokens", "make", "Cổng tỉnh", *wrong]) == 1
        assert reason in capsys.readouterr().err


def test_acting_scopes_become_the_roles_of_the_workflow_table(sqlite_database, clock):
    with sqlite_database.write() as session:
        row, _ = api_tokens.make(session, UNIT, "Tỉnh", [f"{ACTING_ANY}:vanthu", f"{ACTING_ANY}:tiepnhan"], "console", clock.now())
    assert api_tokens.actor(row).roles == ("tiepnhan", "vanthu")
