"""Corrections in free text: "nhầm, con sinh 12/9", "sửa tên con", at any point of the form."""

from __future__ import annotations

import re

from backend.domain.procedure import Question
from bot.dialogue import answers, forms, review
from bot.dialogue.commands import bare_text
from bot.dialogue.path import path
from bot.dialogue.turn import Turn
from bot.dialogue.types import Case, Reading

_SLIP = re.compile(
    r"^\W*(?:à |a |ờ |o )?(?:nhầm|nham|sai|lộn|lon|không phải|khong phai|sửa|sua|xin lỗi|đính chính)(?: rồi| roi| lại| lai)?\b[\s,.:;]*",
    re.IGNORECASE,
)
_NOT_THAT = re.compile(r"\s*(?:,\s*)?(?:chứ\s+)?(?:không phải|khong phai|ko phai|k phải|k phai)\s.*$", re.IGNORECASE)
_WHO = {
    "subject": re.compile(
        r"\b(?:ten|so|ngay|nam)(?: \w+){0,2} (?:be|con|chau|tre|nguoi mat|cu)\b|\b(?:be|con|chau|tre|em be)(?: \w+){0,2} (?:ten|sinh|de)\b"
    ),
    "mother": re.compile(r"\b(?:me|vo)\b"),
    "father": re.compile(r"\b(?:bo|cha|chong)\b"),
}
"""Whose name or number a correction is about, folded."""
_PERSONAL = ("person_name", "person_key", "birth_date")
_ABOUT = {
    "birth_date": "sinh de ngay", "date": "ngay sinh de mat cuoi", "person_name": "ten ho", "person_key": "so can cuoc cccd ten",
    "phone": "dien thoai sdt so may", "address": "thon xa nha o dia chi", "number": "nguoi so may",
}  # fmt: skip


def from_text(t: Turn, case: Case, text: str) -> None:
    """Correct the answer the text is about: its value is read as the answers before were; unclear = asked which."""
    value = _NOT_THAT.sub("", _SLIP.sub("", text)).strip()
    for question in _likely(t, case, value):
        reading = _read(t, case, question, value)
        if reading and reading.kind == "doubt":
            return forms.ask_back(t, case, question, reading)
        if reading:
            forms.take(t, case, question, reading)
            return forms.next_question(t, case)
    number = re.search(r"\bcau\D{0,4}(\d{1,2})\b", bare_text(text))
    forms.fix(t, case, number[1]) if number else _by_label(t, case, value)


def _likely(t: Turn, case: Case, value: str) -> list[Question]:
    """Answered questions: those whose subject is named first, names last (any words look like one), else the latest first."""
    said = {role for role, words in _WHO.items() if words.search(bare_text(value))}
    answered = [q for q in reversed(path(t, case)) if q.id in case.answers and not _is_of_another(q, said)]
    unsaid = "ten" not in bare_text(value).split()
    return sorted(answered, key=lambda q: (bool(said) and q.role not in said, unsaid and q.type in _PERSONAL[:2], -_named(q, value)))


def _is_of_another(question: Question, said: set[str]) -> bool:
    """Whether a correction speaks of another person than the question does: "tên bé là …" never changes the father."""
    return bool(said) and question.type in _PERSONAL and question.role in _WHO and question.role not in said


def _named(question: Question, value: str) -> int:
    words = set(bare_text(value).split())
    own = set(bare_text(question.label).split()) | set(_ABOUT.get(question.type, "").split())
    return len(words & own)


def _read(t: Turn, case: Case, question: Question, value: str) -> Reading | None:
    """The value read as an answer of this question, also behind its subject ("con sinh 12/9", "tên là Bàn Thị Nga")."""
    if question.type in ("story", "text", "address"):
        return None
    tails = [
        value,
        *(value[m.end() :] for m in re.finditer(r"\b(?:là|la|sinh|đẻ|de|tên|ten|số|so|ngày|ngay)\s+(?:ngày |ngay |là |la )*", value, re.IGNORECASE)),
    ]
    for tail in reversed(tails):
        reading = answers.of_question(t.procedure(case), question, tail, case, t.now)
        if reading and reading.kind == "doubt" and question.type in ("date", "birth_date"):
            return _in_the_same_year(reading, case.answers[question.id]["value"])
        if reading and reading.kind in ("option", "answer") and reading.value != case.answers[question.id]["value"]:
            return reading
    return None


def _in_the_same_year(doubt: Reading, before: str) -> Reading:
    """ "12/9" said in place of 9/12/2026 is 12/9/2026."""
    day = doubt.options[0].value if doubt.doubt == "date_year" else ""
    return Reading("answer", day, day) if day[:4] == before[:4] else doubt


def _by_label(t: Turn, case: Case, value: str) -> None:
    named = [q for q in _likely(t, case, value) if _named(q, value) > 1]
    forms.ask_anew(t, case, named[0]) if named else review.which(t, case)
