"""The paper a person takes home: right accents, a code that scanners read, and nothing that nobody knows."""

from __future__ import annotations

import io
import unicodedata

import pytest
import zxingcpp
from PIL import Image, ImageFont
from pypdf import PdfReader

from backend.domain.letters import nfc
from backend.office import receipt
from tests.doors.kit import BIRTH, answer

FONTS = receipt.FORMS / "fonts"


def text_of(pdf: bytes) -> str:
    return nfc(" ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()))


def printed(desk, row, role: str = "tiepnhan") -> str:
    answered = desk.client(role).get(f"/console/dossiers/{row.id}/receipt.pdf")
    assert (answered.status_code, answered.headers["content-type"]) == (200, "application/pdf")
    return text_of(answered.content)


def test_the_receipt_says_who_what_when_and_by_whom_with_every_accent(desk):
    row = desk.sent(answers=BIRTH | {"mother": answer("Triệu Thị Ưỡng")}, phone="+84982220010")
    desk.act("tiepnhan", row, "receive", papers_shown="1", got=["lam_chung", "to_khai"])
    said = printed(desk, row)
    for line in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "XÃ NA RÌ", f"Mã hồ sơ: {row.code}",
        "Tiếp nhận hồ sơ của: Triệu Thị Ưỡng",
        "Địa chỉ: Thôn Khuổi Slúng, Xã Na Rì", "Số điện thoại: 0982220010", "Thủ tục đăng ký khai sinh (mã thủ tục 1.001193)",
        "Thời gian nhận hồ sơ: 09 giờ 00, ngày 23/11/2026", "Thời gian trả kết quả giải quyết hồ sơ: 17 giờ 00, ngày 23/11/2026", "Nông Thị Bình",
    ):  # fmt: skip
        assert line in said
    assert "Văn bản của người làm chứng việc sinh" in said and "Giấy tờ tùy thân" not in said


def test_from_a_name_without_accents_nothing_is_printed_until_a_clerk_has_written_it(desk):
    row = desk.sent(answers=BIRTH | {"mother": answer("TRIEU MUI NAI"), "place": answer("02155", "thon khuoi slung, Xã Na Rì")})
    desk.act("tiepnhan", row, "receive")
    said = printed(desk, row)
    assert "TRIEU" not in said and "khuoi slung" not in said and "Tiếp nhận hồ sơ của: ...." in said
    assert "Họ tên chưa có dấu chắc chắn nên để trống" in said
    desk.post("tiepnhan", f"/console/dossiers/{row.id}/answers/mother", version=desk.again(row).version, value="Triệu Mùi Nải")
    desk.post("tiepnhan", f"/console/dossiers/{row.id}/answers/place", version=desk.again(row).version, value="thôn Khuổi Slúng, xã Na Rì")
    said = printed(desk, row)
    assert "Tiếp nhận hồ sơ của: TRIỆU MÙI NẢI" in said and "Khuổi Slúng" in said


def test_a_mother_without_any_accent_in_her_name_is_printed_once_a_clerk_has_said_so(desk):
    row = desk.sent(answers=BIRTH | {"mother": answer("LE LAN")})
    desk.post("tiepnhan", f"/console/dossiers/{row.id}/answers/mother", version=row.version, value="Mai Lan")
    desk.act("tiepnhan", row, "receive")
    assert "Tiếp nhận hồ sơ của: MAI LAN" in printed(desk, row)


def test_where_no_time_is_known_no_date_is_printed_and_later_the_clerks_date_with_its_ground(desk):
    row = desk.sent("huu_tri_xh", {"place": BIRTH["place"]})
    desk.act("tiepnhan", row, "receive")
    said = printed(desk, row)
    assert "Thời gian trả kết quả giải quyết hồ sơ: ...." in said and "theo quy định: ...." in said
    desk.act("tiepnhan", row, "set_due", due_day="2026-12-01", ground="Công văn 12/UBND ngày 20/11/2026")
    said = printed(desk, row)
    assert "Thời gian trả kết quả giải quyết hồ sơ: 17 giờ 00, ngày 01/12/2026" in said
    assert "Căn cứ: Công văn 12/UBND ngày 20/11/2026" in said


def test_an_unknown_fee_is_a_line_for_the_pen_and_never_free(desk):
    row = desk.sent(answers=BIRTH | {"child_dob": answer("2026-01-02")})
    desk.act("tiepnhan", row, "receive")
    assert "Phí, lệ phí: ...." in printed(desk, row)


def test_before_reception_there_is_no_receipt(desk):
    row = desk.sent()
    answered = desk.client("tiepnhan").get(f"/console/dossiers/{row.id}/receipt.pdf")
    assert answered.status_code == 409 and "Hồ sơ chưa tiếp nhận nên chưa có giấy hẹn." in answered.text


@pytest.fixture(scope="module")
def facts():
    return {
        "ward": "Xã Na Rì", "desk": "Trung tâm", "hotline": "", "code": "H55.242-261123-0007", "signed_on": "", "name": "Bàn Thị Pá", "warning": "",
        "qr": receipt.qr("http://127.0.0.1:8000/track?code=H55.242-261123-0007"), "address": "", "phone": "", "email": "", "procedure": "Khai sinh",
        "procedure_code": "", "papers": [], "time": "", "received": "", "due": "", "due_ground": "", "result_at": "", "fee": "", "receiver": "",
    }  # fmt: skip


def test_a_scanner_reads_the_code_off_the_printed_page(facts):
    page = Image.open(io.BytesIO(receipt.render(facts, "png")))
    [found] = zxingcpp.read_barcodes(page)
    assert found.text == "http://127.0.0.1:8000/track?code=H55.242-261123-0007"


def test_letters_that_came_decomposed_print_like_the_others(facts):
    name = "Nguyễn Thị Ưỡng Đặng Ngọc Huỳnh"
    decomposed = facts | {"name": unicodedata.normalize("NFD", name)}
    assert name in text_of(receipt.render(decomposed))
    assert receipt.render(decomposed, "png") == receipt.render(facts | {"name": name}, "png")


def test_marks_of_typst_in_a_name_are_letters_and_nothing_is_executed(facts):
    hostile = '#panic("x") *Pá* $x$ @ref <b> `c` \\ "'
    assert '#panic("x") *Pá* $x$ @ref <b> `c`' in text_of(receipt.render(facts | {"name": hostile}))


@pytest.mark.parametrize("style", ["Regular", "Bold", "Italic"])
def test_the_fonts_have_every_vietnamese_letter(style):
    font = ImageFont.truetype(FONTS / f"Tinos-{style}.ttf", 40)
    none = bytes(font.getmask("\uffff"))
    marks = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
    letters = {unicodedata.normalize("NFC", base + mark) for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for mark in marks} | set("đĐ₫–“”…")
    assert {letter for letter in letters if bytes(font.getmask(letter)) == none} == set()


def test_the_fonts_are_small_and_come_with_their_licence():
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 1_000_000
    assert "SIL Open Font License" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
