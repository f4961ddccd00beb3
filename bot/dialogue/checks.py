"""Answers that contradict each other are asked about, never refused (a number says sex and year of birth)."""

from __future__ import annotations

from backend.domain.procedure import Question
from backend.domain.values import id_facts
from bot.dialogue import menus
from bot.dialogue.turn import Turn
from bot.dialogue.types import Case, Option

SEX_OF_ROLE = {"mother": "female", "father": "male"}


def doubtful(t: Turn, case: Case, question: Question) -> bool:
    """Ask about a contradiction of the answer just given; True if it was asked."""
    answer = case.answers.get(question.id)
    if not answer or question.type != "person_key" or not answer["value"].isdigit():
        return False
    facts = id_facts(answer["value"])
    wrong = next((kind for kind, expected in _expected(t, case, question) if facts.get(kind) not in (None, expected)), None)
    if not wrong:
        return False
    options = (Option("keep", "@options.number_right", menus.YES.words), Option("again", "@options.number_again", menus.NO.words))
    params = {"last4": answer["value"][-4:]}
    t.lead = []
    t.ask("doubt", f"doubt.id_{wrong}_{facts[wrong]}" if wrong == "sex" else "doubt.id_year", options, params={**params, "year": facts.get("year")},
          case=case.ref, question=question.id, mark=f"id_{wrong}")  # fmt: skip
    return True


def _expected(t: Turn, case: Case, question: Question) -> list[tuple[str, str]]:
    """What other answers say of the same person: (sex|year, value)."""
    expected = [("sex", SEX_OF_ROLE[question.role])] if question.role in SEX_OF_ROLE else []
    for other in t.procedure(case).questions:
        said = case.answers.get(other.id)
        if not said or other.role != question.role or other.id == question.id:
            continue
        if other.type == "birth_date":
            expected.append(("year", said["value"][:4]))
        if said["value"] in ("male", "female"):
            expected.append(("sex", said["value"]))
    return expected
