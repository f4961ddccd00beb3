"""What the dialogue itself offered is read before NLU (rule 2).

Order: labels of the open question's options -> its value type -> command words -> number words -> None (ask NLU).
A digit binds only to the last open question; when that is long ago or something came between, it is asked about (rule 1).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from backend.domain.values.places_of_choices import position
from bot.dialogue import answers, commands, danger, two_parts
from bot.dialogue.names import named
from bot.dialogue.thresholds import STALE_HOURS
from bot.dialogue.turn import SOFT, options_of, still_open
from bot.dialogue.types import Heard, Option, Reading, State

FOR_GOOD = ("confirm", "consent", "cancel", "withdraw")
"""Kinds whose answer cannot be taken back: a word out of a long sentence is no answer there."""
BY_WHOLE_WORDS = ("kind", "sure")
"""Kinds beside which a new wish is likely: "làm giấy độc thân" is no "làm luôn" there, "tiền người già" no question about money."""
SHORT = 4
_NAMES_SOMEBODY = re.compile(r"\b(?:toi|em|minh|chau|con|bo|me|ong|ba|cu|vo|chong|anh|chi|co|chu|bac) (?:\w+ )?ten (?:la )?\w+ \w+")
""" "Bố tôi tên Triệu Văn Pá" is no answer to "ông bà là gì của người mất", though "bố" is one of the choices."""
_COUNTS = re.compile(r"\b\d{1,2} ?(?:ban|to|trang|nguoi|sao|tuoi|thang|ngay|nam|con|dua|lan|trieu|nghin|k|kg|met|m2|ha|thua)\b")
""" "Lấy 2 bản" is a number of copies and not the second choice."""
_ENDING = re.compile(r"(?: (?:a|nhe|nha|di|voi|thoi|oi|em|chau|bac|chi|anh|can bo))+$")
"""Polite words behind an answer."""
OWN_NAMES = ("attest", "helped_names", "helper_name", "helped_who")
"""Kinds of open question whose answer is itself a name: there a neighbour's name does not switch."""


def read(state: State, heard: Heard, catalogue, now: datetime) -> Reading | None:
    """Read a turn without NLU; None = ask NLU what `heard.text` means.

    A `Reading` with `rest` is an answer with more behind it: let NLU read `rest` into `also` before `decide`.
    """
    if heard.kind != "text" or heard.card:
        return Reading("media", heard.kind)
    open_, text = state.open if still_open(state, catalogue) else None, heard.text.strip()
    if not text:
        return Reading("bad", "empty")
    if open_ is None:
        return _at_rest(state, text)
    if _is_stale(open_, heard, now) and (number := commands.digit(text)):
        return Reading("stale", number)
    if state.helper and "\n" in text and open_["kind"] == "question":
        return Reading("lines", text, rest=text if danger.kind_of(text) else None)
    kept = text if answers.is_story(state, open_, catalogue) else " ".join(text.split("\n"))
    return _at_question(state, open_, kept, catalogue, now)


def _at_rest(state: State, text: str) -> Reading | None:
    if state.helper and named(state.helper["people"], text):
        return Reading("switch", text)
    found = commands.command(text)
    if found and found[0] not in ("CHUA", "XONG", "LUI"):
        return Reading("command", found[0], arg=found[1])
    if re.fullmatch(r"\d{3}[ .-]?\d{3}", text):
        return Reading("claim", text)
    number = commands.digit(text)
    return Reading("digit", number) if number else None


def _is_stale(open_: dict, heard: Heard, now: datetime) -> bool:
    asked = datetime.fromisoformat(open_["asked_at"])
    return heard.interrupted or bool(open_.get("stale")) or now - asked > timedelta(hours=STALE_HOURS)


def _at_question(state: State, open_: dict, text: str, catalogue, now: datetime) -> Reading | None:
    halves = () if open_["kind"] in FOR_GOOD else two_parts.halves(text, answers.kind_of_answer(state, open_, catalogue))
    for part, rest in halves:
        read_part = _one(state, open_, part, catalogue, now)
        if read_part and read_part.kind in ("option", "answer", "doubt"):
            return replace(read_part, rest=rest)
    whole = _one(state, open_, text, catalogue, now)
    if whole and whole.kind in ("bad", "doubt") and two_parts.QUESTION.search(commands.bare_text(text)) and not re.search(r"\d\d", text):
        return None
    if whole and whole.kind == "option" and whole.via == "digit" and _COUNTS.search(commands.bare_text(text)):
        return None
    if whole and whole.kind == "option" and whole.via == "text" and _NAMES_SOMEBODY.search(commands.bare_text(text)):
        return None
    if whole and (whole.kind == "unknown" or (whole.kind == "option" and whole.via == "text")) and two_parts.is_only_a_question(text):
        return None
    if whole and whole.kind in ("option", "answer", "doubt") and len(text.split()) > 2 and danger.kind_of(text):
        return replace(whole, rest=text)
    return whole


def _one(state: State, open_: dict, text: str, catalogue, now: datetime) -> Reading | None:
    if state.helper and open_["kind"] not in OWN_NAMES and (other := named(state.helper["people"], text)) and _is_another(state, open_, other):
        return Reading("switch", text)
    phrase = commands.command(text)
    options = options_of(open_)
    choice = answers.of_choices(options, text) if options else None
    if phrase and " " in commands.bare_text(text) and not (open_["kind"] in SOFT and _is_word_of(choice, options, text)):
        return Reading("command", phrase[0], arg=phrase[1])
    if open_["kind"] in FOR_GOOD and len(text.split()) > SHORT:
        choice = None
    if open_["kind"] in BY_WHOLE_WORDS and choice and not _says_only(choice, options, text):
        choice = None
    if choice and choice.kind == "option":
        return choice
    if open_.get("case") and commands.says_slip(text):
        return Reading("command", "NHAM")
    if phrase and phrase[0] in commands.WAYS_OUT:
        return Reading("command", phrase[0], arg=phrase[1])
    typed = answers.read(state, open_, text, catalogue, now)
    if typed and typed.kind != "bad":
        return typed
    if phrase:
        return Reading("command", phrase[0], arg=phrase[1])
    return typed or choice


def _is_word_of(choice: Reading | None, options: tuple[Option, ...], text: str) -> bool:
    """Whether the whole text is a word of the chosen option: "để sau" puts off the offer, it does not pause a form."""
    return choice is not None and any(o.value == choice.value and commands.bare_text(text) in o.words for o in options)


def _says_only(choice: Reading, options: tuple[Option, ...], text: str) -> bool:
    """Whether a text holds the choice and no more: a number, a word for the place of a choice, or one of its words."""
    said = _ENDING.sub("", commands.bare_text(text))
    return bool(commands.digit(text)) or position(said, len(options)) is not None or _is_word_of(choice, options, said)


def _is_another(state: State, open_: dict, person: dict) -> bool:
    """Whether a neighbour is not the one in hand; before the form is begun the question names whom it is about."""
    return person["name"] != open_["person"] if "person" in open_ else person["case"] != state.active
