"""Corrections in free text: "nhầm, con sinh 12/9", "sửa tên con", at any point of the form."""

from __future__ import annotations

import re

from backend.domain.procedure import Question
from bot.dialogue import answers, forms, review
from bot.dialogue.commands import bare_text
from bot.dialogue.path import choices, path
from bot.dialogue.turn import Turn
from bot.dialogue.types import Case, Reading

_SLIP = re.compile(r"^\W*(?:à |a |ờ |o )?(?:nhầm|nham|sai|lộn|lon|không phải|khong phai|sửa|sua|xin lỗi|đính chính)(?: rồi| roi| lại| lai)?\b[\s,.:;]*", re.I)
_NOT_THAT = re.compile(r"\s*(?:,\s*)?(?:chứ\s+)?(?:không phải|khong phai|ko phai|k phải|k phai)\s.*$", re.I)
_ABOUT = {
    "birth_date": "sinh de ngay", "date": "ngay sinh de mat cuoi", "person_name": "ten ho", "person_key": "so can cuoc cccd ten",
    "phone": "dien thoai sdt so may", "address": "thon xa nha o dia chi", "number": "nguoi so may",
}  # fmt: skip


def from_text(t: Turn, case: Case, text: str) -> None:
    """Correct the answer the text is about: its value is read as the answers before were; unclear = asked which."""
    value = _NOT_THAT.sub("", _SLIP.sub("", text)).strip()
    for question in _likely(t, case, value):
        reading = _read(t, case, question, value)
        if reading:
            forms.take(t, case, question, reading)
            return forms.next_question(t, case)
    number = re.search(r"\bcau\D{0,4}(\d{1,2})\b", bare_text(text))
    forms.fix(t, case, number[1]) if number else _by_label(t, case, value)


def _likely(t: Turn, case: Case, value: str) -> list[Question]:
    """Answered questions, the latest first, those whose subject is named before the others."""
    answered = [q for q in reversed(path(t, case)) if q.id in case.answers]
    return sorted(answered, key=lambda q: -_named(q, value))


def _named(question: Question, value: str) -> int:
    words = set(bare_text(value).split())
    own = set(bare_text(question.label).split()) | set(_ABOUT.get(question.type, "").split())
    return len(words & own)


def _read(t: Turn, case: Case, question: Question, value: str) -> Reading | None:
    """The value read as an answer of this question, also behind its subject ("con sinh 12/9", "tên là Bàn Thị Nga")."""
    if question.type in ("story", "text", "address"):
        return None
    tails = [value, *(value[m.end() :] for m in re.finditer(r"\b(?:là|la|sinh|đẻ|de|tên|ten|số|so|ngày|ngay)\s+(?:ngày |ngay |là |la )*", value, re.I))]
    for tail in tails:
        reading = answers.of_question(question, choices(question), tail, case, t.now)
        if reading and reading.kind in ("option", "answer") and reading.value != case.answers[question.id]["value"]:
            return reading
    return None


def _by_label(t: Turn, case: Case, value: str) -> None:
    named = [q for q in _likely(t, case, value) if _named(q, value) > 1]
    forms.ask_anew(t, case, named[0]) if named else review.which(t, case)
