"""The morning's numbers, the queue and its search, the table of transitions, and the clock of the demo."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from backend.domain import workflow
from backend.doors import live
from backend.doors.workflow import drawing
from backend.law import HERE
from backend.office.bell import Bell
from backend.office.views import TABS
from tests.conftest import StillClock
from tests.doors.kit import BIRTH, Desk, answer
from tests.journeys.kit import house


def numbers(desk) -> dict[str, int]:
    found = re.findall(r'class="number[^"]*"><b>(\d+)</b>([^<]+)', desk.client("tiepnhan").get("/console").text)
    return {name: int(count) for count, name in found}


def test_the_morning_counts_what_waits_what_is_due_what_is_late_and_who_must_be_called(fresh):
    rows = [fresh.sent(answers=BIRTH | {"child_name": answer(f"Lý Thị {name}")}) for name in ("Một", "Hai", "Ba", "Bốn")]
    fresh.act("tiepnhan", rows[0], "receive")
    fresh.act("tiepnhan", rows[1], "ask_supplement_intake", papers_more="giấy chứng sinh")
    fresh.home.phone("+84982224001").send("GAP")
    assert numbers(fresh) == {"chờ tiếp nhận": 2, "đến hạn hôm nay": 1, "quá hạn": 0, "chờ dân bổ sung": 1, "việc cần gọi, nhắn": 1}
    fresh.home.wired.clock.shift(timedelta(hours=9))
    fresh.clients.clear()
    assert numbers(fresh)["quá hạn"] == 1
    assert "Quá hạn 17:00 23/11" in fresh.client("tiepnhan").get("/console").text


def test_the_queue_has_a_tab_for_every_status_but_the_draft():
    tabs = [status for name, statuses in TABS.items() if name != "open" for status in statuses]
    assert sorted(tabs) == sorted(set(workflow.STATUSES) - {"draft"})


@pytest.mark.parametrize("searched", ["{code}", "{short}", "lo thi tim", "Lò Thị Tím", "0982224{n}", "006096004512"])
def test_a_dossier_is_found_by_code_by_name_by_phone_and_by_identity_number(desk, searched):
    n = 100 + ["{code}", "{short}", "lo thi tim", "Lò Thị Tím", "0982224{n}", "006096004512"].index(searched)
    row = desk.sent(answers=BIRTH | {"child_name": answer("Lò Thị Tím")}, phone=f"+84982224{n}")
    text = searched.format(code=row.code, short=row.code[-11:], n=n)
    assert row.id in desk.client("tiepnhan").get("/console/dossiers", params={"q": text}).text


@pytest.mark.parametrize("searched", ["không có ai tên thế", "H55.999-000000-0000", "%", "_____", "'; DROP TABLE dossier; --", "<b>"])
def test_a_search_without_a_hit_says_so(desk, searched):
    shown = desk.client("tiepnhan").get("/console/dossiers", params={"q": searched})
    assert shown.status_code == 200 and "Không có hồ sơ nào." in shown.text and "<b>”" not in shown.text


def test_the_province_sees_how_many_and_how_late_but_no_names(desk):
    desk.sent(answers=BIRTH | {"mother": answer("Triệu Thị Kín")})
    assert "Triệu Thị Kín" in desk.client("tiepnhan").get("/console/dossiers").text
    assert "Triệu Thị Kín" not in desk.client("tinh").get("/console/dossiers").text
    assert "Không có hồ sơ nào." in desk.client("tinh").get("/console/dossiers", params={"q": "trieu thi kin"}).text


def test_an_unknown_tab_is_not_there_and_pages_go_on(desk):
    assert desk.client("tiepnhan").get("/console/dossiers?tab=nothing").status_code == 404
    assert desk.client("tiepnhan").get("/console/dossiers?at=0").status_code == 422
    assert "Không có hồ sơ nào." in desk.client("tiepnhan").get("/console/dossiers?at=999").text


def test_the_table_is_printed_line_by_line_and_drawn_from_the_same_lines(desk):
    table = workflow.load(HERE / "workflow")
    html = desk.client("vanthu").get("/console/workflow").text
    assert all(f"<b>{rule.label}</b>" in html for rule in table.rules)
    boxes, arrows = drawing(table)
    ways = {(source, rule.to) for rule in table.rules for source in rule.sources if rule.to not in (workflow.SAME, source)}
    assert (len(boxes), len(arrows)) == (len(table.statuses), len(ways))
    assert html.count("<rect") == len(boxes) and html.count('class="arrow') == len(arrows)


def test_no_two_boxes_of_the_picture_lie_on_each_other():
    boxes, _ = drawing(workflow.load(HERE / "workflow"))
    places = [(box.x, box.y) for box in boxes.values()]
    assert all(abs(a[0] - b[0]) >= 230 or abs(a[1] - b[1]) >= 40 for n, a in enumerate(places) for b in places[:n])


def test_the_clock_of_the_demo_moves_forward_and_nobody_is_thrown_out(fresh):
    before = fresh.now()
    answered = fresh.post("tiepnhan", "/console/clock", hours="4", days="3")
    assert answered.status_code == 200 and "13:00 26/11/2026" in answered.text
    assert fresh.now() - before == timedelta(days=3, hours=4)
    assert fresh.post("tiepnhan", "/console/clock", hours="-5").status_code == 422


def test_outside_the_demo_there_is_no_clock_no_telephone_and_no_seeded_staff(tmp_path):
    with house(tmp_path / "data", StillClock(), DEMO=False, DUTY_PHONES="+84981119999") as running, Desk(running).stranger() as client:
        got = {path: client.get(path).status_code for path in ("/simulator", "/console/clock", "/simulator/live", "/simulator/zalo/media/x")}
        assert set(got.values()) == {404}
        assert client.get("/console/sign-in").text.count("motcua-demo") == 0


def test_a_stream_speaks_when_the_bell_rings_for_the_screens_and_gathers_rings():
    async def listen() -> list[str]:
        bell, heard = Bell(), []
        stream = live.changes(bell, life=1.2)
        asyncio.get_running_loop().call_later(0.05, lambda: [bell.ring(topic) for topic in ("job", "message", "message", "dossier")])
        async for change in stream:
            heard.append(change["event"])
        bell.ring("message")
        return heard

    assert asyncio.run(listen()) == ["change"]


def test_open_streams_hold_no_connection_of_the_database(fresh):
    client = fresh.client("tiepnhan")
    with client.stream("GET", "/console/live") as first, client.stream("GET", "/console/live") as second:
        assert (first.status_code, second.headers["content-type"].split(";")[0]) == (200, "text/event-stream")
        fresh.home.idle()
        assert fresh.home.wired.database.engine.pool.checkedout() == 0
