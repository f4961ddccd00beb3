"""What an answer does: by the kind of the question that was open (`ANSWERS`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from backend.domain.procedure import Question
from bot.dialogue import (
    ahead,
    answers,
    choosing,
    consent,
    corrections,
    drafts,
    forms,
    helper,
    intents,
    ladder,
    media,
    menus,
    opening,
    orders,
    people,
    reading,
    review,
    tracking,
)  # fmt: skip
from bot.dialogue.thresholds import STORY_LENGTH
from bot.dialogue.turn import Turn, ref
from bot.dialogue.types import Case, Option, Reading

Answer = Callable[[Turn, Reading], None]
OF_A_FORM = ("question", "doubt", "card", "same_place")
"""Kinds of open question that stand for a question of the form."""


def answer(t: Turn, got: Reading) -> None:
    """Act on what the dialogue itself read."""
    if got.kind == "media":
        return media.answer(t)
    if got.kind != "more_story" and got.also and got.rest == t.heard.text and intents.is_urgent(t, got.also):
        return people.urgent(t)
    if got.kind == "command":
        return orders.obey(t, got)
    if got.kind == "stale":
        return _ask_about_digit(t, got.value)
    if got.kind == "digit":
        return t.say("talk.no_question")
    if got.kind == "claim":
        return _claim(t, got)
    if got.kind == "switch":
        return helper.switch(t, helper.find(t, got.value))
    if got.kind == "lines":
        return _lines(t, got.value)
    if got.value == "commune_missing" and t.open["kind"] in OF_A_FORM and _is_here(t, got):
        return
    if got.params.get("partial") and t.open:
        t.open["partial"] = got.params["partial"]
    if t.open is None:
        return t.say("miss.rest")
    if got.kind == "bad" and ahead.take(t):
        return
    if got.kind == "bad" or (got.kind == "unknown" and t.open["kind"] not in OF_A_FORM):
        return ladder.miss(t, got)
    ANSWERS[t.open["kind"]](t, got)


def _ask_about_digit(t: Turn, number: str) -> None:
    """ "1 là cho câu '…' phải không?" (rule 1)"""
    if t.open["kind"] == "stale":
        return t.ask_again()
    prev = drafts.without_prev(t.open)
    params = {"digit": number, "question": ref(prev["key"], **prev["params"])}
    t.ask("stale", "talk.stale", (menus.RIGHT, menus.WRONG), params=params, digit=number, prev=prev)


def _stale(t: Turn, got: Reading) -> None:
    number, t.state.open = t.open["digit"], {**t.open["prev"], "asked_at": t.now.isoformat(), "stale": False}
    if got.value != "yes":
        return t.ask_again()
    again = reading.read(t.state, replace(t.heard, text=number, interrupted=False), t.catalogue, t.now)
    answer(t, again) if again else ladder.miss(t)


def _lines(t: Turn, text: str) -> None:
    """Several answers in one text, one a line (helpers only): taken until one does not fit, or all is answered."""
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        if t.open is None or t.open["kind"] not in ("question", "same_place"):
            break
        t.lead, t.says = [sentence for say in t.says for sentence in say.params.get("lead", [])], []
        got = reading.read(t.state, replace(t.heard, text=line), t.catalogue, t.now)
        answer(t, got) if got else ladder.miss(t)
        if got is None or got.kind not in ("option", "answer", "unknown"):
            break


def _question(t: Turn, got: Reading) -> None:
    case = t.case_of(t.open["case"])
    question = t.question(case, t.open["question"])
    if got.kind == "unknown":
        return forms.leave(t, case, question)
    if got.kind == "name_word":
        prev = drafts.without_prev(t.open)
        return t.ask(
            "name_word", "talk.name_word", (menus.IS_NAME, menus.IS_COMMAND), params={"word": got.value}, word=got.value, prev=prev
        )
    if got.kind == "kept":
        return forms.next_question(t, case)
    if got.kind == "doubt":
        return forms.ask_back(t, case, question, got)
    if got.kind == "more_story":
        return _story(t, case, question, got)
    forms.take(t, case, question, got)
    if got.also:
        intents.beside(t, got.also)
    if not case.helped:
        opening.privacy(t)
    forms.go_on(t, case)


def _story(t: Turn, case: Case, question: Question, got: Reading) -> None:
    """A story comes in as many texts as it needs, and ends with XONG."""
    told = case.answers.get(question.id, {}).get("value", "")
    whole = f"{told}\n{got.value}".strip()[:STORY_LENGTH]
    forms.put(t, case, question, Reading("answer", whole, whole[:60]))
    if got.also:
        intents.beside(t, got.also)
    if got.arg == "XONG":
        return forms.go_on(t, case)
    t.note("form.story_more")
    t.say_noted()


def _doubt(t: Turn, got: Reading) -> None:
    if got.kind != "option":
        return _question(t, got)
    case = t.case_of(t.open["case"])
    question = t.question(case, t.open["question"])
    if got.value == "again":
        case.answers.pop(question.id, None)
        return forms.ask(t, case, question)
    doubt = t.open["doubt"] if t.open["doubt"].startswith("id_") else None
    forms.take(t, case, question, Reading("answer", got.value, _shown(t.open, got.value), doubt=doubt))
    forms.go_on(t, case)


def _shown(doubt: dict[str, Any], value: str) -> str:
    """How the candidate that was chosen is read back: as the reader showed it, a commune behind its hamlet."""
    of_it = next(option["params"] for option in doubt["options"] if option["value"] == value)
    if "name" in of_it:
        return ", ".join(filter(None, (doubt["params"].get("hamlet"), of_it["name"])))
    return of_it.get("shown") or doubt["params"].get("shown") or value


def _is_here(t: Turn, got: Reading) -> bool:
    """A hamlet without its commune is most likely of ours: ask so. False if no such place can be read."""
    place = answers.address(f"{got.params['hamlet']}, {t.place.name}", t.today)
    if place is None:
        return False
    options = (Option(place.value, menus.RIGHT.label, menus.RIGHT.words), menus.AGAIN)
    case, question = t.open["case"], t.open["question"]
    t.ask("doubt", "doubt.own_commune", options, params={"shown": place.shown}, case=case, question=question, doubt="own_commune")
    return True


def _confirm(t: Turn, got: Reading) -> None:
    case = t.case_of(t.open["case"])
    if got.value != "send":
        return review.which(t, case)
    t.close()
    t.request("send", case=case.ref)


def _fix(t: Turn, got: Reading) -> None:
    case = t.case_of(t.open["case"])
    forms.fix(t, case, got.value) if got.value.isdigit() else corrections.from_text(t, case, got.value)


def _cancel(t: Turn, got: Reading) -> None:
    case = t.case_of(t.open["case"])
    drafts.cancelled(t, case) if got.value == "yes" and case else drafts.restore(t)


def _name_word(t: Turn, got: Reading) -> None:
    word, t.state.open = t.open["word"], t.open["prev"]
    if got.value == "command":
        return orders.obey(t, Reading("command", {"DUNG": "HUY", "THOI": "HUY"}.get(word, word)))
    t.note("bad.name_one_word")
    t.ask_again()


def _procedure(t: Turn, got: Reading) -> None:
    intent, more = t.open["intent"], tuple(t.open.get("more", ()))
    t.close()
    if got.value == "no":
        return t.say("talk.later")
    if got.value == "other":
        return choosing.ask_name(t, intent)
    intents.chosen(t, intent, t.catalogue.get(got.value, t.today), more)


def _kind(t: Turn, got: Reading) -> None:
    procedure, more = t.catalogue.get(t.open["procedure"], t.today), tuple(t.open["more"])
    t.close()
    intents.chosen(t, got.value, procedure, more)


def _sure(t: Turn, got: Reading) -> None:
    if got.value == "yes":
        return intents.confirmed(t)
    t.close()
    t.say("talk.yes_to_nothing")


def _papers(t: Turn, got: Reading) -> None:
    procedure = t.catalogue.get(t.open["procedure"], t.today)
    if got.value == "more":
        return opening.more_papers(t, procedure, t.open["rest"])
    t.close()
    opening.first_question(t, procedure) if procedure.file_by_text != "no" else opening.offer_form(t, procedure)


def _start(t: Turn, got: Reading) -> None:
    procedure = t.catalogue.get(t.open["procedure"], t.today)
    t.close()
    if got.value == "yes":
        return opening.first_question(t, procedure)
    t.say("talk.later")


def _wish(t: Turn, got: Reading) -> None:
    procedure, intent = t.catalogue.get(t.open["procedure"], t.today), t.open["intent"]
    t.close()
    intents.chosen(t, intent, procedure) if got.value == "yes" else t.say("talk.later")


def _dossier(t: Turn, got: Reading) -> None:
    found = t.open["found"]
    t.close()
    if got.value == "more":
        return tracking.offer(t, found[tracking.PER_TEXT :])
    t.say("track.one", **tracking.line(next(d for d in found if d["code"] == got.value)))


def _track_key(t: Turn, got: Reading) -> None:
    code = t.open["code"]
    t.close()
    t.request("track", code=code, last4=got.value)


def _track_code(t: Turn, got: Reading) -> None:
    t.close()
    tracking.track(t, t.heard.text)


def _claim(t: Turn, got: Reading) -> None:
    drafts.claim(t, got.value)


def _rate(t: Turn, got: Reading) -> None:
    t.close()
    t.request("rate", score=int(got.value))


def _card(t: Turn, got: Reading) -> None:
    if got.kind != "option":
        t.memory.pop("card", None)
        return _question(t, got)
    case = t.case_of(t.open["case"])
    question = t.question(case, t.open["question"])
    (media.card_confirmed if got.value == "yes" else media.card_refused)(t, case, question)


def _draft(t: Turn, got: Reading) -> None:
    drafts.pick_up(t, t.case_of(got.value))


def _phone_of(t: Turn, got: Reading) -> None:
    case = t.case_of(t.open["case"])
    helper.no_phone(t, case) if got.value == "no" else helper.phone_given(t, case, got.value)


def _attest(t: Turn, got: Reading) -> None:
    case = t.case_of(t.open["case"])
    if got.value == "no":
        return consent.refused_here(t, case)
    if not helper.attest(t, case, t.heard.text):
        ladder.miss(t)


def _same_place(t: Turn, got: Reading) -> None:
    if got.kind != "option":
        return _question(t, got)
    case = t.case_of(t.open["case"])
    question = t.question(case, t.open["question"])
    if got.value != "yes":
        t.state.helper["place"] = None
        return forms.ask(t, case, question)
    place = t.state.helper["place"]
    forms.take(t, case, question, Reading("answer", place["value"], place["shown"], via="default"))
    forms.next_question(t, case)


def _content(t: Turn, got: Reading) -> None:
    """Whether the answer to a complaint satisfied."""
    number = t.open["number"]
    t.close()
    t.request("content", number=number, yes=got.value == "yes")


def _withdraw(t: Turn, got: Reading) -> None:
    t.close()
    t.request("withdraw") if got.value == "yes" else t.say("task.withdraw_kept")


def _menu(t: Turn, got: Reading) -> None:
    t.close()
    if got.value == "track":
        return tracking.track(t, "")
    people.call(t, "asked") if got.value == "person" else choosing.ask_name(t, "start_dossier")


def _offer_person(t: Turn, got: Reading) -> None:
    reason = t.open["reason"]
    t.close()
    people.call(t, reason) if got.value == "yes" else t.say("talk.later")


def _helped_who(t: Turn, got: Reading) -> None:
    helper.switch(t, helper.find(t, got.value))


def _helped_names(t: Turn, got: Reading) -> None:
    for name in got.value.split("\n"):
        helper.add(t, name)
    helper.hello(t)


ANSWERS: dict[str, Answer] = {
    "question": _question, "doubt": _doubt, "confirm": _confirm, "fix": _fix, "cancel": _cancel, "stale": _stale,
    "name_word": _name_word, "procedure": _procedure, "kind": _kind, "sure": _sure, "papers": _papers, "start": _start, "wish": _wish, "dossier": _dossier,
    "track_key": _track_key, "track_code": _track_code, "claim": _claim, "rate": _rate, "card": _card, "draft": _draft,
    "helper_name": lambda t, got: helper.own_name(t, got.value), "helped_names": _helped_names, "helped_who": _helped_who,
    "helped_procedure": lambda t, got: helper.procedure_of(t, t.open["person"], got.value), "phone_of": _phone_of,
    "attest": _attest, "same_place": _same_place, "consent": lambda t, got: consent.answered(t, got.value == "yes"),
    "content": _content, "withdraw": _withdraw, "menu": _menu, "offer_person": _offer_person,
}  # fmt: skip
"""Kind of open question -> what an answer to it does."""
