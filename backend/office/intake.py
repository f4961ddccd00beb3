"""Dossiers from other intakes than the telephone: the counter's own system, the provincial system, the national portal.

They go the same way as a citizen's: a draft is written and sent (`drafts.save`, `dossiers.send`), so that code, parties,
duplicate flag, review time, event and notice are the same whoever brings them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.clock import local
from backend.domain import catalogue
from backend.domain.procedure import Procedure, Question
from backend.office import contacts, dossiers, drafts
from backend.office.kit import Office, Refused, today
from backend.store.tables import Attachment, Conversation, Dossier
from backend.store.types import new_id

Via = Literal["counter", "portal"]
Read = Callable[[Question, str, date], tuple[str, str]]
"""Reader of one box: (question, text, day) -> (value, shown). Raises Refused."""
MOST_BYTES = 10_000_000
MOST_FILES = 40
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
"""How a file begins -> what it is; what the sender calls it is not believed."""


@dataclass(frozen=True)
class Request:
    """What another system brings: question id -> text as a clerk would write it; `unknown` = questions left to the counter."""

    procedure: str
    via: Via
    answers: Mapping[str, str]
    unknown: Sequence[str] = ()
    phone: str | None = None


class BadAnswers(Exception):
    """Boxes that cannot be taken: question id -> Refused with the reason."""

    def __init__(self, wrong: Mapping[str, Refused]):
        super().__init__(", ".join(sorted(wrong)))
        self.wrong = dict(wrong)


def send(session: Session, office: Office, request: Request, read: Read, now: datetime) -> Dossier:
    """Write and send a dossier and return it.

    Raises BadAnswers for boxes, Refused("procedure_unknown", "guide_only", "nothing_to_file") for the whole.
    """
    procedure, day = _procedure(office, request, now), today(now)
    answers = _answers(procedure, request, read, now)
    values = {name: answer["value"] for name, answer in answers.items()}
    if catalogue.stop_for(procedure, values, day):
        raise Refused("nothing_to_file")
    _complete(procedure, values, request.unknown, day)
    form = {
        "ref": f"{request.via}-{new_id()}", "procedure": procedure.id, "version": office.catalogue.version(procedure), "answers": answers,
        "left": sorted(request.unknown), "media": [], "helped": None, "of": len(answers), "misses": 0,
    }  # fmt: skip
    dossier = drafts.begin(session, office, _thread(session, office, request, read, day, now), request.via, form, now)
    dossiers.send(session, office, dossier, now)
    session.flush()  # now it is a row that others may point at
    return dossier


def _procedure(office: Office, request: Request, now: datetime) -> Procedure:
    try:
        procedure = office.catalogue.get(request.procedure, today(now))
    except KeyError:
        raise Refused("procedure_unknown") from None
    if procedure.file_by_text == "no":
        raise Refused("guide_only")
    return procedure


def _answers(procedure: Procedure, request: Request, read: Read, now: datetime) -> dict[str, dict]:
    known, wrong, made = {q.id: q for q in procedure.questions}, {}, {}
    for name, text in request.answers.items():
        try:
            value, shown = read(_asked(known, name), text, today(now))
        except Refused as refused:
            wrong[name] = refused
        else:
            made[name] = {"value": value, "shown": shown, "via": request.via, "at": local(now).isoformat(), "doubt": None}
    if wrong:
        raise BadAnswers(wrong)
    return made


def _asked(known: Mapping[str, Question], name: str) -> Question:
    if name not in known:
        raise Refused("question_unknown")
    return known[name]


def _complete(procedure: Procedure, values: Mapping[str, str], unknown: Sequence[str], day: date) -> None:
    """Every box of this case is filled or left to the counter, and none of another case is filled: what is not needed is not kept."""
    applies = {question.id for question in catalogue.applying(procedure, values, day)}
    wrong = {name: Refused("not_this_case") for name in values if name not in applies}
    by_id = {question.id: question for question in procedure.questions}
    for name in unknown:
        if name not in by_id or not by_id[name].may_be_unknown or name in values:
            wrong[name] = Refused("not_to_be_left")
    for question in catalogue.asked(procedure, values, day):
        if question.required and question.id not in values and question.id not in unknown:
            wrong[question.id] = Refused("missing")
    if wrong:
        raise BadAnswers(wrong)


_PHONE = Question(id="phone", label="Số điện thoại", type="phone", **{"from": "phone"})


def _thread(session: Session, office: Office, request: Request, read: Read, day: date, now: datetime) -> Conversation | None:
    """The thread by which the person is told; None where no number was given: then a clerk is asked to call."""
    if request.phone is None:
        return None
    try:
        phone, _ = read(_PHONE, request.phone, day)
    except Refused as refused:
        raise BadAnswers({"phone": refused}) from None
    return contacts.conversation_with(session, office, "sms", phone, now)[1]


def kind_of(content: bytes) -> str | None:
    """Return the type of a file by how it begins, None for one that is not taken."""
    return next((kind for mark, kind in _KINDS.items() if content.startswith(mark)), None)


def attach(session: Session, office: Office, dossier: Dossier, content: bytes, paper: str | None, now: datetime) -> Attachment:
    """Write a file into a running dossier, once: the same bytes twice are one file.

    Raises Refused: "file_big" {most}, "file_kind", "files_many" {most}, "paper_unknown", "not_editable".
    """
    if len(content) > MOST_BYTES:
        raise Refused("file_big", most=MOST_BYTES // 1_000_000)
    kind = kind_of(content)
    if kind is None:
        raise Refused("file_kind")
    if office.workflow.statuses[dossier.status].end:
        raise Refused("not_editable")
    if paper is not None and paper not in {one.id for one in office.procedure(dossier).papers}:
        raise Refused("paper_unknown")
    digest, before = hashlib.sha256(content).hexdigest(), list(session.scalars(select(Attachment).where(Attachment.dossier_id == dossier.id)))
    if same := next((row for row in before if row.sha256 == digest), None):
        return same
    if len(before) >= MOST_FILES:
        raise Refused("files_many", most=MOST_FILES)
    row = Attachment(id=new_id(), unit=office.unit, dossier_id=dossier.id, paper=paper, mime=kind, size=len(content), sha256=digest, created_at=now)
    row.content_sealed = office.vault.seal(content, f"attachment.content:{row.id}")
    session.add(row)
    return row
