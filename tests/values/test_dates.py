"""Dates: what is sure, what is asked about and with which days to choose from."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.letters import strip_accents
from backend.domain.values.calendar import Lunar, has_leap, lunar_of, solar_of
from backend.domain.values.dates import read_birth_date, read_date
from backend.domain.values.result import Ask, Read, Refuse

TODAY = date(2026, 11, 23)
SPELLINGS = (
    "{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}-{m}-{y}", "{d}.{m}.{y}", "{d} / {m} / {y}", "{d} {m} {y}", "{d:02}{m:02}{y}", "{y}-{m:02}-{d:02}",
    "ngày {d} tháng {m} năm {y}", "ngay {d} thang {m} nam {y}", "{d} tháng {m} {y}", "{d} t{m} {y}", "{d}/{m} năm {y}", "tháng {m} ngày {d} năm {y}",
    "năm {y} tháng {m} ngày {d}", "sinh {d}/{m}/{y} ạ", "ngày {d}, tháng {m}, năm {y}", "{d}/{m}/{y} dương lịch",
)  # fmt: skip
days = st.dates(min_value=date(1901, 1, 1), max_value=TODAY)


@given(days, st.sampled_from(SPELLINGS))
def test_a_day_comes_back_in_every_spelling(day, spelling):
    text = spelling.format(d=day.day, m=day.month, y=day.year)
    assert read_birth_date(text, TODAY).value == day.isoformat()
    assert read_birth_date(strip_accents(text).upper(), TODAY).value == day.isoformat()


@given(st.dates(min_value=date(1927, 1, 1), max_value=TODAY - timedelta(days=366)))
def test_two_digits_of_a_year_are_the_century_that_fits(day):
    assert read_birth_date(f"{day.day}/{day.month}/{day.year % 100:02}", TODAY).value == day.isoformat()


@given(days)
def test_a_lunar_day_comes_back_unless_its_month_came_twice(day):
    lunar = lunar_of(day)
    text = f"{lunar.day}/{lunar.month}{' nhuận' if lunar.leap else ''} năm {lunar.year} âm lịch"
    result = read_birth_date(text, TODAY)
    if not lunar.leap and has_leap(lunar.month, lunar.year) and solar_of(lunar._replace(leap=True)):
        assert result.key == "leap_month"
    else:
        assert result.value == day.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "mùng 5 tháng 10",
        "mung 5 thang 10",
        "mồng năm tháng mười",
        "Mùng 5/10",
        "mùng 5 tháng 10 năm 2026",
        "mung 5 thang 10 nam nay",
    ],
)
def test_it_asks_for_the_calendar_when_the_day_may_be_lunar(text):
    result = read_birth_date(text, TODAY)
    assert (result.key, [(o.key, o.value) for o in result.options]) == (
        "calendar",
        [("lunar_day", "2026-11-13"), ("solar_day", "2026-10-05")],
    )
    assert result.options[0].params == {"day": "13/11/2026"}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("rằm tháng giêng năm 2024", ["2024-02-24", "2024-01-15"]),
        ("23 tháng chạp năm 2024", ["2025-01-22", "2024-12-23"]),
        ("mùng 1 tết năm 2026", ["2026-02-17", "2026-01-01"]),
        ("đêm giao thừa", ["2026-02-16"]),
        ("hôm rằm", ["2026-11-23", "2026-11-15"]),
        ("mùng 5", ["2026-11-13", "2026-11-05"]),
        ("mùng 2 tháng 6 năm 2025", ["2025-06-26", "2025-07-26", "2025-06-02"]),
    ],
)
def test_both_solar_days_are_spelled_out(text, days):
    result = read_date(text, TODAY)
    assert (result.key, [o.value for o in result.options]) == ("calendar", days)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("âm", "2026-11-13"), ("am lich", "2026-11-13"), ("dương", "2026-10-05"), ("duong lich", "2026-10-05")],
)
def test_a_named_calendar_is_taken(word, expected):
    assert read_date(f"mùng 5 tháng 10 năm 2026 {word}", TODAY).value == expected


def test_a_lunar_month_that_comes_twice_is_asked_about():
    result = read_date("2/6/2025 âm", TODAY)
    assert (result.key, [o.value for o in result.options]) == ("leap_month", ["2025-06-26", "2025-07-26"])
    assert read_date("2/6/2025 nhuận", TODAY).value == "2025-07-26"
    assert read_date("2/5/2025 nhuận", TODAY) == Refuse("no_leap_month", {"month": "5", "year": "2025"})


@pytest.mark.parametrize(
    ("text", "key", "partial"),
    [
        ("1949", "date_year_only", "1949"),
        ("năm 1949 thôi chứ không biết ngày", "date_year_only", "1949"),
        ("sn 85", "date_year_only", "1985"),
        ("2k1", "date_year_only", "2001"),
        ("tháng 6 năm ngoái, ko nhớ ngày", "date_day", "2025-06"),
        ("6/1960", "date_day", "1960-06"),
        ("tháng 6", "date_month_only", None),
    ],
)
def test_what_is_known_of_a_partial_date_is_kept(text, key, partial):
    result = read_birth_date(text, TODAY)
    assert (result.key, result.params.get("partial")) == (key, partial)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("tuổi Tý", ["2020", "2008", "1996", "1984"]),
        ("tuổi mậu thân", ["1968"]),
        ("quý mão", ["2023", "1963"]),
        ("76 tuổi", ["1950", "1949"]),
    ],
)
def test_an_age_or_an_animal_gives_years_to_choose_from(text, years):
    result = read_birth_date(text, TODAY)
    assert (result.key, [o.value for o in result.options]) == ("birth_year", years)


def test_a_missing_year_is_the_latest_past_one_only_of_something_recent():
    asked = read_birth_date("20/11", TODAY)
    assert (asked.key, asked.options[0].value) == ("date_year", "2026-11-20")
    assert read_birth_date("20/11", TODAY, recent=True).value == "2026-11-20"
    assert read_birth_date("25/12", TODAY, recent=True).value == "2025-12-25"
    assert read_date("5/10 âm", TODAY, recent=True).value == "2026-11-13"
    assert read_date("mùng 5 tháng 10", TODAY, recent=True).key == "calendar"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("12/13/2024", Refuse("no_such_month", {"month": "13", "example": "5/11/1998"})),
        ("31/2/2024", Refuse("no_such_day", {"day": "31/2/2024"})),
        ("30/2/2025 âm", Refuse("no_such_lunar_day", {"day": "30/2/2025"})),
        ("5/3/198", Refuse("bad_year", {"example": "5/11/1998"})),
        ("không nhớ", Refuse("not_known", {"example": "5/11/1998"})),
    ],
)
def test_what_is_no_day_is_refused_with_its_reason(text, refusal):
    assert read_date(text, TODAY) == refusal


def test_nobody_is_born_tomorrow():
    assert read_birth_date("ngày mai", TODAY) == Refuse("future", {"day": "24/11/2026"})
    assert read_date("ngày mai", TODAY) == Read("2026-11-24", "24/11/2026", details={"calendar": "solar"})
    assert read_date("ngày mai", TODAY, past=True) == Refuse("future", {"day": "24/11/2026"})


def test_last_night_is_two_days():
    assert [o.value for o in read_date("đêm qua", TODAY).options] == ["2026-11-22", "2026-11-23"]


def test_a_weekday_that_does_not_fit_is_asked_about():
    assert read_date("thứ ba 16/11/2026", TODAY) == Ask(
        "weekday_differs", read_date("thứ ba 16/11/2026", TODAY).options
    )
    assert read_date("thứ hai 16/11/2026", TODAY).value == "2026-11-16"


def test_both_calendars_at_once_must_agree():
    assert read_date("5/3/1998 âm tức 1/4/1998 dương", TODAY).value == "1998-04-01"
    assert read_date("5/3/1998 âm tức 2/4/1998 dương", TODAY).key == "two_dates"


@pytest.mark.parametrize(
    ("lunar", "solar"),
    [
        (Lunar(1, 1, 2024), date(2024, 2, 10)),
        (Lunar(1, 1, 2025), date(2025, 1, 29)),
        (Lunar(1, 1, 2026), date(2026, 2, 17)),
        (Lunar(15, 8, 2025), date(2025, 10, 6)),
        (Lunar(1, 6, 2025, True), date(2025, 7, 25)),
        (Lunar(1, 2, 2023, True), date(2023, 3, 22)),
        (Lunar(1, 1, 1985), date(1985, 1, 21)),
        (Lunar(30, 12, 2025), None),
    ],
)
def test_known_days_of_the_lunar_calendar(lunar, solar):
    """Tết 1985 fell a month earlier in Việt Nam than in China: the calendar is that of Hà Nội."""
    assert solar_of(lunar) == solar
