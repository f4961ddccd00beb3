from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.segments import GSM_BASIC, GSM_EXTENSION, segments, sms_text

GSM = st.text(st.sampled_from(sorted(GSM_BASIC | GSM_EXTENSION)), max_size=700)
ACCENTED = "Cán bộ một cửa xã đã nhận hồ sơ khai sinh của anh chị, xin mời đến lấy kết quả vào sáng thứ Hai tuần sau."


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "left"),
    [
        ("", "gsm7", 0, 1, 160),
        ("a" * 160, "gsm7", 160, 1, 0),
        ("a" * 161, "gsm7", 161, 2, 145),
        ("a" * 306, "gsm7", 306, 2, 0),
        ("a" * 307, "gsm7", 307, 3, 152),
        ("đ" * 70, "ucs2", 70, 1, 0),
        ("đ" * 71, "ucs2", 71, 2, 63),
        ("đ" * 135, "ucs2", 135, 3, 66),
        ("a" * 69 + "đ", "ucs2", 70, 1, 0),
        ("à è é ì ò ù É", "gsm7", 13, 1, 147),
        ("đ", "ucs2", 1, 1, 69),
        ("á", "ucs2", 1, 1, 69),
        ("`", "ucs2", 1, 1, 69),
        ("^{}[]~\\|€", "gsm7", 18, 1, 142),
        ("€" * 80, "gsm7", 160, 1, 0),
        ("a" * 152 + "€" + "a" * 10, "gsm7", 164, 2, 141),
        ("👍", "ucs2", 2, 1, 68),
        ("👍" * 36, "ucs2", 72, 2, 61),
        (ACCENTED, "ucs2", 105, 2, 29),
        (unicodedata.normalize("NFD", ACCENTED), "ucs2", 105, 2, 29),
    ],
)
def test_it_counts_as_the_operator_charges(text, encoding, units, parts, left):
    assert segments(text) == (encoding, units, parts, left)


@given(GSM)
def test_no_part_is_lost_or_invented(text):
    length = segments(text)
    least = 1 if length.units <= 160 else math.ceil(length.units / 153)
    assert length.encoding == "gsm7"
    assert least <= length.parts <= math.ceil(length.units / 152) + 1
    assert 0 <= length.left <= 160


@given(st.text(), st.text())
def test_a_longer_text_never_costs_less_in_the_same_alphabet(text, more):
    short, long = segments(text), segments(text + "a" + more)
    assert short.encoding != long.encoding or short.parts <= long.parts


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Nguyễn Thị Mùi", "Nguyen Thi Mui"),
        ("ĐÃ GỬI tới một cửa xã", "DA GUI toi mot cua xa"),
        ("“khai sinh” – ngày 5/9…", '"khai sinh" - ngay 5/9...'),
        ("15.000₫", "15.000d"),
        ("chọn • 1 → xem tiếp", "chon - 1 -> xem tiep"),
        ("cách\u00a0nhau\u202fít", "cach nhau it"),
        ("gõ `1`\tnhé", "go '1' nhe"),
        ("không\u200b chữ\ufeff ẩn", "khong chu an"),
        ("vui quá 👍🏽❤️", "vui qua "),
        ("ngày\u0300 cũ", "ngay cu"),
        ("Дом 家", "??? ?"),
        ("½ mẫu, 30 m²", "1/2 mau, 30 m2"),
        ("giá [A] 10€", "gia [A] 10€"),
        ("a\x00b\r\n", "ab\r\n"),
    ],
)
def test_it_writes_without_accents(written, sent):
    assert sms_text(written) == sent


@given(st.text())
def test_what_goes_out_by_sms_is_in_the_short_alphabet_and_stays_so(text):
    sent = sms_text(text)
    assert set(sent) <= GSM_BASIC | GSM_EXTENSION
    assert not any(unicodedata.decomposition(c)[:2] == "00" for c in sent)
    assert sms_text(sent) == sent


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="`")))
def test_a_plain_text_stays_as_it_is(text):
    assert sms_text(text) == text


def test_without_accents_a_sentence_costs_half():
    assert (segments(ACCENTED).parts, segments(sms_text(ACCENTED)).parts) == (2, 1)
