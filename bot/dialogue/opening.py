"""From a wish to the first question: papers first, then the form at once (the opening already holds question 1)."""

from __future__ import annotations

from typing import Any

from backend.domain.procedure import Procedure
from bot.dialogue import choosing, drafts, forms, info, menus
from bot.dialogue.path import values, waiting
from bot.dialogue.review import shortened
from bot.dialogue.turn import LIST_ROOM, Turn, ref
from bot.dialogue.types import Understanding

SMS, WHO_SPEAKS, WHAT_FOR, FEWEST = 160, 20, 16, 40
"""Characters of an SMS, and of the words around the papers in `welcome.machine` and `info.papers`."""


def machine(t: Turn) -> None:
    """Once, before the first answer: that a machine speaks, and what a text costs (rule 10)."""
    if t.memory.get("met"):
        return
    t.memory["met"] = True
    cost = None if t.on_zalo else ref("welcome.cost", cost=t.place.sms_cost) if t.place.sms_cost else None
    t.note("welcome.machine", place=t.place.name, cost=cost)


def welcome(t: Turn) -> None:
    """What it can do, that it is a machine, what happens with the words, how to reach a person."""
    t.memory["met"] = t.memory["privacy"] = True
    cost = ref("welcome.cost", cost=t.place.sms_cost) if t.place.sms_cost and not t.on_zalo else None
    t.say("welcome.hello", place=t.place.name, cost=cost)
    t.say("welcome.privacy")


def privacy(t: Turn) -> None:
    """Once, with the second question: what the texts are for and when a draft is deleted (rule 12)."""
    if not t.memory.get("privacy"):
        t.memory["privacy"] = True
        t.note("welcome.purpose")


def begin(t: Turn, procedure: Procedure) -> None:
    """Papers, then question 1. A form of this kind that waits goes on; what we do not file is explained."""
    t.memory["procedure"] = procedure.id
    draft = next((c for c in t.state.cases if c.procedure == procedure.id and not c.helped), None)
    if draft:
        return drafts.go_on(t, draft)
    room = _room(t, procedure)
    machine(t)
    if procedure.file_by_text == "no":
        return guide(t, procedure)
    papers = info.paper_list(t, procedure, {})
    t.note_ref(info.papers(t, procedure, {}, room))
    rest = papers[_shown(t, papers, room) :]
    if rest:
        return t.ask("papers", "open.more_papers", (menus.MORE, menus.BEGIN), procedure=procedure.id, rest=rest)
    t.note_ref(info.checked(procedure), spare=1)
    t.say_noted()
    first_question(t, procedure)


def _room(t: Turn, procedure: Procedure) -> int:
    """Characters left for papers beside who speaks and what it is for, so that the opening stays two texts."""
    if t.on_zalo:
        return LIST_ROOM[True]
    who = 0 if t.memory.get("met") else WHO_SPEAKS + len(t.place.name) + len(t.place.sms_cost or "")
    return max(FEWEST, SMS - WHAT_FOR - len(procedure.names.plain) - who)


def _shown(t: Turn, papers: list[str], room: int | None = None) -> int:
    return len([p for p in shortened(t, papers, room) if isinstance(p, str)])


def first_question(t: Turn, procedure: Procedure) -> None:
    """Question 1, with what the fee's condition is and how to answer."""
    machine(t)
    case = forms.start(t, procedure.id)
    for sentence in info.fee(t, procedure, {}):
        if sentence["text"] == "info.plain":
            t.note_ref(sentence, spare=2)
    question = waiting(t, case)
    t.note_ref(ref("open.how" if question and question.options else "open.how_words"), spare=1)
    forms.next_question(t, case)


def more_papers(t: Turn, procedure: Procedure, rest: list[str]) -> None:
    """The next page of papers, then the form."""
    shown = shortened(t, rest)
    t.note("info.papers_more", papers=[p for p in shown if isinstance(p, str)])
    left = rest[_shown(t, rest) :]
    if left:
        return t.ask("papers", "open.more_papers", (menus.MORE, menus.BEGIN), procedure=procedure.id, rest=left)
    t.note_ref(info.checked(procedure))
    offer_form(t, procedure)


def guide(t: Turn, procedure: Procedure) -> None:
    """What we do not file: papers, who does it, and a call back if wanted. No status is pretended."""
    t.note_ref(info.papers(t, procedure, {}))
    t.note_ref(info.checked(procedure), spare=1)
    t.say_noted()
    for sentence in info.where(t, procedure):
        t.note_ref(sentence)
    t.ask("offer_person", "open.guide", (menus.YES, menus.NO), reason=f"guide_{procedure.owner}")


def offer_form(t: Turn, procedure: Procedure) -> None:
    """ "Làm luôn không?" after a question about a procedure."""
    if procedure.file_by_text == "no":
        return t.ask("offer_person", "open.guide", (menus.YES, menus.NO), reason=f"guide_{procedure.owner}")
    t.ask("start", "open.start", (menus.YES, menus.LATER), procedure=procedure.id)


def about(t: Turn, intents: tuple[str, ...], procedure: Procedure) -> None:
    """Answer questions about a procedure; at rest the form is offered, in a form its question comes back."""
    t.memory["procedure"] = procedure.id
    if not t.holding:
        machine(t)
    for intent in intents:
        note_answer(t, intent, procedure, alone=len(intents) == 1)
    t.ask_again() if t.holding else offer_form(t, procedure)


def about_both(t: Turn, asked: list[tuple[str, Procedure]]) -> None:
    """Answer a question about each of two procedures, then ask which to begin."""
    machine(t)
    for intent, procedure in asked:
        note_answer(t, intent, procedure, alone=False)
    options = choosing.options([procedure for _, procedure in asked])[: len(asked)]
    t.ask("procedure", "open.start_which", (*options, menus.LATER), intent="start_dossier")


def note_answer(t: Turn, intent: str, procedure: Procedure, alone: bool = True) -> None:
    """The facts asked about, to stand before whatever comes next; beside others in short."""
    for sentence in info.answer(t, intent, procedure, known_facts(t, procedure), None if alone else FEWEST):
        t.note_ref(sentence, spare=0 if alone or sentence["text"] != "info.checked" else 1)


def known_facts(t: Turn, procedure: Procedure) -> dict[str, str]:
    """What is known of the case in hand, if it is of this procedure."""
    return values(t.case) if t.case and t.case.procedure == procedure.id else {}


def meant(t: Turn, understood: Understanding) -> tuple[Procedure | None, list[Procedure]]:
    """The procedure a question is about: named, else the one in hand, else the one asked about last."""
    procedure, candidates = choosing.found(t, understood)
    if procedure or candidates:
        return procedure, candidates
    name: Any = t.case.procedure if t.case else t.memory.get("procedure")
    return (t.catalogue.get(name, t.today) if name else None), []
