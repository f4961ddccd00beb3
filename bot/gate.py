"""The gate every citizen-facing text passes before it can be sent: plain words, one question, one SMS.

`gate` is run by the tests over all texts and all procedures, and by `main.py procedures check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from backend.domain.procedure import Procedure, Question
from bot.dialogue import menus
from bot.dialogue.types import Option, Say
from bot.words import IN_A_ROW, RULES_FILE, SMS_LENGTH, Text, Words, bare, sms_length

CHOICES = 4


def load_rules(folder: Path | str) -> dict[str, Any]:
    """Return the rules beside the texts: {longest, by_type, forbidden, warnings}."""
    return yaml.safe_load((Path(folder) / RULES_FILE).read_text(encoding="utf-8"))


def gate(words: Words, catalogue, rules: dict[str, Any]) -> list[str]:
    """Return what is wrong with the texts, one sentence a problem with file and line; an empty list is a pass."""
    problems = [problem for key, text in words.texts.items() for problem in _text_problems(words, key, text, rules)]
    for procedure in catalogue.all():
        problems += _procedure_problems(words, procedure, rules)
    return problems


def _text_problems(words: Words, key: str, text: Text, rules: dict[str, Any]) -> Iterator[str]:
    whole = " ".join(text.parts)
    if key.endswith(".read_back"):
        yield from _forbidden(key, text, whole, rules)
        return
    unknown = sorted(text.holes() - set(rules["longest"]))
    if unknown:
        yield f"{text.where}: '{key}' has the unknown placeholder {{{unknown[0]}}}; add it to {RULES_FILE} or correct it"
        return
    if whole.count("?") > 1:
        yield f"{text.where}: '{key}' asks more than one question"
    yield from _forbidden(key, text, whole, rules)
    length = sms_length(bare(_filled(whole, rules["longest"])))
    if length > SMS_LENGTH:
        yield f"{text.where}: '{key}' has {length} characters with long values, {SMS_LENGTH} fit one SMS"


def _forbidden(key: str, text: Text, whole: str, rules: dict[str, Any]) -> Iterator[str]:
    if key in rules["warnings"]:
        return
    for word in rules["forbidden"]:
        if word.lower() in whole.lower():
            yield f"{text.where}: '{key}' says \"{word}\"; say it in plain words"


def _filled(template: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", str(value))
    return " ".join(template.split())


def _procedure_problems(words: Words, procedure: Procedure, rules: dict[str, Any]) -> Iterator[str]:
    asked = [q for q in procedure.questions if q.source == "text"] if procedure.file_by_text != "no" else []
    for question in asked:
        yield from _question_problems(words, procedure, question)
    if asked:
        yield from _read_back_problems(words, procedure, asked, rules)


def _question_problems(words: Words, procedure: Procedure, question: Question) -> Iterator[str]:
    key = f"{procedure.id}.questions.{question.id}.ask"
    if not words.has(key):
        yield f"{procedure.id}: question '{question.id}' has no text; add questions.{question.id}.ask to procedures/{procedure.id}.yaml"
        return
    if len(question.options) > CHOICES:
        yield f"{procedure.id}: question '{question.id}' offers {len(question.options)} choices; {CHOICES} are read to the end"
    options = tuple(Option(o.id, o.label) for o in question.options)
    say = Say("form.question", {"n": 10, "of": 10, "ask": {"text": key, "params": {}}}, options)
    pages = words.render(say, channel_accents=False)
    if len(pages) > 1:
        total = sum(sms_length(page) for page in pages)
        yield f"{words.texts[key].where}: '{key}' with its choices needs {total} characters, {SMS_LENGTH} fit one SMS"


def _read_back_problems(words: Words, procedure: Procedure, asked: list[Question], rules: dict[str, Any]) -> Iterator[str]:
    key = f"{procedure.id}.read_back"
    if not words.has(key):
        yield f"{procedure.id}: no read-back; add read_back to procedures/{procedure.id}.yaml"
        return
    text = words.texts[key]
    unknown = sorted(text.holes() - {q.id for q in procedure.questions})
    if unknown:
        yield f"{text.where}: '{key}' reads back {{{unknown[0]}}}, which is no question of {procedure.id}"
        return
    longest = {q.id: max((o.label for o in q.options), key=len) if q.options else rules["by_type"].get(q.type, "") for q in asked}
    read_back = {"text": "form.read_back", "params": {"parts": {"text": key, "params": longest}}}
    noted = procedure.file_by_text == "note"
    confirm = Say("form.confirm_note" if noted else "form.confirm", {"lead": [read_back]}, (menus.NOTE if noted else menus.SEND, menus.FIX))
    pages = words.render(confirm, channel_accents=False)
    if len(pages) > IN_A_ROW:
        yield f"{text.where}: '{key}' needs {len(pages)} SMS with long values and the word to send; {IN_A_ROW} are read"
