"""What goes out to other offices' machines: a message is written in the transaction of the act that it tells of.

Nobody sends by hand. A hand-over to an office of EXCHANGE_PEERS, and every act on a dossier that came from one, says so itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.clock import local
from backend.domain import catalogue, exchange
from backend.office import drafts, jobs, people
from backend.office.kit import Office, today
from backend.store.tables import (
    Attachment,
    Dossier,
    Event,
    ExchangeFileIn,
    ExchangeFileOut,
    ExchangeOut,
    HandOver,
    Transfer,
)
from backend.store.types import new_id

BODY, PAPERS = "exchange_out.body:", "transfer.papers:"
_WORDS = Path(__file__).resolve().parents[1] / "workflow" / "exchange.yaml"
_FACTS = (
    Attachment.id, Attachment.unit, Attachment.sha256, Attachment.size, Attachment.mime, Attachment.paper,
    Attachment.content_sealed.is_not(None).label("fetched"),
)  # fmt: skip
Data = dict[str, Any]
Say = Callable[[Session, Office, Dossier, Transfer, Data, datetime], None]


@dataclass(frozen=True)
class Came:
    """Where a dossier of ours came from: the link, the office's name, the papers that lie there, how many files were named and are not here."""

    link: Transfer
    office: str
    papers: list[str]
    files_missing: int


def came(session: Session, office: Office, dossier: Dossier) -> Came | None:
    """Return whence a dossier was handed to us, None for one of our own."""
    link = session.get(Transfer, dossier.id) if dossier.kind == "transfer" else None
    if link is None:
        return None
    peer = office.peers.get(link.peer)
    papers = office.vault.open_json(link.papers_sealed, PAPERS + dossier.id)
    return Came(link, peer.name if peer else link.peer, papers, len(_not_here(session, dossier)))


@cache
def words() -> dict[str, Any]:
    """Return the sentences that are written into a dossier when a machine has answered."""
    return yaml.safe_load(_WORDS.read_text(encoding="utf-8"))


def put(session: Session, office: Office, dossier: Dossier, peer: str, kind: exchange.Kind, data: Data, now: datetime) -> ExchangeOut:
    """Write a message about a dossier to an office, and the job that delivers it, in the caller's transaction."""
    row = ExchangeOut(id=new_id(), unit=dossier.unit, peer=peer, kind=kind, dossier_id=dossier.id, state="queued", attempts=0, at=now)
    mine = (ExchangeOut.dossier_id == dossier.id, ExchangeOut.peer == peer)
    row.seq = (session.scalar(select(func.max(ExchangeOut.seq)).where(*mine)) or 0) + 1
    said = exchange.Message(
        v=exchange.VERSION, id=row.id, kind=kind, sender=office.unit, to=peer, dossier=dossier.id, code=dossier.code, seq=row.seq, at=now, data=data
    )  # fmt: skip
    body = said.model_dump_json().encode()
    row.body_sealed, row.body_hash = office.vault.seal(body, BODY + row.id), exchange.digest(body)
    session.add(row)
    session.flush()
    jobs.put(session, "exchange", f"ex:{peer}:{dossier.id}", dossier.unit, {"out": row.id}, now)
    return row


def follow(session: Session, office: Office, dossier: Dossier, action: str, data: Data, now: datetime) -> None:
    """Tell the other office what an act means for it; nothing for acts and dossiers that are ours alone."""
    if action == "hand_over":
        if peer := office.peers.called(data["office"]):
            put(session, office, dossier, peer.id, "hand_over", _whole(session, office, dossier, peer.id, data, now), now)
    elif action == "withdraw":
        _withdrawn(session, office, dossier, data, now)
    say = _SAYS.get(action)
    if say and dossier.kind == "transfer" and not data.get("by_sender"):
        say(session, office, dossier, session.get(Transfer, dossier.id), data, now)


def _whole(session: Session, office: Office, dossier: Dossier, peer: str, data: Data, now: datetime) -> Data:
    form, procedure = drafts.form_of(office, dossier), office.procedure(dossier)
    day = today(dossier.received_at or dossier.created_at)
    values = {name: answer["value"] for name, answer in form["answers"].items()}
    came = session.get(Transfer, dossier.id) if dossier.kind == "transfer" else None
    content = exchange.HandedOver(
        files=_files(session, dossier, data["hand_over"], peer, now),
        hand_over=data["hand_over"],
        procedure=dossier.procedure,
        version=dossier.procedure_version,
        answers=form["answers"],
        left=form["left"],
        papers=[paper.name for paper in catalogue.papers_for(procedure, values, day)],
        parties=[(role, facts, person.name_source) for role, person, facts in people.parties(session, office.vault, dossier.id)],
        due_at=data["answer_by"],
        own_due_at=(came.own_due_at or came.due_at) if came else dossier.due_at,
        step=dossier.status,
        unit=came.reception_unit if came else dossier.unit,
        received_on=day,
    )
    return content.model_dump(mode="json")


def _files(session: Session, dossier: Dossier, hand_over: str, peer: str, now: datetime) -> list[exchange.FileSent]:
    """Name every file of the dossier once and write that it is to follow; one that cannot go is named as lost, never left out."""
    # Without the contents: forty photos would be hundreds of megabytes in the clerk's transaction.
    query = select(*_FACTS).where(Attachment.dossier_id == dossier.id).order_by(Attachment.created_at, Attachment.id)
    named = {_name(row): row for row in session.execute(query)}
    found = [(row, ExchangeFileOut(sha256=name, reason=_stays(row, n))) for n, (name, row) in enumerate(named.items())]
    found += [(row, ExchangeFileOut(sha256=row.sha256, reason="not_here")) for row in _not_here(session, dossier)]
    for row, out in found:
        out.id, out.unit, out.peer, out.dossier_id, out.hand_over, out.attachment_id, out.size, out.at = new_id(), row.unit, peer, dossier.id, hand_over, row.id, row.size, now
        out.state, out.closed_at = ("lost", now) if out.reason else ("queued", None)
    session.add_all(out for _, out in found)
    return [_sent(row, out) for row, out in found]


def _not_here(session: Session, dossier: Dossier) -> list[ExchangeFileIn]:
    """What an office before us named and has not brought: whom we hand the dossier to must know of it."""
    return list(session.scalars(select(ExchangeFileIn).where(ExchangeFileIn.dossier_id == dossier.id, ExchangeFileIn.state != "complete")))


def _stays(row: Any, n: int) -> str | None:
    """Why a file cannot go, None where it can."""
    if not row.fetched:
        return "not_fetched"
    return "too_large" if row.size > exchange.MOST_FILE else "too_many" if n >= exchange.MOST_FILES else None


def _sent(row: Any, out: ExchangeFileOut) -> exchange.FileSent:
    mime = row.mime if re.fullmatch(exchange.MIME, row.mime) else "application/octet-stream"
    return exchange.FileSent(sha256=out.sha256, size=0 if out.reason else row.size, mime=mime, paper=row.paper, lost=out.reason is not None)


def _name(row: Any) -> str:
    return row.sha256 if row.fetched else exchange.digest(row.id.encode())


def _withdrawn(session: Session, office: Office, dossier: Dossier, data: Data, now: datetime) -> None:
    row = session.scalars(select(HandOver).where(HandOver.dossier_id == dossier.id, HandOver.closed_at.is_(None))).first()
    peer = handed_to(session, row) if row else None
    if peer:
        put(session, office, dossier, peer, "withdrawn", {"hand_over": row.id, "reason": data["reason"]}, now)


def handed_to(session: Session, row: HandOver) -> str | None:
    """Return the peer a hand-over went to, None where it went by hand. The message says it: what the office is called may change."""
    mine = (ExchangeOut.dossier_id == row.dossier_id, ExchangeOut.kind == "hand_over", ExchangeOut.at == row.sent_at)
    return session.scalar(select(ExchangeOut.peer).where(*mine))


def _acknowledge(state: str) -> Say:
    def say(session: Session, office: Office, dossier: Dossier, came: Transfer, data: Data, now: datetime) -> None:
        content = {"hand_over": came.hand_over, "state": state, "reason": data.get("reason") if state == "refused" else None}
        put(session, office, dossier, came.peer, "acknowledged", content, now)

    return say


def _result(session: Session, office: Office, dossier: Dossier, came: Transfer, data: Data, now: datetime) -> None:
    said, at = _numbered(session, office, dossier, now)
    content = exchange.ResultBack(hand_over=came.hand_over, number=said.get("number", ""), on=said.get("on") or local(at).date(), note=data.get("note") or said.get("note", ""))
    put(session, office, dossier, came.peer, "result_back", content.model_dump(mode="json"), now)


def _numbered(session: Session, office: Office, dossier: Dossier, now: datetime) -> tuple[Data, datetime]:
    """The act that gave the result its number: our own, or that of the office further up."""
    query = select(Event).where(Event.dossier_id == dossier.id, Event.action.in_(("number", "result_back")))
    event = session.scalars(query.order_by(Event.seq.desc()).limit(1)).first()
    return (office.vault.open_json(event.data_sealed, f"event.data:{event.id}"), event.at) if event else ({}, now)


_SAYS: dict[str, Say] = {
    "take_over": _acknowledge("received"),
    "receive": _acknowledge("accepted"),
    "refuse_intake": _acknowledge("refused"),
    "refuse": _acknowledge("refused"),
    "stop": _acknowledge("refused"),
    "withdraw": _acknowledge("refused"),
    "finish": _result,
}
"""Act on a dossier that came from another office -> what that office is told."""
