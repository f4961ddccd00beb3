"""A digit, a label or a word of one label answers the open question; labels win over number words."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.letters import strip_accents
from backend.domain.values.choices import choice, read_choice
from backend.domain.values.result import Ask, Read, Refuse
from backend.domain.values.yes_no import read_yes_no

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    words: tuple[str, ...] = ()


WHO = (
    Choice("mother", "Mẹ"),
    Choice("father", "Bố", ("ba", "cha")),
    Choice("grand", "Ông, bà"),
    Choice("other", "Người khác"),
)
WHERE = (Choice("clinic", "Trạm xá, bệnh viện"), Choice("home", "Ở nhà"), Choice("else", "Nơi khác"))
MARRIED = (Choice("yes", "Rồi"), Choice("no", "Chưa"), Choice("unknown", "Không rõ"))
ONCE = (Choice("never", "Chưa"), Choice("divorced", "Đã ly hôn"), Choice("widowed", "Vợ đã mất"))
SEX = (Choice("male", "Nam"), Choice("female", "Nữ"))
MANY = tuple(Choice(str(n), label) for n, label in enumerate(("Nương", "Rừng", "Ruộng", "Vườn", "Ao"), 1))
AGE = (Choice("old", "Đủ 75 tuổi", ("76", "81")), Choice("young", "Dưới 75", ("70", "74")))
LOST = (Choice("no", "Chưa có", ("không có",)), Choice("lost", "Mất, hỏng giấy", ("giấy hỏng",)))
"""Words that look like something else: an age like a choice that is not there, "hong" like "không"."""
LISTS = (WHO, WHERE, MARRIED, ONCE, SEX, MANY)


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1.",
        " 1 ",
        "１",
        "1️⃣",
        "①",
        "(1)",
        "so 1",
        "số 1 nhé",
        "câu 1",
        "cái thứ 1",
        "một",
        "mot",
        "cái đầu",
        "ý là cái đầu",
        "thứ nhất",
        "chọn 1 ạ",
        "1 nha, mà bn tiền v",
    ],
)
def test_the_first_choice_in_many_ways(text):
    for options in LISTS:
        assert choice(text, options) == options[0].value


@pytest.mark.parametrize("text", ["2", "2.", "số 2", "cái thứ 2", "cái thứ hai", "hai", "cai 2", "thứ nhì"])
def test_the_second_choice_in_many_ways(text):
    for options in LISTS:
        assert choice(text, options) == options[1].value


@pytest.mark.parametrize(
    ("options", "text", "value"),
    [
        (WHO, "mẹ", "mother"), (WHO, "me", "mother"), (WHO, "toi la bo chau", "father"), (WHO, "bà", "grand"), (WHO, "bà nội", "grand"),
        (WHO, "ông ngoại cháu", "grand"), (WHO, "nguoi khac", "other"), (WHO, "cái cuối", "other"), (WHO, "bốn", "other"), (WHO, "1 mẹ", "mother"),
        (WHERE, "o nha tren ban", "home"), (WHERE, "nhà", "home"), (WHERE, "trạm", "clinic"), (WHERE, "bệnh viện huyện", "clinic"), (WHERE, "vieenj", "clinic"),
        (MARRIED, "ko ro", "unknown"), (MARRIED, "không biết", "unknown"), (MARRIED, "không", "no"), (MARRIED, "có", "yes"), (MARRIED, "dk roi", "yes"),
        (MARRIED, "chưa đăng ký", "no"), (ONCE, "chưa, sống chung thôi", "never"), (ONCE, "ly hon roi", "divorced"), (ONCE, "vo mat roi", "widowed"),
        (SEX, "nam", "male"), (SEX, "NU", "female"), (MANY, "nam", "5"), (MANY, "năm", "5"), (MANY, "ba", "3"), (MANY, "ruong", "3"),
        (AGE, "76", "old"), (AGE, "74", "young"), (AGE, "2", "young"), (LOST, "hong giay", "lost"), (LOST, "giay hong", "lost"), (LOST, "hong co", "no"),
    ],
)  # fmt: skip
def test_labels_and_words(options, text, value):
    assert choice(text, options) == value


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (WHO, "ba"), (WHO, "mẹ chồng"), (WHO, "không phải mẹ"), (WHO, "mẹ hoặc bố"), (WHO, "2 mẹ"), (WHO, "cả hai"), (WHERE, "không ở nhà"),
        (ONCE, "vợ bỏ"), (MARRIED, "sao cũng được"), (SEX, "2 nam"),
    ],
)  # fmt: skip
def test_a_doubtful_choice_is_asked_about(options, text):
    assert isinstance(read_choice(text, options), Ask)
    assert choice(text, options) is None


@pytest.mark.parametrize("text", ["5", "0", "9", "12"])
def test_a_number_that_is_not_offered_is_refused(text):
    assert read_choice(text, WHO) == Refuse("no_such_number", {"last": "4"})


@pytest.mark.parametrize("text", ["mất bao nhiêu tiền", "abc", "năm", "nguyễn văn tuấn"])
def test_what_is_no_choice_is_left_to_others(text):
    assert isinstance(read_choice(text, WHO), Refuse)


def test_a_label_that_is_a_text_key_is_not_matched():
    options = (Choice("yes", "@options.right", ("dung",)), Choice("no", "@options.wrong", ("sai",)))
    assert [choice(t, options) for t in ("options", "right", "dung roi", "1", "sai")] == [
        None,
        None,
        "yes",
        "yes",
        "no",
    ]


labels = st.sampled_from(
    ["Bà", "Nam", "Năm sào", "Bảy", "Hai vợ chồng", "Một mình", "Ba", "Tư nhân", "Sáu", "Tám"]
)


@given(st.lists(labels, min_size=2, max_size=4, unique_by=strip_accents), st.data())
def test_labels_beat_number_words(offered, data):
    """Whatever number word a label is or holds, saying the label means its choice."""
    options = [Choice(str(n), label) for n, label in enumerate(offered)]
    picked = data.draw(st.sampled_from(options))
    assert choice(picked.label, options) == picked.value
    assert choice(picked.label.upper() + " ạ", options) == picked.value


@given(
    st.sampled_from(LISTS),
    st.integers(0, 4),
    st.sampled_from(["{}", "{}.", "số {}", "cái {}", "chọn {} ạ", "{} nhé"]),
)
def test_a_bare_digit_is_the_number_of_its_place(options, at, spelling):
    result = read_choice(spelling.format(at + 1), options)
    assert (result.value if isinstance(result, Read) else None) == (
        options[at].value if at < len(options) else None
    )


def test_zero_is_also_teencode_for_no():
    assert read_yes_no("0", TODAY) == Ask("zero")


def test_a_thumb_is_never_consent():
    assert read_yes_no("👍", TODAY) == Ask("yes_or_no")
