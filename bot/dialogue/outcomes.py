"""What is said once the office did what was asked; an open question comes back after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.dialogue import consent, drafts, forms, helper, people, review, tracking
from bot.dialogue.decide import finish
from bot.dialogue.turn import Turn
from bot.dialogue.types import Case, Decision, Heard, Outcome, Place, State


def resume(state: State, outcome: Outcome, heard: Heard, catalogue, place: Place, now: datetime) -> Decision:
    """Return the decision after one request of this turn was done or refused (≤ 3 rounds a turn)."""
    t = Turn(state, heard, catalogue, place, now, resuming=True)
    _OUTCOMES.get(outcome.verb, people.task_done)(t, outcome)
    return finish(t)


def _sent(t: Turn, outcome: Outcome) -> None:
    case = t.case
    if not outcome.ok:
        return _not_sent(t, outcome, case)
    if case.helped:
        helper.forget(t, case)
    review.sent(t, outcome, case)
    name = case.helped["name"] if case.helped else None
    review.drop(t, case)
    if name and helper.people(t):
        return _next_neighbour(t)


def _next_neighbour(t: Turn) -> None:
    t.take_back()
    t.ask("helped_who", "helper.sent_next", params={"others": ", ".join(p["name"] for p in helper.people(t))})


def _not_sent(t: Turn, outcome: Outcome, case: Case) -> None:
    """Why it could not be sent; a missing answer is asked for, a case the office no longer has is let go."""
    if outcome.reason == "missing":
        t.note("form.needed_short")
        return forms.ask(t, case, t.question(case, outcome.data["question"]))
    t.note(f"reason.{outcome.reason}", "reason.other")
    if outcome.reason in ("gone", "sent_already", "guide_only"):
        review.drop(t, case)
        return t.say_noted()
    review.confirm(t, case)


def _tracked(t: Turn, outcome: Outcome) -> None:
    tracking.answer(t, outcome, t.memory.pop("tracking", None))


def _person(t: Turn, outcome: Outcome) -> None:
    people.called(t, outcome)


def _consented(t: Turn, outcome: Outcome) -> None:
    consent.settled(t, outcome.data.get("helper", ""))


def _revoked(t: Turn, outcome: Outcome) -> None:
    t.note("consent.revoked" if outcome.data.get("count") else "consent.nothing_to_revoke")
    t.ask_again()


def _opted_out(t: Turn, outcome: Outcome) -> None:
    t.memory["opted_out"] = True
    t.note("talk.opted_out")
    t.ask_again()


def _said_before(t: Turn, outcome: Outcome) -> None:
    """What there was to say was said with the request."""


def _rated(t: Turn, outcome: Outcome) -> None:
    t.say("task.rated" if outcome.ok else "reason.nothing_to_rate")


def _content(t: Turn, outcome: Outcome) -> None:
    if not outcome.ok:
        return t.say("reason.other")
    t.say("task.content_yes" if outcome.data["yes"] else "task.content_no")


_OUTCOMES: dict[str, Callable[[Turn, Outcome], None]] = {
    "send": _sent,
    "track": _tracked,
    "person": _person,
    "rate": _rated,
    "content": _content,
    "ask_consent": helper.asked,
    "attest_consent": helper.attested,
    "answer_consent": _consented,
    "revoke_helper": _revoked,
    "transfer": drafts.moved,
    "claim": drafts.claimed,
    "drop": _said_before,
    "opt_out": _opted_out,
    "opt_in": _said_before,
}
"""The other verbs are tasks for a clerk: `people.task_done` says what and by when."""
