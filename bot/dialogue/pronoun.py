"""Rule 22: no pronoun by default; the one a person uses of themselves is taken over where a text offers it."""

from __future__ import annotations

import re

from backend.domain.letters import nfc
from bot.dialogue.turn import Turn

_SELF = {
    "bác": "bác", "bac": "bác", "bá": "bá", "em": "em", "e": "em", "cháu": "cháu", "chị": "chị", "anh": "anh", "cô": "cô", "chú": "chú",
    "ông": "ông", "bà": "bà",
}  # fmt: skip
_VERB = r"(?:hỏi|hoi|muốn|muon|cần|can|xin|nhờ|nho|đang|dang|bên|ben|chưa biết|không biết|ko biet|k bt|có việc|định|dinh|ở|o thon)"
_FIRST = re.compile(rf"(?:^|[,.!?\n]|\b(?:cho|ơi|oi|ạ|ad)\s)\s*({'|'.join(_SELF)})\s+{_VERB}\b", re.IGNORECASE)


def learn(t: Turn) -> None:
    """Remember how a person calls themselves; a kinship word without its accents is taken only where it is plain."""
    if t.heard.kind != "text":
        return
    found = _FIRST.search(nfc(t.heard.text))
    if found:
        t.memory["you"] = _SELF[found[1].lower()]
