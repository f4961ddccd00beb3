"""What the dialogue itself offered is read before NLU (rule 2).

Order: labels of the open question's options -> its value type -> command words -> number words -> None (ask NLU).
A digit binds only to the last open question; when that is long ago or something came between, it is asked about (rule 1).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from backend.domain.values import choice
from bot.dialogue import answers, commands
from bot.dialogue.names import named
from bot.dialogue.thresholds import STALE_HOURS
from bot.dialogue.turn import options_of
from bot.dialogue.types import Heard, Option, Reading, State

CLAUSE = re.compile(r"\s*[,;.?!\n]+\s+|\s*\n\s*|\s+(?=mà\s)|\s+(?=ma\s.*\b(?:khong|ko|k|bao nhieu|bn|may|gi|nao|dau|sao|the)\b)")
_QUESTION = re.compile(
    r"\b(khong|ko|k|hong|bao nhieu|bn|may|gi|j|nao|dau|sao|the nao|ntn|bao lau|bao gio|bh|ai|hay|chua|mat tien|phi)\b|\?"
)
OWN_NAMES = ("attest", "helped_names", "helper_name", "helped_who")
"""Kinds of open question whose answer is itself a name: there a neighbour's name does not switch."""


def read(state: State, heard: Heard, catalogue, now: datetime) -> Reading | None:
    """Read a turn without NLU; None = ask NLU what `heard.text` means.

    A `Reading` with `rest` is an answer with more behind it: let NLU read `rest` into `also` before `decide`.
    """
    if heard.kind != "text" or heard.card:
        return Reading("media", heard.kind)
    open_, text = state.open, heard.text.strip()
    if not text:
        return Reading("bad", "empty")
    if open_ is None:
        return _at_rest(state, text)
    if _is_stale(open_, heard, now) and (number := commands.digit(text)):
        return Reading("stale", number)
    if state.helper and "\n" in text and open_["kind"] == "question":
        return Reading("lines", text)
    return _at_question(state, open_, " ".join(text.split("\n")), catalogue, now)


def _at_rest(state: State, text: str) -> Reading | None:
    if state.helper and named(state.helper["people"], text):
        return Reading("switch", text)
    found = commands.command(text)
    if found and found[0] not in ("CHUA", "XONG", "LUI"):
        return Reading("command", found[0], arg=found[1])
    number = commands.digit(text)
    return Reading("digit", number) if number else None


def _is_stale(open_: dict, heard: Heard, now: datetime) -> bool:
    asked = datetime.fromisoformat(open_["asked_at"])
    return heard.interrupted or bool(open_.get("stale")) or now - asked > timedelta(hours=STALE_HOURS)


def _at_question(state: State, open_: dict, text: str, catalogue, now: datetime) -> Reading | None:
    whole = _one(state, open_, text, catalogue, now)
    if whole:
        return whole
    first, rest = _first_clause(text)
    if not rest:
        return None
    part = _one(state, open_, first, catalogue, now)
    if part and part.kind in ("option", "answer", "doubt") and _QUESTION.search(commands.bare_text(rest)):
        return replace(part, rest=rest)
    return part if part and part.kind in ("option", "answer") and len(rest) < 12 else None


def _first_clause(text: str) -> tuple[str, str]:
    found = CLAUSE.search(text)
    return (text[: found.start()], text[found.end() :]) if found and found.start() else (text, "")


def _one(state: State, open_: dict, text: str, catalogue, now: datetime) -> Reading | None:
    if state.helper and open_["kind"] not in OWN_NAMES and (other := named(state.helper["people"], text)) and other["case"] != state.active:
        return Reading("switch", text)
    options = options_of(open_)
    label = _label(text, options)
    if label:
        return label
    typed = answers.read(state, open_, text, catalogue, now)
    if typed and typed.kind != "bad":
        return typed
    found = commands.command(text)
    if found:
        return Reading("command", found[0], arg=found[1])
    number = commands.place_word(text)
    if number and options:
        return by_number(options, number)
    return typed


def _label(text: str, options: tuple[Option, ...]) -> Reading | None:
    """A choice by its number as a bare digit, or by its label or words."""
    number = commands.digit(text)
    if number is not None and options:
        return by_number(options, int(number))
    picked = choice(text, options) if options else None
    return _option(options, picked) if picked else None


def by_number(options: tuple[Option, ...], number: int) -> Reading:
    """The choice with this number, or a bad reading that says how many there are."""
    if 1 <= number <= len(options):
        return replace(_option(options, options[number - 1].value), via="digit")
    return Reading("bad", "no_such_number", params={"last": str(len(options))})


def _option(options: tuple[Option, ...], value: str) -> Reading:
    option = next(o for o in options if o.value == value)
    return Reading("option", option.value, option.label)
