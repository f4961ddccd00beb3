"""What an answer does: by the kind of the question that was open (`ANSWERS`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backend.domain.procedure import Question
from bot.dialogue import (
    checks, choosing, consent, drafts, forms, helper, intents, ladder, media, menus, opening, orders, people, reading, review, tracking,
)  # fmt: skip
from bot.dialogue.thresholds import STORY_LENGTH
from bot.dialogue.turn import Turn, options_of, ref
from bot.dialogue.types import Case, Reading

Answer = Callable[[Turn, Reading], None]


def answer(t: Turn, got: Reading) -> None:
    """Act on what the dialogue itself read."""
    if got.kind == "media":
        return media.answer(t)
    if got.kind == "command":
        return orders.obey(t, got)
    if got.kind == "stale":
        return _ask_about_digit(t, got.value)
    if got.kind == "digit":
        return t.say("talk.no_question")
    if got.kind == "switch":
        return helper.switch(t, helper.find(t, got.value))
    if got.kind == "lines":
        return _lines(t, got.value)
    if got.kind == "bad" or t.open is None:
        return ladder.miss(t, got) if t.open else t.say("miss.rest")
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
    """Several answers in one text, one a line (helpers only): taken until one does not fit."""
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        got = reading.read(t.state, replace(t.heard, text=line), t.catalogue, t.now)
        before = len(t.says)
        answer(t, got) if got else ladder.miss(t)
        taken = got and got.kind in ("option", "answer", "unknown") and t.open and t.open["kind"] in ("question", "same_place", "confirm")
        if not taken:
            return _keep_last(t, before)
    _keep_last(t, len(t.says))


def _keep_last(t: Turn, count: int) -> None:
    """Of the questions in between only their echoes are said, before the last question."""
    between, last = t.says[: count - 1] if count == len(t.says) else t.says[:count], t.says[count - 1 if count == len(t.says) else count :]
    leads = [sentence for say in between for sentence in say.params.get("lead", [])]
    if last:
        first = last[0]
        t.says = [replace(first, params={**first.params, "lead": [*leads, *first.params.get("lead", [])]}), *last[1:]]


def _question(t: Turn, got: Reading) -> None:
    case = t.case_of(t.open["case"])
    question = t.question(case, t.open["question"])
    if got.kind == "unknown":
        return forms.leave(t, case, question)
    if got.kind == "name_word":
        prev = drafts.without_prev(t.open)
        return t.ask("name_word", "talk.name_word", (menus.IS_NAME, menus.IS_COMMAND), params={"word": got.value}, word=got.value, prev=prev)
    if got.kind == "doubt":
        return t.ask("doubt", f"doubt.{got.doubt}", got.options, params=got.params, case=case.ref, question=question.id)
    if got.kind == "more_story":
        return _story(t, case, question, got)
    forms.take(t, case, question, got)
    if got.also:
        intents.beside(t, got.also)
    if not case.helped:
        opening.privacy(t)
    if not checks.doubtful(t, case, question):
        forms.next_question(t, case)


def _story(t: Turn, case: Case, question: Question, got: Reading) -> None:
    """A story comes in as many texts as it needs, and ends with XONG."""
    told = case.answers.get(question.id, {}).get("value", "")
    whole = f"{told}\n{got.value}".strip()[:STORY_LENGTH]
    forms.put(t, case, question, Reading("answer", whole, whole[:60]))
    if got.also:
        intents.beside(t, got.also)
    t.note("form.story_more")
    t.say_noted()


def _doubt(t: Turn, got: Reading) -> None:
    case = t.case_of(t.open["case"])
    question = t.question(case, t.open["question"])
    shown = next((o.label for o in options_of(t.open) if o.value == got.value), got.shown)
    if got.value == "again":
        case.answers.pop(question.id, None)
        return forms.ask(t, case, question)
    if got.value == "keep":
        case.answers[question.id]["doubt"] = t.open.get("mark")
        return forms.next_question(t, case)
    forms.take(t, case, question, replace(got, kind="answer", shown=shown))
    if not checks.doubtful(t, case, question):
        forms.next_question(t, case)


def _confirm(t: Turn, got: Reading) -> None:
    case = t.case_of(t.open["case"])
    if got.value == "fix":
        return review.which(t, case)
    t.close()
    t.request("send", case=case.ref)


def _fix(t: Turn, got: Reading) -> None:
    forms.fix(t, t.case_of(t.open["case"]), got.value)


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
    intent = t.open["intent"]
    t.close()
    if got.value == "other":
        return choosing.ask_name(t, intent)
    intents.chosen(t, intent, t.catalogue.get(got.value))


def _papers(t: Turn, got: Reading) -> None:
    procedure = t.catalogue.get(t.open["procedure"])
    if got.value == "more":
        return opening.more_papers(t, procedure, t.open["rest"])
    t.close()
    opening.first_question(t, procedure) if procedure.file_by_text != "no" else opening.offer_form(t, procedure)


def _start(t: Turn, got: Reading) -> None:
    procedure = t.catalogue.get(t.open["procedure"])
    t.close()
    if got.value == "yes":
        return opening.first_question(t, procedure)
    t.say("talk.later")


def _wish(t: Turn, got: Reading) -> None:
    procedure = t.catalogue.get(t.open["procedure"])
    t.close()
    opening.begin(t, procedure) if got.value == "yes" else t.say("talk.later")


def _dossier(t: Turn, got: Reading) -> None:
    found = t.open["found"]
    t.close()
    if got.value == "more":
        return tracking.offer(t, found[tracking.PER_TEXT :])
    t.say("track.one", **tracking.line(next(d for d in found if d["code"] == got.value)))


def _track_key(t: Turn, got: Reading) -> None:
    code = t.open.get("code") or t.memory.get("tracking")
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
    case = t.case_of(t.open["case"])
    question = t.question(case, t.open["question"])
    if got.value != "yes":
        t.state.helper["place"] = None
        return forms.ask(t, case, question)
    place = t.state.helper["place"]
    forms.take(t, case, question, Reading("answer", place["value"], place["shown"], via="default"))
    forms.next_question(t, case)


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
    "name_word": _name_word, "procedure": _procedure, "papers": _papers, "start": _start, "wish": _wish, "dossier": _dossier,
    "track_key": _track_key, "track_code": _track_code, "claim": _claim, "rate": _rate, "card": _card, "draft": _draft,
    "helper_name": lambda t, got: helper.own_name(t, got.value), "helped_names": _helped_names, "helped_who": _helped_who,
    "helped_procedure": lambda t, got: helper.procedure_of(t, t.open["person"], got.value), "phone_of": _phone_of,
    "attest": _attest, "same_place": _same_place, "consent": lambda t, got: consent.answered(t, got.value == "yes"),
    "withdraw": _withdraw, "menu": _menu, "offer_person": _offer_person,
}  # fmt: skip
"""Kind of open question -> what an answer to it does."""
