"""Contacts and their conversations: an address on a channel, and the thread with it."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from backend.office.kit import Office
from backend.store.db import dialect_of, insert_or
from backend.store.tables import Contact, Conversation
from backend.store.types import new_id
from backend.store.vault import Vault

_ADDRESS = "contact.address:"
_PHONE = "contact.phone:"
SMS_CHANNELS = ("sms", "twilio")
"""Channels whose address is the phone number."""


def address_of(vault: Vault, contact: Contact) -> str:
    """Return the open address: E.164 or the channel's user id."""
    return vault.open(contact.address_sealed, _ADDRESS + contact.id)


def phone_of(vault: Vault, contact: Contact) -> str | None:
    """Return the E.164 number of the person behind a contact, if known."""
    if contact.channel in SMS_CHANNELS:
        return address_of(vault, contact)
    return vault.open(contact.phone_sealed, _PHONE + contact.id) if contact.phone_sealed else None


def set_phone(office: Office, contact: Contact, phone: str) -> None:
    """Keep the number that a Zalo user shared: second factor, fallback, and the clerk's way to call."""
    contact.phone_sealed = office.vault.seal(phone, _PHONE + contact.id)
    contact.phone_index = office.vault.index("phone", phone)


_FOUND = select(Contact).where(Contact.channel == bindparam("channel"), Contact.address_index == bindparam("index"))


def _find(session: Session, channel: str, index: str) -> Contact | None:
    return session.scalar(_FOUND, {"channel": channel, "index": index})


def conversation_with(session: Session, office: Office, channel: str, address: str, now: datetime) -> tuple[Contact, Conversation]:
    """Return the contact and its thread, made on first sight. Two webhooks at once make one: the loser reads the winner's."""
    index = office.vault.index(f"address.{channel}", address)
    contact = _find(session, channel, index)
    if contact is None:
        contact = _made(session, office, channel, address, index, now)
        if contact is not None:
            return contact, _thread(session, contact, now)
        contact = _find(session, channel, index)
    conversation = session.scalars(select(Conversation).where(Conversation.contact_id == contact.id)).one()
    return contact, conversation


def _made(session: Session, office: Office, channel: str, address: str, index: str, now: datetime) -> Contact | None:
    """Write a contact; None where somebody else has just written it, for whose commit the INSERT has waited."""
    name = new_id()
    row = {"id": name, "unit": office.unit, "channel": channel, "address_index": index, "created_at": now}
    row["address_sealed"] = office.vault.seal(address, _ADDRESS + name)
    row["phone_index"] = office.vault.index("phone", address) if channel in SMS_CHANNELS else None
    return session.scalar(_first(dialect_of(session)), row)


@cache
def _first(dialect: str):
    return insert_or(dialect, Contact).on_conflict_do_nothing(index_elements=["channel", "address_index"]).returning(Contact)


def _thread(session: Session, contact: Contact, now: datetime) -> Conversation:
    conversation = Conversation(id=new_id(), unit=contact.unit, contact_id=contact.id, version=0, created_at=now)
    session.add(conversation)
    session.flush()
    return conversation


def siblings(session: Session, contact: Contact) -> list[Contact]:
    """Return other live contacts of the same number: where to go when this one refuses."""
    if contact.phone_index is None:
        return []
    query = select(Contact).where(
        Contact.phone_index == contact.phone_index, Contact.id != contact.id, Contact.dead_reason.is_(None), Contact.opted_out_at.is_(None)
    )
    return list(session.scalars(query))
