"""Three misunderstandings end in a person, and never in the same sentence twice.

First: what kind of answer is expected, with an example. Second: another way to answer. Third: a person is called.
In helper mode the misses are counted per person helped.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dialogue import menus, people
from bot.dialogue.thresholds import CALL_HOURS, MISSES
from bot.dialogue.turn import Turn
from bot.dialogue.types import Reading


def miss(t: Turn, reading: Reading | None = None) -> None:
    """One misunderstanding more. `reading` is the refused one, when a reader knows why."""
    holder = t.case if t.case and t.case.helped else t.state
    holder.misses += 1
    if holder.misses >= MISSES:
        holder.misses = 0
        if not _called(t):
            return people.call(t, "not_understood")
        t.note("person.waits")
        return t.ask_again()
    _at_question(t, holder.misses, reading) if t.open else _at_rest(t, holder.misses)


def _called(t: Turn) -> bool:
    """A person was called not long ago: one task is enough."""
    at = t.memory.get("called_at")
    return bool(at) and t.now - datetime.fromisoformat(at) < timedelta(hours=CALL_HOURS)


def _at_question(t: Turn, misses: int, reading: Reading | None) -> None:
    kind = _kind(t)
    if misses == 1 and reading and reading.value:
        t.note(f"bad.{reading.value}", f"miss.{kind}", **reading.params)
    elif misses == 1:
        t.note(f"miss.{kind}", last=len(t.open["options"]))
    else:
        t.note(f"miss_again.{kind}", "miss_again.any", last=len(t.open["options"]))
    t.note("miss.person")
    t.ask_again()


def _at_rest(t: Turn, misses: int) -> None:
    if misses == 1:
        return t.say("miss.rest")
    t.ask("menu", "miss_again.rest", menus.HELP_MENU)


def _kind(t: Turn) -> str:
    """What kind of answer is open: the question's type, or "choice", or the dialogue's own kind."""
    if t.open["options"]:
        return "choice"
    if t.open["kind"] == "question":
        return t.question(t.case_of(t.open["case"]), t.open["question"]).type
    return t.open["kind"]
