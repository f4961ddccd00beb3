"""The console's line of tabs and menus in a real browser: one line on an old screen, usable on a telephone, by keyboard too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from backend.office.access import ROLES
from tests.browser.test_walk import browser, home, signed_in, tab  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser
SETTINGS = ["Cán bộ", "Làm thay", "Lịch làm việc", "Bảng chuyển bước", "Mô hình", "Mật khẩu của tôi", "Đồng hồ"]


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.textContent").strip()


def test_every_role_has_one_line_at_1024_and_no_page_is_wider_than_a_telephone(tab):  # noqa: F811
    for role in ROLES:
        page = signed_in(tab(), role)
        page.set_viewport_size({"width": 1024, "height": 740})
        tops = page.locator(".tabs > a, .tabs > details").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
        assert len(tops) > 1 and max(tops) - min(tops) < 8, role
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.locator("header.top").evaluate("top => top.offsetHeight") < 180, role
        for path in page.locator(".tabs a").evaluate_all("all => all.map(one => one.getAttribute('href'))"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, (role, path)


def test_a_menu_opens_by_key_is_walked_in_order_and_gives_the_focus_back(tab):  # noqa: F811
    page = signed_in(tab(), "lanhdao")
    menu = page.locator("details.menu", has_text="Cài đặt")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    walked = []
    for _ in SETTINGS:
        page.keyboard.press("Tab")
        walked.append(focused(page))
    assert walked == SETTINGS
    page.keyboard.press("Escape")
    assert (focused(page), menu.get_attribute("open")) == ("Cài đặt", None)
    page.keyboard.press("Enter")
    page.locator("details.menu summary", has_text="Theo dõi").click()
    assert menu.get_attribute("open") is None
    page.get_by_role("link", name="Chỉ số").click()
    expect(page.locator(".menu summary.here")).to_have_text("Theo dõi")
    for _ in range(12):
        page.keyboard.press("Tab")
    expect(page.locator("details.menu[open]")).to_have_count(0)


def test_the_leader_takes_a_colleague_in_who_then_chooses_a_password(tab):  # noqa: F811
    page = signed_in(tab(), "lanhdao")
    page.locator("details.menu summary", has_text="Cài đặt").click()
    page.get_by_role("link", name="Cán bộ", exact=True).click()
    page.locator("summary", has_text="Thêm cán bộ").click()
    for label, text in (("Tên đăng nhập", "lysau"), ("Họ và tên", "Lý Văn Sáu"), ("Chức danh", "Công chức Địa chính"), ("Bộ phận", "Phòng Kinh tế"), ("Căn cứ", "QĐ 12/2026")):
        page.get_by_label(label).fill(text)
    page.get_by_label("công chức chuyên môn").check()
    page.get_by_text("Chỉ một số lĩnh vực").click()
    page.get_by_label("Đất đai", exact=True).check()
    page.get_by_role("button", name="Thêm, cấp mật khẩu tạm").click()
    expect(page.get_by_role("status")).to_contain_text("Đã thêm.")
    first = re.search(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", page.locator(".big").inner_text())[0]

    other = tab()
    other.goto("/console")
    other.get_by_label("Tên đăng nhập").fill("lysau")
    other.get_by_label("Mật khẩu").fill(first)
    other.keyboard.press("Enter")
    expect(other.get_by_role("heading", level=1)).to_have_text("Mật khẩu của tôi")
    other.get_by_label("Mật khẩu đang dùng").fill(first)
    other.get_by_label("Mật khẩu mới, ít nhất").fill("nuong ray tren doi")
    other.get_by_label("Viết lại mật khẩu mới").fill("nuong ray tren doi")
    other.keyboard.press("Enter")
    expect(other.get_by_role("status")).to_contain_text("Đã đổi mật khẩu")
    other.goto("/console/dossiers?tab=todo")
    expect(other.get_by_role("heading", level=1)).to_have_text("Hồ sơ")
