"""What anybody may see: what this is, where a dossier stands by two factors, errors in words."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.doors.kit import BIRTH, alert, answer

STATIC = Path(__file__).resolve().parents[2] / "backend" / "doors" / "static"


@pytest.fixture
def somebody(desk):
    with desk.stranger() as client:
        client.token = re.search(r'name="csrf" value="([^"]+)"', client.get("/track").text)[1]
        yield client


def track(client, code: str, last_four: str):
    return client.post("/track", data={"csrf": client.token, "code": code, "last_four": last_four})


@pytest.mark.parametrize("written", ["{code}", "{plain}", " {spaced} ", "{low}"])
@pytest.mark.parametrize("last_four", ["7101", "4512"])
def test_the_code_and_four_digits_of_phone_or_identity_number_show_the_stage(desk, somebody, written, last_four):
    row = desk.sent(answers=BIRTH, phone="+84982227101")
    code = written.format(code=row.code, plain=row.code_plain, spaced=row.code.replace("-", " - "), low=row.code.lower())
    shown = track(somebody, code, last_four)
    assert shown.status_code == 200 and "Xã đã nhận được, cán bộ đang xem." in shown.text
    assert "Bàn" not in shown.text and "khai sinh" not in shown.text.lower()


def test_a_wrong_and_an_unknown_code_get_the_same_answer(desk, somebody):
    row = desk.sent()
    wrong, unknown = track(somebody, row.code, "0000"), track(somebody, "H55.242-261123-9999", "0000")
    assert (wrong.status_code, unknown.status_code) == (404, 404)
    assert wrong.text.replace(row.code, "") == unknown.text.replace("H55.242-261123-9999", "")


def test_after_five_tries_a_day_even_the_right_digits_are_refused(desk, somebody):
    row = desk.sent(phone="+84982227102")
    tries = [track(somebody, row.code, "0000").status_code for _ in range(6)]
    assert tries == [404] * 5 + [429]
    locked = track(somebody, row.code, "7102")
    assert locked.status_code == 429 and "thử quá năm lần" in alert(locked)


@pytest.mark.parametrize(("code", "last_four"), [("", "1234"), ("H55.242-261123-0001", "12"), ("H55.242-261123-0001", "abcd"), (" ", " ")])
def test_a_form_that_is_not_filled_in_says_what_is_wanted_and_costs_no_try(somebody, code, last_four):
    answered = track(somebody, code, last_four)
    assert answered.status_code == 422 and "bốn số cuối là bốn chữ số" in alert(answered)


def test_the_code_of_a_receipt_is_filled_in_and_harmless(desk):
    with desk.stranger() as client:
        text = client.get("/track", params={"code": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in text and "&lt;script&gt;" in text


def test_a_due_date_that_has_passed_is_admitted(desk, somebody):
    row = desk.sent(answers=BIRTH | {"child_name": answer("Lò Thị Hẹn")}, phone="+84982227103")
    desk.act("tiepnhan", row, "receive")
    assert "Hẹn trả: <b>17:00 23/11/2026</b>" in track(somebody, row.code, "7103").text


@pytest.mark.parametrize("path", ["/nothing", "/console/nothing", "/static/nothing.js"])
def test_a_page_that_is_not_there_says_so_to_people_and_to_machines(desk, path):
    with desk.stranger() as client:
        page, machine = client.get(path), client.get(path, headers={"accept": "*/*"})
    assert (page.status_code, alert(page)) == (404, "Không có trang này.")
    assert machine.headers["content-type"] == "application/problem+json" and machine.json()["status"] == 404


def test_the_list_of_doors_needs_no_address_outside(desk):
    with desk.stranger() as client:
        page, listed = client.get("/docs").text, client.get("/openapi.json").json()
        for address in re.findall(r'(?:src|href)="([^"#]+)"', page):
            assert address.startswith("/") and client.get(address).status_code == 200, address
    assert {"/healthz", "/readyz", "/track"} <= set(listed["paths"])


HEAVY = ["/", "/track", "/simulator", "/console", "/console/dossiers", "/console/tasks", "/console/workflow", "/console/outbox"]


def weight(text: str) -> int:
    return len(gzip.compress(text.encode()))


def test_every_page_with_all_it_needs_is_under_100_kilobytes(desk):
    row = desk.sent()
    client = desk.client("tiepnhan")
    for path in [*HEAVY, f"/console/dossiers/{row.id}"]:
        page = client.get(path).text
        files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
        total = weight(page) + sum(weight(client.get(file).text) for file in files)
        assert total < 100_000, (path, total)


def test_pages_travel_compressed(desk):
    with desk.stranger() as client:
        assert client.get("/").headers["content-encoding"] == "gzip"


def test_every_vendored_file_is_named_with_its_licence():
    listed = (STATIC / "LICENCES.md").read_text(encoding="utf-8")
    assert [path.name for path in (STATIC / "vendor").iterdir() if path.name not in listed] == []
