"""Names of neighbours in a helper's text: whom to help, and whom to switch to."""

from __future__ import annotations

import re
from typing import Any

from backend.domain.letters import fold, nfc

_KIN = r"(?:bác|bac|bà|ba|bá|ông|ong|cụ|cu|cô|co|chú|chu|anh|chị|chi|mẹ|me|bố|bo|cậu|dì|mợ|thím)"
_NAME = r"[^\W\d_]+"
_CAPITALS = re.compile(rf"\b{_KIN}\s+((?:(?-i:[A-ZĐÀ-Ỹ]){_NAME[:-1]}*\s*){{1,4}})(?:\(([^)]{{2,40}})\))?", re.IGNORECASE)
_PLAIN = re.compile(rf"\b(?:cho|giúp|giup|hộ|ho|với|voi)\s+{_KIN}\s+({_NAME})(?:\s*\(([^)]{{2,40}})\))?", re.IGNORECASE)
_NOT_NAMES = set("hang xom toi em ay nay kia trong o lam xin nop co khong va voi con chau di het nha thon ban ban".split())


def names_in(text: str) -> list[tuple[str, str]]:
    """Names after a kin word with what stands in brackets behind them: [("Pá", "trợ cấp"), ("Mùi", "hộ nghèo")]."""
    found = _CAPITALS.findall(nfc(text)) or _PLAIN.findall(nfc(text))
    return [(name.strip(), hint) for name, hint in found if fold(name.strip()) not in _NOT_NAMES]


def named(people: list[dict[str, Any]], text: str) -> dict[str, Any] | None:
    """The one of `people` ({name, …}) whose whole name, or last word of it, the text is; accents decide between two."""
    words = re.sub(rf"^{_KIN}\s+(?=\S)", "", nfc(text).strip(" .!"), flags=re.IGNORECASE)
    wanted = fold(words)
    whole = [p for p in people if fold(p["name"]) == wanted]
    last = [p for p in people if fold(p["name"]).split()[-1] == wanted]
    exact = [p for p in last if p["name"].split()[-1] == words.upper()]
    return next(iter(whole or exact or last), None)
