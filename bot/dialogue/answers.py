"""Reads a text as an answer to the open question, with the value readers of the domain.

A reader returns a value, a question to ask back, or a refusal; here they become a `Reading`. None = it is something else
(a side question, a wish): let NLU say what.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from backend.domain.letters import nfc
from backend.domain.procedure import Procedure, Question
from backend.domain.values.addresses import read_address
from backend.domain.values.amounts import read_number
from backend.domain.values.choices import read_choice
from backend.domain.values.citizen_ids import read_citizen_id
from backend.domain.values.codes import read_dossier_code
from backend.domain.values.dates import read_birth_date, read_date
from backend.domain.values.names import read_person_key, read_person_name
from backend.domain.values.phones import read_phone
from backend.domain.values.result import Ask, Read, Result
from backend.domain.values.yes_no import read_yes_no
from bot.dialogue import commands, menus
from bot.dialogue.names import named
from bot.dialogue.thresholds import MENU
from bot.dialogue.types import Case, Option, Reading, State

_WHY = re.compile(r"\b(sao (lai )?(phai )?(hoi|can)|hoi .{0,20}lam gi|(de|can) lam gi|lam gi ma (hoi|can)|hoi chi)\b")
_SHAPED = re.compile(r"\d[\d\s.\-/]{3,}")
"""Looks like a number or a date, so that a refusal of the reader is worth saying."""
_MANNERS = re.compile(
    r"(?:cam on|cam ta|xin loi|chao|xin chao|tam biet|the (?:co|thi|a|nao)|vay (?:co|thi|a)|co (?:phai|can|duoc|mat)|dung roi|vang a?$"
    r"|da vang|sao lai|gap (?:can bo|nguoi|lanh dao|giam doc|chu tich)|bao (?:gio|h|lau|nhieu))\b"
)
"""How thanks and questions begin; no name begins so."""
SEX_OF_ROLE = {"mother": "female", "father": "male"}


def read(state: State, open_: dict[str, Any], text: str, catalogue, now: datetime) -> Reading | None:
    """The text as an answer to the open question, where it is no choice."""
    if open_["kind"] in ("question", "doubt", "card", "same_place"):
        return _form(state, open_, text, catalogue, now)
    reader = _OWN.get(open_["kind"])
    return reader(state, open_, text, now) if reader else None


def _form(state: State, open_: dict[str, Any], text: str, catalogue, now: datetime) -> Reading | None:
    case = next(c for c in state.cases if c.ref == open_["case"])
    procedure = catalogue.by_version(case.procedure, case.version)
    question = next(q for q in procedure.questions if q.id == open_["question"])
    if question.type == "story":
        return _story(text)
    if len(text.split()) <= 9 and _WHY.search(commands.bare_text(text)):
        return Reading("command", "WHY")
    if open_.get("keeps") and commands.bare_text(text) in (*menus.YES.words, "giu nguyen", "giu", "van the", "nhu cu", "the thoi"):
        return Reading("kept")
    if question.type in ("person_name", "person_key") and _MANNERS.match(commands.bare_text(text)):
        return None
    word = commands.is_command_of_name(text)
    if question.type in ("person_name", "person_key") and word:
        return Reading("unknown") if word == "CHUA" else Reading("name_word", word)
    return None if question.options else of_question(procedure, question, text, case, now)


def kind_of_answer(state: State, open_: dict[str, Any], catalogue) -> str:
    """The type of answer the open question waits for: "choice", the type of the form's question, or the dialogue's own kind."""
    if open_["options"]:
        return "choice"
    question = _question_of(state, open_, catalogue)
    return question.type if question else open_["kind"]


def _question_of(state: State, open_: dict[str, Any], catalogue) -> Question | None:
    case = next((c for c in state.cases if c.ref == open_.get("case")), None)
    if case is None or open_["kind"] != "question":
        return None
    return next(q for q in catalogue.by_version(case.procedure, case.version).questions if q.id == open_["question"])


def is_story(state: State, open_: dict[str, Any], catalogue) -> bool:
    """Whether the open question is one that is told in as many lines as it needs."""
    question = _question_of(state, open_, catalogue)
    return question is not None and question.type == "story"


def _story(text: str) -> Reading | None:
    """A piece of a story; XONG on the last line ends it in the same text (fragments of one turn are joined by lines)."""
    if commands.command(text):
        return None
    told, _, last = nfc(text).rstrip().rpartition("\n")
    if told.strip() and (commands.command(last) or ("",))[0] == "XONG":
        return Reading("more_story", told, rest=told, arg="XONG")
    return Reading("more_story", nfc(text), rest=text)


def of_question(procedure: Procedure, question: Question, text: str, case: Case, now: datetime) -> Reading | None:
    """The text as a value of this question, wherever it was said."""
    if question.options:
        return of_choices(tuple(Option(o.id, o.label, tuple(o.words)) for o in question.options), text)
    return _as_reading(_typed(procedure, question, text, case, now), text)


def of_choices(options: tuple[Option, ...], text: str) -> Reading | None:
    """The text as one of the choices; None when it is none of them."""
    result = read_choice(text, options)
    if isinstance(result, Read):
        option = next(o for o in options if o.value == result.value)
        return Reading("option", option.value, option.label, via="digit" if result.details["via"] == "digit" else "text")
    if isinstance(result, Ask):
        return Reading("bad", result.key, params={"last": str(len(options))})
    if result.key == "not_known":
        return Reading("unknown")
    zero = result.key == "no_such_number" and commands.digit(text) == "0" and {o.value for o in options} & {"yes", "no"}
    if zero:
        return Reading("bad", "zero")
    return Reading("bad", result.key, params=result.params) if result.key == "no_such_number" else None


def _typed(procedure: Procedure, question: Question, text: str, case: Case, now: datetime) -> Result:
    today = now.date()
    if question.type == "person_key":
        return read_person_key(text, today, **_known_of_person(procedure, question, case))
    if question.type == "text":
        return Read(nfc(text.strip()), nfc(text.strip()))
    if question.recent:
        return _READERS[question.type](text, today, recent=True)
    return _READERS[question.type](text, today)


def _known_of_person(procedure: Procedure, question: Question, case: Case) -> dict[str, str]:
    """What other answers say of the person a number belongs to; what disagrees is asked about, never refused."""
    known = {"sex": SEX_OF_ROLE[question.role]} if question.role in SEX_OF_ROLE else {}
    for other in procedure.questions:
        said = case.answers.get(other.id)
        if said and other.role == question.role and other.type == "birth_date":
            known["born"] = said["value"]
        if said and other.role == question.role and said["value"] in ("male", "female"):
            known["sex"] = said["value"]
    return known


def address(text: str, today: date) -> Reading | None:
    """A place that is sure, else None."""
    result = read_address(text, today)
    return Reading("answer", result.value, result.shown) if isinstance(result, Read) else None


_READERS = {
    "date": read_date, "birth_date": read_birth_date, "person_name": read_person_name, "citizen_id": read_citizen_id, "phone": read_phone,
    "address": read_address, "number": read_number, "yes_no": read_yes_no,
}  # fmt: skip


def _as_reading(result: Result, text: str) -> Reading | None:
    if isinstance(result, Read):
        old = {"old": result.details["old"], "name": result.details["name"]} if result.details.get("old") else {}
        return Reading("answer", result.value, result.shown, doubt=result.doubt, params=old, rest=result.details.get("rest") or None)
    if isinstance(result, Ask):
        return _asked_back(result)
    if result.key == "not_known":
        return Reading("unknown")
    return Reading("bad", result.key, params=result.params) if _SHAPED.search(text) else None


def _asked_back(result: Ask) -> Reading:
    """A question back with what may have been meant; with one candidate the other choice is to say it again."""
    options = tuple(Option(c.value, f"@candidate.{c.key}", c.words, c.params) for c in result.options[:MENU])
    if not options:
        return Reading("bad", result.key, params=result.params)
    if len(options) == 1:
        label = "@options.right" if result.key.startswith("id_") else options[0].label
        options = (Option(options[0].value, label, menus.YES.words, options[0].params), menus.AGAIN)
    return Reading("doubt", doubt=result.key, options=options, params=result.params)


def _full_name(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    result = read_person_name(text, now.date())
    return Reading("answer", result.value, result.value) if isinstance(result, Read) else None


def _phone_or_none(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    if commands.bare_text(text) in ("khong", "ko", "k", "khong co", "ko co", "khong co dt", "chua co", "hong"):
        return Reading("answer", "no")
    return _as_reading(read_phone(text, now.date()), text)


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
    result = read_dossier_code(text, now.date())
    return Reading("answer", result.value) if isinstance(result, Read) else None


def _what_is_wrong(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    """The number of a question, or the right value in free text; a question or a command is neither."""
    found = re.fullmatch(r"(?:cau |so |sua )*(\d{1,2})", commands.bare_text(text))
    if found:
        return Reading("answer", found[1])
    return None if "?" in text or commands.command(text) else Reading("answer", text)


def _lines_of_names(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    return Reading("answer", nfc(text)) if len(text) <= 200 and not re.search(r"[?\d]", text) else None


def _another(state: State, open_: dict, text: str, now: datetime) -> Reading | None:
    return Reading("answer", menus.OTHER.value) if commands.bare_text(text) in menus.OTHER.words[:3] else None


_OWN = {
    "procedure": _another,
    "helper_name": _full_name,
    "helped_names": _lines_of_names,
    "helped_who": _neighbour,
    "phone_of": _phone_or_none,
    "attest": _attest,
    "track_key": _digits(4),
    "track_code": _code,
    "claim": _digits(6),
    "fix": _what_is_wrong,
}
"""Kinds of the dialogue's own questions whose answer is not a choice."""
