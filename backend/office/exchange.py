"""What comes in from other offices' machines: each message once, in order, and the first answer again to whoever asks again.

A dossier that is handed to us is ours to work on: a code, a history and a clock of its own, linked to theirs. The citizen hears
of it from the office that took it in, never from us.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.domain import deadline, exchange
from backend.office import dossiers, drafts, exchange_files, people
from backend.office.exchange_out import PAPERS, handed_to, words
from backend.office.kit import Actor, Office, Refused
from backend.store.tables import Dossier, ExchangeIn, ExchangeOut, HandOver, Transfer
from backend.store.types import new_id

_OPEN = ("sent", "acknowledged", "working")


class Answer(NamedTuple):
    """What the door says: an HTTP status and a JSON body."""

    status: int
    body: dict[str, Any]


def system(office: Office) -> Actor:
    """Return who acts when a machine has spoken: in the counter's name, for no person did it."""
    return Actor("system", office.unit, ("tiepnhan",))


def take(session: Session, office: Office, peer: exchange.Peer, id: str, body: bytes, now: datetime) -> Answer:
    """Take a message whose signature fits, in the caller's transaction, and return the answer.

    200 {id, state: applied | refused, reason, code}; 400 unreadable or not for us; 409 `id_reused` (the id came with another
    body) or `seq_taken`; 425 `earlier_missing`: a message before it is still on its way, so it is to be sent again later.
    """
    known = session.get(ExchangeIn, (peer.id, id))
    if known is not None:
        return Answer(200, known.answer) if known.body_hash == exchange.digest(body) else _no(409, id, "id_reused")
    try:
        message = exchange.Message.model_validate_json(body)
        content = message.content()
    except ValidationError:
        return _no(400, id, "unreadable")
    if (message.id, message.sender, message.to) != (id, peer.id, office.unit):
        return _no(400, id, "not_for_us")
    last = session.scalar(select(func.max(ExchangeIn.seq)).where(ExchangeIn.peer == peer.id, ExchangeIn.foreign_id == message.dossier)) or 0
    if message.seq != last + 1:
        return _no(425, id, "earlier_missing") if message.seq > last else _no(409, id, "seq_taken")
    return _apply(session, office, peer, message, content, exchange.digest(body), now)


def _no(status: int, id: str, reason: str) -> Answer:
    return Answer(status, {"id": id, "state": "refused", "reason": reason})


def _apply(session: Session, office: Office, peer: exchange.Peer, message: exchange.Message, content: Any, body_hash: str, now: datetime) -> Answer:
    answer: dict[str, Any] = {"id": message.id, "state": "applied"}
    try:
        with session.begin_nested():
            answer["code"] = _APPLY[message.kind](session, office, peer, message, content, now)
    except Refused as refused:
        answer |= {"state": "refused", "reason": refused.reason}
    row = ExchangeIn(peer=peer.id, id=message.id, unit=office.unit, kind=message.kind, foreign_id=message.dossier, foreign_code=message.code)
    row.seq, row.body_hash, row.state, row.answer, row.sent_at, row.at = message.seq, body_hash, answer["state"], answer, message.at, now
    session.add(row)
    session.flush()
    return Answer(200, answer)


def _opened(
    session: Session, office: Office, peer: exchange.Peer, message: exchange.Message, content: exchange.HandedOver, now: datetime
) -> str:
    """Open a dossier of our own for what was handed to us; its due date is the day on which they want it back."""
    made = Dossier(id=new_id(), unit=office.unit, channel="office", kind="transfer", created_at=now, updated_at=now, sent_at=now)
    made.procedure, made.procedure_version = content.procedure, content.version
    try:
        office.procedure(made)
    except KeyError:
        raise Refused("procedure_unknown") from None
    dossiers.give_code(session, made, now)
    made.review_by = deadline.add_working_hours(now, dossiers.REVIEW_HOURS, office.calendar)
    made.due_at, made.due_ground = content.due_at, words()["due_ground"].format(code=message.code)
    form = {"ref": made.id, "procedure": content.procedure, "version": content.version, "answers": content.answers, "left": content.left}
    drafts.write_form(office, made, form | {"media": [], "helped": None, "of": 0, "misses": 0})
    session.add(made)
    session.flush()
    people.add_parties(session, office, made.id, [(role, facts, via) for role, facts, via in content.parties], now)
    _link(session, office, made, peer, message, content)
    exchange_files.await_all(session, made, peer.id, message.code, content, message.at, now)
    _act(session, office, made, "take_over", {"from": peer.name, "foreign_code": message.code}, now)
    return made.code


def _link(session: Session, office: Office, made: Dossier, peer: exchange.Peer, message: exchange.Message, content: exchange.HandedOver) -> None:
    link = Transfer(dossier_id=made.id, unit=office.unit, peer=peer.id, hand_over=content.hand_over, foreign_code=message.code)
    link.foreign_step, link.reception_unit, link.due_at, link.own_due_at = content.step, content.unit, content.due_at, content.own_due_at
    link.papers_sealed = office.vault.seal_json(content.papers, PAPERS + made.id)
    session.add(link)
    session.flush()


def _act(session: Session, office: Office, dossier: Dossier, action: str, data: dict[str, Any], now: datetime) -> None:
    dossiers.act(session, office, dossier.id, action, system(office), dossier.version, data, now)


def _locked(session: Session, dossier_id: str) -> Dossier:
    """The dossier, ours to write until the transaction ends: a machine never comes with an old version."""
    return session.scalars(select(Dossier).where(Dossier.id == dossier_id).with_for_update()).one()


def _handed(session: Session, office: Office, peer: exchange.Peer, hand_over: str) -> tuple[Dossier, HandOver]:
    """Our dossier that this office has in hand. Raises Refused("hand_over_unknown", "hand_over_closed")."""
    row = session.get(HandOver, hand_over)
    if row is None or row.unit != office.unit or handed_to(session, row) != peer.id:
        raise Refused("hand_over_unknown")
    dossier = _locked(session, row.dossier_id)
    session.refresh(row)
    if row.state not in _OPEN:
        raise Refused("hand_over_closed")
    return dossier, row


def _acknowledged(
    session: Session, office: Office, peer: exchange.Peer, message: exchange.Message, content: exchange.Acknowledged, now: datetime
) -> str:
    dossier, row = _handed(session, office, peer, content.hand_over)
    theirs = {"their_code": message.code}
    if content.state == "received" and row.state == "sent":
        _act(session, office, dossier, "acknowledged", theirs, now)
    elif content.state == "accepted" and row.state != "working":
        _act(session, office, dossier, "taken_up", theirs, now)
    elif content.state == "refused":
        reason = content.reason or words()["refused_without_reason"]
        _act(session, office, dossier, "sent_back_by_office", {**theirs, "reason": reason}, now)
    return dossier.code


def _result_back(
    session: Session, office: Office, peer: exchange.Peer, message: exchange.Message, content: exchange.ResultBack, now: datetime
) -> str:
    dossier, _ = _handed(session, office, peer, content.hand_over)
    line = words()["result_with_note" if content.note else "result"]
    result = line.format(number=content.number, day=f"{content.on:%d/%m/%Y}", note=content.note)
    said = {"result": result, "number": content.number, "on": content.on.isoformat(), "note": content.note, "their_code": message.code}
    _act(session, office, dossier, "result_back", said, now)
    return dossier.code


def _linked(session: Session, peer: exchange.Peer, hand_over: str) -> Transfer:
    link = session.scalars(select(Transfer).where(Transfer.peer == peer.id, Transfer.hand_over == hand_over)).first()
    if link is None:
        raise Refused("hand_over_unknown")
    return link


def _withdrawn(
    session: Session, office: Office, peer: exchange.Peer, message: exchange.Message, content: exchange.Withdrawn, now: datetime
) -> str:
    """Work here ends, if the table still lets it end; a result that is signed already is refused as an answer, and a person speaks."""
    dossier = _locked(session, _linked(session, peer, content.hand_over).dossier_id)
    reason = words()["withdrawn_by_sender"].format(reason=content.reason)
    _act(session, office, dossier, "withdraw", {"reason": reason, "by_sender": True}, now)
    return dossier.code


def _file_lost(
    session: Session, office: Office, peer: exchange.Peer, message: exchange.Message, content: exchange.FileLost, now: datetime
) -> str:
    link = _linked(session, peer, content.hand_over)
    exchange_files.lost_there(session, peer.id, content, now)
    return session.get(Dossier, link.dossier_id).code


_APPLY: dict[str, Callable[..., str]] = {
    "hand_over": _opened, "acknowledged": _acknowledged, "result_back": _result_back, "withdrawn": _withdrawn, "file_lost": _file_lost,
}  # fmt: skip


def delivered(session: Session, office: Office, row: ExchangeOut, answer: dict[str, Any], now: datetime) -> None:
    """Write what the peer's answer to a message of ours means: a dossier they could not take comes back, a result they have is returned."""
    kind = row.kind
    if kind not in ("hand_over", "result_back"):
        return
    dossier = _locked(session, row.dossier_id)
    if kind == "hand_over":
        _files_of(session, dossier, row, answer["state"], now)
    if kind == "hand_over" and answer["state"] == "refused" and dossier.status == "handed_over":
        sentences = words()["refusals"]
        _act(session, office, dossier, "sent_back_by_office", {"reason": sentences.get(answer.get("reason"), sentences["other"])}, now)
    elif kind == "result_back" and answer["state"] == "applied" and dossier.status == "result_ready":
        link = session.get(Transfer, dossier.id)
        _act(session, office, dossier, "return", {"collector": link.peer, "proof": answer["id"]}, now)


def _files_of(session: Session, dossier: Dossier, row: ExchangeOut, state: str, now: datetime) -> None:
    """Let the files of a hand-over follow it, or stay where they are."""
    sent = session.scalar(select(HandOver.id).where(HandOver.dossier_id == dossier.id, HandOver.sent_at == row.at))
    if sent and state == "applied":
        exchange_files.let_go(session, dossier, row.peer, sent, now)
    elif sent:
        exchange_files.taken_back(session, sent)
