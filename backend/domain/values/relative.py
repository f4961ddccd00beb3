"""Days counted from today: "hôm kia", "thứ 3 tuần trước", "được 3 hôm rồi", "ngày 20 tháng trước".

All functions take the plain form of a date text. A text that names a stretch and no day ("tuần trước") is asked about.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from backend.domain.letters import fold
from backend.domain.values.calendar import Lunar, day_or_none, lunar_of, solar_of
from backend.domain.values.result import Ask, Candidate, Refuse

_SHIFTS = (
    (re.compile(r"\b(?:hom|ngay) kia kia\b"), -3),
    (re.compile(r"\bhom kia\b"), -2),
    (re.compile(r"\bngay kia\b"), 2),
    (re.compile(r"\b(?:hom|toi|chieu|sang|trua|ngay) qua\b|^qua$"), -1),
    (re.compile(r"\b(?:hom|sang|trua|chieu|toi|dem|ngay) nay\b|^nay$|^vua xong$"), 0),
    (re.compile(r"\b(?:ngay|sang|trua|chieu|toi|dem) mai\b|^mai$"), 1),
)
_LAST_NIGHT = re.compile(r"\bdem qua\b|\bdem hom (?:qua|kia)\b")
_VAGUE_COUNT = re.compile(r"\b(?:hon|gan|khoang|chung|tam|vai|may|do|ngoai|muoi may)\b")
_DAYS_AGO = re.compile(
    r"\b(?:cach day|truoc day) (?P<a>\d{1,3}) (?:ngay|hom)\b"
    r"|(?P<b>\d{1,3}) (?:ngay|hom) (?:truoc|qua|roi|nay|vua roi)\b"
    r"|\b(?:duoc|da|moi|sinh|de|mat) (?P<c>\d{1,3}) (?:ngay|hom)(?: tuoi)?$"
)
_DAYS_AHEAD = re.compile(r"(?P<a>\d{1,3}) (?:ngay|hom) (?:nua|sau|toi)\b")
_WEEKS_AGO = re.compile(r"\b(?:cach day |duoc |da )?(?P<a>\d{1,2}) tuan(?: (?:truoc|roi|nay|qua))?\b")
_WEEKDAY = re.compile(
    r"(?<!con )(?<!chau )(?<!dua )(?<!lan )(?<!cai )(?<!be )\b(?:thu (?P<n>\d)|(?P<cn>chunhat))\b(?P<rest>[^,]*)"
)
_DAY_OF_MONTH = re.compile(
    r"\b(?:ngay |hom |mung )*(?P<d>\d{1,2}) thang (?P<which>truoc|nay|sau|toi|vua roi|roi|vua qua|qua)\b"
)
_STRETCH = re.compile(
    r"\b(?:tuan|thang|nam) (?:truoc|nay|sau|toi|roi|vua roi|qua|vua qua|ngoai|kia)\b"
    r"|\bhom (?:no|truoc|roi|hom|nao|ay)\b|\bmay (?:hom|ngay)\b|\bmoi day\b|^vua roi$"
    r"|\b(?:dau|giua|cuoi) (?:tuan|thang|nam)\b|\btet\b|\bram\b|\blau roi\b|\bvai (?:hom|ngay|tuan)\b"
    r"|\d+ (?:thang|nam) (?:truoc|roi|nay|nua)\b|\bcach day\b|\d+ (?:ngay|hom|tuan)\b"
    r"|\b(?:duoc|moi|da|tron) \d+ (?:thang|nam)\b|\d+ thang tuoi"
)


def relative(text: str, today: date, raw: str, past: bool) -> date | Ask | Refuse | None:
    """The day meant, a question where it is not one day, None where nothing is counted from today."""
    if _LAST_NIGHT.search(text):
        back = 2 if "hom kia" in text else 1
        return Ask("night", (day(today - timedelta(days=back)), day(today - timedelta(days=back - 1))))
    return (
        _weekday(text, today, past)
        or _of_month(text, today)
        or _counted(text, today)
        or _shift(text, today, raw)
        or _stretch(text)
    )


def day(value: date) -> Candidate:
    """A day to choose, worded as people write it."""
    return Candidate(value.isoformat(), "day", {"day": shown(value)})


def shown(value: date) -> str:
    """ "5/3/1998"."""
    return f"{value.day}/{value.month}/{value.year}"


def _shift(text: str, today: date, raw: str) -> date | Ask | None:
    found: list[int] = []
    for pattern, days in _SHIFTS:
        if pattern.search(text):
            text = pattern.sub(" ", text)
            kia = days in (-2, 2) and "kìa" in raw.lower()
            found.append(days if not kia else days // 2 * 3)
    if re.fullmatch(r"(?:ngày )?mốt(?: ạ| nhé| nha)?\W*", raw.lower()):
        found.append(2)
    if len(found) > 1:
        return Ask("two_dates", tuple(day(today + timedelta(days=d)) for d in found[:3]))
    return today + timedelta(days=found[0]) if found else None


def _counted(text: str, today: date) -> date | Ask | None:
    ago, ahead, weeks = _DAYS_AGO.search(text), _DAYS_AHEAD.search(text), _WEEKS_AGO.search(text)
    found = ago or ahead
    if found:
        count = int(next(g for g in found.groups() if g))
        when = today - timedelta(days=count) if ago else today + timedelta(days=count)
        return Ask("date_vague", (day(when),)) if _VAGUE_COUNT.search(text[: found.end()]) else when
    if weeks:
        return Ask("date_vague", (day(today - timedelta(days=7 * int(weeks["a"]))),))
    return None


def _weekday(text: str, today: date, past: bool) -> date | Ask | Refuse | None:
    found = _WEEKDAY.search(text)
    if not found:
        return None
    wanted = 6 if found["cn"] else int(found["n"]) - 2
    if not 0 <= wanted <= 6:
        return Refuse("no_such_weekday", {})
    rest, monday = found["rest"].strip(), today - timedelta(days=today.weekday())
    if re.match(r"tuan (?:truoc nua|kia|truoc truoc)", rest):
        return Ask("date_vague", (day(monday + timedelta(days=wanted - 14)),))
    week = re.match(r"(?:cua )?(?:tuan )(truoc|roi|vua roi|vua qua|qua|nay|sau|toi)\b", rest)
    if week:
        shift = {"nay": 0, "sau": 7, "toi": 7}.get(week[1], -7)
        return monday + timedelta(days=wanted + shift)
    back = (today.weekday() - wanted) % 7
    last, following = (
        today - timedelta(days=back or 7),
        today + timedelta(days=(wanted - today.weekday()) % 7 or 7),
    )
    if re.match(r"(?:sau|toi|sap toi)\b", rest):
        return following
    if not back:
        return Ask("weekday_which", (day(today), day(last)))
    if (
        past
        or re.match(r"(?:vua roi|vua qua|roi|qua|truoc|vua)\b", rest)
        or text.startswith("hom")
        or "hom thu" in text
        or "hom chunhat" in text
    ):
        return last
    return Ask("weekday_which", (day(last), day(following)))


def _of_month(text: str, today: date) -> date | Ask | Refuse | None:
    found = _DAY_OF_MONTH.search(text)
    if not found:
        return None
    shift = {"nay": 0, "sau": 1, "toi": 1}.get(found["which"], -1)
    months = today.year * 12 + today.month - 1 + shift
    when = day_or_none(months // 12, months % 12 + 1, int(found["d"]))
    if "mung" in found[0]:
        return Ask("calendar", tuple(_both(int(found["d"]), shift, today, when)), {"said": found["d"]})
    return when or Refuse("no_such_day", {"day": f"{found['d']}/{months % 12 + 1}"})


def _both(of_month: int, shift: int, today: date, solar: date | None) -> list[Candidate]:
    here = lunar_of(today)
    months = here.year * 12 + here.month - 1 + shift
    lunar = solar_of(Lunar(of_month, months % 12 + 1, months // 12))
    return [in_calendar(when, kind) for when, kind in ((lunar, "lunar_day"), (solar, "solar_day")) if when]


def in_calendar(when: date, kind: str) -> Candidate:
    """A solar day to choose as what was said in one calendar; `kind` is "lunar_day" or "solar_day"."""
    words = {
        "lunar_day": ("am", "lich am", "am lich", "ta"),
        "solar_day": ("duong", "lich duong", "duong lich", "tay"),
    }
    return Candidate(when.isoformat(), kind, {"day": shown(when)}, words[kind])


def _stretch(text: str) -> Ask | None:
    return Ask("date_vague") if _STRETCH.search(fold(text)) else None
