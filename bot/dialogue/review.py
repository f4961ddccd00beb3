"""Before and after sending: the read-back, what to correct, and what the phone keeps."""

from __future__ import annotations

from bot.dialogue import menus
from bot.dialogue.path import path, spoken
from bot.dialogue.turn import LIST_ROOM, Turn, in_groups, moment, ref
from bot.dialogue.types import Case, Outcome


def read_back(t: Turn, case: Case) -> None:
    """Read everything back in the words of the procedure, and ask to send behind it: two texts at most (rule 10)."""
    if case.helped and case.helped["consent"] in ("none", "asked"):
        return _wait_for_consent(t, case)
    t.lead = [sentence for sentence in t.lead if not sentence.get("spare")]
    answers = {name: spoken(a) for name, a in case.answers.items()}
    t.note("form.read_back", parts={"text": f"{case.procedure}.read_back", "params": answers})
    confirm(t, case)


def confirm(t: Turn, case: Case) -> None:
    """Ask for the word to send; where the law wants a signature, to note it down."""
    noted = t.procedure(case).file_by_text == "note"
    t.ask("confirm", "form.confirm_note" if noted else "form.confirm", (menus.NOTE if noted else menus.SEND, menus.FIX), case=case.ref)


def _wait_for_consent(t: Turn, case: Case) -> None:
    """Nothing is sent while the neighbour has not said yes."""
    case.helped["ready"] = True
    t.close()
    t.say("helper.waits_for_yes")


def which(t: Turn, case: Case) -> None:
    """Ask which answer is wrong: by its number, or the right value in free text."""
    t.ask("fix", "form.which", params={"of": len(path(t, case))}, case=case.ref)


def sent(t: Turn, outcome: Outcome, case: Case) -> None:
    """The code in groups, what happens next, by when; or that it is noted and where to sign (rule 16)."""
    data = outcome.data
    code = in_groups(data["code"])
    papers = shortened(t, data.get("papers") or [])
    if data.get("noted"):
        t.say("sent.noted", code=code, sign_what=data.get("sign_what") or ref("sent.form"), place=data.get("place") or t.place.desk)
        t.say("sent.bring_to_sign", papers=papers) if papers else None
        return
    t.say("sent.code", code=code, at=moment(t.now.isoformat()), review_by=moment(data["review_by"]))
    if data.get("similar"):
        t.note("sent.similar")
    t.say("sent.bring" if papers else "sent.wait", papers=papers)


def shortened(t: Turn, items: list[str], room: int | None = None) -> list:
    """As many items as `room` characters hold; how many are left out is said, never dropped in silence."""
    shown: list = []
    for item in items:
        if shown and len("; ".join([*shown, item])) > (room or LIST_ROOM[t.on_zalo]):
            return [*shown, ref("list.left_out", count=len(items) - len(shown))]
        shown.append(item)
    return shown


def drop(t: Turn, case: Case) -> None:
    """The case is no longer in hand."""
    t.state.cases = [c for c in t.state.cases if c.ref != case.ref]
    t.state.active = None
    t.memory.pop("card", None)
    t.close()
