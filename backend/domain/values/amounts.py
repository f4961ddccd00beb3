"""Reads money (VND) and plain numbers (people, animals, copies, area)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from backend.domain.letters import fold
from backend.domain.values import numbers
from backend.domain.values.lexicon import word_set
from backend.domain.values.numbers import Number, Unclear
from backend.domain.values.result import Ask, Candidate, Read, Refuse, Result
from backend.domain.values.text import Word, bare, reader, says_unknown, words

SMALLEST_BARE = 1000
"""A bare number below this is no sum of money as it stands: "500" is said for 500 nghìn."""
LARGEST = 10**12
_NOTHING = frozenset(
    "khong co|ko co|k co|khong dong nao|khong co dong nao|khong co gi|chua co|khong|ko|k".split("|")
)
_JOINERS = frozenset("- – — ~ den toi hoac hay".split())
_NO_MONEY = re.compile(r"\b(?:khong|ko|k|chang|cha) (?:co |mat |duoc )?(?:dong|xu|hao) nao\b")
_DATE = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}")
_AREA = re.compile(r"(?<=[\d ])(?:km|m|cm)2?\b|\bmet vuong\b", re.IGNORECASE)
_PEOPLE = frozenset({"n", "ng", "ngh", "cu", "chai", "canh"})
"""Signs that mean thousands in money and people or things elsewhere: "4 ng" are four persons."""


@reader
def read_money(text: str, today: date) -> Result:
    """A sum in VND: value is the integer as text ("1tr2" -> "1200000"). `details`: none."""
    tokens = words(text)
    try:
        found = [n for n in numbers.find(tokens) if not _counts_something_else(tokens, n)]
    except Unclear:
        return Ask("money_unclear")
    if _NO_MONEY.search(fold(text)):
        return Read("0", shown(0))
    if _DATE.search(text):
        return Refuse("no_money", {"example": "500.000"})
    if not found and any(t.bare in ("vai", "may", "dam") for t in tokens[:-1]):
        return Ask("money_unclear")
    if not found:
        return Refuse("not_known" if says_unknown(text) else "no_money", {"example": "500.000"})
    if _is_negative(text, found):
        return Refuse("no_money", {"example": "500.000"})
    sums = [n for n in found if n.scaled or _has_currency(tokens, n)] or found
    if len({n.value for n in sums}) > 1 or _is_range(text, tokens, found):
        return Ask("two_amounts", tuple(_sum(n.value) for n in sums[:3]))
    return _one_sum(sums[0], tokens)


def _one_sum(number: Number, tokens: list[Word]) -> Result:
    if number.value != number.value.to_integral() or number.value >= LARGEST or _is_vague(tokens, number):
        return Ask("money_unclear")
    if number.literal and re.match(r"0\d", number.literal):
        return Ask("money_unclear")
    explicit = number.scaled or _has_currency(tokens, number)
    if not explicit and 0 < number.value < SMALLEST_BARE:
        return Ask("money_unit", (_sum(number.value * 1000), _sum(number.value)))
    return Read(str(int(number.value)), shown(int(number.value)))


def shown(amount: int) -> str:
    """ "1.200.000đ"."""
    return f"{amount:,}".replace(",", ".") + "đ"


def _sum(value: Decimal) -> Candidate:
    return Candidate(str(int(value)), "amount", {"amount": shown(int(value))})


def _has_currency(tokens: list[Word], number: Number) -> bool:
    signs = word_set("numbers", "currency")
    return number.end < len(tokens) and (
        tokens[number.end].text in signs or tokens[number.end].bare in ("dong", "d")
    )


def _counts_something_else(tokens: list[Word], number: Number) -> bool:
    """ "tháng 3 được 500k", "2 bản", the "không" of "không biết": a bare number that is no sum."""
    if number.literal is None and not number.value and not _has_currency(tokens, number):
        return True
    before = tokens[number.start - 1].bare if number.start else ""
    after = tokens[number.end].bare if number.end < len(tokens) else ""
    counted = ("ban", "nguoi", "thang", "con", "ngay", "lan", "nam", "tuoi")
    return not number.scaled and (before in ("thang", "ngay", "nam", "thu") or after in counted)


def _is_negative(text: str, found: list[Number]) -> bool:
    return bool(found[0].literal or found[0].scaled) and text.startswith(("-", "–", "−"))


def _is_vague(tokens: list[Word], number: Number) -> bool:
    vague = ("vai", "may", "dam", "hon", "gan", "tren", "duoi")
    return (
        number.start > 0
        and tokens[number.start - 1].bare in vague
        or any(t.bare in ("vai", "dam") for t in tokens)
    )


def _is_range(text: str, tokens: list[Word], found: list[Number]) -> bool:
    """Two numbers side by side, or joined by "đến", "hoặc", a dash: "2-3 triệu", "ba bốn người"."""
    for one, two in zip(found, found[1:], strict=False):
        between = [t.bare for t in tokens[one.end : two.start]]
        if not between or (len(between) == 1 and between[0] in _JOINERS):
            return True
    return False


@reader
def read_number(text: str, today: date) -> Result:
    """A plain number ≥ 0: value is an integer or a decimal with a dot ("1,5 ha" -> "1.5"). `details`: none."""
    tokens = [Word("", "") if w.bare in _PEOPLE else w for w in words(_AREA.sub(" ", text))]
    if bare(text) in _NOTHING and bare(text) not in ("khong", "ko", "k"):
        return Read("0", "0")
    if bare(text) in _NOTHING:
        return Ask("none_or_no", (Candidate("0", "as_is", {"shown": "0"}),))
    try:
        found = [n for n in numbers.find(tokens) if n.value or n.literal or len(tokens) == 1]
    except Unclear:
        return Ask("number_unclear")
    if not found:
        return Refuse("not_known" if says_unknown(text) else "no_number", {"example": "4"})
    if len({n.value for n in found}) > 1 or _is_range(text, tokens, found) or _is_vague(tokens, found[0]):
        return Ask("two_numbers", tuple(_plain(n.value) for n in found[:3]))
    if found[0].value >= LARGEST or text.startswith(("-", "−")):
        return Refuse("no_number", {"example": "4"})
    return Read(_plain(found[0].value).value, _plain(found[0].value).params["shown"])


def _plain(value: Decimal) -> Candidate:
    text = str(int(value)) if value == value.to_integral() else format(value.normalize(), "f")
    return Candidate(text, "as_is", {"shown": text.replace(".", ",")})
