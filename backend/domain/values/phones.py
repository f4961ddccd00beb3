"""Reads a telephone number of Việt Nam to E.164."""

from __future__ import annotations

import re
from datetime import date

from backend.domain.values.digits import groups
from backend.domain.values.lexicon import lexicon, word_set
from backend.domain.values.result import Ask, Candidate, Read, Refuse, Result
from backend.domain.values.text import bare, reader, says_unknown

EXAMPLE = {"example": "0987654321"}
_NO_PHONE = re.compile(r"\b(?:khong|ko|k|kg|hong|chua|chang|cha) (?:co|dung|xai)\b")
_SERVICE = re.compile(r"1[89]00\d{2,6}$|1\d\d$")


@reader
def read_phone(text: str, today: date, *, sender: str | None = None) -> Result:
    """One number: value E.164, `shown` as dialled at home, `details` {landline: bool}. `sender`: whose "số này" it is."""
    results = [_number(number) for run in groups(text) for number in _numbers_of(run)]
    good = list(dict.fromkeys(r.value for r in results if isinstance(r, Read)))
    if len(good) > 1:
        return Ask("two_phones", tuple(Candidate(v, "as_is", {"shown": home(v)}) for v in good[:3]))
    if good:
        return next(r for r in results if isinstance(r, Read))
    if results:
        return results[0]
    return _nothing(bare(text), text, sender)


def home(e164: str) -> str:
    """ "0987654321" of "+84987654321"."""
    return "0" + e164.removeprefix("+84") if e164.startswith("+84") else e164


def _nothing(words: str, text: str, sender: str | None) -> Result:
    if any(phrase in words for phrase in lexicon("phones")["this_phone"]):
        return Read(sender, home(sender), details={"landline": False}) if sender else Ask("which_phone")
    if _NO_PHONE.search(words) or words in ("khong", "ko", "k"):
        return Refuse("no_phone", EXAMPLE)
    return Refuse("not_known" if says_unknown(text) else "no_phone_number", EXAMPLE)


def _numbers_of(run: list[str]) -> list[str]:
    """A run of groups as one number, or as several where each begins like one."""
    whole = "".join(run)
    if isinstance(_number(whole), Read) or len(whole) < 15:
        return [whole]
    numbers: list[str] = []
    for group in run:
        starts = not numbers or group == "+" or (isinstance(_number(numbers[-1]), Read))
        numbers = [*numbers, group] if starts else [*numbers[:-1], numbers[-1] + group]
    return numbers


def _number(digits: str) -> Result:
    foreign = digits.startswith("+") and not digits.startswith("+84")
    if foreign or (digits.startswith("00") and not digits.startswith("0084")):
        return Refuse("foreign_phone", EXAMPLE)
    national, explicit = _national(digits)
    if not national.startswith("0"):
        return _without_zero(national)
    if national[:4] in lexicon("phones")["old_mobile"] and len(national) == 11:
        return Refuse("old_phone", {"new": lexicon("phones")["old_mobile"][national[:4]] + national[4:]})
    if national[:4] in lexicon("phones")["old_landline"] and len(national) == 11:
        return Refuse("old_phone", {"new": lexicon("phones")["old_landline"][national[:4]] + national[4:]})
    if len(national) == 10 and national[1] in "35789":
        return _mobile(national)
    if len(national) == 11 and any(national.startswith(area) for area in word_set("phones", "landline")):
        return Read("+84" + national[1:], national, details={"landline": True})
    return Refuse("phone_length", {"digits": str(len(national)), **EXAMPLE})


def _national(digits: str) -> tuple[str, bool]:
    """The number as dialled at home, and whether the country code was written."""
    for code in ("+840", "+84", "00840", "0084"):
        if digits.startswith(code):
            return "0" + digits.removeprefix(code), True
    if re.fullmatch(r"84[35789]\d{8}|84[2]\d{9}", digits):
        return "0" + digits[2:], True
    return digits.removeprefix("+"), False


def _mobile(national: str) -> Result:
    e164 = "+84" + national[1:]
    if national[:3] not in word_set("phones", "mobile"):
        return Ask("phone_prefix", (Candidate(e164, "as_is", {"shown": national}),), {"prefix": national[:3]})
    return Read(e164, national, details={"landline": False})


def _without_zero(digits: str) -> Result:
    """ "987654321": the zero may have been lost, or another digit."""
    if _SERVICE.match(digits):
        return Refuse("service_number", EXAMPLE)
    if len(digits) == 9 and "0" + digits[:2] in word_set("phones", "mobile"):
        return Ask("phone_zero", (Candidate("+84" + digits, "as_is", {"shown": "0" + digits}),))
    return Refuse("phone_length", {"digits": str(len(digits)), **EXAMPLE})
