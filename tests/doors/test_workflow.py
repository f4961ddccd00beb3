"""The whole workflow at the screen: three people for a paper, offices that are waited for, many lines at once, who stands in."""

from __future__ import annotations

import re

import pytest

from tests.doors.kit import BIRTH, Desk, alert, answer
from tests.doors.test_dossier import page, words

BUNDLE = {name: BIRTH[name] for name in ("relation", "parents_married", "child_dob", "child_sex", "child_name", "mother", "father")} | {
    "household": answer("parents", "nhà bố mẹ", "digit")
}
ROAD = [("tiepnhan", "receive", {}), ("tiepnhan", "process", {}), ("chuyenmon", "draft", {}), ("lanhdao", "sign", {}), ("vanthu", "number", {"number": "12/2026"}),
        ("tiepnhan", "issue", {}), ("tiepnhan", "finish", {}), ("tiepnhan", "return", {"collector": "mẹ cháu", "proof": "căn cước"})]  # fmt: skip


def at(desk: Desk, last: str, procedure: str = "khai_sinh", answers: dict | None = None):
    """A dossier that went down the road by the buttons of the console, as far as `last`."""
    row = desk.sent(procedure, answers)
    for role, action, form in ROAD[: [action for _, action, _ in ROAD].index(last) + 1]:
        assert desk.act(role, row, action, **form).status_code == 200
    return desk.again(row)


def status(desk: Desk, row) -> str:
    return desk.again(row).status


def test_who_has_numbered_a_paper_does_not_issue_it_and_hears_why(desk):
    row = at(desk, "number")
    refused = desk.act("vanthu", row, "issue")
    assert refused.status_code == 409
    assert alert(refused) == "Lường Thị Vân đã làm việc “Vào số” của hồ sơ này lúc 09:00 23/11, nên việc “Phát hành” phải do người khác làm."
    assert "/actions/issue" not in page(desk, row, "vanthu") and "/actions/issue" in page(desk, row, "tiepnhan")
    desk.act("tiepnhan", row, "issue")
    assert status(desk, row) == "issued"


def test_two_offices_are_asked_and_the_queue_says_who_is_waited_for(desk):
    row = at(desk, "process")
    for where in ("Công an xã", "Sở Tư pháp"):
        desk.act("chuyenmon", row, "consult", office=where, question="Có cư trú không?", answer_day="2026-11-27")
    shown = page(desk, row, "chuyenmon")
    assert "Nông Thị Bình" in words(shown) and words(shown).count("đang chờ") == 2
    ids = re.findall(r'<option value="([^"]+)">(?:Công an xã|Sở Tư pháp): Có cư trú không\?', shown)[:2]
    assert "Công an xã, Sở Tư pháp" in words(desk.client("chuyenmon").get("/console/dossiers?tab=working").text)
    for asked in ids:
        assert status(desk, row) == "consulting"
        desk.act("chuyenmon", row, "consulted", consultation=asked, answer="Có")
    assert status(desk, row) == "processing"


@pytest.mark.parametrize(("day", "sentence"), [
    ("2026-11-20", "Ngày hẹn trả lời đã qua. Chọn ngày sau lúc này; ngày làm việc gần nhất là thứ Tư 25/11/2026."),
    ("2026-11-24", "Ngày hẹn trả lời rơi vào ngày nghỉ. Chọn ngày làm việc; gần nhất sau đó là thứ Tư 25/11/2026."),
    ("2026-11-28", "Ngày hẹn trả lời rơi vào ngày nghỉ. Chọn ngày làm việc; gần nhất sau đó là thứ Hai 30/11/2026."),
    ("mai", "Ngày hẹn trả lời không đọc được. Chọn ngày trên lịch."),
    ("", "Thiếu: ngày hẹn trả lời. Ghi vào rồi bấm lại."),
])  # fmt: skip
def test_an_office_is_asked_with_a_day(desk, day, sentence):
    row = at(desk, "process")
    assert alert(desk.act("chuyenmon", row, "consult", office="Công an xã", question="?", answer_day=day)) == sentence


def test_a_hand_over_shows_the_other_sides_clock(desk):
    row = at(desk, "receive")
    desk.act("tiepnhan", row, "hand_over", office="Công an xã", answer_day="2026-11-25")
    desk.act("tiepnhan", row, "acknowledged")
    assert "/actions/acknowledged" not in page(desk, row) and "/actions/taken_up" in page(desk, row)
    again = desk.act("tiepnhan", row, "acknowledged")
    assert alert(again) == "Nơi nhận đã báo bước này rồi, hoặc hồ sơ đã về."
    assert "Công an xã · nơi nhận đã nhận · hạn 17:00 25/11" in words(page(desk, row))
    desk.act("tiepnhan", row, "result_back", result="Thông báo 12/TB")
    assert "đã có kết quả" in words(page(desk, row)) and status(desk, row) == "issued"


def test_a_bundle_shows_its_parts_and_waits_for_them(desk):
    row = at(desk, "issue", "lien_thong_khai_sinh", BUNDLE)
    shown = words(page(desk, row))
    assert "Đăng ký khai sinh xã xong" in shown and "Đăng ký thường trú Công an xã đang làm" in shown
    assert alert(desk.act("tiepnhan", row, "finish")) == "Còn 2 phần liên thông chưa xong nên chưa làm được việc “Kết quả đã về Trung tâm”."
    desk.act("tiepnhan", row, "part_done", part="bhyt", result="Thẻ TE1")
    desk.act("tiepnhan", row, "part_refused", part="thuong_tru", reason="chủ nhà chưa đồng ý")
    desk.act("tiepnhan", row, "finish")
    assert status(desk, row) == "result_ready"


def test_ticked_lines_are_done_each_on_its_own(desk):
    rows = [at(desk, "draft"), at(desk, "draft"), at(desk, "process")]
    lines = [f"{row.id}:{row.version}" for row in rows]
    lines[1] = f"{rows[1].id}:1"
    done = desk.post("lanhdao", "/console/dossiers/bulk", action="sign", row=lines)
    assert [status(desk, row) for row in rows] == ["signed", "drafted", "processing"]
    shown = words(done.text)
    assert "Đã làm 1 trên 3 hồ sơ." in shown and shown.count("Chưa làm.") == 2
    assert "Hà Văn Chiến vừa xử lý hồ sơ này" in shown and "nên không làm được việc “Ký”" in shown


@pytest.mark.parametrize(("form", "sentence"), [
    ({"action": "sign"}, "Chưa chọn hồ sơ nào. Đánh dấu ở đầu dòng rồi bấm lại."),
    ({"action": "number", "row": "x:1"}, "Việc “Vào số” phải làm từng hồ sơ một."),
    ({"action": "fly", "row": "x:1"}, "Không có việc này trong bảng chuyển bước."),
])  # fmt: skip
def test_a_choice_that_cannot_be_done_says_so(desk, form, sentence):
    answered = desk.post("lanhdao", "/console/dossiers/bulk", **form)
    assert (answered.status_code, alert(answered)) == (409, sentence)


def test_the_list_of_what_waits_for_me_has_boxes_to_tick(desk):
    row = at(desk, "draft")
    shown = desk.client("lanhdao").get("/console/dossiers?tab=todo").text
    assert f'name="row" value="{row.id}:{row.version}"' in shown and 'name="action" value="sign"' in shown
    assert row.id not in desk.client("vanthu").get("/console/dossiers?tab=todo").text
    assert 'name="action" value="sign"' not in desk.client("tinh").get("/console/dossiers").text


def test_the_picture_on_the_dossier_shows_where_it_stands_and_how_it_came(desk):
    shown = page(desk, at(desk, "draft"))
    picture = shown[shown.index('<svg class="flow"') :]
    assert re.findall(r'<text class="here"[^>]*>([^<]+)<', picture) == ["đã trình ký"]
    assert picture.count(" been") == 4 and picture.count("arrow gone") == 4


def test_a_substitute_signs_and_the_history_says_for_whom(fresh):
    row, html = at(fresh, "draft"), fresh.client("lanhdao").get("/console/absences").text
    ids = {name: id for id, name in re.findall(r'<option value="([^"]+)" *>([^,<]+),', html)}
    absence = {"staff": ids["Triệu Thị Hoa"], "substitute": ids["Lường Thị Vân"], "begins": "2026-11-23", "ends": "2026-11-27", "ground": "đi học"}
    assert "/actions/sign" not in page(fresh, row, "vanthu")
    assert fresh.post("lanhdao", "/console/absences", **absence).status_code == 200
    assert alert(fresh.post("lanhdao", "/console/absences", **absence)) == "Thời gian này đã có Lường Thị Vân làm thay."
    fresh.act("vanthu", row, "sign")
    assert "Lường Thị Vân (làm thay Triệu Thị Hoa)" in words(page(fresh, row))
    assert "văn thư; làm thay lãnh đạo" in page(fresh, row, "vanthu")
    assert alert(fresh.act("vanthu", row, "number", number="1")).startswith("Lường Thị Vân đã làm việc “Ký”")
    ends = re.search(r'action="(/console/absences/[^"]+/end)"', fresh.client("lanhdao").get("/console/absences").text)[1]
    fresh.post("lanhdao", ends)
    assert "đã về" in fresh.client("lanhdao").get("/console/absences").text
    assert fresh.client("tiepnhan").get("/console/absences").status_code == 403


def test_a_finished_record_is_corrected_by_a_dossier_of_its_own(desk):
    old = at(desk, "return")
    assert "Mở hồ sơ đính chính" in page(desk, old)
    opened = desk.post("tiepnhan", f"/console/dossiers/{old.id}/correction", reason="sai tên đệm")
    assert opened.status_code == 200 and "Đính chính: Thủ tục đăng ký khai sinh" in words(opened.text)
    assert desk.again(old).version == old.version and "có hồ sơ đính chính" in words(page(desk, old))
    twice = desk.post("tiepnhan", f"/console/dossiers/{old.id}/correction", reason="sai nữa")
    assert alert(twice).startswith("Đang có hồ sơ đính chính H55.242-")
