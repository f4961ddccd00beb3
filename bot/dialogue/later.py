"""Wishes for afterwards: the second of a message, or one said in the middle of a form. They are offered when the first is done."""

from __future__ import annotations

from typing import Any

from bot.dialogue import choosing, menus
from bot.dialogue import thresholds as sure
from bot.dialogue.turn import Turn, ref
from bot.dialogue.types import Understanding

KEPT = 3
"""Wishes remembered; the oldest is forgotten."""


def keep(t: Turn, understood: Understanding) -> None:
    """Remember a wish for afterwards, with the procedures it may mean; one that is in hand already is no other wish."""
    named, candidates = choosing.found(t, understood)
    ids = [p.id for p in ([named] if named else candidates)]
    in_hand = {t.case.procedure} if t.case else set()
    if not ids or in_hand & set(ids[:1]):
        return
    others = [wish for wish in t.memory.get("wishes", []) if wish["ids"][0] != ids[0]]
    t.memory["wishes"] = [*others, {"ids": ids, "intent": understood.intent}][-KEPT:]


def kept(t: Turn) -> list[dict[str, Any]]:
    """The wishes that wait and can still be served: {ids, intent}."""
    known = {p.id for p in t.catalogue.all(t.today)}
    return [wish for wish in t.memory.get("wishes", []) if set(wish["ids"]) <= known]


def note_kept(t: Turn) -> None:
    """Say that the last wish is remembered."""
    if kept(t):
        t.note("wish.kept", what=what(t, kept(t)[-1]))


def offer(t: Turn) -> bool:
    """Offer the oldest kept wish; False when there is none."""
    waiting = kept(t)
    t.memory["wishes"] = waiting[1:]
    if not waiting:
        t.memory.pop("wishes")
        return False
    wish = waiting[0]
    if len(wish["ids"]) == 1:
        t.ask(
            "wish", "wish.offer", (menus.YES, menus.LATER), params={"what": what(t, wish)}, procedure=wish["ids"][0], intent=wish["intent"]
        )
    else:
        listed = [t.catalogue.get(name, t.today) for name in wish["ids"][: sure.MENU - 1]]
        t.ask("procedure", "wish.which", (*choosing.options(listed)[: len(listed)], menus.LATER), intent=wish["intent"])
    return True


def what(t: Turn, wish: dict[str, Any]) -> Any:
    """How a kept wish is called: by its name, or by the first two that it may be."""
    names = [t.catalogue.get(name, t.today).names for name in wish["ids"]]
    return names[0].plain if len(names) == 1 else ref("wish.unsure", first=names[0].menu, second=names[1].menu)
