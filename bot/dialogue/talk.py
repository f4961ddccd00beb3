"""Small talk, help, and what is not ours: each leads back to the open question."""

from __future__ import annotations

from bot.dialogue import drafts, later, menus, opening
from bot.dialogue.turn import Turn, own_text
from bot.dialogue.types import Understanding


def greet(t: Turn, understood: Understanding) -> None:
    """A greeting; over an open question that question again."""
    if t.open:
        t.note("welcome.again")
        return t.ask_again()
    opening.welcome(t)
    if t.state.cases:
        t.says.pop()
        t.say("welcome.draft_waits")


def goodbye(t: Turn, understood: Understanding) -> None:
    """A form that is open waits; otherwise farewell."""
    drafts.pause(t) if t.state.cases else t.say("talk.goodbye")


def thank(t: Turn, understood: Understanding) -> None:
    """Thanks, and what was kept for afterwards."""
    t.note("talk.thanks")
    if not t.open and later.offer(t):
        return
    t.ask_again()


def help(t: Turn, understood: Understanding) -> None:
    """Help with the open question, else what may be said, else the menu."""
    case = t.case
    if case and t.open and t.open["kind"] == "question":
        kind = t.question(case, t.open["question"]).type
        t.note(
            own_text(case.procedure, t.open["question"], "help"),
            f"miss.{'choice' if t.open['options'] else kind}",
            last=len(t.open["options"]),
        )
        return t.ask_again()
    if t.open:
        t.note("talk.ways_out")
        return t.ask_again()
    opening.welcome(t)
    t.says.pop()
    t.ask("menu", "welcome.menu", menus.HELP_MENU)


def scope(t: Turn, understood: Understanding) -> None:
    """Not ours, said so."""
    t.note("talk.out_of_scope", place=t.place.name)
    t.ask_again()


def machine(t: Turn, understood: Understanding) -> None:
    """That no person speaks here."""
    t.memory["met"] = True
    t.note("talk.machine", place=t.place.name)
    t.ask_again()
