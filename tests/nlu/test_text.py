"""The normaliser: what people type, and what is understood of it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.letters import fold
from bot.text import MAX_LENGTH, clean, folded, is_vague, normalise, words

TYPED_AND_MEANT = [
    # Telex left in the text
    ("ddawng kys khai sinh", "đăng ký khai sinh"),
    ("hoof sow giaays chaus", "hồ sơ giấy cháu"),
    ("nghefo tieenf dduowcj loaij", "nghèo tiền được loại"),
    ("ddi ddăng kys", "đi đăng ký"),
    # VNI left in the text; a word with a number behind it is left alone
    ("9a8ng ky1 khai sinh", "đăng ký khai sinh"),
    ("giay61 d9u7o7c5", "giấy được"),
    ("to7 thon3 xa2", "to7 thon3 xa2"),
    ("a1 b2 m2 2k1 t10 ct07 sn85", "a1 b2 m2 2k1 t10 ct07 sn85"),
    # bare words and foreign ones are no Telex
    ("as is box fax max", "as is box fax max"),
    ("cax", "công an xã"),
    ("moi sao cho nha toi", "moi sao cho nha toi"),
    ("khuoi slung phja", "khuoi slung phja"),
    # missing spaces; what is no row of syllables stays as typed
    ("khaisinh cho chau", "khai sinh cho chau"),
    ("giấytờ cầngì", "giấy tờ cần gì"),
    ("dangkykethon", "dang ky ket hon"),
    ("xinhuong canhan", "xin huong ca nhan"),
    ("facebook internet khuoislung", "facebook internet khuoislung"),
    ("hoso photo online", "hồ sơ phô tô online"),
    # teencode
    ("gks ntn ạ, có mất phí k", "giấy khai sinh như thế nào ạ , có mất phí không"),
    ("đkkh vs vk", "đăng ký kết hôn với vợ"),
    ("t7 có lm ko", "thứ bảy có làm không"),
    # signs of several meanings stay as they are
    ("dc bn bh tt tp ck ca sd", "dc bn bh tt tp ck ca sd"),
    # tone placement, repeats, doubled tails
    ("hoà uỷ khoẻ thuỷ", "hòa ủy khỏe thủy"),
    ("quý quỳnh", "quý quỳnh"),
    ("aloooo khai sinhh", "alo khai sinh"),
    # letters apart, capitals, stray characters
    (unicodedata.normalize("NFD", "Giấy Khai Sinh"), "giấy khai sinh"),
    ("khai\u200bsinh\u0000 con\ufeff", "khai sinh con"),
]


@pytest.mark.parametrize(("typed", "meant"), TYPED_AND_MEANT)
def test_it_reads_what_was_meant(typed, meant):
    assert normalise(typed) == meant


@pytest.mark.parametrize("vague", ["k", "dc", "a", "bn bh", "t m", "", "👍", "...", "ck?"])
def test_signs_of_several_meanings_decide_nothing_alone(vague):
    assert is_vague(vague)


@pytest.mark.parametrize("clear", ["ok", "khai sinh", "dc roi", "k can", "2"])
def test_a_word_beside_them_decides(clear):
    assert not is_vague(clear)


def test_names_keep_their_spelling_in_the_text_itself():
    text = "Tên con là Bàn Thị Maiss"
    assert clean(text) == text


@given(st.text(max_size=300))
def test_any_text_gives_words_inside_the_cleaned_text(text):
    cleaned = clean(text)
    for word in words(text):
        assert 0 <= word.start < word.end <= len(cleaned)
        assert word.text == word.text.lower() or len(word.text.lower()) != len(word.text)


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ ", max_size=60))
def test_folded_text_has_no_marks(text):
    assert folded(text) == fold(folded(text))


def test_ten_thousand_characters_are_bounded():
    assert len(clean("khai sinh " * 1000)) == MAX_LENGTH
