"""Drafts: a form being filled in, kept as a dossier of status "draft"; its answers are nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.office.kit import Office, Refused
from backend.store.tables import Attachment, Consent, Conversation, Dossier, TransferCode
from backend.store.types import new_id

_FORM = "dossier.form:"
CODE_LIFE = timedelta(days=1)
KEPT = timedelta(days=30)
"""How long a draft lives without a sign of life; the citizen is told so at the start."""


def form_of(office: Office, dossier: Dossier) -> dict[str, Any]:
    """Return the form: {ref, procedure, version, answers, left, media, helped, of, misses}."""
    return office.vault.open_json(dossier.form_sealed, _FORM + dossier.id)


def write_form(office: Office, dossier: Dossier, form: dict[str, Any]) -> None:
    """Seal a form into its dossier."""
    dossier.form_sealed = office.vault.seal_json(form, _FORM + dossier.id)


def of_conversation(session: Session, conversation_id: str) -> list[Dossier]:
    """Return the drafts of a conversation in the order they were begun."""
    query = select(Dossier).where(Dossier.conversation_id == conversation_id, Dossier.status == "draft")
    return list(session.scalars(query.order_by(Dossier.created_at, Dossier.id)))


def by_ref(session: Session, ref: str) -> Dossier | None:
    """Return the draft of a case."""
    return session.scalar(select(Dossier).where(Dossier.case_ref == ref, Dossier.status == "draft"))


def begin(session: Session, office: Office, conversation: Conversation | None, channel: str, form: dict[str, Any], now: datetime) -> Dossier:
    """Return a new draft with its first writing; it goes to the database with the caller's next flush."""
    dossier = Dossier(id=new_id(), unit=office.unit, case_ref=form["ref"], created_at=now, channel=channel)
    dossier.procedure, dossier.procedure_version = form["procedure"], form["version"]
    _write(office, dossier, conversation, form, now)
    session.add(dossier)
    return dossier


def _write(office: Office, dossier: Dossier, conversation: Conversation | None, form: dict[str, Any], now: datetime) -> None:
    dossier.conversation_id, dossier.updated_at = conversation.id if conversation else None, now
    write_form(office, dossier, form)


def save(session: Session, office: Office, conversation: Conversation | None, channel: str, form: dict[str, Any], now: datetime) -> Dossier:
    """Write a case as it stands; its first writing makes the draft."""
    dossier = by_ref(session, form["ref"])
    if dossier is None:
        dossier = begin(session, office, conversation, channel, form, now)
    elif form_of(office, dossier) == form:
        return dossier
    else:
        _write(office, dossier, conversation, form, now)
    session.flush()
    if form["media"]:
        session.execute(update(Attachment).where(Attachment.id.in_(form["media"])).values(dossier_id=dossier.id))
    return dossier


def drop(session: Session, dossier: Dossier) -> None:
    """Forget a draft: it was never the office's."""
    for row in session.scalars(select(Attachment).where(Attachment.dossier_id == dossier.id)):
        session.delete(row)
    for row in session.scalars(select(Consent).where(Consent.dossier_id == dossier.id)):
        session.delete(row)
    for row in session.scalars(select(TransferCode).where(TransferCode.dossier_id == dossier.id)):
        session.delete(row)
    session.flush()
    session.delete(dossier)


def transfer_code(session: Session, office: Office, dossier: Dossier, digits: str, now: datetime) -> None:
    """Keep six `digits` under which another channel may take this draft, for a day."""
    index = office.vault.index("transfer", digits)
    if old := session.get(TransferCode, index):
        session.delete(old)
        session.flush()
    session.add(TransferCode(code_index=index, dossier_id=dossier.id, expires_at=now + CODE_LIFE))


def claim(session: Session, office: Office, digits: str, conversation: Conversation, now: datetime) -> Dossier:
    """Move the draft of a code to `conversation`, once. Raises Refused("unknown") for a wrong, old or used code alike."""
    code = session.get(TransferCode, office.vault.index("transfer", digits))
    dossier = session.get(Dossier, code.dossier_id) if code else None
    if code is None or code.used_at or code.expires_at < now or dossier is None or dossier.status != "draft":
        raise Refused("unknown")
    code.used_at, dossier.conversation_id, dossier.updated_at = now, conversation.id, now
    return dossier
