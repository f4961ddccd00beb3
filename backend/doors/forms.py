"""What a clerk's form says, as the office's verbs want it: one reader for the button and for the preview above it."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from backend.domain.deadline import end_of
from backend.domain.letters import nfc
from backend.domain.procedure import Question
from backend.domain.values import addresses, amounts, citizen_ids, dates, names, phones, yes_no
from backend.domain.values.result import Read
from backend.domain.workflow import Rule
from backend.doors.render import word
from backend.office.kit import Office, Refused

LINE = 200
"""Letters of one free line: a reason travels in a text message."""
PERSONAL = ("collector", "proof")


async def fields(request: Request) -> FormData:
    """Dependency: the form as it came, for doors whose fields depend on data."""
    return await request.form()


def line(form: FormData, name: str) -> str:
    """Return one line of text. Raises Refused("too_long")."""
    text = nfc(" ".join(str(form.get(name, "")).split()))
    if len(text) > LINE:
        raise Refused("too_long", most=LINE)
    return text


def whole(form: FormData, name: str) -> int:
    """Return a number field; a broken one is as old as can be."""
    text = str(form.get(name, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def seen(text: str) -> tuple[str, int]:
    """Return (dossier id, version that was on the screen) of a ticked line; a broken version is as old as can be."""
    dossier_id, _, version = text.partition(":")
    return dossier_id, int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1


def data_of(form: FormData, rule: Rule, office: Office) -> dict[str, Any]:
    """Return the data of an action {papers, reason, due_at, ground, got …}. Raises Refused: too_long, due_unreadable, answer_by_unreadable."""
    data: dict[str, Any] = {need: line(form, need) for need in rule.needs if need not in ("papers", "due_at", "answer_by")}
    if "papers" in rule.needs:
        data["papers"] = _papers(form)
    if form.get("due_day") and ("due_at" in rule.needs or rule.action == "receive"):
        data["due_at"], data["ground"] = day_end(str(form["due_day"]), office, "due_unreadable"), line(form, "ground")
    if "new_due_at" in rule.needs and form.get("new_due_at"):
        data["new_due_at"] = day_end(str(form["new_due_at"]), office, "due_unreadable")
    if "answer_by" in rule.needs and form.get("answer_day"):
        data["answer_by"] = day_end(str(form["answer_day"]), office, "answer_by_unreadable")
    if rule.action == "receive" and form.get("papers_shown"):
        data["got"] = [str(paper) for paper in form.getlist("got")][:40]
    return {name: value for name, value in data.items() if value or name == "got"}


def _papers(form: FormData) -> list[str]:
    chosen = [nfc(str(paper))[:LINE] for paper in form.getlist("papers")]
    more = line(form, "papers_more")
    return [paper for paper in (*chosen[:20], more) if paper]


def day_end(text: str, office: Office, unreadable: str) -> str:
    """Return the end of the counter's day as ISO text. Raises Refused(`unreadable`)."""
    try:
        return end_of(date.fromisoformat(text), office.calendar).isoformat()
    except ValueError:
        raise Refused(unreadable) from None


_READERS = {
    "date": dates.read_date,
    "birth_date": dates.read_birth_date,
    "person_name": names.read_person_name,
    "citizen_id": citizen_ids.read_citizen_id,
    "phone": phones.read_phone,
    "address": addresses.read_address,
    "number": amounts.read_number,
    "yes_no": yes_no.read_yes_no,
}


def value_of(question: Question, text: str, day: date) -> tuple[str, str]:
    """Return (value, shown) of what a clerk wrote into a box. Raises Refused("value_unreadable") with a hint."""
    if question.options:
        found = next(((option.id, option.label) for option in question.options if option.id == text), None)
    elif question.type == "person_key":
        digits = "".join(char for char in text if not char.isspace())
        found = _read("citizen_id" if digits.isdigit() else "person_name", text, day)
    elif question.type in _READERS:
        found = _read(question.type, text, day)
    else:
        found = (text, text) if text else None
    if found is None:
        raise Refused("value_unreadable", label=question.label, hint=word("hints", question.type))
    return found


def _read(kind: str, text: str, day: date) -> tuple[str, str] | None:
    """A clerk has the paper in hand: only what is sure is taken, and a name is taken as it stands."""
    result = _READERS[kind](text, day)
    if not isinstance(result, Read):
        return None
    return result.value, result.value if kind == "person_name" else result.shown or result.value
