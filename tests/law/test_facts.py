"""Named facts: the rules that need an expression, at their borders."""

from datetime import date

import pytest

from backend.domain.facts import FACTS

BORN = date(2026, 9, 1)


@pytest.mark.parametrize(
    "fact, values, today, said",
    [
        ("late_birth", {"child_dob": "2026-09-01"}, date(2026, 10, 31), "no"),  # the 60th day
        ("late_birth", {"child_dob": "2026-09-01"}, date(2026, 11, 1), "yes"),
        ("timely_birth", {"child_dob": "2026-09-01"}, date(2026, 10, 31), "yes"),
        ("timely_birth", {"child_dob": "2026-09-01"}, date(2026, 11, 1), "no"),
        ("late_death", {"death_date": "2026-11-01"}, date(2026, 11, 16), "no"),  # the 15th day
        ("late_death", {"death_date": "2026-11-01"}, date(2026, 11, 17), "yes"),
        ("late_birth", {}, BORN, None),
        ("timely_birth", {}, BORN, None),
        ("late_death", {"death_date": "năm ngoái"}, BORN, None),
    ],
)
def test_a_fact_is_yes_no_or_not_known_yet(fact, values, today, said):
    assert FACTS[fact](values, today) == said
