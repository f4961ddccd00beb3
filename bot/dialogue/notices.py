"""What the office wants a person to know, worded; and what the bot says first: a reminder, a neighbour's consent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.dialogue import consent, helper, menus, people
from bot.dialogue.decide import finish
from bot.dialogue.turn import Turn, in_groups, moment
from bot.dialogue.types import Case, Decision, Place, State

CONSENT = ("consent_given", "consent_refused")
RATED = ("returned",)
SUPPLEMENT = ("supplement_asked",)
KNOWN = ("code", "papers", "reason", "due_at", "by", "review_by", "new_due_at", "number", "answer")
"""What a notice may say; the rest of an event's data (names, proofs, grounds) is not for a telephone."""


def tell(state: State, kind: str, params: dict[str, Any], catalogue, place: Place, now: datetime) -> Decision:
    """Word a notice. An open question is marked: a digit after this is asked about (rule 1), and the notice has no digits."""
    t = Turn(state, None, catalogue, place, now)
    before = t.open
    if kind in CONSENT:
        _about_consent(t, kind, params)
    else:
        t.state.active, active = None, t.state.active
        t.say(f"notice.{kind}", cls="status", **_shown(t, params))
        t.state.active = active
        _after(t, kind, params)
    if t.open and t.open is before:
        t.open["stale"] = True
    return finish(t)


def _shown(t: Turn, params: dict[str, Any]) -> dict[str, Any]:
    """Parameters as a text needs them: codes in groups, ISO times as an hour and a day."""
    shown = {name: params[name] for name in KNOWN if params.get(name)}
    if "code" in shown:
        shown["code"] = in_groups(shown["code"])
    for name in ("due_at", "by", "review_by", "new_due_at"):
        if shown.get(name):
            shown[name.removesuffix("_at")] = moment(shown[name])
    return {"place": t.place.desk, "hours": t.place.hours, "phone": t.place.phone or t.place.desk, **shown}


def _after(t: Turn, kind: str, params: dict[str, Any]) -> None:
    """What the person may do next: send the missing paper, say once how it was."""
    t.memory.pop("supplement_words", None)
    if kind in SUPPLEMENT:
        t.memory["supplement"] = params.get("code")
    elif t.memory.get("supplement") == params.get("code"):
        t.memory.pop("supplement", None)
    if kind in RATED and not t.open and params.get("code") not in t.memory.get("rated", []):
        t.memory["rated"] = [*t.memory.get("rated", []), params.get("code")][-3:]
        people.rate(t, None)
    if kind == "complaint_answered" and not t.open:
        _content(t, params["number"])


def _content(t: Turn, number: str) -> None:
    """Asked once, with the answer itself, where no question is open."""
    t.ask("content", "task.content", (menus.YES, menus.NO), number=number)


def _about_consent(t: Turn, kind: str, params: dict[str, Any]) -> None:
    """A neighbour answered on their own phone."""
    case = t.case_of(params["case"])
    if case is None:
        return
    name = case.helped["name"]
    if kind == "consent_refused":
        case.helped["consent"] = "refused"
        helper.forget(t, case)
        t.close() if t.open and t.open.get("case") == case.ref else None
        return t.say("helper.refused_by_phone", cls="status", name=name)
    case.helped["consent"] = "given"
    if t.open and t.open.get("case") == case.ref:
        t.note("helper.said_yes")
        return t.ask_again()
    t.say("helper.yes_ready" if case.helped.pop("ready", False) else "helper.yes_go_on", cls="status", name=name)


def remind(state: State, case: Case, catalogue, place: Place, now: datetime) -> Decision:
    """The one reminder of a draft, on day 3 (rule 12)."""
    t = Turn(state, None, catalogue, place, now)
    t.say("notice.draft", cls="reminder", name=case.helped["name"] if case.helped else None)
    if t.open:
        t.open["stale"] = True
    return finish(t)


def offer_consent(state: State, consent_id: str, params: dict[str, Any], catalogue, place: Place, now: datetime) -> Decision:
    """Ask a neighbour on their own phone. `params`: {helper, org, what}, as the text names them."""
    t = Turn(state, None, catalogue, place, now)
    consent.ask(t, consent_id, params)
    return finish(t)
