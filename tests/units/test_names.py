"""What people call a place, with and without accents: each row finds the present commune, or is asked about."""

from __future__ import annotations

from datetime import date

import pytest

from backend.domain.letters import strip_accents
from backend.domain.places import Ambiguous, find
from backend.domain.units import load

UNITS, TODAY = load(), date(2026, 11, 23)

FOUND = {
    # a present name
    "Xã Na Rì": "Xã Na Rì", "xã Chợ Mới": "Xã Chợ Mới", "xã Ba Bể": "Xã Ba Bể", "Nghiên Loan": "Xã Nghiên Loan", "xã Hiệp Lực": "Xã Hiệp Lực",
    "P. Đức Xuân": "Phường Đức Xuân", "xã Đồng Phúc": "Xã Đồng Phúc", "Tân Kỳ": "Xã Tân Kỳ", "Phúc Lộc": "Xã Phúc Lộc",
    # an old name that is another now
    "thị trấn Yến Lạc": "Xã Na Rì", "Kim Lư": "Xã Na Rì", "Sơn Thành": "Xã Na Rì", "xã Cư Lễ": "Xã Trần Phú", "xã Lương Thượng": "Xã Văn Lang",
    "xã Liêm Thủy": "Xã Xuân Dương", "Quang Phong": "Xã Côn Minh", "xã Dương Sơn": "Xã Côn Minh", "xã Thượng Giáo": "Xã Chợ Rã", "Khang Ninh": "Xã Ba Bể",
    "phường Minh Khai": "Phường Đức Xuân", "Phùng Chí Kiên": "Phường Bắc Kạn", "Nông Thượng": "Phường Bắc Kạn", "xã Dương Quang": "Xã Phong Quang",
    "Đôn Phong": "Xã Phong Quang", "xã Công Bằng": "Xã Cao Minh", "tt Đồng Tâm": "Xã Chợ Mới", "thị trấn Bằng Lũng": "Xã Chợ Đồn", "xã Bằng Phúc": "Xã Đồng Phúc",
    "xã Thuần Mang": "Xã Hiệp Lực", "xã Trung Hòa": "Xã Nà Phặc", "xã Trung Hoà": "Xã Nà Phặc", "xã Sỹ Bình": "Xã Vĩnh Thông", "xã Vũ Muộn": "Xã Vĩnh Thông",
    "Cao Kỳ": "Xã Tân Kỳ", "xã Hoà Mục": "Xã Tân Kỳ", "Bản Thi": "Xã Yên Thịnh",
    # an old name that is also a present one, elsewhere or with another code
    "xã Bằng Thành": "Xã Bằng Thành", "Bằng Thành cũ": "Xã Bằng Thành", "xã Thanh Thịnh": "Xã Thanh Thịnh", "xã Văn Lang cũ": "Xã Văn Lang",
    # with the old district and province behind it
    "xã Kim Lư, huyện Na Rì, Bắc Kạn": "Xã Na Rì", "thị trấn Đồng Tâm huyện Chợ Mới": "Xã Chợ Mới",
}  # fmt: skip
ASKED = {
    "Na Rì": "district", "huyện Ba Bể": "district", "Chợ Mới": "district", "Pác Nặm": "district", "tp Bắc Kạn": "district", "Bắc Cạn": "district",
    "Yên Đĩnh": "spelling", "Đức Xuân hay Sông Cầu": "several", "xã Tân Lập huyện Đồng Hỷ": "elsewhere",
}  # fmt: skip


@pytest.mark.parametrize("text", FOUND)
def test_any_name_finds_the_present_office_with_and_without_accents(text):
    assert [find(UNITS, said, TODAY).unit.name for said in (text, strip_accents(text), strip_accents(text).lower())] == [FOUND[text]] * 3


@pytest.mark.parametrize("text", ASKED)
def test_a_name_that_may_be_several_is_asked_about(text):
    for said in (text, strip_accents(text)):
        found = find(UNITS, said, TODAY)
        assert isinstance(found, Ambiguous) and found.reason == ASKED[text], said
