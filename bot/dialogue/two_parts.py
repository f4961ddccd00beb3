"""An answer and something else in one text: "Nguyễn Văn Pá, mà có mất tiền không", "o nha the can giay gi"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.dialogue.commands import bare_text
from bot.dialogue.wishes import FACTS, WISHING

_CLAUSE = re.compile(
    r"\s*[,;.?!\n]+\s+|\s*\n\s*|\s+(?=(?:mà|nhưng)\s)|\s+(?=(?:ma|nhung)\s.*\b(?:khong|ko|k|bao nhieu|bn|may|gi|nao|dau|sao|the)\b)",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"\b(bao nhieu|bn|may|gi|j|nao|dau|sao|ntn|bao lau|bao gio|bh|mat tien|phi)\b|\b(khong|ko|k|hong|chua)(?: (?:a|vay|the|nhi|nhe|nha))?$"
)
"""Folded words that make a text a question."""
_WISH = re.compile(
    r"\b(?:lam (?:ca|luon|them|giup)|xin (?:ca|luon|them)|hoi (?:ca|luon|them)|dang ky|voi lai|tien the|ngoai ra|gap can bo|den dau roi"
    r"|cho gap)\b"
)
_OPENS = re.compile(
    r"\s+(?=(?:thế|the|vậy|vay|nhưng|nhung|mà|ma|còn|con|có|co|mất|mat|bao|phải|phai|nộp|nop|cần|can|hết|het)\s)", re.IGNORECASE
)
_SURELY_OPENS = re.compile(r"(?:the|vay|nhung|ma)\b")
_ALSO_WORDS = {"co", "khong", "chua", "roi", "phai", "da", "u", "ko", "k"}
"""Answers of one word that a question may begin with as well: "có phải nộp ở xã không"."""
_NAMED = re.compile(r"^(?:chau |be |con |toi |em |ho )?(?:ten|la)\b")
_BEGINS_ASKING = re.compile(
    r"(?:(?:cho )?(?:em |toi |chau |minh |bac )?(?:cho )?hoi|co phai|co duoc|co can|phai chang|lam sao|sao lai)\b"
    r".*\b(?:khong|ko|k|hong|gi|nao|sao|dau|chua)\b"
)
SHORT = 4
"""Words within which an answer stands even where the text looks like a question."""
NAMES = ("person_name", "person_key")
FREE = ("text", "story", "address")
"""Types whose answer may hold any words: only a plain question is cut off from them."""


def halves(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """(what may be the answer, the rest) of a text, the likeliest first. `kind`: the type of the open question, or "choice"."""
    cuts = [(text[: c.start()], text[c.end() :]) for c in _CLAUSE.finditer(text) if c.start()]
    for first, rest in reversed(cuts) if kind == "address" else cuts:
        if _asks(rest) or (kind not in FREE and _WISH.search(bare_text(rest))):
            yield first, rest
        if kind not in FREE and _asks(first) and not _asks(rest) and (kind not in NAMES or _NAMED.search(bare_text(rest))):
            yield rest, first
    if kind not in (*FREE, "person_name"):
        yield from _unmarked(text, kind)


def _unmarked(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """Cuts without any mark, as most texts come: "2 the mat bao nhieu tien"."""
    for joint in _OPENS.finditer(text):
        head, tail = text[: joint.start()].strip(), text[joint.end() :].strip()
        bare_head, bare_tail = bare_text(head), bare_text(tail)
        if kind not in ("choice", "yes_no") and not re.search(r"\d", head):
            continue
        if head and _asks(tail) and (_SURELY_OPENS.match(bare_tail) if bare_head in _ALSO_WORDS else not QUESTION.search(bare_head)):
            yield head, tail


def is_only_a_question(text: str) -> bool:
    """Whether a text asks about the paper and answers nothing, though a word of an answer stands in it."""
    words = bare_text(text)
    if re.search(r"\b(?:biet|nho|ro)\b", words):
        return False
    return len(words.split()) > SHORT and bool(_BEGINS_ASKING.match(words) or any(fact.search(words) for fact in FACTS.values()))


def asks_or_wishes(text: str) -> bool:
    """Whether a text asks for something, rather than remarks on something."""
    return _asks(text) or bool(WISHING.search(bare_text(text)))


def _asks(text: str) -> bool:
    return bool(QUESTION.search(bare_text(text)))
