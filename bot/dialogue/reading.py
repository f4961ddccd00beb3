"""What the dialogue itself offered is read before NLU (rule 2).

Order: labels of the open question's options -> its value type -> command words -> number words -> None (ask NLU).
A digit binds only to the last open question; when that is long ago or something came between, it is asked about (rule 1).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue import answers, commands, danger
from bot.dialogue.names import named
from bot.dialogue.thresholds import STALE_HOURS
from bot.dialogue.turn import options_of, still_open
from bot.dialogue.types import Heard, Reading, State

CLAUSE = re.compile(r"\s*[,;.?!\n]+\s+|\s*\n\s*|\s+(?=mà\s)|\s+(?=ma\s.*\b(?:khong|ko|k|bao nhieu|bn|may|gi|nao|dau|sao|the)\b)")
_QUESTION = re.compile(
    r"\b(bao nhieu|bn|may|gi|j|nao|dau|sao|ntn|bao lau|bao gio|bh|mat tien|phi)\b|\b(khong|ko|k|hong|chua)(?: (?:a|vay|the|nhi|nhe|nha))?$"
)
FOR_GOOD = ("confirm", "consent", "cancel", "withdraw")
"""Kinds whose answer cannot be taken back: a word out of a long sentence is no answer there."""
SHORT = 4
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
    first, rest = _first_clause(text)
    part = _one(state, open_, first, catalogue, now) if _QUESTION.search(commands.bare_text(rest)) else None
    if part and part.kind in ("option", "answer", "doubt"):
        return replace(part, rest=rest)
    whole = _one(state, open_, text, catalogue, now)
    if whole and whole.kind in ("bad", "doubt") and _QUESTION.search(commands.bare_text(text)) and not re.search(r"\d\d", text):
        return None
    if whole and whole.kind in ("option", "answer", "doubt") and len(text.split()) > 2 and danger.kind_of(text):
        return replace(whole, rest=text)
    return whole


def _first_clause(text: str) -> tuple[str, str]:
    found = CLAUSE.search(text)
    return (text[: found.start()], text[found.end() :]) if found and found.start() else (text, "")


def _one(state: State, open_: dict, text: str, catalogue, now: datetime) -> Reading | None:
    if state.helper and open_["kind"] not in OWN_NAMES and (other := named(state.helper["people"], text)) and other["case"] != state.active:
        return Reading("switch", text)
    phrase = commands.command(text)
    if phrase and " " in commands.bare_text(text):
        return Reading("command", phrase[0], arg=phrase[1])
    options = options_of(open_)
    choice = answers.of_choices(options, text) if options else None
    if open_["kind"] in FOR_GOOD and len(text.split()) > SHORT:
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
