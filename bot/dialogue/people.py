"""Everything that a person of the office must do: a call back, a cry for help, a complaint, a change.

Each is a task with a promise (rule 14); nothing that cannot be undone follows from an intent alone.
"""

from __future__ import annotations

import re

from bot.dialogue import danger, menus
from bot.dialogue.commands import bare_text
from bot.dialogue.turn import Turn, moment, ref
from bot.dialogue.types import Outcome


def urgent(t: Turn) -> None:
    """Give the emergency number at once and call a person; a form that was open waits (rule 15)."""
    kind = danger.kind_of(t.heard.text) or "other"
    t.close()
    t.say(f"urgent.{kind}")
    t.memory["urgent"] = True
    t.request("person", reason=f"urgent_{kind}", urgent=True, **_about(t))


def call(t: Turn, reason: str) -> None:
    """Ask the office to call back. What was open stays open: the bot falls silent only once a person has taken it."""
    t.memory["called_at"] = t.now.isoformat()
    t.request("person", reason=reason, urgent=False, **_about(t))


def _about(t: Turn) -> dict[str, str]:
    return {"case": t.state.active} if t.state.active else {}


def called(t: Turn, outcome: Outcome, reason: str = "") -> None:
    """The promise of a person, then the open question once more."""
    if t.memory.pop("pays", False):
        t.note("task.pay")
    if not outcome.ok:
        t.note("person.none", phone=t.place.phone or ref("person.desk", desk=t.place.desk))
    elif t.memory.pop("urgent", False) and outcome.data.get("on_duty"):
        t.note("person.duty", phone=outcome.data["on_duty"])
    else:
        t.note("person.promise", by=moment_near(t, outcome.data["promise_at"]))
    t.ask_again()


def moment_near(t: Turn, iso: str):
    """ "16h hôm nay", or "9h ngày 25/11"."""
    from_iso = moment(iso)
    params = from_iso["params"]
    if params["day"] == f"{t.today.day}/{t.today.month}":
        return ref("when.hour_today", hour=params["hour"])
    return from_iso


def abuse(t: Turn) -> None:
    """One calm line and the way to a person; talk of bribes is a complaint, not an insult."""
    if re.search(r"\b(an tien|hoi lo|vo vinh|doi tien|kien|to cao)\b", bare_text(t.heard.text)):
        return complain(t)
    t.note("abuse.calm")
    t.ask_again()


def complain(t: Turn) -> None:
    """A complaint in the person's own words becomes a task."""
    t.request("complain", text=t.heard.text)


def withdraw(t: Turn) -> None:
    """Taking back a sent dossier is asked about first."""
    t.ask("withdraw", "task.withdraw_sure", (menus.YES, menus.NO))


def task_done(t: Turn, outcome: Outcome) -> None:
    """What a clerk will do, and by when."""
    if not outcome.ok:
        t.note(f"reason.{outcome.reason}", "reason.other")
    else:
        t.note(f"task.{outcome.verb}", by=moment_near(t, outcome.data["promise_at"]), number=outcome.data.get("number"))
    t.ask_again()


def rate(t: Turn, score: int | None) -> None:
    """A score of 1 to 5, asked once after the result was handed over."""
    if score:
        t.close()
        return t.request("rate", score=score)
    t.ask("rate", "task.rate", menus.SCORES)


def score_in(text: str) -> int | None:
    """The score in "5", "1 sao", "cham 4 diem"."""
    found = re.search(r"(?<!\d)([1-5])(?:\s*(?:sao|diem|/5))?(?!\d)", bare_text(text))
    return int(found[1]) if found else None
