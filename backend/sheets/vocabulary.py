"""The words of the officers' sheet, from `words.yaml`: an officer reads "bản chính", the procedure file says `original`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from backend.domain.letters import fold

Names = dict[str, str]


@dataclass(frozen=True)
class Vocabulary:
    """columns, parts, facts, marks, changes: id -> word on the sheet; values: kind of value -> such a table."""

    columns: Names
    parts: Names
    facts: Names
    values: dict[str, Names]
    marks: Names
    changes: Names


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the words, read once."""
    return Vocabulary(**yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8")))


def heard(text: str) -> str:
    """Return a heading or a word of the sheet as it is compared: accents, case and doubled spaces do not matter."""
    return " ".join(fold(text).split())


def id_of(names: Names, said: str) -> str | None:
    """Return the id of a word of the sheet, or of the id itself; None for an unknown word."""
    wanted = heard(said)
    return next((id for id, word in names.items() if wanted in (heard(word), id)), None)
