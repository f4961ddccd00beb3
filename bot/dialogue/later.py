"""Two wishes in one message, and a wish said in the middle of a form: the second is kept and offered afterwards."""

from __future__ import annotations

import re

from bot.dialogue import menus
from bot.dialogue.turn import Turn

_JOINT = re.compile(
    r"\s*(?:[.;\n]+|,?\s+(?:với lại|voi lai|rồi|roi|còn|đồng thời|tiện thể|tien the|à mà|a ma|ngoài ra|ngoai ra|và cả|va ca)\s)\s*",
    re.IGNORECASE,
)
SHORTEST = 3
"""Words a part must have to be a wish of its own."""


def split(text: str) -> tuple[str, ...]:
    """The one or two wishes of a text, for NLU to read apart: "làm khai sinh, với lại hỏi trợ cấp cho bà"."""
    for joint in _JOINT.finditer(text):
        first, second = text[: joint.start()], text[joint.end() :]
        if min(len(first.split()), len(second.split())) >= SHORTEST:
            return first.strip(), second.strip()
    return (text,)


def keep(t: Turn, procedure_id: str) -> None:
    """Remember a procedure wished for while another is in hand; the last one counts."""
    if not t.case or t.case.procedure != procedure_id:
        t.memory["wish"] = procedure_id


def offer(t: Turn) -> bool:
    """Offer the kept wish; False when there is none."""
    wish = t.memory.pop("wish", None)
    if not wish or wish not in {p.id for p in t.catalogue.all(t.today)}:
        return False
    params = {"what": t.catalogue.get(wish, t.today).names.plain}
    t.ask("wish", "wish.offer", (menus.YES, menus.LATER), params=params, procedure=wish)
    return True
