"""What an officer may not read in a line: each row a message, the names the conversation knows, and what is left."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.learning.masking import LONGEST, filled, masked, twin

TABLE = [
    # typed                                                        known names             masked
    ("ten la nguyen van pa, muon lam khai sinh", (), "ten la [tên], muon lam khai sinh"),
    ("Tôi là Triệu Thị Mùi muốn xin trợ cấp", (), "Tôi là [tên] muốn xin trợ cấp"),
    ("bà Mùi muốn hỏi tiền già", (), "bà [tên] muốn hỏi tiền già"),
    ("ba trieu thi mui xin tro cap", (), "ba [tên] xin tro cap"),
    ("NGUYEN VAN PA XIN GIAY DOC THAN", (), "[tên] XIN GIAY DOC THAN"),
    ("Hoàng Huy muốn kết hôn với Nông Thị Lan Anh", (), "[tên] muốn kết hôn với [tên]"),
    ("dat ten con la ban thi mai duoc khong", (), "dat ten con la [tên] duoc khong"),
    ("giám hộ cho hai cháu Dương Văn Páo và Dương Thị Sua", (), "giám hộ cho hai cháu [tên] và [tên]"),
    ("ong pa muon di rut ho so", ("TRIỆU VĂN PÁ",), "ong [tên] muon di rut ho so"),
    ("xem giup van pa voi", ("TRIỆU VĂN PÁ",), "xem giup [tên] voi"),
    ("Pá hỏi giấy tờ", ("TRIỆU VĂN PÁ",), "[tên] hỏi giấy tờ"),
    ("sdt 0981 110 022 cccd 006096004512 nhe", (), "sdt [điện thoại] cccd [số định danh] nhe"),
    ("goi +84 981.110.022", (), "goi [điện thoại]"),
    ("cmnd cu 095123456", (), "cmnd cu [số định danh]"),
    ("so cuoi 4512", (), "so cuoi [số]"),
    ("khong chin tam mot mot mot khong khong hai hai la so toi", (), "[số] la so toi"),
    ("ho so H55.242-261123-0007 den dau roi", (), "ho so [mã hồ sơ] den dau roi"),
    ("hs h55 242 261123 0007 den dau", (), "hs [mã hồ sơ] den dau"),
    ("000.00.12.H55-250801-0003 xong chưa", (), "[mã hồ sơ] xong chưa"),
    ("con sinh ngày 12/9/2026 làm khai sinh", (), "con sinh ngày [ngày] làm khai sinh"),
    ("ông ấy sinh năm 1949 được hưởng chưa", (), "ông ấy sinh năm [năm sinh] được hưởng chưa"),
    ("nhà ở thôn Nà Mơ xã Kim Lư, số nhà 15", (), "nhà ở [thôn] xã Kim Lư, [số nhà]"),
    ("thon na mo xa kim lu", (), "[thôn] xa kim lu"),
    ("tổ 6 phường Bắc Kạn", (), "[thôn] phường Bắc Kạn"),
    ("mat 1tr200 tien le phi a", (), "mat [số tiền] tien le phi a"),
    ("nop 500.000 chua", (), "nop [số tiền] chua"),
    ("hai triệu rưỡi một tháng à", (), "[số tiền] một tháng à"),
    ("mail cua em la tuan@vi-du.vn", (), "mail cua em la [địa chỉ mạng]"),
    ("[tên] giả", (), "(tên) giả"),
    ("hai dòng\nmột\ttin", (), "hai dòng một tin"),
]
KEPT = [
    "vo toi moi de, lam giay khai sinh the nao",
    "ten con toi trong giay khai sinh bi viet sai, muon cai chinh",
    "sai tên mẹ trong giấy khai sinh",
    "đổi tên cho con thì làm thế nào",
    "tôi là người dân xã na rì hỏi tiền già",
    "mai toi len xa",
    "ho van chua tra loi",
    "luật năm 2024 khác gì",
    "con em mới đẻ 3 ngày cần gì",
    "Cao Bằng có làm được không, hay Thái Nguyên",
    "đã làm liên thông cho mẹ thì bao giờ có tiền mai táng",
    "Bố là thương binh con học đại học có được miễn học phí không",
    "biên bản ủy quyền cần mấy bản",
    "em ở Bắc Giang, lấy trích lục ở đây được không",
    "chứng thực bản sao 10 bản",
]


@pytest.mark.parametrize(("typed", "names", "left"), TABLE)
def test_what_is_personal_becomes_a_placeholder(typed, names, left):
    assert masked(typed, names) == left


@pytest.mark.parametrize("typed", KEPT)
def test_a_sentence_without_personal_data_stays_whole(typed):
    assert masked(typed, ("BÀN THỊ MAI",)) == typed


@given(st.text(max_size=300), st.lists(st.text(max_size=20), max_size=3))
@settings(max_examples=200, deadline=None)
def test_any_text_is_masked_on_one_line_and_no_long_number_is_left(text, names):
    line = masked(text, names)
    assert len(line) <= LONGEST and "\n" not in line and "\t" not in line
    assert not re.search(r"(?<!\w)(?!(?:19|20)\d\d\b)[0-9]{4,}(?!\w)", line)


@pytest.mark.parametrize(
    "text", ["9" * 2000, "mot hai " * 250, "h55." * 500, "ten la " * 300, "ông A" * 400, "1 " * 1000]
)
def test_a_long_text_costs_no_time(text):
    began = time.process_time()
    masked(text)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(("line", "turn", "learned"), [
    ("ten la [tên], muon lam khai sinh", 0, "ten la ban van pa, muon lam khai sinh"),
    ("Tôi là [tên] muốn xin trợ cấp", 1, "Tôi là Triệu Thị Mùi muốn xin trợ cấp"),
    ("sdt [điện thoại] nhé", 0, "sdt 0981110022 nhé"),
    ("mat [số tiền] a", 0, "mat 500 nghin a"),
])  # fmt: skip
def test_a_model_learns_invented_values_in_place_of_placeholders(line, turn, learned):
    assert filled(line, turn) == learned


def test_twins_are_the_same_without_accents_marks_and_spaces():
    assert twin("Làm giấy  khai sinh?") == twin("lam giay khai sinh") != twin("lam giay khai tu")
