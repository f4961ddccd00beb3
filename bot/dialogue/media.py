"""Photos, voice, stickers: kept, used where they answer, and never taken for a yes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from backend.domain.procedure import Question
from bot.dialogue import forms, ladder, opening, people
from bot.dialogue.path import waiting
from bot.dialogue.thresholds import MEDIA_KEPT, MEDIA_OF_CASE
from bot.dialogue.turn import Turn
from bot.dialogue.types import Case, Reading


def keep(t: Turn) -> None:
    """Whatever was attached stays beside the draft, or is kept until there is one; a card's data too."""
    if t.heard.media:
        if t.case:
            t.case.media = [*t.case.media, *t.heard.media][-MEDIA_OF_CASE:]
        else:
            t.memory["media"] = [*t.memory.get("media", []), *t.heard.media][-MEDIA_KEPT:]
    if t.heard.card:
        t.memory["card"] = asdict(t.heard.card)


def answer(t: Turn) -> None:
    """What to say to a turn without words."""
    kind = t.heard.kind
    if t.heard.card and _key_question(t):
        return forms.offer_card(t, *_key_question(t))
    if kind == "photo":
        return _photo(t)
    if kind == "voice":
        return _voice(t)
    if kind == "follow":
        return opening.welcome(t)
    if kind == "contact" and t.heard.phone:
        return _contact(t)
    if kind == "location":
        t.note("media.location")
        return t.ask_again() if t.open else t.say_noted()
    if t.open:
        return ladder.miss(t, Reading("bad", "sticker"))
    t.say("media.sticker")


def _key_question(t: Turn) -> tuple[Case, Question] | None:
    case = t.case
    question = waiting(t, case) if case else None
    if question and t.open and t.open.get("question"):
        question = t.question(case, t.open["question"])
    return (case, question) if question and question.type == "person_key" else None


def card_confirmed(t: Turn, case: Case, question: Question) -> None:
    """The card answers the key, and every field that comes "from the number" of the same person."""
    card = t.memory.pop("card")
    forms.take(t, case, question, Reading("answer", card["citizen_id"], card["name"].upper(), via="photo"))
    case.answers[question.id]["card"] = card
    for other in t.procedure(case).questions:
        value = _of_card(other, card) if other.source == f"number({question.id})" or other.source == f"number({question.role})" else None
        if value:
            forms.put(t, case, other, Reading("answer", value, value, via="photo"))
    forms.next_question(t, case)


def _of_card(question: Question, card: dict[str, Any]) -> str | None:
    by_type = {"person_name": "name", "birth_date": "birth_date", "date": "birth_date", "address": "address"}
    if question.type == "choice" and {o.id for o in question.options} >= {"male", "female"}:
        return card["sex"]
    return card.get(by_type.get(question.type, ""))


def card_refused(t: Turn, case: Case, question: Question) -> None:
    """Not that person's card: it stays among the photos, the question is asked in words."""
    t.memory.pop("card", None)
    t.note("media.card_wrong")
    forms.ask(t, case, question)


def _photo(t: Turn) -> None:
    if t.memory.get("supplement") and not (t.open and t.open["kind"] == "question"):
        return t.request("supplement", media=list(t.heard.media), code=t.memory["supplement"])
    if not t.open:
        t.memory.setdefault("met", True)
        t.note("media.kept_card" if t.heard.card else "media.kept")
        return t.ask("procedure", "choose.name", intent="start_dossier")
    if _key_question(t) and not t.memory.get("blurred"):
        t.memory["blurred"] = t.open.get("question", "")
        t.note("media.blurred")
        return t.ask_again()
    t.note("media.kept_answer_in_words" if t.open["kind"] == "question" else "media.kept_short")
    t.ask_again()


def _voice(t: Turn) -> None:
    """Nobody is left with a recording unheard: a person listens, once per hour of talk."""
    hour = t.now.isoformat()[:13]
    t.note("media.voice")
    if t.memory.get("voice") != hour:
        t.memory["voice"] = hour
        return people.call(t, "voice")
    t.ask_again()


def _contact(t: Turn) -> None:
    case = t.case
    question = waiting(t, case) if case else None
    if question and question.type == "phone":
        forms.take(t, case, question, Reading("answer", t.heard.phone, _local(t.heard.phone), via="photo"))
        return forms.next_question(t, case)
    t.note("media.contact")
    t.ask_again()


def _local(phone: str) -> str:
    return "0" + phone.removeprefix("+84") if phone.startswith("+84") else phone
