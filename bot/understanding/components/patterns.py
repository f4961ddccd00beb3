"""Sentences from patterns: `(em|tôi|) (muốn|cần) rút hồ sơ {procedure}` stands for all its readings.

A training block with `metadata: {pattern: true}` holds patterns instead of sentences. `{procedure}` is filled with a
folk name of a procedure, `{situation}` with what leads to one, and either labels the sentence with it; the other
slots come from `nlu_data/lookups`. Standard library and PyYAML only; the same seed gives the same sentences.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

import yaml

_LOOKUPS = Path(__file__).resolve().parents[3] / "nlu_data" / "lookups"
_LABELLED = {"procedure": "procedures.yml", "situation": "situations.yml"}
_PIECE = re.compile(r"\(|\)|\||\{\w+\}|[^(){}|]+")


class PatternError(ValueError):
    """A pattern is not well formed; the text shows it."""


@dataclass(frozen=True)
class Sentence:
    """One reading of a pattern; `procedure` is the one its slot named."""

    text: str
    procedure: Optional[str] = None


def sentences(pattern: str, count: int, seed: int) -> List[Sentence]:
    """Return at most `count` different readings of `pattern`; raises PatternError."""
    rng = random.Random(f"{seed} {pattern}")
    pieces = _PIECE.findall(pattern)
    if "".join(pieces) != pattern:
        raise PatternError(f"pattern with a stray brace: {pattern}")
    made = (_read(pieces, pattern, rng) for _ in range(3 * count))
    return list({s.text: s for s in made}.values())[:count]


def _read(pieces: List[str], pattern: str, rng: random.Random) -> Sentence:
    named: List[str] = []
    text, rest = _choose(pieces, rng, named)
    if rest:
        raise PatternError(f"pattern with a stray bracket: {pattern}")
    return Sentence(" ".join(text.split()), named[0] if named else None)


def _choose(pieces: List[str], rng: random.Random, named: List[str], depth: int = 0) -> Tuple[str, List[str]]:
    """Read alternatives up to the closing bracket, keep one of them; returns (text, what is left)."""
    ways, rest = _alternatives(pieces, depth)
    text, way = "", rng.choice(ways)
    while way:
        piece, way = way[0], way[1:]
        if piece == "(":
            inner, way = _choose(way, rng, named, depth + 1)
            text += inner
        elif piece.startswith("{"):
            text += _fill(piece[1:-1], rng, named)
        else:
            text += piece
    return text, rest


def _alternatives(pieces: List[str], depth: int) -> Tuple[List[List[str]], List[str]]:
    ways: List[List[str]] = [[]]
    level = 0
    for i, piece in enumerate(pieces):
        if piece == ")" and level == 0:
            return (ways, pieces[i + 1:]) if depth else (ways, pieces[i:])
        level += (piece == "(") - (piece == ")")
        if piece == "|" and level == 0 and depth:
            ways.append([])
        else:
            ways[-1].append(piece)
    if depth or level:
        raise PatternError("pattern with an open bracket: " + "".join(pieces))
    return ways, []


def _fill(slot: str, rng: random.Random, named: List[str]) -> str:
    if slot in _LABELLED:
        return _labelled(_LABELLED[slot], rng, named)
    if slot in _MADE:
        return _MADE[slot](rng)
    if slot not in _lists():
        raise PatternError(f"pattern with an unknown slot {{{slot}}}")
    return rng.choice(_lists()[slot])


def _labelled(table: str, rng: random.Random, named: List[str]) -> str:
    """Fill in words for a procedure; a second slot in one sentence means the same procedure."""
    words = _table(table)
    if not named:
        named.append(rng.choice(sorted(words)))
    return rng.choice(words[named[0]])


def _name(rng: random.Random) -> str:
    lists = _lists()
    parts = [rng.choice(lists["surname"]), rng.choice(lists["middle"]), rng.choice(lists["given"])]
    short = rng.random()
    name = " ".join(parts if short > 0.15 else parts[2:])
    return name if rng.random() < 0.6 else rng.choice((name.lower(), name.upper()))


def _date(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 30), rng.randint(1, 12), rng.choice(_lists()["year"])
    written = rng.choice(("{d}/{m}/{y}", "{d}/{m}/{y}", "{d}-{m}-{y}", "{d}.{m}.{y}", "{d}/{m}", "ngày {d} tháng {m} năm {y}",
                          "{d} tháng {m}", "mùng {e} tháng {m}", "ngày {d} tháng {m}", "rằm tháng {m}", "ngày {d} t{m}"))
    return written.format(d=day, m=month, y=year, e=day % 10 + 1)


def _phone(rng: random.Random) -> str:
    digits = "0" + rng.choice("35789") + "".join(rng.choices("0123456789", k=8))
    return rng.choice((digits, digits, f"{digits[:4]} {digits[4:7]} {digits[7:]}", f"{digits[:4]}.{digits[4:7]}.{digits[7:]}", "+84" + digits[1:]))


def _citizen_id(rng: random.Random) -> str:
    digits = rng.choice(("006", "006", "019", "001")) + rng.choice("0123") + "".join(rng.choices("0123456789", k=8))
    return rng.choice((digits, digits, f"{digits[:4]} {digits[4:8]} {digits[8:]}"))


def _code(rng: random.Random) -> str:
    day, number = f"26{rng.randint(1, 12):02}{rng.randint(1, 28):02}", f"{rng.randint(1, 99):04}"
    return rng.choice((f"H55.242-{day}-{number}", f"H55.{rng.randint(200, 300)} - {day} - {number}", f"{day}-{number}", number,
                       f"000.23.45.H03-{day}-{number}", f"h55.242.{day}.{number}"))


_MADE: Dict[str, Callable[[random.Random], str]] = {
    "name": _name, "date": _date, "phone": _phone, "id": _citizen_id, "code": _code,
}  # fmt: skip


@lru_cache(maxsize=None)
def _table(name: str) -> Dict[str, List[str]]:
    return yaml.safe_load((_LOOKUPS / name).read_text("utf-8"))


@lru_cache(maxsize=1)
def _lists() -> Dict[str, List[str]]:
    lists = yaml.safe_load((_LOOKUPS / "slots.yml").read_text("utf-8"))
    for kind in ("place", "paper"):
        lists[kind] = yaml.safe_load((_LOOKUPS / f"{kind}.yml").read_text("utf-8"))
    return {kind: [str(item) for item in items] for kind, items in lists.items()}
