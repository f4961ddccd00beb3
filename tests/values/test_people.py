"""Names, identity numbers, phones: nothing is guessed, what disagrees is asked about."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.values.citizen_ids import id_facts, read_citizen_id
from backend.domain.values.lexicon import lexicon, word_set
from backend.domain.values.names import read_person_key, read_person_name
from backend.domain.values.phones import read_phone
from backend.domain.values.result import Ask, Read, Refuse

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "name", "accents"),
    [
        ("Nông Văn Tuấn", "NÔNG VĂN TUẤN", True),
        ("nong van tuan", "NONG VAN TUAN", False),
        ("Nông van Tuấn", "NÔNG VAN TUẤN", False),
        ("Hoàng Lan", "HOÀNG LAN", True),
        ("Hoang Thi Hằng", "HOANG THI HẰNG", False),
        ("No\u0302ng Va\u0306n Tua\u0302\u0301n", "NÔNG VĂN TUẤN", True),
        ("Trần Thuý Hoà", "TRẦN THUÝ HOÀ", True),
    ],
)
def test_accents_are_kept_as_typed_and_never_guessed(text, name, accents):
    result = read_person_name(text, TODAY)
    assert (result.value, result.details["accents"]) == (name, accents)
    assert result.doubt == (None if accents else "no_accents")


@pytest.mark.parametrize("word", ["HUY", "Lai", "DUNG", "Dũng", "thôi", "Mai", "CHUA"])
def test_a_command_word_alone_is_asked_about_at_a_name_question(word):
    assert read_person_name(word, TODAY).key == "command_or_name"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("chưa đặt", "no_name_yet"), ("không nhớ", "not_known"), ("Nông Văn Tuấn 2", "digits_in_name"), ("xã Na Rì", "no_name"),
        ("bao nhiêu tiền", "no_name"), ("bản Khuổi Slưng", "no_name"), ("không có bố", "no_name"), ("", "empty"),
    ],
)  # fmt: skip
def test_sentences_and_places_are_no_names(text, key):
    assert read_person_name(text, TODAY).key == key


def test_a_question_behind_a_name_is_kept_for_an_answer():
    result = read_person_name("Nguyễn Văn Pá, mà có mất tiền không", TODAY)
    assert (result.value, result.details["rest"]) == ("NGUYỄN VĂN PÁ", "mà có mất tiền không")


def test_letters_in_brackets_spell_the_name():
    assert read_person_name("Hoàng Thị Hang (H Ằ N G)", TODAY).value == "HOÀNG THỊ HẰNG"
    assert read_person_name("Hoàng Thị Hang (H Ạ N H)", TODAY).key == "name_spelling"


def test_a_commune_that_could_be_a_person_is_asked_about():
    assert read_person_name("Trần Phú", TODAY).key == "place_or_name"
    assert read_person_name("tên là Trần Phú", TODAY).value == "TRẦN PHÚ"
    assert read_person_name("Trần Phú", TODAY, places=()).value == "TRẦN PHÚ"


@given(
    st.sampled_from(sorted(word_set("names", "common_surnames"))),
    st.sampled_from(["Văn", "Thị", "A"]),
    st.sampled_from(["Páo", "Mùi", "Nhớ", "Sính", "Dũng"]),
)
def test_every_family_name_makes_a_name(family, middle, given_name):
    name = f"{family} {middle} {given_name}"
    assert read_person_name(name, TODAY).value == name.upper()
    assert read_person_name(f"em tên là {name} ạ", TODAY).value == name.upper()


numbers = st.builds(
    "{}{}{:02}{:06}".format,
    st.sampled_from(sorted(word_set("identity", "provinces"))),
    st.sampled_from("01"),
    st.integers(0, 99),
    st.integers(0, 999_999),
)


@given(numbers, st.sampled_from(["{}", "cccd {} ạ", "{} cấp 2021"]), st.booleans(), st.booleans())
def test_a_number_comes_back_in_groups_and_with_letters_for_digits(number, around, grouped, letters):
    typed = " ".join((number[:3], number[3:6], number[6:9], number[9:])) if grouped else number
    if letters:
        typed = typed.replace("0", "o", 2)
    assert read_citizen_id(around.format(typed), TODAY) == Read(number, number[-4:], details=id_facts(number))


@pytest.mark.parametrize(
    ("number", "facts"),
    [
        ("006098001234", {"province": "006", "sex": "male", "year": "1998"}),
        ("006198001234", {"province": "006", "sex": "female", "year": "1998"}),
        ("006205001234", {"province": "006", "sex": "male", "year": "2005"}),
        ("001325001234", {"province": "001", "sex": "female", "year": "2025"}),
    ],
)
def test_what_a_number_says(number, facts):
    assert read_citizen_id(number, TODAY).details == facts


@pytest.mark.parametrize(
    ("known", "key"),
    [
        ({"sex": "male"}, None), ({"sex": "female"}, "id_sex_male"), ({"born": "1998-03-05"}, None), ({"born": "1998"}, None),
        ({"born": "1999-03-05"}, "id_year"),
    ],
)  # fmt: skip
def test_a_number_that_disagrees_with_other_answers_is_asked_about(known, key):
    assert getattr(read_citizen_id("006098001234", TODAY, **known), "key", None) == key


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("095012345", Refuse("old_identity_card", {"example": "006098001234"})),
        ("00609800123", Refuse("identity_length", {"digits": "11", "example": "006098001234"})),
        ("0987654321", Refuse("looks_like_phone", {"example": "006098001234"})),
    ],
)
def test_a_wrong_shape_is_refused_with_one_right_example(text, refusal):
    assert read_citizen_id(text, TODAY) == refusal


def test_a_person_key_is_a_number_or_a_name():
    assert read_person_key("006098001234", TODAY).details["kind"] == "citizen_id"
    assert read_person_key("trieu mui nai", TODAY).details["kind"] == "person_name"
    assert read_person_key("006098001234", TODAY, sex="female").key == "id_sex_male"
    assert read_person_key("095012345", TODAY).key == "old_identity_card"


@given(st.sampled_from(sorted(word_set("phones", "mobile"))), st.integers(0, 9_999_999))
def test_every_prefix_in_use_is_read(prefix, rest):
    number = f"{prefix}{rest:07}"
    for typed in (
        number,
        f"{number[:4]} {number[4:7]} {number[7:]}",
        f"+84{number[1:]}",
        f"84 {number[1:]}",
        f"sdt {number} nha",
    ):
        assert read_phone(typed, TODAY) == Read("+84" + number[1:], number, details={"landline": False})


@pytest.mark.parametrize(("old", "new"), sorted(lexicon("phones")["old_mobile"].items()))
def test_an_old_number_is_refused_with_its_new_form(old, new):
    assert read_phone(f"{old}1234567", TODAY) == Refuse("old_phone", {"new": f"{new}1234567"})


def test_two_numbers_at_once_are_asked_about():
    assert [o.value for o in read_phone("0987654321 hoặc 0386111222", TODAY).options] == [
        "+84987654321",
        "+84386111222",
    ]


def test_this_number_is_the_senders_where_it_is_known():
    assert read_phone("số này nhé", TODAY) == Ask("which_phone")
    assert read_phone("số này nhé", TODAY, sender="+84981110077").value == "+84981110077"
