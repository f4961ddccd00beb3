"""The page of the staff and one's own password: made here, shown once, refused in words; the menus that lead there."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from backend.doors.access import MENUS, NAVIGATION, pages_of
from backend.office.access import PERMISSIONS, ROLES
from backend.store.tables import Staff, StaffEvent
from tests.doors.kit import alert
from tests.doors.test_workflow import at

SIX = {
    "login": "lysau", "name": "Lý Văn Sáu", "position": "Công chức Địa chính", "office": "Phòng Kinh tế", "role": ["chuyenmon"], "field": ["Đất đai"],
    "from_day": "2026-11-23", "ground": "QĐ 12/2026",
}  # fmt: skip


def id_of(desk, login: str) -> str:
    with desk.home.wired.database.read() as session:
        return session.scalars(select(Staff.id).where(Staff.login == login)).one()


def added(desk, by: str = "quantri", /, **changes):
    return desk.post(by, "/console/staff", **SIX | changes)


def first_of(page) -> str:
    return re.search(r"<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>", page.text)[1]


def browser(desk, login: str, password: str):
    """Sign in by the form, as a person does; returns (client, the answer)."""
    client = desk.stranger()
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/console/sign-in").text)[1]
    return client, client.post("/console/sign-in", data={"csrf": token, "login": login, "password": password}, follow_redirects=True)


def test_a_new_colleague_signs_in_chooses_a_password_and_finds_their_own_work(fresh):
    page = added(fresh)
    assert page.status_code == 200 and "Mật khẩu tạm, chỉ hiện lần này" in page.text and page.headers["cache-control"] == "no-store"
    first = first_of(page)
    assert first not in fresh.client("quantri").get(f"/console/staff/{id_of(fresh, 'lysau')}").text
    client, answered = browser(fresh, "LySau", first)
    assert "Đặt mật khẩu của riêng mình" in answered.text
    assert client.get("/console/dossiers").headers["location"] == "/console/password"
    assert client.get("/console/numbers", headers={"hx-request": "true"}).headers["hx-redirect"] == "/console/password"
    assert client.get("/console", headers={"accept": "application/json"}).json()["code"] == "password"
    token = re.search(r'name="csrf" value="([^"]+)"', answered.text)[1]

    def choose(**form):
        return client.post("/console/password", data={"csrf": token, "old": first, "new": "nuong-ray-tren-doi", "again": "nuong-ray-tren-doi", **form}, follow_redirects=True)

    assert alert(choose(old="sai")) == "Mật khẩu đang dùng không đúng."
    assert alert(choose(again="khac")) == "Hai lần viết mật khẩu mới không giống nhau. Viết lại."
    assert alert(choose(new="ngan", again="ngan")) == "Mật khẩu ngắn quá. Đặt ít nhất 10 chữ."
    assert alert(choose(new=first, again=first)) == "Mật khẩu mới phải khác mật khẩu cũ."
    assert "Đã đổi mật khẩu" in choose().text
    assert client.get("/console/dossiers").status_code == 200
    assert browser(fresh, "lysau", first)[1].status_code == 403


def test_a_leader_is_asked_for_by_one_and_agreed_to_by_another(fresh):
    page = fresh.post("quantri", "/console/staff", **SIX | {"role": ["lanhdao"], "field": []})
    assert "Có hiệu lực khi người thứ hai xác nhận" in page.text and "/agree" not in page.text
    listed = fresh.client("lanhdao").get("/console/staff").text
    agree = re.search(r'action="(/console/staff/lines/[^"]+/agree)"', listed)[1]
    assert alert(fresh.post("quantri", agree)) == "Người đề nghị không tự xác nhận. Cần người lãnh đạo hoặc quản trị khác."
    assert "Đã xác nhận." in fresh.post("lanhdao", agree).text
    assert alert(fresh.post("lanhdao", agree)).startswith("Việc này vừa có người xác nhận hoặc rút lại rồi")
    shown = re.sub(r"<[^>]+>|\s+", " ", fresh.client("quantri").get(f"/console/staff/{id_of(fresh, 'lysau')}").text)
    assert all(word in shown for word in ("đề nghị", "xác nhận", "phân công", "có hiệu lực", "Triệu Thị Hoa", "QĐ 12/2026"))


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"login": "Lý Sáu"}, "Tên đăng nhập gồm 3 đến 40 chữ thường không dấu, chữ số, dấu chấm, gạch ngang; ví dụ nguyenthihoa."),
    ({"login": "tiepnhan"}, "Tên đăng nhập này đã có người dùng. Thêm một chữ hoặc số rồi ghi lại."),
    ({"role": []}, "Chọn ít nhất một vai trò."),
    ({"role": ["vua"]}, "Không có vai trò này: vua."),
    ({"from_day": "mai"}, "Ngày bắt đầu không đọc được. Chọn ngày trên lịch."),
    ({"from_day": "2026-11-20"}, "Ngày bắt đầu phải từ hôm nay trở đi."),
    ({"ground": ""}, "Thiếu: căn cứ (số và ngày của quyết định)."),
])  # fmt: skip
def test_a_wrong_form_comes_back_with_the_reason_and_what_was_typed(desk, changes, sentence):
    page = added(desk, **changes)
    assert (page.status_code, alert(page)) == (409, sentence)
    assert 'value="Lý Văn Sáu"' in page.text and 'value="Đất đai" checked' in page.text


def test_roles_change_from_a_day_on_and_hold_at_once_when_it_is_today(fresh):
    added(fresh)
    six = id_of(fresh, "lysau")
    change = {name: SIX[name] for name in ("position", "office", "ground")} | {"act": "position", "role": ["vanthu"]}
    page = fresh.post("lanhdao", f"/console/staff/{six}/position", **change, from_day="2026-12-01")
    assert "Đã ghi." in page.text and "chưa đến ngày" in page.text
    assert alert(fresh.post("lanhdao", f"/console/staff/{six}/position", **change, from_day="2026-11-23")).startswith("Người này đang có một việc chờ")
    back = re.search(r'action="(/console/staff/lines/[^"]+/back)"', page.text)[1]
    assert "Đã rút lại." in fresh.post("lanhdao", back).text
    assert "Vai trò: văn thư" in re.sub(r"<[^>]+>", "", fresh.post("lanhdao", f"/console/staff/{six}/position", **change, from_day="2026-11-23").text)


def test_nobody_ends_who_holds_dossiers_without_naming_who_takes_them(fresh):
    row, chien, binh = at(fresh, "process"), id_of(fresh, "chuyenmon"), id_of(fresh, "tiepnhan")
    fresh.act("lanhdao", row, "assign", staff=chien)
    page = fresh.client("lanhdao").get(f"/console/staff/{chien}").text
    assert "Hồ sơ đang giữ: <b>1</b>" in page and 'name="heir"' in page
    end = f"/console/staff/{chien}/end"
    assert alert(fresh.post("lanhdao", end, act="end", ground="QĐ 9/2026")) == "Người này đang giữ 1 hồ sơ. Chọn ai nhận các hồ sơ ấy rồi bấm lại."
    assert alert(fresh.post("quantri", end, act="end", ground="QĐ 9/2026", heir=binh)).startswith("Việc “Giao việc” dành cho:")
    fresh.client("chuyenmon")
    done = fresh.post("lanhdao", end, act="end", ground="QĐ 9/2026", heir=binh)
    assert "Tài khoản đã đóng." in done.text and "hồ sơ chuyển Nông Thị Bình" in re.sub(r"<[^>]+>", "", done.text)
    assert fresh.again(row).assigned_to == binh
    assert fresh.client("chuyenmon").get("/console").status_code == 303
    assert "Đã thôi việc ở đây: 1 người" in fresh.client("lanhdao").get("/console/staff").text


def test_a_new_password_is_shown_once_and_throws_browsers_out(fresh):
    first = first_of(added(fresh))
    client, _ = browser(fresh, "lysau", first)
    page = fresh.post("lanhdao", f"/console/staff/{id_of(fresh, 'lysau')}/password")
    assert first_of(page) != first and client.get("/console").headers["location"] == "/console/sign-in"
    assert alert(fresh.post("lanhdao", f"/console/staff/{id_of(fresh, 'tiepnhan')}/password")).startswith("Tài khoản dùng thử có mật khẩu chung")
    assert alert(fresh.post("lanhdao", f"/console/staff/{id_of(fresh, 'lanhdao')}/password")).startswith("Không ai tự đổi tài khoản của mình.")


@pytest.mark.parametrize("role", sorted(set(ROLES) - PERMISSIONS["staff.manage"]))
def test_others_neither_see_nor_change_the_staff(desk, role):
    assert desk.client(role).get("/console/staff").status_code == 403
    assert {desk.post(role, path, **SIX).status_code for path in ("/console/staff", f"/console/staff/{id_of(desk, 'vanthu')}/end", "/console/staff/lines/1/agree")} == {403}


def test_an_unknown_person_is_not_there(desk):
    assert desk.client("lanhdao").get("/console/staff/nobody").status_code == 404
    assert desk.post("lanhdao", "/console/staff/nobody/end", ground="QĐ 9/2026").status_code == 404


def test_no_password_is_kept_in_the_register(fresh):
    first = first_of(added(fresh))
    with fresh.home.wired.database.read() as session:
        kept = repr([(line.data, line.actor) for line in session.scalars(select(StaffEvent))])
    assert first not in kept and "hash" not in kept


class TestMenus:
    """Every page is in one place: a tab of its own, or one menu; what a role may not see is in neither."""

    def test_every_page_of_a_menu_is_a_page(self):
        pages = [path for pages in MENUS.values() for path in pages]
        assert set(pages) <= set(NAVIGATION) and len(pages) == len(set(pages))

    @pytest.mark.parametrize("role", ROLES)
    def test_each_role_finds_all_its_pages_once_and_at_most_seven_things_in_the_line(self, role):
        found = pages_of(lambda permission: role in PERMISSIONS[permission])
        assert sorted(path for _, pages in found for path in pages) == sorted(path for path, permission in NAVIGATION.items() if role in PERMISSIONS[permission])
        assert len(found) <= 7 and all(len(pages) > 1 if menu else len(pages) == 1 for menu, pages in found)

    def test_the_page_one_is_on_is_marked_and_so_is_its_menu(self, desk):
        html = desk.client("lanhdao").get("/console/calendar").text
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', html)[0] == "/console/calendar"
        assert re.search(r'<summary class="here"[^>]*>Cài đặt<', html) and "nghỉ" in html
