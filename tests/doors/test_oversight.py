"""The calendar an officer edits, complaints with answers, the month's figures, and who opened whose dossier."""

from __future__ import annotations

import re
from datetime import date, timedelta

from backend.domain.deadline import is_working_day
from backend.office import anchors, complaints, contacts, watch
from tests.doors.kit import POVERTY, alert


def add_day(desk, role="quantri", **form):
    return desk.post(role, "/console/calendar", **{"day": "2026-12-07", "kind": "off", "ground": "12/TB-UBND", "scope": "own", **form})


def test_an_officer_writes_a_day_and_it_holds_at_once(fresh):
    page = add_day(fresh, name="Ngày hội xã")
    assert page.status_code == 200 and "Ngày hội xã" in page.text and "12/TB-UBND" in page.text
    assert not is_working_day(date(2026, 12, 7), fresh.office.calendar)
    assert "Hoàng Văn Quân" in fresh.client("tiepnhan").get("/console/calendar?year=2026").text


def test_a_wrong_day_comes_back_with_the_reason_and_what_was_typed(desk):
    page = add_day(desk, ground="x", name="Ngày hội")
    assert (page.status_code, alert(page)) == (409, "Thiếu: số và ngày của thông báo.") and 'value="Ngày hội"' in page.text
    assert "vốn đã như vậy" in alert(add_day(desk, day="2026-11-24"))
    assert "Giờ mở cửa chưa đúng" in alert(add_day(desk, kind="short", hours="sáng"))
    assert "Chọn ngày trên lịch" in alert(add_day(desk, day="hôm nào"))
    assert add_day(desk, role="tiepnhan").status_code == 403


def test_a_day_that_dates_rest_on_asks_once_more_and_changes_no_date(fresh):
    row = fresh.sent("ho_ngheo", POVERTY)
    fresh.act("tiepnhan", row, "receive", due_day="2026-12-11", ground="biên bản")
    due = fresh.again(row).due_at
    page = add_day(fresh, day="2026-11-26")
    assert page.status_code == 409 and "1 hồ sơ đang làm" in alert(page) and 'name="sure"' in page.text
    assert add_day(fresh, day="2026-11-26", sure="1").status_code == 200
    assert fresh.again(row).due_at == due


def test_a_short_day_shows_its_hours(fresh):
    page = add_day(fresh, kind="short", hours="07:30-11:30")
    assert "07:30–11:30" in page.text and fresh.office.calendar.closes(date(2026, 12, 7)).hour == 11


def test_an_apology_is_a_button_once_with_a_date_and_a_reason(desk):
    row = desk.sent("ho_ngheo", POVERTY)
    desk.act("tiepnhan", row, "receive", due_day="2026-12-01", ground="biên bản")
    assert "Xin lỗi và hẹn lại ngày" in desk.client("tiepnhan").get(f"/console/dossiers/{row.id}").text
    refused = desk.act("tiepnhan", row, "apologize", new_due_at="2026-11-27", reason="chờ xác minh")
    assert "phải sau ngày hẹn đang có" in alert(refused)
    page = desk.act("tiepnhan", row, "apologize", new_due_at="2026-12-04", reason="chờ xác minh")
    assert "Đã xin lỗi và hẹn lại" in page.text and "/actions/apologize" not in page.text
    assert desk.again(row).due_at < desk.again(row).promised_at


def test_the_dossier_shows_the_clock_of_each_step(fresh):
    row = fresh.sent("ho_ngheo", POVERTY)
    fresh.act("tiepnhan", row, "receive", due_day="2026-12-01", ground="biên bản")
    fresh.home.wired.clock.shift(timedelta(hours=2))
    fresh.act("chuyenmon", row, "process")
    fresh.home.wired.clock.shift(timedelta(minutes=15))
    text = fresh.client("lanhdao").get(f"/console/dossiers/{row.id}").text
    assert re.search(r"Đã dùng <b>2 giờ 15 phút</b>", text) and "Hà Văn Chiến" in text


def test_late_work_is_a_task_of_the_leader_that_no_clerk_sees(fresh):
    row = fresh.sent("ho_ngheo", POVERTY)
    fresh.act("tiepnhan", row, "receive", due_day="2026-11-25", ground="biên bản")
    fresh.home.wired.clock.shift(timedelta(days=3))
    with fresh.home.wired.database.write() as session:
        assert watch.look(session, fresh.office, fresh.now()) == 1
    assert "Quá hạn" in _tasks(fresh, "lanhdao") and "cho lãnh đạo" in _tasks(fresh, "lanhdao")
    assert "cho lãnh đạo" not in _tasks(fresh, "tiepnhan")
    assert "Báo lãnh đạo quá hạn" in fresh.client("lanhdao").get(f"/console/dossiers/{row.id}").text


def _tasks(desk, role: str) -> str:
    return desk.client(role).get("/console/tasks", headers={"hx-request": "true"}).text


def test_a_complaint_by_text_gets_a_number_and_the_leaders_answer_goes_back(desk):
    with desk.home.wired.database.write() as session:
        _, conversation = contacts.conversation_with(session, desk.office, "sms", "+84982229999", desk.now())
        row = complaints.open_complaint(session, desk.office, "để ba tuần không ai trả lời", desk.now(), conversation_id=conversation.id, dossier_id=None)
    page = desk.client("lanhdao").get("/console/complaints").text
    assert row.number in page and "để ba tuần" in page and "chưa đối chiếu văn bản" in page
    assert "Gửi trả lời" not in desk.client("tiepnhan").get("/console/complaints").text
    assert desk.post("tiepnhan", f"/console/complaints/{row.id}/answer", answer="xong").status_code == 403
    assert desk.post("lanhdao", f"/console/complaints/{row.id}/answer", answer="Mai có kết quả").status_code == 200
    assert "Mai có kết quả" in desk.client("lanhdao").get("/console/complaints?answered=true").text
    assert "Triệu Thị Hoa đã trả lời" in desk.post("lanhdao", f"/console/complaints/{row.id}/answer", answer="nữa").text


def test_the_months_figures_are_counted_for_leader_and_province(desk):
    row = desk.sent("ho_ngheo", POVERTY)
    desk.act("tiepnhan", row, "receive", due_day="2026-12-11", ground="biên bản")
    for role in ("lanhdao", "tinh"):
        page = desk.client(role).get("/console/index").text
        assert re.search(r"<b>[1-9]\d*</b><em>tiếp nhận", page) and "không phải công thức chính thức" in page
    assert desk.client("lanhdao").get("/console/index?month=2026-99").status_code == 404


def test_the_leader_sees_who_opened_a_dossier_that_was_not_theirs(desk):
    row = desk.sent("ho_ngheo", POVERTY)
    desk.act("tiepnhan", row, "receive", due_day="2026-12-11", ground="biên bản")
    for role in ("tiepnhan", "vanthu"):
        desk.client(role).get(f"/console/dossiers/{row.id}")
    everyone = desk.client("lanhdao").get(f"/console/readers?q={row.code[-4:]}").text
    assert "Nông Thị Bình" in everyone and "Lường Thị Vân" in everyone
    strange = desk.client("lanhdao").get(f"/console/readers?strange=true&q={row.code[-4:]}").text
    rows = re.findall(r"<tr><td>[^<]+</td><td>([^<]+)</td>", strange)
    assert rows == ["Lường Thị Vân"]
    assert "Không có lần xem nào" in desk.client("lanhdao").get("/console/readers?q=9999").text


def test_the_newest_anchors_can_be_noted_down(fresh):
    fresh.sent()
    fresh.home.wired.clock.shift(timedelta(days=1))
    with fresh.home.wired.database.write() as session:
        assert anchors.make(session, fresh.office.vault, fresh.office.unit, fresh.now()) == 1
        mark = anchors.newest(session, fresh.office.unit)[0].hash
    assert mark[:32] in fresh.client("lanhdao").get("/console/readers").text
