"""The page of a dossier: what a clerk sees, does, and is told when the answer is no."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from backend.clock import local
from backend.office import dossiers, pauses
from backend.office.kit import Actor
from backend.store.tables import Attachment, Dossier, ReadLog
from backend.store.types import new_id
from tests.doors.kit import BIRTH, alert, answer

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def page(desk, row: Dossier, role: str = "tiepnhan") -> str:
    return desk.client(role).get(f"/console/dossiers/{row.id}").text


def words(html: str) -> str:
    """What a person reads: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_case_in_one_line_and_each_answer_with_its_source(desk):
    row = desk.sent(answers=BIRTH | {"child_name": answer("BAN THI MAI", doubt="no_accents")})
    shown = words(page(desk, row))
    assert "Quan hệ với trẻ: Mẹ Cha mẹ đã đăng ký kết hôn: Rồi Nơi sinh: Ở nhà Giới tính: Gái ngày thứ 10 /60" in shown
    assert "BAN THI MAI chưa có dấu, hỏi lại từng dấu dân khai" in shown
    assert "Số bản sao 0 máy suy" in shown
    assert "Họ, chữ đệm, tên cha không bắt buộc tra từ số định danh: cha chờ tra" in shown
    assert "Ngày sinh mẹ chưa có số định danh (mẹ): hỏi tại quầy quầy" in shown
    assert "Quê quán hỏi tại quầy quầy" in shown
    assert "Tên chưa có dấu" in shown


def test_copying_takes_values_as_an_office_writes_them_in_the_order_of_the_form(desk):
    html = page(desk, desk.sent())
    copied = re.findall(r'data-label="([^"]+)" data-value="([^"]+)"', html)
    assert copied[:6] == [
        ("Quan hệ với trẻ", "Mẹ"), ("Cha mẹ đã đăng ký kết hôn", "Rồi"), ("Nơi sinh", "Ở nhà"),
        ("Ngày sinh (dương lịch)", "13/11/2026"), ("Giới tính", "Gái"), ("Họ, chữ đệm, tên con", "Bàn Thị Mai"),
    ]  # fmt: skip
    assert ("Số điện thoại", "0981110011") in copied


def test_what_a_helper_attests_is_red_and_a_possible_double_is_linked(desk):
    first = desk.sent(answers=BIRTH | {"child_name": answer("Hoàng Thị Đôi")})
    second = desk.sent(answers=BIRTH | {"child_name": answer("Hoàng Thị Đôi")})
    html = page(desk, second)
    assert f'Có thể trùng với <a href="/console/dossiers/{first.id}">' in html
    with desk.home.wired.database.write() as session:
        session.get(Dossier, second.id).flags = ["consent_attested"]
    assert re.search(r'<li class="red">Người khai giúp chứng nhận thay', page(desk, second))


def test_receiving_starts_the_clock_tells_the_phone_and_shows_the_due_date(desk):
    row = desk.sent(phone="+84982220001")
    answered = desk.act("tiepnhan", row, "receive", papers_shown="1", got="lam_chung")
    assert "Đã ghi: Tiếp nhận." in answered.text
    row = desk.again(row)
    assert (row.status, row.due_at is not None) == ("received", True)
    desk.home.idle()
    assert "DA TIEP NHAN. Hen tra 17h ngay 23/11" in desk.home.phone("+84982220001").last


def test_a_stale_page_says_who_acted_before_and_writes_nothing(desk):
    row = desk.sent()
    desk.act("tiepnhan", row, "receive")
    late = desk.post("tiepnhan", f"/console/dossiers/{row.id}/actions/refuse_intake", version=row.version, reason="sai nơi nộp")
    assert late.status_code == 409
    assert alert(late) == "Nông Thị Bình vừa xử lý hồ sơ này lúc 09:00 23/11. Xem lại bên dưới rồi mới bấm tiếp; việc của bạn chưa được ghi."
    assert desk.again(row).status == "received"


@pytest.mark.parametrize(("role", "action", "form", "sentence"), [
    ("tiepnhan", "refuse_intake", {}, "Thiếu: lý do. Ghi vào rồi bấm lại."),
    ("tiepnhan", "ask_supplement_intake", {"papers_more": " "}, "Thiếu: giấy cần bổ sung. Ghi vào rồi bấm lại."),
    ("tiepnhan", "refuse_intake", {"reason": "x" * 300}, "Dài quá. Viết ngắn lại dưới 200 chữ cái."),
    ("tiepnhan", "sign", {}, "Hồ sơ đang ở bước “chờ tiếp nhận” nên không làm được việc “Ký”."),
    ("lanhdao", "receive", {}, "Việc “Tiếp nhận” dành cho: cán bộ tiếp nhận."),
    ("tiepnhan", "fly", {}, "Không có việc này trong bảng chuyển bước."),
    ("tiepnhan", "assign", {"staff": "nobody"}, "Không có cán bộ này trong đơn vị."),
])  # fmt: skip
def test_a_refusal_is_one_sentence_that_says_what_to_do(desk, role, action, form, sentence):
    row = desk.sent()
    answered = desk.act(role, row, action, **form)
    assert (answered.status_code, alert(answered).replace("&#34;", '"')) == (409, sentence)
    assert desk.again(row).version == row.version


def test_what_was_typed_stays_after_a_refusal(desk):
    row = desk.sent()
    path = f"/console/dossiers/{row.id}/actions/refuse_intake"
    answered = desk.post("tiepnhan", path, version=0, action="refuse_intake", reason="Đã nộp ở xã khác")
    assert answered.status_code == 409 and 'value="Đã nộp ở xã khác"' in answered.text


def test_an_unknown_dossier_and_a_draft_have_no_page(desk):
    row = desk.sent()
    with desk.home.wired.database.write() as session:
        session.execute(text("UPDATE dossier SET status = 'draft' WHERE id = :id"), {"id": row.id})
    answers = [desk.client("tiepnhan").get(f"/console/dossiers/{name}") for name in (row.id, "nothing")]
    assert [(a.status_code, alert(a)) for a in answers] == [(404, "Không có hồ sơ này, hoặc hồ sơ thuộc đơn vị khác.")] * 2


def test_the_text_is_shown_above_the_button_with_its_segments(desk):
    row = desk.sent()
    shown = desk.post("tiepnhan", f"/console/desk/preview/{row.id}/refuse_intake", reason="hồ sơ thuộc xã khác")
    code = row.code.replace("-", " - ")
    assert f"{code}: khong lam duoc, vi ho so thuoc xa khac." in shown.text
    assert re.search(r"\d+ chữ, 1 phần SMS", shown.text)
    before = desk.post("tiepnhan", f"/console/desk/preview/{row.id}/ask_supplement_intake")
    assert "Còn thiếu: giấy cần bổ sung." in before.text


def test_the_preview_is_the_very_text_that_goes_out(desk):
    row = desk.sent(phone="+84982220002")
    shown = desk.post("tiepnhan", f"/console/desk/preview/{row.id}/receive").text
    desk.act("tiepnhan", row, "receive")
    desk.home.idle()
    assert desk.home.phone("+84982220002").last in shown


def test_an_unknown_time_gives_no_date_until_a_clerk_enters_one_with_its_ground(desk):
    row = desk.sent("huu_tri_xh", {"place": BIRTH["place"]}, phone="+84982220003")
    assert "Danh mục chưa có thời gian chắc chắn" in page(desk, row)
    desk.act("tiepnhan", row, "receive")
    desk.home.idle()
    assert desk.again(row).due_at is None and "Hen tra" not in desk.home.phone("+84982220003").last
    refused = desk.act("tiepnhan", row, "set_due", due_day="2026-11-28", ground="thông báo của tỉnh")
    assert alert(refused) == "Ngày hẹn trả rơi vào ngày nghỉ. Chọn ngày làm việc; gần nhất sau đó là thứ Hai 30/11/2026."
    no_ground = desk.act("tiepnhan", row, "set_due", due_day="2026-11-27")
    assert alert(no_ground) == "Thiếu: căn cứ. Ghi vào rồi bấm lại."
    desk.act("tiepnhan", row, "set_due", due_day="2026-11-27", ground="Nghị định 335/2026/NĐ-CP, Điều 7")
    desk.home.idle()
    assert desk.again(row).due_ground == "Nghị định 335/2026/NĐ-CP, Điều 7"
    assert "hen tra 17h ngay 27/11" in desk.home.phone("+84982220003").last
    again = desk.act("tiepnhan", row, "set_due", due_day="2026-11-30", ground="ý khác")
    assert again.status_code == 409 and "/actions/set_due" not in page(desk, row)


def test_a_clerk_writes_the_accents_and_the_name_may_be_printed(desk):
    row = desk.sent(answers=BIRTH | {"child_name": answer("Lý Thị Dấu"), "mother": answer("TRIEU MUI NAI", doubt="no_accents")})
    assert row.flags == ["name_bare"]
    answered = desk.post("tiepnhan", f"/console/dossiers/{row.id}/answers/mother", version=row.version, value="Triệu Mùi Nải")
    assert answered.status_code == 200
    shown, row = words(answered.text), desk.again(row)
    assert row.flags == [] and row.version == 3
    assert "cán bộ đã đối chiếu" in shown and "Ghi vào tờ khai · Nông Thị Bình" in shown
    assert "✓ Chuỗi lịch sử nguyên vẹn, 2 dòng" in shown


@pytest.mark.parametrize(("question", "value", "hint"), [
    ("child_dob", "mùng năm", "Ghi ngày, tháng, năm dương lịch, ví dụ 13/11/2026."),
    ("mother_cccd", "123", "Ghi đủ 12 số."),
    ("relation", "uncle", "Chọn một dòng trong danh sách."),
])  # fmt: skip
def test_a_value_that_cannot_be_read_says_how_to_write_it(desk, question, value, hint):
    row = desk.sent()
    answered = desk.post("tiepnhan", f"/console/dossiers/{row.id}/answers/{question}", version=row.version, value=value)
    assert answered.status_code == 409 and hint in alert(answered)


def test_who_opened_a_dossier_is_written_down_and_shown_to_the_leader_only(desk):
    row = desk.sent()
    assert "Ai đã mở xem" not in page(desk, row, "tiepnhan")
    assert "Nông Thị Bình" in words(page(desk, row, "lanhdao")).partition("Ai đã mở xem")[2]
    with desk.home.wired.database.read() as session:
        assert len(list(session.scalars(select(ReadLog).where(ReadLog.dossier_id == row.id)))) == 2


def test_a_touched_history_is_red_and_says_whom_to_tell(desk):
    row = desk.sent()
    with desk.home.wired.database.write() as session:
        session.execute(text("UPDATE event SET actor = 'system' WHERE dossier_id = :id"), {"id": row.id})
    assert "Lịch sử hồ sơ đã bị sửa ngoài phần mềm. Báo quản trị ngay." in page(desk, row)


def test_a_photo_is_shown_through_a_guarded_door_and_looking_is_written_down(desk):
    row, name = desk.sent(), new_id()
    vault = desk.office.vault
    with desk.home.wired.database.write() as session:
        made = Attachment(id=name, unit=row.unit, dossier_id=row.id, mime="image/png", size=len(PNG), sha256="", created_at=desk.now())
        made.content_sealed = vault.seal(PNG, f"attachment.content:{name}")
        session.add(made)
        session.add(Attachment(id=name[:-1] + "x", unit=row.unit, dossier_id=row.id, mime="text/html", size=3, sha256="", created_at=desk.now(),
                               content_sealed=vault.seal(b"<b>", f"attachment.content:{name[:-1]}x")))  # fmt: skip
    assert f'<img src="/console/attachments/{name}"' in page(desk, row)
    got = desk.client("tiepnhan").get(f"/console/attachments/{name}")
    assert (got.content, got.headers["content-type"], got.headers["content-disposition"]) == (PNG, "image/png", "inline")
    other = desk.client("tiepnhan").get(f"/console/attachments/{name[:-1]}x")
    assert (other.headers["content-type"], other.headers["content-disposition"]) == ("application/octet-stream", "attachment")
    assert desk.client("tinh").get(f"/console/attachments/{name}").status_code == 403
    with desk.stranger() as client:
        assert client.get(f"/console/attachments/{name}").status_code == 303


def test_a_newer_version_shows_itself_as_a_line(desk):
    row = desk.sent()
    news = f"/console/dossiers/{row.id}/news?seen={row.version}"
    assert desk.client("chuyenmon").get(news).text.strip() == ""
    desk.act("tiepnhan", row, "receive")
    assert "Nông Thị Bình vừa xử lý hồ sơ này lúc 09:00 23/11." in desk.client("chuyenmon").get(news).text


def test_work_is_given_to_a_colleague_who_finds_it_under_their_name(desk):
    row = desk.sent()
    html = page(desk, row)
    staff_id = re.search(r'<option value="([^"]+)">Hà Văn Chiến', html)[1]
    desk.act("tiepnhan", row, "assign", staff=staff_id)
    mine = desk.client("chuyenmon").get("/console/dossiers?mine=true").text
    assert row.id in mine and row.id not in desk.client("tiepnhan").get("/console/dossiers?mine=true").text


def test_a_pause_moves_what_is_shown_and_never_what_was_promised(fresh):
    """Due in three working days; after a day of them the person is asked, and answers a week later."""
    row, start, staff_of_all = fresh.sent("xn_doc_than", {"place": BIRTH["place"]}), fresh.now(), Actor("system", "H55.242", ("tiepnhan", "chuyenmon"))
    steps = [("receive", 0, {}), ("process", 0, {}), ("ask_supplement", 2, {"papers": ["giấy ly hôn"], "reason": "chưa rõ", "ground": "Điều 9"}), ("supplied", 9, {})]
    for action, days, data in steps:
        with fresh.home.wired.database.write() as session:
            version = session.get(Dossier, row.id).version
            dossiers.act(session, fresh.office, row.id, action, staff_of_all, version, data, start + timedelta(days=days))
    with fresh.home.wired.database.read() as session:
        row = session.get(Dossier, row.id)
        assert local(row.due_at).isoformat() == "2026-11-27T17:00:00+07:00"
        assert local(pauses.due_now(session, fresh.office, row)).isoformat() == "2026-12-04T17:00:00+07:00"
    assert "Hẹn trả 17:00 04/12 hẹn đầu 17:00 27/11, có lúc chờ dân" in words(page(fresh, row))
