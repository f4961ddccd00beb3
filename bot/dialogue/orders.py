"""What a command word does (ways out are words: LUI, GAP, HUY …), wherever it is said."""

from __future__ import annotations

from collections.abc import Callable

from bot.dialogue import corrections, drafts, forms, helper, intents, ladder, people
from bot.dialogue.turn import Turn, own_text
from bot.dialogue.types import Reading


def obey(t: Turn, got: Reading) -> None:
    """Do what the command says; where it makes no sense, say what may be said."""
    ORDERS[got.value](t, got)


def _back(t: Turn, got: Reading) -> None:
    if t.open and t.open.get("prev"):
        return drafts.restore(t)
    if t.case:
        return forms.back(t, t.case)
    t.note("talk.nothing_open")
    t.ask_again()


def _fix(t: Turn, got: Reading) -> None:
    if t.case:
        return forms.fix(t, t.case, got.arg)
    t.note("talk.nothing_open")
    t.ask_again()


def _end(t: Turn, got: Reading) -> None:
    """XONG ends a story; elsewhere there is nothing to end."""
    case = t.case
    if case and t.open and t.open["kind"] == "question" and t.open["question"] in case.answers:
        return forms.next_question(t, case)
    ladder.miss(t) if t.open else t.say("talk.thanks")


def _not_yet(t: Turn, got: Reading) -> None:
    """CHUA where the question allows to leave it open (a child without a name)."""
    case = t.case
    if case and t.open and t.open["kind"] == "question":
        return forms.leave(t, case, t.question(case, t.open["question"]))
    ladder.miss(t) if t.open else t.say("talk.yes_to_nothing")


def _who(t: Turn, got: Reading) -> None:
    helper.who(t) if helper.people(t) else ladder.miss(t) if t.open else t.say("miss.rest")


def _why(t: Turn, got: Reading) -> None:
    case = t.case
    if case and t.open and t.open["kind"] == "question":
        t.note(own_text(case.procedure, t.open["question"], "why"), "form.why")
        return t.ask_again()
    t.note("talk.ways_out")
    t.ask_again()


def _slip(t: Turn, got: Reading) -> None:
    corrections.from_text(t, t.case, t.heard.text) if t.case else ladder.miss(t)


def _resume(t: Turn, got: Reading) -> None:
    if t.memory.pop("opted_out", False):
        t.request("opt_in")
        t.note("talk.opted_in")
    drafts.resume(t)


def _revoke(t: Turn, got: Reading) -> None:
    t.request("revoke_helper")


ORDERS: dict[str, Callable[[Turn, Reading], None]] = {
    "LUI": _back,
    "GAP": lambda t, got: people.call(t, "asked"),
    "HUY": lambda t, got: drafts.ask_cancel(t),
    "TIEP": _resume,
    "SUA": _fix,
    "LAI": lambda t, got: intents.repeat(t),
    "TC": lambda t, got: t.request("opt_out"),
    "STOP": lambda t, got: t.request("opt_out"),
    "XONG": _end,
    "CHUA": _not_yet,
    "DOI": _who,
    "AI": _who,
    "CHUYEN": lambda t, got: drafts.move(t),
    "HUY UQ": _revoke,
    "MAI": lambda t, got: drafts.pause(t),
    "WHY": _why,
    "NHAM": _slip,
}
