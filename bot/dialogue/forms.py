"""The guided form: one question at a time, "câu n/N", the last value echoed, back and correct."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from backend.domain import catalogue
from backend.domain.procedure import Question
from bot.dialogue import menus, review
from bot.dialogue.path import choices, path, spoken, values, waiting
from bot.dialogue.turn import Turn, day, own_text, ref
from bot.dialogue.types import Case, Option, Reading


def start(t: Turn, procedure_id: str, helped: dict[str, Any] | None = None) -> Case:
    """Open a case for a procedure and make it the one in hand; nothing is asked yet."""
    procedure = t.catalogue.get(procedure_id, t.today)
    case = Case(t.new_ref(), procedure.id, t.catalogue.version(procedure), helped=helped)
    case.media = t.memory.pop("media", [])
    t.state.cases.append(case)
    t.state.active = case.ref
    _know_phone(t, case)
    case.of = len(path(t, case))
    return case


def _know_phone(t: Turn, case: Case) -> None:
    """The number a text came from is known, so it is not asked; a neighbour's was asked for consent."""
    phone = case.helped["phone"] if case.helped else t.heard.phone
    for question in t.procedure(case).questions:
        if question.source != "phone" or question.id in case.answers:
            continue
        if phone:
            put(t, case, question, Reading("answer", phone, phone, via="default"))
        elif case.helped and question.id not in case.left:
            case.left.append(question.id)


def go_on(t: Turn, case: Case) -> None:
    """After an answer: the next question, or the end where nothing needs to be filed."""
    stop = catalogue.stop_for(t.procedure(case), values(case), t.today)
    if stop is None:
        return next_question(t, case)
    t.request("drop", case=case.ref)
    review.drop(t, case)
    t.lead = [sentence for sentence in t.lead if sentence["text"] != "welcome.purpose"]
    t.say(f"{case.procedure}.stops.{stop}", **({"name": case.helped["name"]} if case.helped else {}))


def next_question(t: Turn, case: Case) -> None:
    """Ask the first question without an answer; when there is none, read everything back."""
    t.state.active = case.ref
    _know_phone(t, case)
    question = waiting(t, case)
    ask(t, case, question) if question else review.read_back(t, case)


def ask(t: Turn, case: Case, question: Question) -> None:
    """Ask one question; what a card already in hand or the last neighbour's place would answer is offered instead."""
    place = (t.state.helper or {}).get("place")
    if question.type == "person_key" and t.memory.get("card"):
        return offer_card(t, case, question)
    if question.type == "address" and case.helped and place and question.id not in case.answers:
        same = ref("form.same_place", shown=place["shown"])
        return _ask_numbered(t, case, question, "same_place", same, (menus.RIGHT, menus.WRONG))
    sentence = ref(own_text(case.procedure, question.id, "ask"), "form.ask_phone" if question.type == "phone" else None)
    _ask_numbered(t, case, question, "question", sentence, choices(question))


def _ask_numbered(t: Turn, case: Case, question: Question, kind: str, sentence: dict[str, Any], options: tuple[Option, ...]) -> None:
    """ "Câu n/N: …". N may shrink, never grow: what comes on top is not numbered."""
    order = [q.id for q in path(t, case)]
    number = order.index(question.id) + 1 if question.id in order else case.of + 1
    case.of = min(case.of, len(order)) if case.of else len(order)
    key = "form.question" if number <= case.of else "form.one_more"
    params = {"n": number, "of": case.of, "ask": sentence}
    t.ask(kind, key, options, params=params, case=case.ref, question=question.id)


def offer_card(t: Turn, case: Case, question: Question) -> None:
    """Read off the QR of a card: five fields in one turn, after a look; number masked, name shortened."""
    card = t.memory["card"]
    first, _, last = card["name"].rpartition(" ")
    params = {"shown": f"{first} {last[:1]}…".strip(), "year": card["birth_date"][:4], "last4": card["citizen_id"][-4:]}
    t.ask("card", "media.card", (menus.RIGHT, menus.WRONG), params=params, case=case.ref, question=question.id)


def put(t: Turn, case: Case, question: Question, reading: Reading) -> None:
    """Store an answer in the case."""
    case.answers[question.id] = {
        "value": reading.value,
        "shown": in_sentence(question, reading),
        "via": reading.via,
        "at": t.now.isoformat(),
        "doubt": reading.doubt,
    }
    if question.id in case.left:
        case.left.remove(question.id)


def in_sentence(question: Question, reading: Reading) -> str:
    """How an answer stands inside a sentence: a choice in small letters, a date as people write it."""
    shown = reading.shown or reading.value
    if shown.startswith("@"):
        return reading.value
    if question.options:
        return shown[:1].lower() + shown[1:]
    if question.type in ("date", "birth_date") and re.fullmatch(r"\d{4}-\d\d-\d\d", reading.value):
        return day(date.fromisoformat(reading.value))
    return shown


def take(t: Turn, case: Case, question: Question, reading: Reading) -> None:
    """Take an answer: store it, forget what it makes needless, say it back in a few words."""
    put(t, case, question, reading)
    case.misses = t.state.misses = 0
    _prune(t, case)
    if question.type == "address" and case.helped:
        t.state.helper["place"] = {"value": reading.value, "shown": reading.shown or reading.value}
    echo(t, case, question, reading)


def _prune(t: Turn, case: Case) -> None:
    wanted = {q.id for q in path(t, case)}
    asked = {q.id for q in t.procedure(case).questions if q.source == "text"}
    case.answers = {k: v for k, v in case.answers.items() if k in wanted or k not in asked or v["via"] == "default"}
    case.left = [name for name in case.left if name in wanted]


def echo(t: Turn, case: Case, question: Question, reading: Reading) -> None:
    """A slip is seen at once when the value comes back; what touches shame is not repeated (rule 21)."""
    if question.sensitive:
        return
    shown = spoken(case.answers[question.id])
    t.note_ref(ref(own_text(case.procedure, question.id, "echo"), "form.echo", shown=shown), spare=1)
    if reading.params.get("old"):
        t.note_ref(ref("form.old_place", **reading.params), spare=1)
    if question.options:
        t.note(own_text(case.procedure, question.id, f"after.{reading.value}"), "shared.nothing")
    if reading.doubt and reading.doubt not in t.memory.get("told", []):
        t.memory["told"] = [*t.memory.get("told", []), reading.doubt]
        t.note_ref(ref(f"mark.{reading.doubt}", "shared.nothing"), spare=1)


def ask_back(t: Turn, case: Case, question: Question, reading: Reading) -> None:
    """A reader is not sure: ask which was meant, by digit."""
    t.ask(
        "doubt", f"doubt.{reading.doubt}", reading.options,
        params=reading.params, case=case.ref, question=question.id, doubt=reading.doubt,
    )  # fmt: skip


def leave(t: Turn, case: Case, question: Question) -> None:
    """ "không nhớ": the counter asks, if the procedure allows it; otherwise it is needed and help is offered."""
    if t.open and t.open.get("partial"):
        return _take_partial(t, case, question, t.open["partial"])
    if not question.may_be_unknown and question.required:
        t.note(f"form.needed_{question.type}", "form.needed")
        return t.ask_again()
    case.answers.pop(question.id, None)
    if question.id not in case.left:
        case.left.append(question.id)
    case.misses = t.state.misses = 0
    t.note("form.left")
    next_question(t, case)


def _take_partial(t: Turn, case: Case, question: Question, partial: str) -> None:
    """Old people often know only the year: "1949", or "1949-06", is kept with a mark for the clerk."""
    shown = "/".join(str(int(part)) for part in reversed(partial.split("-")))
    take(t, case, question, Reading("answer", partial, shown, doubt="partial_date"))
    next_question(t, case)


def back(t: Turn, case: Case) -> None:
    """LUI: the question before the open one; its old answer holds until a new one comes."""
    order = path(t, case)
    here = [q.id for q in order]
    at = here.index(t.open["question"]) if t.open and t.open.get("question") in here else len(order)
    if at == 0:
        t.note("form.first")
        return t.ask_again()
    ask_anew(t, case, order[at - 1])


def ask_anew(t: Turn, case: Case, question: Question) -> None:
    """Ask again what was answered before."""
    old = case.answers.get(question.id)
    if old and not question.sensitive:
        t.note("form.was", shown=spoken(old))
    ask(t, case, question)
    t.open["keeps"] = bool(old)


def fix(t: Turn, case: Case, number: str) -> None:
    """SUA 3: correct one answer, then go on where the form stood."""
    order = path(t, case)
    if number.isdigit() and 1 <= int(number) <= len(order):
        question = order[int(number) - 1]
        if question.id in case.answers or question.id in case.left:
            return ask_anew(t, case, question)
    review.which(t, case)
