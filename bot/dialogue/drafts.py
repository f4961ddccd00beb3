"""A form that waits: pause, resume days later, move to another channel, cancel after a confirmation."""

from __future__ import annotations

import re

from bot.dialogue import forms, menus, review
from bot.dialogue.thresholds import MENU
from bot.dialogue.turn import Turn
from bot.dialogue.types import Case, Option, Outcome


def pause(t: Turn) -> None:
    """Pause is its own outcome and never leads to the cancel question (rule 13)."""
    if not t.state.cases:
        return t.say("draft.nothing_paused")
    t.close()
    t.say("draft.paused")


def resume(t: Turn) -> None:
    """TIEP: the only draft goes on, several are chosen, none asks for the six digits of another channel."""
    cases = [c for c in t.state.cases if not (c.helped and c.helped["consent"] == "refused")]
    if not cases:
        return t.ask("claim", "draft.none")
    if len(cases) == 1:
        return pick_up(t, cases[0])
    options = tuple(Option(case.ref, _label(t, case)) for case in cases[:MENU])
    t.ask("draft", "draft.which", options)


def _label(t: Turn, case: Case) -> str:
    menu = t.procedure(case).names.menu
    return f"{case.helped['name']}: {menu}" if case.helped else menu


def go_on(t: Turn, case: Case) -> None:
    """Say which form this is, and ask where it stood."""
    t.state.active = case.ref
    t.note("draft.resumed", what=t.procedure(case).names.plain)
    forms.next_question(t, case)


def pick_up(t: Turn, case: Case) -> None:
    """A draft goes on; a neighbour's begins with the consent if that is still open."""
    if case.helped and case.helped["consent"] == "none":
        t.state.active = case.ref
        return t.ask("phone_of", "helper.ask_phone", case=case.ref)
    go_on(t, case)


def ask_cancel(t: Turn) -> None:
    """HUY alone never cancels (rule 3)."""
    case = t.case
    if not case:
        return t.say("draft.nothing_to_cancel")
    t.ask(
        "cancel", "draft.cancel_sure", (menus.STOP_FORM, menus.KEEP_FORM),
        params={"what": t.procedure(case).names.plain}, case=case.ref, prev=without_prev(t.open),
    )  # fmt: skip


def without_prev(open_: dict | None) -> dict | None:
    """An open question as it is kept behind another one: one deep, so that the state cannot grow."""
    return {k: v for k, v in open_.items() if k != "prev"} if open_ else None


def restore(t: Turn) -> None:
    """Bring back the question that stood behind this one."""
    t.state.open = (t.open or {}).get("prev")
    if t.open:
        return t.ask_again()
    if t.case:
        return forms.next_question(t, t.case)


def cancelled(t: Turn, case: Case) -> None:
    """The form is dropped; the office deletes the draft."""
    t.request("drop", case=case.ref)
    t.memory.pop("procedure", None)
    if t.state.helper:
        t.state.helper["people"] = [p for p in t.state.helper["people"] if p["case"] != case.ref]
    review.drop(t, case)
    t.say("draft.cancelled")


def move(t: Turn) -> None:
    """CHUYEN: six digits to go on at another telephone."""
    if not t.case and len(t.state.cases) == 1:
        t.state.active = t.state.cases[0].ref
    if not t.case:
        return resume(t)
    t.request("transfer", case=t.case.ref)


def moved(t: Turn, outcome: Outcome) -> None:
    """The six digits, in two groups of three. The question stays open here: both telephones may go on."""
    if not outcome.ok:
        t.note(f"reason.{outcome.reason}", "reason.other")
        return t.ask_again()
    code = outcome.data["code"]
    t.close()
    t.say("draft.code", code=f"{code[:3]} {code[3:]}")


def claim(t: Turn, text: str) -> bool:
    """Ask for the draft behind six digits; False if the text is not six digits."""
    digits = re.sub(r"[\s.\-]", "", text)
    if not re.fullmatch(r"\d{6}", digits):
        return False
    t.request("claim", code=digits)
    return True


def claimed(t: Turn, outcome: Outcome) -> None:
    """The draft from the other channel goes on here, at the question where it stood."""
    if not outcome.ok:
        return t.ask("claim", "draft.code_unknown")
    case = Case.from_json(outcome.data["case"])
    t.state.cases = [c for c in t.state.cases if c.ref != case.ref] + [case]
    go_on(t, case)
