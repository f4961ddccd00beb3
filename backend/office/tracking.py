"""Where does it stand: told to the phone that sent it, and to nobody else without a second factor.

The code is a sequence anybody can guess, so a stranger needs the last four digits of the sender's phone or of an identity
number in the dossier, five tries a day per asker and code, and hears the same for a wrong and an unknown one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.domain.clocks import Clocks
from backend.office import bundle, clocks, contacts, pauses, people
from backend.office.kit import Office, Refused, today
from backend.store.tables import Contact, Conversation, Dossier, LookupTry

TRIES_A_DAY = 5
_HIDDEN = ("draft",)


@dataclass(frozen=True)
class Stage:
    """What may be told: no name, no procedure. `status` is a status, or of a bundle one word for all its parts."""

    code: str | None
    status: str
    due_at: datetime | None
    """What was promised, with the time that was waited for the citizen's own papers."""
    late: bool
    """Still in work after that moment, whatever an apology has promised since."""
    sent_at: datetime | None
    promised_at: datetime | None = None
    """The new day of an apology."""
    holder: Held | None = None
    cause: Held | None = None
    """Of a late one: who has it now, and who kept it longest beyond their time."""


@dataclass(frozen=True)
class Held:
    """Who holds a dossier, by office and never by name: a role, "citizen", or "office" with the office's name."""

    role: str
    office: str | None = None


def stages(session: Session, office: Office, dossiers: list[Dossier], now: datetime) -> list[Stage]:
    """Return what may be told of dossiers; the clocks are read of the late ones only."""
    words, dues = bundle.stages(session, dossiers), pauses.dues_now(session, office, dossiers)
    late = [d for d in dossiers if dues[d.id] and d.result_at is None and now > dues[d.id]]
    found = clocks.of_dossiers(session, office, late, now) if late else {}
    return [_stage(d, words[d.id], dues[d.id], found.get(d.id)) for d in dossiers]


def _stage(dossier: Dossier, stage: str, due: datetime | None, late: Clocks | None) -> Stage:
    if late is None or late.late is None:
        return Stage(dossier.code, stage, due, False, dossier.sent_at, dossier.promised_at)
    last, cause = late.spans[-1], late.causes[0]
    holders = Held(last.role, last.office), Held(cause.role, cause.office)
    return Stage(dossier.code, stage, due, True, dossier.sent_at, dossier.promised_at, *holders)


def own(session: Session, office: Office, contact: Contact, now: datetime) -> list[Stage]:
    """Return the stages of what this contact, or another of the same number, has sent; the newest ten."""
    mine = [contact.id, *(c.id for c in contacts.siblings(session, contact))]
    query = (
        select(Dossier)
        .join(Conversation, Conversation.id == Dossier.conversation_id)
        .where(Conversation.contact_id.in_(mine), Dossier.status.not_in(_HIDDEN))
        .order_by(Dossier.created_at.desc())
        .limit(10)
    )
    return stages(session, office, list(session.scalars(query)), now)


def normal_code(text: str) -> str:
    """Return a code without spaces, points and hyphens, in capitals: how two spellings are compared."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def _count_try(session: Session, office: Office, asker: str, code: str, now: datetime) -> int:
    vault, day = office.vault, today(now).isoformat()
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    row = {"asker_index": vault.index("asker", asker), "code_index": vault.index("code", code), "day": day, "count": 1}
    made = insert(LookupTry).values(row)
    again = made.on_conflict_do_update(index_elements=["asker_index", "code_index", "day"], set_={"count": LookupTry.count + 1})
    return session.scalar(again.returning(LookupTry.count))


def _last_four(session: Session, office: Office, dossier: Dossier) -> set[str]:
    numbers = [facts.get("citizen_id") for _, _, facts in people.parties(session, office.vault, dossier.id)]
    if dossier.conversation_id:
        contact = session.get(Contact, session.get(Conversation, dossier.conversation_id).contact_id)
        numbers.append(contacts.phone_of(office.vault, contact))
    return {number[-4:] for number in numbers if number}


def by_code(session: Session, office: Office, asker: str, code: str, last_four: str | None, now: datetime, *, contact: Contact | None = None) -> Stage:
    """Return the stage of a code. `asker` is who counts as trying: a contact id or a network address.

    Raises Refused: "need_key" (ask for four digits), "locked" (five tries today), "unknown" (wrong or unknown, the same).
    """
    wanted = normal_code(code)
    if contact is not None and (mine := next((s for s in own(session, office, contact, now) if _same(s.code, wanted)), None)):
        return mine
    if last_four is None:
        raise Refused("need_key")
    if _count_try(session, office, asker, wanted, now) > TRIES_A_DAY:
        raise Refused("locked")
    dossier = session.scalar(select(Dossier).where(Dossier.code_plain == wanted, Dossier.unit == office.unit))
    if dossier is None or last_four not in _last_four(session, office, dossier):
        raise Refused("unknown")
    return stages(session, office, [dossier], now)[0]


def _same(code: str | None, wanted: str) -> bool:
    return code is not None and (normal_code(code) == wanted or (3 <= len(wanted) <= 10 and normal_code(code).endswith(wanted)))


def count_claim(session: Session, office: Office, asker: str, now: datetime) -> None:
    """Count a try of a six-digit transfer code; raises Refused("locked") after five a day."""
    if _count_try(session, office, asker, "transfer", now) > TRIES_A_DAY:
        raise Refused("locked")
