"""Which questions a case still has, and in what order."""

from __future__ import annotations

import re
from typing import Any

from backend.domain import catalogue
from backend.domain.procedure import Question
from bot.dialogue import menus
from bot.dialogue.turn import Turn, ref
from bot.dialogue.types import Case, Option


def values(case: Case) -> dict[str, str]:
    """What is known so far, as the catalogue's conditions read it."""
    return {name: answer["value"] for name, answer in case.answers.items()}


def path(t: Turn, case: Case) -> list[Question]:
    """The questions of this case by text, in order: all that may still come, given what is known."""
    asked = catalogue.asked(t.procedure(case), values(case), t.today)
    wanted = [*asked, *(q for q in t.procedure(case).questions if q.source == "phone" and q not in asked)]
    return [q for q in wanted if case.answers.get(q.id, {}).get("via") != "default"]


def waiting(t: Turn, case: Case) -> Question | None:
    """The first question that has neither an answer nor been left to the counter."""
    return next((q for q in path(t, case) if q.id not in case.answers and q.id not in case.left), None)


def choices(question: Question) -> tuple[Option, ...]:
    """The options of a question as they are numbered; yes and no where it has none of its own."""
    if question.type == "yes_no" and not question.options:
        return (menus.YES, menus.NO)
    return tuple(Option(o.id, o.label, tuple(o.words)) for o in question.options)


def progress(t: Turn, case: Case) -> str:
    """ "2/6": the question the case stands at, of how many."""
    order = [q.id for q in path(t, case)]
    question = waiting(t, case)
    at = order.index(question.id) + 1 if question else len(order)
    return f"{min(at, case.of or at)}/{case.of or len(order)}"


def spoken(answer: dict[str, Any]) -> Any:
    """How an answer is said: of twelve digits only the last four (design §2.9)."""
    if answer["value"] == answer["shown"] and answer["value"] in ("yes", "no"):
        return f"@options.{answer['value']}"
    number = re.fullmatch(r"\d{8}(\d{4})", answer["value"])
    return ref("form.number", last4=number[1]) if number and answer["shown"] in (answer["value"], number[1]) else answer["shown"]
