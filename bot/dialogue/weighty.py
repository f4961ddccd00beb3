"""Wishes that make a task for a clerk or end something: asked about first when the model is not quite sure of them."""

from __future__ import annotations

from bot.dialogue import menus, opening
from bot.dialogue import thresholds as sure
from bot.dialogue.turn import Turn, ref
from bot.dialogue.types import Option, Understanding

WEIGHTY = {
    "complain", "update_contact", "correct_answer", "request_postal", "pay_fee", "submit_supplement", "revoke_consent", "opt_out",
    "assist_other", "talk_to_human", "pause",
}  # fmt: skip
"""Cancel and withdraw are not among them: they always ask."""


_NO = Option("no", menus.NO.label, (*menus.NO.words, "lui", "lui lai", "quay lai"))


def is_weighed(t: Turn, understood: Understanding) -> bool:
    """Whether a wish may be served: light, sure enough, or expected here. A guess without NLU has its own bar."""
    light = understood.intent not in WEIGHTY or understood.degraded or understood.confidence >= sure.WEIGHTY_SURE
    return light or _is_expected(t, understood.intent)


def _is_expected(t: Turn, intent: str) -> bool:
    """The paper that the office has asked for; the correction of a form in hand."""
    return bool(intent == "submit_supplement" and t.memory.get("supplement")) or (intent == "correct_answer" and t.case is not None)


def was_asked(t: Turn, intent: str) -> bool:
    """Whether this very question is open: it is not asked twice in a row."""
    return bool(t.open) and t.open["kind"] == "sure" and t.open["intent"] == intent


def ask(t: Turn, intent: str) -> None:
    """ "Ý … là cần gặp cán bộ phải không?" The words of the wish are kept for the task."""
    opening.machine(t)
    params = {"what": ref(f"choose.weighty.{intent}")}
    t.ask("sure", "choose.sure", (menus.YES, _NO), params=params, intent=intent, words=t.heard.text[: sure.STORY_LENGTH])
