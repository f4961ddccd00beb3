"""Whatever is sent, a reader answers in time and never raises; a value it has said comes back when it is said again."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.values.amounts import read_money, read_number
from backend.domain.values.choices import read_choice
from backend.domain.values.evaluate import READERS
from backend.domain.values.names import read_person_key
from backend.domain.values.result import Ask, Read, Refuse
from bot.dialogue.types import Option

TODAY = date(2026, 11, 23)
ALL = {**READERS, "number": read_number, "person_key": read_person_key}
OPTIONS = (
    Option("mother", "Mẹ"),
    Option("father", "Bố", ("cha",)),
    Option("grand", "Ông, bà"),
    Option("other", "Người khác"),
)
PIECES = (
    "mùng mồng rằm chạp giêng tháng năm ngày thứ hôm qua kia tuần trước sau nay âm dương lịch nhuận tết giao thừa 5 12 31 98 2024 0 00 006098001234 "
    "0987654321 +84 84 không một hai ba mười mươi trăm nghìn triệu rưỡi nửa củ k tr lẻ linh xã thôn bản Na Rì Kim Lư Chợ Đồn cũ huyện Nông Thị Văn A "
    "Tuấn tên là H55.242-261123-0007 có chưa trai gái mẹ chồng 1. / - . , ? ( ) 👍 １ ① ² ½ 〇 \u200b \u0301 đ Đ ơi ạ"
).split(" ")
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
)


@settings(max_examples=400, deadline=None)
@given(texts)
def test_no_reader_raises_on_any_text(text):
    for read in ALL.values():
        assert isinstance(read(text, TODAY), Read | Ask | Refuse)
    assert isinstance(read_choice(text, OPTIONS), Read | Ask | Refuse)


@settings(max_examples=150, deadline=None)
@given(texts)
def test_a_value_is_read_again_from_itself(text):
    """What a reader calls canonical is what it would read from a person who types just that."""
    for kind in ("date", "citizen_id", "phone", "gender", "choice_yes_no", "dossier_code"):
        first = READERS[kind](text, TODAY)
        if isinstance(first, Read):
            assert READERS[kind](first.value, TODAY).value == first.value


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("text", ["", " ", "\n", "\x00", "\u200b", "   \t ", "👍👍"])
def test_nothing_is_refused_or_asked_about(kind, text):
    assert not isinstance(ALL[kind](text, TODAY), Read)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(
    "text", ["a" * 10_000, "1" * 10_000, "1/" * 5_000, "ba " * 3_333, "năm" * 3_333, "H55" * 3_333]
)
def test_a_story_is_no_value(kind, text):
    assert ALL[kind](text, TODAY) == Refuse("too_long")


def test_a_sum_is_read_in_all_the_spellings_of_it():
    spellings = (
        "1250000",
        "1.250.000",
        "1.250.000đ",
        "1,250,000",
        "1 250 000",
        "1tr25",
        "1tr250",
        "1,25tr",
        "1 triệu 250 nghìn",
        "một triệu hai trăm năm mươi nghìn",
    )
    assert {read_money(spelling, TODAY).value for spelling in spellings} == {"1250000"}


@given(st.integers(min_value=1, max_value=999_999_999))
def test_a_sum_with_dots_comes_back(amount):
    assert read_money(f"{amount:,}đ".replace(",", "."), TODAY).value == str(amount)


WORDS = "không một hai ba bốn năm sáu bảy tám chín".split()


def in_words(number: int) -> str:
    """1–999 as it is taught at school."""
    hundreds, rest = divmod(number, 100)
    tens, unit = divmod(rest, 10)
    said = [f"{WORDS[hundreds]} trăm"] if hundreds else []
    if tens > 1:
        said.append(f"{WORDS[tens]} mươi")
    elif tens == 1:
        said.append("mười")
    elif hundreds and unit:
        said.append("linh")
    if unit:
        special = {(1, True): "mốt", (5, True): "lăm", (5, False): "lăm" if tens else "năm"}
        said.append(special.get((unit, tens > 1), WORDS[unit]))
    return " ".join(said)


@given(st.integers(min_value=1, max_value=999))
def test_a_number_in_words_comes_back(number):
    assert read_number(in_words(number), TODAY).value == str(number)
    assert read_money(in_words(number) + " nghìn", TODAY).value == str(number * 1000)
