"""A neighbour says yes or no to a helper from their own telephone, and may take it back at any time."""

from __future__ import annotations

from typing import Any

from bot.dialogue import drafts, helper, menus, review
from bot.dialogue.turn import Turn
from bot.dialogue.types import Case


def ask(t: Turn, consent: str, params: dict[str, Any]) -> None:
    """Ask on the neighbour's phone; a question of their own stands behind it. Never a code (rule 18)."""
    t.ask(
        "consent",
        "consent.ask",
        (menus.YES, menus.NO),
        params={"place": t.place.name, "helper": params["helper"]},
        consent=consent,
        prev=drafts.without_prev(t.open),
    )


def answered(t: Turn, yes: bool) -> None:
    """The neighbour's answer goes to the office; their own question comes back."""
    consent, t.state.open = t.open["consent"], t.open.get("prev")
    t.request("answer_consent", consent=consent, yes=yes)
    t.memory["consent_yes"] = yes


def settled(t: Turn, helper_name: str) -> None:
    """What the neighbour is told, with the way to take it back."""
    t.note("consent.given" if t.memory.pop("consent_yes", False) else "consent.refused", helper=helper_name)
    t.ask_again()


def refused_here(t: Turn, case: Case) -> None:
    """The neighbour said no to the helper's face: nothing is kept."""
    name = case.helped["name"]
    t.request("drop", case=case.ref)
    helper.forget(t, case)
    review.drop(t, case)
    t.say("helper.refused", name=name)
