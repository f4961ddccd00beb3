"""What is told before it is asked: "bà 78 tuổi rồi" at "cho mình hay cho người khác?" answers the question of the age."""

from __future__ import annotations

from backend.domain.letters import fold
from backend.domain.procedure import Question
from bot.dialogue import answers, forms
from bot.dialogue.commands import bare_text
from bot.dialogue.path import path
from bot.dialogue.turn import Turn
from bot.dialogue.types import Case, Reading

_WEAK = "co khong chua roi da du k ko kg hong khac minh toi em cho nguoi ho lam xin"
_SAYS_NOTHING = frozenset(_WEAK.split())
"""Words that stand in too many labels to point at one question."""
LONGEST = 12
"""Words of a remark; a longer text is a story."""


def take(t: Turn) -> bool:
    """Keep what a remark answers of a later question and ask the open one again; False where it answers none, or several."""
    case = t.case
    if not (case and t.open and t.open["kind"] == "question" and 2 <= len(t.heard.text.split()) <= LONGEST):
        return False
    found = [(question, reading) for question in path(t, case) if (reading := _told(t, case, question))]
    if len(found) != 1:
        return False
    [(question, reading)] = found
    forms.put(t, case, question, reading)
    forms.echo(t, case, question, reading)
    t.ask_again()
    return True


def _told(t: Turn, case: Case, question: Question) -> Reading | None:
    if question.type != "choice" or question.id in case.answers or question.id == t.open["question"]:
        return None
    reading = answers.of_question(t.procedure(case), question, t.heard.text, case, t.now)
    if reading is None or reading.kind != "option" or reading.via != "text":
        return None
    option = next(o for o in question.options if o.id == reading.value)
    said = f" {bare_text(t.heard.text)} "
    names = [bare_text(fold(name)) for name in (option.label, *option.words)]
    return reading if any(f" {name} " in said and _points(name) for name in names) else None


def _points(name: str) -> bool:
    """Whether a word of a choice points at its question alone: "78", "mất mùa", and not "thôn"."""
    words = name.split()
    return bool(set(words) - _SAYS_NOTHING) and (len(words) > 1 or name.isdigit())
