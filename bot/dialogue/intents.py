"""What each intent of the contract leads to, at rest and in the middle of a form. NLU gave it; nothing here is final."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backend.domain.procedure import Procedure
from bot.dialogue import (
    ahead,
    choosing,
    corrections,
    danger,
    drafts,
    forms,
    helper,
    info,
    kinds,
    ladder,
    later,
    menus,
    opening,
    people,
    review,
    talk,
    tracking,
    two_parts,
    weighty,
    wishes,
)
from bot.dialogue import thresholds as sure
from bot.dialogue.choosing import ABOUT_PROCEDURE
from bot.dialogue.turn import Turn
from bot.dialogue.types import Understanding

HARMLESS = {"greet", "goodbye", "thank", "ask_help", "bot_challenge", "talk_to_human", "repeat", "out_of_scope", "abuse"}
"""Heard even when the model is unsure: a wrong guess costs one text and nothing else."""

REMARKS = {"inform", "affirm", "deny", "correct_answer", "assist_other", "ask_eligibility"}
"""What a remark about a later question is taken for; inside a form it is looked at as one first."""


def serve(t: Turn, understood: Understanding) -> None:
    """Serve a message: a danger first, then one wish, or two."""
    second = understood.second
    if is_urgent(t, understood) or (second and is_urgent(t, second)):
        return people.urgent(t)
    if second is None:
        return _serve_one(t, understood)
    services = [part for part in (understood, second) if part.intent in wishes.SERVICES]
    procedures = [replace(part, second=None) for part in (understood, second) if part.intent not in wishes.SERVICES]
    for part in services:
        _serve_one(t, replace(part, second=None))
    if services or t.holding:
        return _keep_all(t, procedures)
    _two_procedures(t, *procedures)


def _keep_all(t: Turn, procedures: list[Understanding]) -> None:
    """Kept for when nothing is open any more; at rest that is as soon as the service has answered."""
    for part in procedures:
        later.keep(t, part)
        _say_not_ours(t, part)
    if t.holding and procedures and not t.requests:
        later.note_kept(t)
        t.ask_again()


def _two_procedures(t: Turn, first: Understanding, second: Understanding) -> None:
    """Two questions are answered together; of two wishes the first is begun and the second kept, and both are said."""
    if choosing.is_not_ours(t, first):
        first, second = second, first
    named = [choosing.found(t, part)[0] for part in (first, second)]
    if all(named) and not {first.intent, second.intent} & wishes.WISHES:
        return opening.about_both(t, [(first.intent, named[0]), (second.intent, named[1])])
    later.keep(t, second)
    about_procedure(t, first)
    if choosing.is_not_ours(t, second):
        t.say_first("wish.not_known")
    elif later.kept(t):
        t.say_first("wish.kept", what=later.what(t, later.kept(t)[-1]))


def _say_not_ours(t: Turn, part: Understanding) -> None:
    if choosing.is_not_ours(t, part):
        t.note("wish.not_known")


def _serve_one(t: Turn, understood: Understanding) -> None:
    """Serve a wish; an open question comes back after it."""
    remark = understood.intent in REMARKS or (t.case and understood.procedure == t.case.procedure and understood.intent in wishes.WISHES)
    if remark and t.holding and ahead.take(t):
        return
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
    if weighty.was_asked(t, understood.intent):
        return confirmed(t, t.heard.text)
    if not weighty.is_weighed(t, understood):
        return _unsure(t, understood) if t.holding else weighty.ask(t, understood.intent)
    _SERVED.get(understood.intent, _unsure)(t, understood)


def confirmed(t: Turn, again: str = "") -> None:
    """A weighty wish is meant: served with the words it was said in. `again`: the same wish in other words, instead of a yes."""
    intent, words = t.open["intent"], t.open["words"]
    t.heard = replace(t.heard, text=f"{words}\n{again}".strip())
    t.close()
    _SERVED[intent](t, Understanding(intent, 1.0))


def _names_a_procedure(understood: Understanding) -> bool:
    """ "cháu ơi bá muốn làm tiền già": a half-heard greeting before a procedure that is sure is a wish, and so is a long one."""
    half_heard = understood.confidence < sure.INTENT_SURE or (understood.intent == "greet" and understood.confidence < sure.PART_SURE)
    return half_heard and understood.intent in HARMLESS and _is_sure_of_procedure(understood)


def _is_sure_of_procedure(understood: Understanding) -> bool:
    return understood.procedure is not None and understood.procedure_confidence >= sure.PROCEDURE_SURE


def is_urgent(t: Turn, understood: Understanding) -> bool:
    """Whether somebody is in danger; the bar is low, but not where a paper is named and no danger: "tôi bị mất căn cước"."""
    named = _is_sure_of_procedure(understood) and danger.kind_of(t.heard.text) is None
    bar = sure.URGENT_NAMED if named and not understood.degraded else sure.URGENT
    return understood.intent == "urgent" and understood.confidence >= bar


def beside(t: Turn, understood: Understanding) -> None:
    """A question that came together with an answer: its answer is noted, the form goes on by itself."""
    if is_urgent(t, understood):
        t.memory["urgent"] = True
        t.request("person", reason="urgent_beside", urgent=True, case=t.state.active)
        return t.note("urgent.short")
    if understood.confidence < sure.INTENT_UNSURE:
        return
    for part in filter(None, (replace(understood, second=None), understood.second)):
        _beside(t, part)


def _beside(t: Turn, part: Understanding) -> None:
    if part.intent in wishes.WISHES:
        return _wish_beside(t, part)
    if part.intent in ABOUT_PROCEDURE:
        procedure, _ = opening.meant(t, _of_the_form(t, part))
        for intent in (part.intent, *wishes.facts(part, t.heard.text)) if procedure else ():
            opening.note_answer(t, intent, procedure)
    elif part.intent in wishes.SERVICES and _is_sure_service(t, part):
        _SERVED[part.intent](t, part)
    elif part.intent == "bot_challenge":
        t.note("talk.machine", place=t.place.name)


def _is_sure_service(t: Turn, part: Understanding) -> bool:
    return part.degraded or (part.confidence >= sure.INTENT_SURE and weighty.is_weighed(t, part))


def _wish_beside(t: Turn, part: Understanding) -> None:
    before = len(later.kept(t))
    later.keep(t, part)
    if len(later.kept(t)) > before:
        return later.note_kept(t)
    _say_not_ours(t, part)


def _of_the_form(t: Turn, part: Understanding) -> Understanding:
    """A question in the middle of a form is about that form where only a search of names says otherwise."""
    return replace(part, procedure=None, procedure_confidence=0.0, candidates=()) if part.degraded and t.case else part


def _unsure(t: Turn, understood: Understanding) -> None:
    """After "thiếu giấy" it is about that paper; a likely procedure is offered as a choice; otherwise the ladder."""
    if t.memory.get("supplement") and not t.open and not t.memory.get("supplement_words"):
        t.memory["supplement_words"] = True
        return _supplement(t, understood)
    if t.holding and ahead.take(t):
        return
    wished = two_parts.asks_or_wishes(t.heard.text) or not t.holding
    if _is_sure_of_procedure(understood) and wished and not (t.case and t.case.procedure == understood.procedure):
        return about_procedure(t, replace(understood, intent="ask_procedure", confidence=understood.procedure_confidence))
    _, candidates = choosing.found(t, understood)
    if t.holding:
        return ladder.miss(t)
    if candidates or (candidates := choosing.told(t)):
        opening.machine(t)
        return choosing.ask_which(t, candidates, understood.intent if understood.intent in ABOUT_PROCEDURE else "ask_procedure")
    if t.open and t.open["kind"] == "claim":
        t.close()
    ladder.miss(t)


def about_procedure(t: Turn, understood: Understanding) -> None:
    """A question or wish about a procedure: asked which when several fit, answered or begun when one does."""
    intent = understood.intent if understood.intent in ABOUT_PROCEDURE else "ask_procedure"
    if intent not in wishes.WISHES and t.holding:
        understood = _of_the_form(t, understood)
    if choosing.is_not_ours(t, understood):
        return _not_ours(t)
    more = wishes.facts(understood, t.heard.text)
    if understood.confidence < sure.INTENT_UNSURE and not understood.candidates and not understood.procedure:
        return ladder.miss(t)
    procedure, candidates = opening.meant(t, understood)
    if intent == "ask_where" and not understood.procedure and not understood.candidates:
        return _no_procedure(t, intent)
    if candidates and t.holding:
        later.keep(t, replace(understood, intent=intent))
        later.note_kept(t)
        return t.ask_again()
    if candidates:
        opening.machine(t)
        return choosing.ask_which(t, candidates, intent, more)
    if procedure is None:
        return _no_procedure(t, intent)
    if kinds.must_be_asked(t, understood):
        return _of_unsure_kind(t, procedure, understood, more)
    chosen(t, intent, procedure, more)


def _of_unsure_kind(t: Turn, procedure: Procedure, understood: Understanding, more: tuple[str, ...]) -> None:
    """Begun where papers and wish are the likeliest; asked once; the second time its papers and whatever the words ask for."""
    if kinds.is_wish(understood):
        return chosen(t, kinds.WISH, procedure, more)
    if kinds.was_asked(t, procedure):
        return chosen(t, kinds.PAPERS, procedure, wishes.facts(replace(understood, intent=kinds.PAPERS), t.heard.text))
    kinds.ask(t, procedure, understood, more)


def _not_ours(t: Turn) -> None:
    """A paper that the language knows and the catalogue does not: said so, and a person offered. Nothing is made up."""
    if t.holding:
        t.note("choose.not_known")
        return t.ask_again()
    opening.machine(t)
    t.note("choose.not_known")
    t.ask("offer_person", "open.guide", (menus.YES, menus.NO), reason="not_in_catalogue")


def _no_procedure(t: Turn, intent: str) -> None:
    if intent == "ask_where":
        for sentence in info.where(t, t.procedure(t.case) if t.case else None):
            t.note_ref(sentence)
        return t.ask_again()
    if t.holding or (t.open and t.open["kind"] == "procedure"):
        return ladder.miss(t)
    opening.machine(t)
    if candidates := choosing.told(t):
        return choosing.ask_which(t, candidates, intent)
    choosing.ask_name(t, intent)


def chosen(t: Turn, intent: str, procedure: Procedure, more: tuple[str, ...] = ()) -> None:
    """One procedure: begin it, or answer the questions about it. `more`: what else was asked in the same breath."""
    if t.holding:
        return _in_form(t, intent, procedure, more)
    asked = tuple(dict.fromkeys(["ask_documents" if intent in wishes.WISHES else intent, *more]))
    if intent in wishes.WISHES and asked == ("ask_documents",):
        return opening.begin(t, procedure)
    opening.about(t, asked, procedure)


def _in_form(t: Turn, intent: str, procedure: Procedure, more: tuple[str, ...]) -> None:
    same = t.case and t.case.procedure == procedure.id
    if not same and intent in wishes.WISHES:
        later.keep(t, Understanding(intent, 1.0, procedure.id, 1.0))
        later.note_kept(t)
        return t.ask_again()
    asked = [] if intent in wishes.WISHES and more else ["ask_documents" if intent in wishes.WISHES else intent]
    opening.about(t, tuple(dict.fromkeys([*asked, *more])), procedure)


def _correct(t: Turn, understood: Understanding) -> None:
    if t.case:
        return corrections.from_text(t, t.case, t.heard.text)
    t.request("update_contact", text=t.heard.text)


def _back(t: Turn, understood: Understanding) -> None:
    forms.back(t, t.case) if t.case else t.say("talk.nothing_open")


def _repeat(t: Turn, understood: Understanding) -> None:
    repeat(t)


def repeat(t: Turn) -> None:
    """Say it again: the open question, before sending with all that was read back, or the last thing said."""
    if t.open and t.open["kind"] == "confirm":
        return review.read_back(t, t.case_of(t.open["case"]))
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
    t.memory["pays"] = True
    people.call(t, "pay_fee")


_SERVED: dict[str, Callable[[Turn, Understanding], None]] = {
    "greet": talk.greet,
    "goodbye": talk.goodbye,
    "thank": talk.thank,
    "ask_help": talk.help,
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
    "bot_challenge": talk.machine,
    "opt_out": _opt_out,
    "out_of_scope": talk.scope,
    "abuse": lambda t, u: people.abuse(t),
    "urgent": lambda t, u: people.urgent(t),
}
"""Every intent of the contract that is not about a procedure; a test holds the two lists together."""
INTENTS = frozenset(_SERVED) | ABOUT_PROCEDURE
"""All intents of the contract."""
