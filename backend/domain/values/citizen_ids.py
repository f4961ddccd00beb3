"""Reads the citizen's number (số định danh, căn cước): 12 digits = province, century and sex, birth year, order.

There is no check digit (Circular 59/2021/TT-BCA describes the structure); what disagrees with other answers is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from backend.domain.values.digits import groups
from backend.domain.values.lexicon import word_set
from backend.domain.values.result import Ask, Candidate, Read, Refuse, Result
from backend.domain.values.text import reader, says_unknown

LENGTH = 12
OLD_CARD = 9
SHORTEST_OTHER = 9
"""Digits of another number beside it, such as a phone; fewer are a slip of this one."""
EXAMPLE = {"example": "006098001234"}


@reader
def read_citizen_id(text: str, today: date, *, sex: str | None = None, born: str | None = None) -> Result:
    """The 12 digits; `details` {province, sex, year}, `shown` the last four.

    `sex` (male, female) and `born` (ISO day or year) are what is known of the same person.
    """
    runs = groups(text)
    found = list(dict.fromkeys(_twelves(runs)))
    if not found:
        return _no_number(text, runs)
    if len(found) > 1:
        return Ask("two_numbers", tuple(Candidate(n, "last4", {"last4": n[-4:]}) for n in found[:3]))
    return _checked(found[0], today, sex, born)


def id_facts(number: str) -> dict[str, str]:
    """{"province": "006", "sex": "male", "year": "1998"} of twelve digits."""
    century = 1900 + 100 * (int(number[3]) // 2)
    return {
        "province": number[:3],
        "sex": "female" if int(number[3]) % 2 else "male",
        "year": str(century + int(number[4:6])),
    }


def _twelves(runs: list[list[str]]) -> Iterable[str]:
    """Neighbouring groups that together have twelve digits; a whole run first, then parts of a longer one."""
    for run in runs:
        pieces = [group for group in run if group.isdigit()]
        if len("".join(pieces)) == LENGTH:
            yield "".join(pieces)
            continue
        yield from (
            piece
            for piece in pieces
            if len(piece) == LENGTH and all(len(p) >= SHORTEST_OTHER for p in pieces)
        )


def _no_number(text: str, runs: list[list[str]]) -> Refuse:
    longest = max(("".join(run).lstrip("+") for run in runs), key=len, default="")
    if len(longest) == OLD_CARD:
        return Refuse("old_identity_card", EXAMPLE)
    if len(longest) == 10 and longest[0] == "0" and longest[1] in "35789":
        return Refuse("looks_like_phone", EXAMPLE)
    if len(longest) < 4:
        return Refuse("not_known" if says_unknown(text) else "no_identity_number", EXAMPLE)
    return Refuse("identity_length", {"digits": str(len(longest)), **EXAMPLE})


def _checked(number: str, today: date, sex: str | None, born: str | None) -> Result:
    facts = id_facts(number)
    option = (Candidate(number, "last4", {"last4": number[-4:]}),)
    if facts["province"] not in word_set("identity", "provinces"):
        return Ask("id_province", option, {"last4": number[-4:]})
    if int(facts["year"]) > today.year:
        return Ask("id_year", option, {"last4": number[-4:], "year": facts["year"]})
    if sex and facts["sex"] != sex:
        return Ask(f"id_sex_{facts['sex']}", option, {"last4": number[-4:]})
    if born and facts["year"] != born[:4]:
        return Ask("id_year", option, {"last4": number[-4:], "year": facts["year"]})
    return Read(number, number[-4:], details=facts)
