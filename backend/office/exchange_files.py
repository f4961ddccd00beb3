"""The photos and papers of a hand-over: they follow it piece by piece, and it is complete when each is whole on the other side.

The message names each file by its hash and is signed; every piece is signed too. A line that breaks goes on where it
broke. A file that cannot come is said to be lost: then the hand-over is "not complete" on both sides, and a clerk sees it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.domain import exchange
from backend.domain.exchange import Entry
from backend.office import exchange_out, jobs
from backend.office.kit import Office
from backend.store.tables import Attachment, Dossier, ExchangeFileIn, ExchangeFileOut, ExchangePiece, HandOver
from backend.store.types import new_id
from backend.store.vault import SealBroken

PIECE = "exchange_piece.content:"
_OUT = {"queued": "open", "sent": "open", "acknowledged": "applied", "lost": "refused"}
_IN = {"awaited": "open", "complete": "applied", "lost": "refused"}
Reply = tuple[int, dict[str, Any]]
"""(HTTP status, JSON body)"""


@dataclass(frozen=True)
class Count:
    """The files of a hand-over: how many there are, how many are whole on the other side, how many will not come."""

    all: int
    there: int
    lost: int

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.there == self.all


def _counted(states: Iterable[str]) -> Count:
    found = list(states)
    return Count(len(found), sum(s in ("acknowledged", "complete") for s in found), found.count("lost"))


def sent_with(session: Session, hand_overs: Sequence[str]) -> dict[str, Count]:
    """Return hand-over id -> its files, for those that have any."""
    states: dict[str, list[str]] = defaultdict(list)
    query = select(ExchangeFileOut.hand_over, ExchangeFileOut.state).where(ExchangeFileOut.hand_over.in_(hand_overs))
    for hand_over, state in session.execute(query):
        states[hand_over].append(state)
    return {hand_over: _counted(found) for hand_over, found in states.items()}


def came_with(session: Session, dossier_id: str) -> Count:
    """Return the files of the hand-over by which a dossier of ours came."""
    return _counted(session.scalars(select(ExchangeFileIn.state).where(ExchangeFileIn.dossier_id == dossier_id)))


def let_go(session: Session, dossier: Dossier, peer: str, hand_over: str, now: datetime) -> None:
    """The other office has the dossier: its files may follow, in a lane of their own, so that no word waits behind a photo."""
    query = select(ExchangeFileOut).where(ExchangeFileOut.hand_over == hand_over, ExchangeFileOut.state == "queued").order_by(ExchangeFileOut.id)
    for row in session.scalars(query):
        jobs.put(session, "exchange", f"exf:{peer}:{dossier.id}", row.unit, {"file": row.id}, now)


def taken_back(session: Session, hand_over: str) -> None:
    """The other office did not take the dossier: nothing follows it."""
    session.execute(delete(ExchangeFileOut).where(ExchangeFileOut.hand_over == hand_over))


def content(session: Session, office: Office, row: ExchangeFileOut) -> tuple[bytes | None, str | None]:
    """Return (bytes, None), or (None, why the file cannot go any more)."""
    if session.scalar(select(HandOver.closed_at).where(HandOver.id == row.hand_over)):
        return None, "closed"
    kept = session.get(Attachment, row.attachment_id)
    if kept is None or kept.content_sealed is None:
        return None, "gone"
    try:
        found = office.vault.open_bytes(kept.content_sealed, f"attachment.content:{kept.id}")
    except SealBroken:
        return None, "unreadable"
    return (found, None) if exchange.digest(found) == row.sha256 else (None, "changed")


def lose(session: Session, office: Office, row: ExchangeFileOut, reason: str, now: datetime) -> None:
    """A file will not come: write it down and tell the other office, which waits for it."""
    session.execute(update(ExchangeFileOut).where(ExchangeFileOut.id == row.id).values(state="lost", reason=reason, closed_at=now))
    data = {"hand_over": row.hand_over, "sha256": row.sha256}
    exchange_out.put(session, office, session.get(Dossier, row.dossier_id), row.peer, "file_lost", data, now)


def await_all(session: Session, made: Dossier, peer: str, code: str, content: exchange.HandedOver, sent_at: datetime, now: datetime) -> None:
    """Write the files that a dossier that came in is to get. A file named twice is one."""
    named = {file.sha256: file for file in content.files}
    for file in named.values():
        row = ExchangeFileIn(id=new_id(), unit=made.unit, peer=peer, dossier_id=made.id, hand_over=content.hand_over, foreign_code=code)
        row.sha256, row.size, row.mime, row.paper, row.have, row.sent_at = file.sha256, file.size, file.mime, file.paper, 0, sent_at
        row.state, row.closed_at = ("lost", now) if file.lost or not file.size else ("awaited", None)
        session.add(row)


def _awaited(session: Session, peer: str, hand_over: str, sha256: str, *, ours: bool = False) -> ExchangeFileIn | None:
    """The file as it is here; `ours` = to write until the transaction ends."""
    query = select(ExchangeFileIn).where(ExchangeFileIn.peer == peer, ExchangeFileIn.hand_over == hand_over, ExchangeFileIn.sha256 == sha256)
    return session.scalars(query.with_for_update() if ours else query).first()


def held(session: Session, peer: str, id: str, hand_over: str, sha256: str) -> Reply:
    """Say how much of a file is here: 200 {id, state: partial | complete, have}, 409 refused where it is not awaited."""
    row = _awaited(session, peer, hand_over, sha256)
    if row is None or row.state == "lost":
        return 409, {"id": id, "state": "refused", "reason": "file_unknown" if row is None else "file_lost"}
    return 200, {"id": id, "state": "complete" if row.state == "complete" else "partial", "have": row.have}


def take(session: Session, office: Office, peer: str, id: str, hand_over: str, sha256: str, start: int, piece: bytes, now: datetime) -> Reply:
    """Take a piece of a file, in the caller's transaction. One that is here already changes nothing; the answer says from where to go on.

    409 refused: file_unknown, file_lost, file_too_long (more than was named), file_differs (whole, with another hash); the last two
    lose the file, for what was named will not come.
    """
    row = _awaited(session, peer, hand_over, sha256, ours=True)
    if row is None or row.state != "awaited" or start != row.have or not piece:
        return held(session, peer, id, hand_over, sha256)
    if row.have + len(piece) > row.size:
        return _refuse(session, row, id, "file_too_long", now)
    made = ExchangePiece(file_id=row.id, start=start, content_sealed=office.vault.seal(piece, f"{PIECE}{row.id}:{start}"))
    session.add(made)
    row.have += len(piece)
    if row.have == row.size and not _whole(session, office, row, now):
        return _refuse(session, row, id, "file_differs", now)
    session.flush()
    return held(session, peer, id, hand_over, sha256)


def _refuse(session: Session, row: ExchangeFileIn, id: str, reason: str, now: datetime) -> Reply:
    forget(session, row, now)
    return 409, {"id": id, "state": "refused", "reason": reason}


def _whole(session: Session, office: Office, row: ExchangeFileIn, now: datetime) -> bool:
    """Put the pieces together as an attachment of our dossier, sealed under our key; False where the hash says it is another file."""
    session.flush()
    pieces = session.scalars(select(ExchangePiece).where(ExchangePiece.file_id == row.id).order_by(ExchangePiece.start))
    found = b"".join(office.vault.open_bytes(piece.content_sealed, f"{PIECE}{row.id}:{piece.start}") for piece in pieces)
    if exchange.digest(found) != row.sha256:
        return False
    made = Attachment(id=new_id(), unit=row.unit, dossier_id=row.dossier_id, paper=row.paper, mime=row.mime, size=row.size, sha256=row.sha256, created_at=now)
    made.content_sealed = office.vault.seal(found, f"attachment.content:{made.id}")
    session.add(made)
    session.execute(delete(ExchangePiece).where(ExchangePiece.file_id == row.id))
    row.state, row.closed_at = "complete", now
    return True


def forget(session: Session, row: ExchangeFileIn, now: datetime) -> None:
    """A file will not come: its pieces go, and the hand-over stays "not complete"."""
    session.flush()
    session.execute(delete(ExchangePiece).where(ExchangePiece.file_id == row.id))
    row.state, row.have, row.closed_at = "lost", 0, now


def lost_there(session: Session, peer: str, content: exchange.FileLost, now: datetime) -> None:
    """The sender says that a file will not come; what is whole here stays."""
    row = _awaited(session, peer, content.hand_over, content.sha256, ours=True)
    if row is not None and row.state == "awaited":
        forget(session, row, now)


def entries(session: Session, peer: str, begin: datetime, end: datetime) -> dict[str, list[Entry]]:
    """Return {"sent", "received"}: the files of a day's hand-overs to and from a peer, as both sides count them."""
    out = select(ExchangeFileOut, Dossier.code).join(Dossier).where(ExchangeFileOut.peer == peer, ExchangeFileOut.at >= begin, ExchangeFileOut.at < end)
    in_ = select(ExchangeFileIn).where(ExchangeFileIn.peer == peer, ExchangeFileIn.sent_at >= begin, ExchangeFileIn.sent_at < end)
    return {
        "sent": [Entry(exchange.file_id(r.hand_over, r.sha256), "file", r.sha256, _OUT[r.state], code) for r, code in session.execute(out)],
        "received": [Entry(exchange.file_id(r.hand_over, r.sha256), "file", r.sha256, _IN[r.state], r.foreign_code) for r in session.scalars(in_)],
    }
