"""A neighbour's yes: from their own phone, or attested by the helper and settled at the counter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.office.kit import Office, Refused
from backend.store.tables import Consent, Contact, Conversation, Dossier
from backend.store.types import new_id


def of_dossier(session: Session, dossier_id: str) -> Consent | None:
    """Return the consent of a dossier, None where nobody was asked."""
    return session.scalar(select(Consent).where(Consent.dossier_id == dossier_id))


def _fresh(session: Session, dossier: Dossier, helper: Conversation, status: str, now: datetime) -> Consent:
    row = of_dossier(session, dossier.id)
    if row is None:
        row = Consent(id=new_id(), dossier_id=dossier.id, helper_conversation_id=helper.id, asked_at=now)
        session.add(row)
    row.status, row.asked_at, row.settled_at = status, now, None
    return row


def ask(session: Session, dossier: Dossier, helper: Conversation, neighbour: Contact, now: datetime) -> Consent:
    """Note that the neighbour's own phone was asked. Raises Refused("own_phone") when it is the helper's."""
    if neighbour.id == helper.contact_id:
        raise Refused("own_phone")
    row = _fresh(session, dossier, helper, "asked", now)
    row.contact_id = neighbour.id
    session.flush()
    return row


def attest(session: Session, office: Office, dossier: Dossier, helper: Conversation, name: str, now: datetime) -> Consent:
    """Note what a helper attests: red for the clerk until the person is met."""
    row = _fresh(session, dossier, helper, "attested", now)
    row.contact_id, row.settled_at = None, now
    row.name_sealed = office.vault.seal(name, f"consent.name:{row.id}")
    session.flush()
    return row


def answer(session: Session, consent_id: str, contact: Contact, yes: bool, now: datetime) -> Consent:
    """Note the neighbour's answer. Raises Refused("gone") if it is not theirs to give or the form is gone."""
    row = session.get(Consent, consent_id)
    if row is None or row.contact_id != contact.id:
        raise Refused("gone")
    row.status, row.settled_at = ("given" if yes else "refused"), now
    return row


def revoke(session: Session, contact: Contact, now: datetime) -> list[Consent]:
    """Take back what this contact has agreed to; returns the rows that changed."""
    query = select(Consent).where(Consent.contact_id == contact.id, Consent.status.in_(("asked", "given")))
    rows = list(session.scalars(query))
    for row in rows:
        row.status, row.settled_at = "revoked", now
    return rows
