"""The main job in a real browser: a telephone sends, the console receives, the telephone hears of it, the paper is printed."""

from __future__ import annotations

import os
import re

import pytest
from pypdf import PdfReader
from playwright.sync_api import Page, expect, sync_playwright

from tests.conftest import BOTH, StillClock, stores
from tests.doors.kit import Desk
from tests.doors.test_workflow import at
from tests.journeys.kit import house

pytestmark = pytest.mark.browser
BROWSER = os.environ.get("MOTCUA_TEST_BROWSER")
ANSWERS = ["lam giay khai sinh", "1", "1", "1", "1", "5/11/2026", "2", "ban thi mai", "Triệu Mùi Nải", "006096004512", "thon khuoi slung xa kim lu cu"]
PATIENCE = 15_000


@pytest.fixture(params=BOTH)
def home(request, tmp_path):
    with stores(request) as where, house(tmp_path / "data", StillClock(), **where) as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    if not BROWSER:
        pytest.skip("no browser: run ./test, or set MOTCUA_TEST_BROWSER")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def tab(home, browser):
    """Opens tabs; at the end no tab may have complained or asked any other address."""
    complaints: list[str] = []

    def opened() -> Page:
        page = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=home.url).new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith((home.url, "data:")) else None)
        page.set_default_timeout(PATIENCE)
        return page

    yield opened
    assert complaints == []


def signed_in(page: Page, role: str) -> Page:
    page.goto("/console")
    page.get_by_label("Tên đăng nhập").fill(role)
    page.get_by_label("Mật khẩu").fill("motcua-demo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hôm nay")
    return page


def typed(phone: Page, text: str) -> None:
    """Type a text on the SMS phone and wait until it is answered."""
    came = phone.locator("#sms-screen .theirs")
    before = came.count()
    phone.locator("#sms-text").fill(text)
    phone.locator("#sms-text").press("Enter")
    expect(came.nth(before)).to_be_visible()


def dossier_on(console: Page) -> None:
    """The queue shows what was sent without being loaded again; its first line is opened by keyboard."""
    expect(console.locator("table.list td.code a").first).to_be_visible()
    console.keyboard.press("j")
    console.keyboard.press("Enter")
    expect(console.get_by_role("heading", level=1)).to_have_text("Thủ tục đăng ký khai sinh")


def test_a_telephone_sends_the_console_receives_and_the_paper_is_printed(home, tab, tmp_path):
    phone, console = tab(), signed_in(tab(), "tiepnhan")
    console.goto("/console/dossiers")
    phone.goto("/simulator")
    for text in ANSWERS:
        typed(phone, text)
    typed(phone, "1")
    expect(phone.locator("#sms-screen")).to_contain_text("DA GUI")
    dossier_on(console)
    expect(console.locator(".thread")).to_contain_text("lam giay khai sinh")
    expect(console.locator("[data-value]", has_text="BAN THI MAI")).to_be_visible()

    act = console.locator("details.act", has_text="Tiếp nhận").first
    act.locator("summary").click()
    expect(act.locator(".preview")).to_contain_text("DA TIEP NHAN. Hen tra 17h ngay 23/11")
    act.get_by_label(re.compile("Văn bản của người làm chứng|Giấy chứng sinh")).first.check()
    act.get_by_role("button", name="Tiếp nhận").click()
    expect(console.get_by_role("status")).to_have_text("Đã ghi: Tiếp nhận.")
    expect(phone.locator("#sms-screen .theirs").last).to_contain_text("DA TIEP NHAN")

    link = console.get_by_role("link", name=re.compile("In giấy tiếp nhận")).get_attribute("href")
    paper = tmp_path / "receipt.pdf"
    paper.write_bytes(console.request.get(link).body())
    said = " ".join(PdfReader(paper).pages[0].extract_text().split())
    assert "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ" in said and "17 giờ 00, ngày 23/11/2026" in said


def test_a_person_writes_and_the_telephone_reads_it_at_once(tab):
    phone, console = tab(), signed_in(tab(), "tiepnhan")
    phone.goto("/simulator")
    typed(phone, "GAP")
    console.goto("/console/tasks")
    console.get_by_role("button", name="Nhận việc").click()
    box = console.get_by_label("Viết cho người dân")
    box.press_sequentially("Chào bà, cháu gọi bà ngay đây ạ", delay=10)
    expect(console.locator(".segments")).to_contain_text("1 phần")
    box.press("Control+Enter")
    expect(phone.locator("#sms-screen .theirs").last).to_contain_text("Chao ba, chau goi ba ngay day a")
    phone.locator("#sms-text").fill("vang")
    phone.locator("#sms-text").press("Enter")
    expect(console.locator(".thread .in").last).to_contain_text("vang")
    expect(phone.locator("#sms-screen .bubble").last).to_contain_text("vang")
    console.get_by_role("button", name="Trả lại cho máy").click()
    expect(console.locator(".held")).to_have_text("Máy đang trả lời")


def test_on_zalo_a_button_answers_and_a_photo_is_seen_by_both(tab, tmp_path):
    from PIL import Image

    photo = tmp_path / "giay.png"
    Image.new("RGB", (400, 300), "#88aa99").save(photo)
    phone = tab()
    phone.goto("/simulator")
    phone.locator("#zalo-text").fill("làm giấy khai sinh")
    phone.locator("#zalo-text").press("Enter")
    phone.locator("#zalo-screen .choices button").first.click()
    expect(phone.locator("#zalo-screen .mine").last).to_have_text(re.compile("^\\s*1"))
    phone.locator("input[type=file]").set_input_files(photo)
    expect(phone.locator("#zalo-screen .mine img")).to_be_visible()
    assert phone.locator("#zalo-screen .mine img").evaluate("image => image.naturalWidth") == 400


def test_the_twilio_telephone_is_answered_and_the_console_sees_it_arrive(tab):
    """The third telephone goes through Twilio's webhook, its REST API and its status callbacks, all of them pretended."""
    phone, console = tab(), signed_in(tab(), "tiepnhan")
    phone.goto("/simulator")
    expect(phone.get_by_role("region", name="Điện thoại SMS qua Twilio")).to_contain_text("+15005550006")
    expect(phone.locator(".phone-case")).to_have_count(3)
    phone.locator("#twilio-text").fill("cho toi gap nguoi lam giay khai sinh")
    phone.locator("#twilio-text").press("Enter")
    expect(phone.locator("#twilio-screen .theirs").last).to_be_visible()
    expect(phone.locator("#sms-screen .bubble")).to_have_count(0)
    console.goto("/console/tasks")
    console.get_by_role("link", name="Xem tin nhắn").first.click()
    expect(console.locator(".thread .out").last).to_contain_text("đã tới")


def test_the_list_of_doors_is_drawn_without_any_address_outside(tab):
    page = tab()
    page.goto("/docs")
    expect(page.locator("#doors")).to_contain_text("/healthz")


def test_ticked_lines_stay_ticked_while_the_list_renews_itself_and_are_signed_at_once(home, tab):
    desk = Desk(home)
    for _ in range(2):
        at(desk, "draft")
    console = signed_in(tab(), "lanhdao")
    console.goto("/console/dossiers?tab=todo")
    expect(console.locator("[name=row]")).to_have_count(2)
    console.locator("[name=row]").first.check()
    at(desk, "draft")
    console.wait_for_timeout(1500)
    expect(console.locator("[name=row]:checked")).to_have_count(1)
    console.get_by_label("Chọn mọi dòng").check()
    console.get_by_role("button", name="Ký").click()
    expect(console.get_by_role("status")).to_have_text("Đã làm 2 trên 2 hồ sơ.")
    console.goto("/console/dossiers?tab=todo")
    expect(console.locator("[name=row]")).to_have_count(1)
