"""Reads a text as an answer to the open question, with the value readers of the domain.

A reader returns a value, a question to ask back, or a refusal; here they become a `Reading`. None = it is something else
(a side question, a wish): let NLU say what.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from backend.domain import values
from backend.domain.letters import nfc
from backend.domain.procedure import Question
from bot.dialogue import commands
from bot.dialogue.names import named
from bot.dialogue.types import Case, Option, Reading, State

_WHY = re.compile(r"\b(sao (lai )?(phai )?(hoi|can)|hoi .{0,20}lam gi|(de|can) lam gi|lam gi ma (hoi|can)|hoi chi)\b")
_SHAPED = re.compile(r"\d[\d\s.\-/]{3,}")
"""Looks like a number or a date, so that a refusal of the reader is worth saying."""


def read(state: State, open_: dict[str, Any], text: str, catalogue, now: datetime) -> Reading | None:
    """The text as an answer to the open question."""
    if open_["kind"] == "question":
        return _form(state, open_, text, catalogue, now)
    reader = _OWN.get(open_["kind"])
    return reader(state, open_, text, now) if reader else None


def _form(state: State, open_: dict[str, Any], text: str, catalogue, now: datetime) -> Reading | None:
    case = next(c for c in state.cases if c.ref == open_["case"])
    question = next(q for q in catalogue.get(case.procedure).questions if q.id == open_["question"])
    if len(text.split()) <= 9 and _WHY.search(commands.bare_text(text)):
        return Reading("command", "WHY")
    if commands.says_unknown(text):
        return Reading("unknown")
    word = commands.is_command_of_name(text)
    if question.type in ("person_name", "person_key") and word:
        return Reading("unknown") if word == "CHUA" else Reading("name_word", word)
    if question.type == "story":
        return None if commands.command(text) else Reading("more_story", nfc(text), rest=text)
    options = tuple(Option(o.id, o.label, tuple(o.words)) for o in question.options)
    return of_question(question, options, text, case, now)


def of_question(question: Question, options: tuple[Option, ...], text: str, case: Case, now: datetime) -> Reading | None:
    """The text as a value of this question, wherever it was said."""
    if options:
        picked = values.choice(text, options)
        option = next((o for o in options if o.value == picked), None)
        return Reading("option", option.value, option.label) if option else None
    return _as_reading(values.read(question.type, text, now.date()), text)


def _as_reading(result: Any, text: str) -> Reading | None:
    if isinstance(result, values.Read):
        return Reading("answer", result.value, result.shown, doubt=result.doubt)
    if isinstance(result, values.Ask):
        return Reading("doubt", doubt=result.key, options=result.options, params=result.params)
    return Reading("bad", result.key, params=result.params) if _SHAPED.search(text) else None


def _full_name(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    result = values.read("person_name", text, now.date())
    return Reading("answer", result.value, result.value) if isinstance(result, values.Read) else None


def _phone_or_none(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    if commands.bare_text(text) in ("khong", "ko", "k", "khong co", "ko co", "khong co dt", "chua co", "hong"):
        return Reading("answer", "no")
    return _as_reading(values.read("phone", text, now.date()), text)


def _neighbour(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    return Reading("answer", text) if named(state.helper["people"], text) else None


def _attest(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    words = commands.bare_text(text)
    if words in ("khong", "ko", "k", "khong dong y"):
        return Reading("answer", "no")
    return Reading("answer", text) if words.startswith("dong y") else None


def _digits(length: int):
    def reader(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
        digits = re.sub(r"[\s.\-]", "", text)
        return Reading("answer", digits) if re.fullmatch(rf"\d{{{length}}}", digits) else None

    return reader


def _code(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    result = values.read("dossier_code", text, now.date())
    return Reading("answer", result.value) if isinstance(result, values.Read) else None


def _number_of_question(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    found = re.fullmatch(r"(?:cau |so |sua )*(\d{1,2})", commands.bare_text(text))
    return Reading("answer", found[1]) if found else None


def _lines_of_names(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    return Reading("answer", nfc(text)) if len(text) <= 200 and not re.search(r"[?\d]", text) else None


_OWN = {
    "helper_name": _full_name,
    "helped_names": _lines_of_names,
    "helped_who": _neighbour,
    "phone_of": _phone_or_none,
    "attest": _attest,
    "track_key": _digits(4),
    "track_code": _code,
    "claim": _digits(6),
    "fix": _number_of_question,
}
"""Kinds of the dialogue's own questions whose answer is not a choice."""
