"""Finds the commune in a text: any old or present name, with or without accents, with "xã", "cũ", districts around it.

An address goes from small to large; a name behind "thôn" or "bản" is a hamlet's. Seven names are old districts and
present communes at once (Na Rì, Chợ Đồn …): bare, they are asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from backend.domain.letters import fold, nfc
from backend.domain.units import Unit, Units

Level = Literal["commune", "district", "province", "elsewhere"]
_TOKEN = re.compile(r"[^\W_]+")
_COMMUNE = {"xa", "x", "phuong", "p", "ph", "f", "tt", "ttr"}
_DISTRICT = {"huyen", "h", "tp", "quan", "tx"}
_HAMLET = {"thon", "th", "to", "xom", "khu", "tdp", "tk", "lang", "ngo", "duong", "pho", "ap", "doi"}
_PROVINCE = {"tinh"}
_NO_NAME = {"cu", "nao", "minh", "ta", "uy", "roi", "gio", "cung"}
"""Behind "huyện" they are no name: "huyện nào", "huyện ủy"."""
_SOUNDS = (
    ("ngh", "ng"),
    ("gh", "g"),
    ("tr", "ch"),
    ("gi", "d"),
    ("x", "s"),
    ("r", "d"),
    ("l", "n"),
    ("k", "c"),
    ("y", "i"),
)
OUR_PROVINCE = "19"


@dataclass(frozen=True)
class Found:
    """The commune in force. `old`: the unit that was named, if it is another; `hamlet`: what stood before it, as typed."""

    unit: Unit
    old: Unit | None = None
    hamlet: str = ""


@dataclass(frozen=True)
class Ambiguous:
    """Several communes fit, or it is not sure. `reason`: district, several, spelling, elsewhere."""

    units: tuple[Unit, ...]
    reason: str
    hamlet: str = ""


class _Match(NamedTuple):
    start: int
    end: int
    communes: tuple[Unit, ...]
    districts: tuple[Unit, ...]
    province: str | None
    mark: str
    """Type word before it: commune, district, province, hamlet or ""."""
    old: bool


def find(units: Units, text: str, on: date) -> Found | Ambiguous | None:
    """The commune that a text names on a day; None when no known place is in it."""
    tokens = [(m[0], fold(m[0]), m.start()) for m in _TOKEN.finditer(nfc(text))]
    bare = [t[1] for t in tokens]
    matches = _matches(bare, _index(units))
    result = _resolved(units, bare, matches, on) or _by_sound(units, bare, on)
    return _with_hamlet(result, nfc(text), tokens, matches)


@lru_cache(maxsize=4)
def _index(units: Units) -> dict[tuple[str, ...], list]:
    """Words of a folded name, and the same written as one -> the units and province codes of that name."""
    index: dict[tuple[str, ...], list] = {}
    for thing in (*units.communes, *units.districts):
        _add(index, units, thing.short, thing)
    for name, code in units.provinces.items():
        _add(index, units, name, code)
    return index


def _add(index: dict, units: Units, name: str, thing: Unit | str) -> None:
    for spelling in (name, *units.spellings.get(name, ())):
        words = tuple(_TOKEN.findall(fold(spelling)))
        for key in {words, ("".join(words),)}:
            index.setdefault(key, []).append(thing)


def _matches(bare: list[str], index: dict[tuple[str, ...], list]) -> list[_Match]:
    found, at = [], 0
    while at < len(bare):
        # "thị trấn Phủ Thông" holds "Trần Phú".
        inside_type = at > 0 and f"{bare[at - 1]} {bare[at]}" in ("thi tran", "thanh pho")
        length = (
            0
            if inside_type
            else next(
                (n for n in range(min(4, len(bare) - at), 0, -1) if tuple(bare[at : at + n]) in index), 0
            )
        )
        if not length:
            at += 1
            continue
        things = index[tuple(bare[at : at + length])]
        end = at + length
        communes = tuple(t for t in things if isinstance(t, Unit) and t.kind in ("xa", "phuong", "thi_tran"))
        districts = tuple(t for t in things if isinstance(t, Unit) and t not in communes)
        province = next((t for t in things if isinstance(t, str)), None)
        old = end < len(bare) and bare[end] in ("cu", "truoc")
        mark = _mark(bare, at) if not found or found[-1].end < at else ""
        found.append(_Match(at, end, communes, districts, province, mark, old))
        at = end
    return found


def _mark(bare: list[str], at: int) -> str:
    before = bare[at - 1] if at else ""
    pair = f"{bare[at - 2]} {before}" if at > 1 else ""
    if (
        before in _COMMUNE
        and not (len(before) == 1 and at > 1 and bare[at - 2] in _HAMLET)
        or pair == "thi tran"
    ):
        return "commune"
    if before in _DISTRICT or pair in ("thanh pho", "thi xa"):
        return "district"
    if before in _PROVINCE:
        return "province"
    return "hamlet" if before in _HAMLET or before == "ban" or pair in ("tieu khu", "dan pho") else ""


def _resolved(units: Units, bare: list[str], matches: list[_Match], on: date) -> Found | Ambiguous | None:
    communes = [m for m in matches if m.communes and _is_commune(m)]
    doubles = [
        m
        for m in matches
        if m.districts and m.mark in ("", "district") and m not in communes and not _is_context(m, matches)
    ]
    away = _elsewhere(bare, matches)
    if not communes and not doubles:
        return Ambiguous((), "elsewhere") if away else _only_province(units, matches, on)
    named = _named(communes)
    targets = tuple(dict.fromkeys(s for m in named for u in _meant(m, on) for s in units.successors(u, on)))
    if away:
        return Ambiguous(targets, "elsewhere")
    if not named:
        return _of_districts(units, doubles, matches, on)
    if len(targets) == 1 and _agree(units, targets[0], named, doubles, on):
        return Found(targets[0], _old_name(named, targets[0]))
    others = [s for m in doubles if not m.mark for u in m.communes for s in units.successors(u, on)]
    return Ambiguous(tuple(dict.fromkeys((*targets, *others))), "several")


def _is_context(match: _Match, matches: list[_Match]) -> bool:
    """ "…, Bắc Kạn" behind another place is the province."""
    return (
        bool(match.province) and match.mark == "" and matches[0] is not match and matches[0].mark != "hamlet"
    )


def _is_commune(match: _Match) -> bool:
    """Marked as one, or a name that is no district's."""
    return match.mark == "commune" or (match.mark == "" and not match.districts)


def _named(communes: list[_Match]) -> list[_Match]:
    """Those marked "xã" outweigh a bare name before them, which then is a hamlet; not so "Quang Phong, xã Na Rì".

    There "xã Na Rì" may be said of the old district.
    """
    marked = [m for m in communes if m.mark == "commune"]
    return marked if marked and not any(m.districts for m in marked) else communes


def _meant(match: _Match, on: date) -> tuple[Unit, ...]:
    """ "Bằng Thành cũ" is the old unit of that name; otherwise the one of that day, if there is one."""
    before = tuple(u for u in match.communes if u.valid_to)
    if match.old and before:
        return before
    return tuple(u for u in match.communes if u.in_force(on)) or match.communes


def _agree(units: Units, target: Unit, named: list[_Match], doubles: list[_Match], on: date) -> bool:
    """Whether the commune lies in the districts that the text names."""
    districts = [d for m in doubles for d in m.districts]
    old = {u.parent for m in named for u in m.communes if u.valid_to}
    own = [target in units.of_district(d, on) and (not old or d.code in old) for d in districts]
    same = [target in m.communes for m in doubles]
    return all(a or b for a, b in zip(own, same, strict=True)) if districts else True


def _old_name(named: list[_Match], target: Unit) -> Unit | None:
    return next(
        (u for m in named for u in m.communes if u.valid_to and fold(u.short) != fold(target.short)), None
    )


def _of_districts(units: Units, doubles: list[_Match], matches: list[_Match], on: date) -> Found | Ambiguous:
    """Only a name that may be a district: the present commune if the new province stands behind it, else a question."""
    own = [u for m in doubles for u in m.communes if u.in_force(on)]
    in_new_province = any(m.province == OUR_PROVINCE and not m.communes and not m.districts for m in matches)
    if len(own) == 1 and in_new_province and all(not m.mark and not m.old for m in doubles):
        return Found(own[0])
    inside = [u for m in doubles for d in m.districts for u in units.of_district(d, on)]
    return Ambiguous(tuple(dict.fromkeys((*own, *inside))), "district")


def _only_province(units: Units, matches: list[_Match], on: date) -> Ambiguous | None:
    return Ambiguous((), "district") if any(m.province for m in matches if m.mark != "hamlet") else None


def _elsewhere(bare: list[str], matches: list[_Match]) -> bool:
    """Whether another province, or a district that was never ours, is named as such."""
    inside = {i for m in matches for i in range(m.start, m.end)}
    foreign = any(
        m.province and m.province != OUR_PROVINCE and not m.communes and m.mark != "hamlet" for m in matches
    )
    for at, token in enumerate(bare[:-1]):
        is_type = token in ("huyen", "quan", "tx") or (
            at and f"{bare[at - 1]} {token}" in ("thi xa", "thanh pho")
        )
        if is_type and not {at, at + 1} & inside and bare[at + 1] not in _NO_NAME:
            return True
    return foreign


def _sound(word: str) -> str:
    for written, heard in _SOUNDS:
        if word.startswith(written):
            return heard + word[len(written) :]
    return word


@lru_cache(maxsize=4)
def _sounds_of(units: Units) -> dict[str, tuple[Unit, ...]]:
    index: dict[str, list[Unit]] = {}
    for unit in units.communes:
        index.setdefault(" ".join(map(_sound, fold(unit.short).split())), []).append(unit)
    return {name: tuple(found) for name, found in index.items()}


def _by_sound(units: Units, bare: list[str], on: date) -> Found | Ambiguous | None:
    """Spelled by ear ("Cẩm Dàng", "Nghiên Noan"): taken behind "xã", else asked about; a slip of one letter is asked about."""
    for length in (4, 3, 2):
        for at in range(len(bare) - length + 1):
            name = " ".join(map(_sound, bare[at : at + length]))
            mark = _mark(bare, at)
            communes = _sounds_of(units).get(name, ())
            found = tuple(dict.fromkeys(s for u in communes for s in units.successors(u, on)))
            if found and mark == "commune" and len(found) == 1:
                return Found(found[0])
            if found and mark != "hamlet":
                return Ambiguous(found, "spelling")
    return _by_slip(units, bare, on)


def _by_slip(units: Units, bare: list[str], on: date) -> Ambiguous | None:
    found: list[Unit] = []
    for at in range(len(bare) - 1):
        typed = " ".join(bare[at : at + 2])
        if len(typed) >= 6 and _mark(bare, at) != "hamlet":
            near = [u for u in units.communes if _one_slip(typed, fold(u.short))]
            found += [s for u in near for s in units.successors(u, on)]
    return Ambiguous(tuple(dict.fromkeys(found)), "spelling") if found else None


def _one_slip(one: str, two: str) -> bool:
    """Whether one letter was changed, lost, added or swapped with its neighbour."""
    if abs(len(one) - len(two)) > 1 or one == two:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    swapped = one[at : at + 2] == two[at : at + 2][::-1] and one[at + 2 :] == two[at + 2 :]
    return swapped or one[at + 1 :] == two[at + 1 :] or one[at:] == two[at + 1 :] or one[at + 1 :] == two[at:]


_BEFORE_HAMLET = re.compile(
    r"^(?:(?:nhà|nha|em|e|tôi|toi|cháu|chau|mình|minh|bố mẹ|bo me|ở|o|tại|tai|trên|tren|dưới|duoi|là|la|địa chỉ|dia chi"
    r"|đ/c|dc|đc|trú|tru|thường trú|thuong tru|hộ khẩu|ho khau|hk|quê|que)(?:[\s:,]+|$))+",
    re.IGNORECASE,
)


def _with_hamlet(result, text: str, tokens: list[tuple[str, str, int]], matches: Iterable[_Match]):
    """Add what stands before the first commune or district name, with its own type word."""
    if not result:
        return None
    if not matches:
        return result
    places = [m for m in matches if m.mark != "hamlet" and (m.communes or m.districts)]
    start = places[0].start if places else len(tokens)
    while start and _is_type_word(tokens, start - 1):
        start -= 1
    before = text[: tokens[start][2]] if start < len(tokens) else text
    hamlet = _BEFORE_HAMLET.sub("", before.strip(" ,.;:-")).strip(" ,.;:-")
    fields = {**result.__dict__, "hamlet": hamlet if re.search(r"\w", hamlet) else ""}
    return type(result)(**fields)


def _is_type_word(tokens: list[tuple[str, str, int]], at: int) -> bool:
    """Whether "xã", "thị trấn" … stands there; the x of "thôn X" does not."""
    word, following = tokens[at][1], tokens[at + 1][1] if at + 1 < len(tokens) else ""
    hamlet = len(word) == 1 and at > 0 and tokens[at - 1][1] in _HAMLET
    return (word in _COMMUNE | _DISTRICT | {"tran"} and not hamlet) or f"{word} {following}" in (
        "thi tran",
        "thanh pho",
    )
