"""What each intent of the contract leads to, at rest and in the middle of a form. NLU gave it; nothing here is final."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backend.domain.procedure import Procedure
from bot.dialogue import (
    choosing,
    corrections,
    drafts,
    forms,
    helper,
    info,
    ladder,
    later,
    menus,
    opening,
    people,
    tracking,
)
from bot.dialogue import thresholds as sure
from bot.dialogue.choosing import ABOUT_PROCEDURE
from bot.dialogue.turn import Turn, own_text
from bot.dialogue.types import Understanding

HARMLESS = {"greet", "goodbye", "thank", "ask_help", "bot_challenge", "talk_to_human", "repeat", "pause", "out_of_scope", "abuse"}
"""Served even when the model is unsure: a wrong guess costs one text and nothing else."""


def serve(t: Turn, understood: Understanding) -> None:
    """Serve a wish; an open question comes back after it."""
    if is_urgent(understood):
        return people.urgent(t)
    guessed = understood.degraded and understood.confidence >= sure.GUESS
    if understood.degraded and not guessed:
        return ladder.miss(t) if t.holding else about_procedure(t, understood)
    if understood.intent in ABOUT_PROCEDURE:
        return about_procedure(t, understood)
    if _names_a_procedure(understood):
        return about_procedure(t, replace(understood, intent="ask_procedure"))
    bar = sure.INTENT_UNSURE if guessed or understood.intent in HARMLESS else sure.INTENT_SURE
    if understood.confidence < bar:
        return _unsure(t, understood)
    _SERVED.get(understood.intent, _unsure)(t, understood)
    if understood.second and understood.second.procedure and understood.second.intent in ABOUT_PROCEDURE:
        later.keep(t, understood.second.procedure)


def _names_a_procedure(understood: Understanding) -> bool:
    """ "cháu ơi bá muốn làm tiền già": a half-heard greeting before a procedure that is sure is a wish, not a greeting."""
    unsure = understood.intent in HARMLESS and understood.confidence < sure.INTENT_SURE
    return unsure and understood.procedure is not None and understood.procedure_confidence >= sure.PROCEDURE_SURE


def is_urgent(understood: Understanding) -> bool:
    """Whether somebody is in danger; the bar is low."""
    return understood.intent == "urgent" and understood.confidence >= sure.URGENT


def beside(t: Turn, understood: Understanding) -> None:
    """A question that came together with an answer: its answer is noted, the form goes on by itself."""
    if is_urgent(understood):
        t.memory["urgent"] = True
        t.request("person", reason="urgent_beside", urgent=True, case=t.state.active)
        return t.note("urgent.short")
    if understood.confidence < sure.INTENT_UNSURE:
        return
    if understood.intent in ABOUT_PROCEDURE:
        procedure, _ = opening.meant(t, understood)
        if procedure:
            return opening.note_answer(t, understood.intent, procedure)
        return
    if understood.intent == "talk_to_human":
        return people.call(t, "asked")
    if understood.intent == "bot_challenge":
        t.note("talk.machine")


def _unsure(t: Turn, understood: Understanding) -> None:
    """After "thiếu giấy" it is about that paper; a likely procedure is offered as a choice; otherwise the ladder."""
    if t.memory.get("supplement") and not t.open and not t.memory.get("supplement_words"):
        t.memory["supplement_words"] = True
        return _supplement(t, understood)
    _, candidates = choosing.found(t, understood)
    if candidates and not t.holding:
        return choosing.ask_which(t, candidates, understood.intent)
    ladder.miss(t)


def about_procedure(t: Turn, understood: Understanding) -> None:
    """A question or wish about a procedure: asked which when several fit, answered or begun when one does."""
    intent = understood.intent if understood.intent in ABOUT_PROCEDURE else "ask_procedure"
    if understood.confidence < sure.INTENT_UNSURE and not understood.candidates and not understood.procedure:
        return ladder.miss(t)
    procedure, candidates = opening.meant(t, understood)
    if intent == "ask_where" and not understood.procedure and not understood.candidates:
        return _no_procedure(t, intent)
    if candidates and t.holding:
        later.keep(t, candidates[0].id)
        t.note("wish.kept", what=candidates[0].names.plain)
        return t.ask_again()
    if candidates:
        _keep_second(t, understood)
        opening.machine(t)
        return choosing.ask_which(t, candidates, intent)
    if procedure is None:
        return _no_procedure(t, intent)
    _keep_second(t, understood)
    chosen(t, intent, procedure)


def _keep_second(t: Turn, understood: Understanding) -> None:
    second = understood.second
    if second and second.procedure and second.intent in ABOUT_PROCEDURE:
        t.memory["wish"] = second.procedure


def _no_procedure(t: Turn, intent: str) -> None:
    if intent == "ask_where":
        for sentence in info.where(t, t.procedure(t.case) if t.case else None):
            t.note_ref(sentence)
        return t.ask_again()
    if t.holding:
        return ladder.miss(t)
    opening.machine(t)
    choosing.ask_name(t, intent)


def chosen(t: Turn, intent: str, procedure: Procedure) -> None:
    """One procedure, one wish: begin it, or answer the question about it."""
    if t.holding:
        return _in_form(t, intent, procedure)
    if intent in ("ask_procedure", "start_dossier"):
        return opening.begin(t, procedure)
    opening.about(t, intent, procedure)


def _in_form(t: Turn, intent: str, procedure: Procedure) -> None:
    same = t.case and t.case.procedure == procedure.id
    if not same and intent in ("ask_procedure", "start_dossier"):
        later.keep(t, procedure.id)
        t.note("wish.kept", what=procedure.names.plain)
        return t.ask_again()
    opening.about(t, "ask_documents" if intent in ("ask_procedure", "start_dossier") else intent, procedure)


def _greet(t: Turn, understood: Understanding) -> None:
    if t.open:
        t.note("welcome.again")
        return t.ask_again()
    opening.welcome(t)
    if t.state.cases:
        t.says.pop()
        t.say("welcome.draft_waits")


def _goodbye(t: Turn, understood: Understanding) -> None:
    drafts.pause(t) if t.state.cases else t.say("talk.goodbye")


def _thank(t: Turn, understood: Understanding) -> None:
    t.note("talk.thanks")
    if not t.open and later.offer(t):
        return
    t.ask_again()


def _help(t: Turn, understood: Understanding) -> None:
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


def _scope(t: Turn, understood: Understanding) -> None:
    t.note("talk.out_of_scope", place=t.place.name)
    t.ask_again()


def _machine(t: Turn, understood: Understanding) -> None:
    t.memory["met"] = True
    t.note("talk.machine", place=t.place.name)
    t.ask_again()


def _correct(t: Turn, understood: Understanding) -> None:
    if t.case:
        return corrections.from_text(t, t.case, t.heard.text)
    t.request("update_contact", text=t.heard.text)


def _back(t: Turn, understood: Understanding) -> None:
    forms.back(t, t.case) if t.case else t.say("talk.nothing_open")


def _repeat(t: Turn, understood: Understanding) -> None:
    repeat(t)


def repeat(t: Turn) -> None:
    """Say it again: the open question, or the last thing said."""
    if t.open:
        return t.ask_again()
    for said in t.memory.get("said", [])[-2:]:
        t.say(said["key"], **{k: v for k, v in said["params"].items() if k != "you"})
    if not t.says:
        t.say("talk.nothing_open")


def _yes_or_no(t: Turn, understood: Understanding) -> None:
    ladder.miss(t) if t.open else t.say("talk.yes_to_nothing")


def _opt_out(t: Turn, understood: Understanding) -> None:
    t.request("opt_out")


def _track(t: Turn, understood: Understanding) -> None:
    tracking.track(t, t.heard.text)


def _supplement(t: Turn, understood: Understanding) -> None:
    t.request("supplement", media=t.memory.pop("media", []), text=t.heard.text, code=t.memory.get("supplement"))


def _rate(t: Turn, understood: Understanding) -> None:
    people.rate(t, people.score_in(t.heard.text))


def _pay(t: Turn, understood: Understanding) -> None:
    t.note("task.pay")
    people.call(t, "pay_fee")


_SERVED: dict[str, Callable[[Turn, Understanding], None]] = {
    "greet": _greet,
    "goodbye": _goodbye,
    "thank": _thank,
    "ask_help": _help,
    "resume_dossier": lambda t, u: drafts.resume(t),
    "track_dossier": _track,
    "submit_supplement": _supplement,
    "complain": lambda t, u: people.complain(t),
    "rate_service": _rate,
    "withdraw_dossier": lambda t, u: people.withdraw(t),
    "update_contact": lambda t, u: t.request("update_contact", text=t.heard.text),
    "request_postal": lambda t, u: t.request("postal"),
    "pay_fee": _pay,
    "assist_other": lambda t, u: helper.begin(t),
    "revoke_consent": lambda t, u: t.request("revoke_helper"),
    "talk_to_human": lambda t, u: people.call(t, "asked"),
    "affirm": _yes_or_no,
    "deny": _yes_or_no,
    "go_back": _back,
    "correct_answer": _correct,
    "pause": lambda t, u: drafts.pause(t),
    "cancel": lambda t, u: drafts.ask_cancel(t),
    "repeat": _repeat,
    "inform": _unsure,
    "bot_challenge": _machine,
    "opt_out": _opt_out,
    "out_of_scope": _scope,
    "abuse": lambda t, u: people.abuse(t),
    "urgent": lambda t, u: people.urgent(t),
}
"""Every intent of the contract that is not about a procedure; a test holds the two lists together."""
INTENTS = frozenset(_SERVED) | ABOUT_PROCEDURE
"""All intents of the contract."""
