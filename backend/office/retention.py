"""How long things are kept, and their end: one table of class -> period -> how it is forgotten.

`docs/retention.md` shows the table (a test compares). A table of the database names its class in `info["retention"]`.
Nothing of a running dossier is touched, and a sent dossier is never deleted: the archive law of its procedure holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Select, Table, delete, exists, or_, select, tuple_, update
from sqlalchemy.orm import Session

from backend.office import drafts
from backend.office.kit import Office, today
from backend.store.tables import (
    Attachment,
    Base,
    Consent,
    Contact,
    Conversation,
    Dossier,
    Job,
    LookupTry,
    Message,
    Notice,
    Task,
    TransferCode,
)

BATCH = 200
"""Rows of one transaction: on the embedded database the writer's lock is then held for milliseconds."""
THREADS = 20
"""Conversations of one transaction, each with all its messages."""
DAY = timedelta(days=1)
MONTH = timedelta(days=30)
TWO_YEARS = timedelta(days=730)
Forget = Callable[[Session, Office, datetime], bool]
"""(session, office, limit) -> whether a full batch went, so that there may be more; what is younger than `limit` stays."""


@dataclass(frozen=True)
class Rule:
    """One line: class, what it holds, the period in words, and, where time ends it, after how long and how."""

    name: str
    what: str
    words: str
    after: timedelta | None = None
    forget: Forget | None = None


def _aged(name: str) -> Forget:
    """Forget the rows of every table of class `name` by the column `created_at`."""

    def forget(session: Session, _office: Office, limit: datetime) -> bool:
        tables = [table for table in reversed(Base.metadata.sorted_tables) if table.info["retention"] == name]
        full = [_delete(session, table, table.c.created_at < limit) for table in tables]
        return any(full)

    return forget


def _delete(session: Session, table: Table, old: ColumnElement[bool]) -> bool:
    key = tuple_(*table.primary_key.columns)
    return (
        session.execute(
            delete(table).where(key.in_(select(*table.primary_key.columns).where(old).limit(BATCH)))
        ).rowcount
        >= BATCH
    )


def _drafts(session: Session, office: Office, limit: datetime) -> bool:
    query = select(Dossier).where(
        Dossier.unit == office.unit, Dossier.status == "draft", Dossier.updated_at < limit
    )
    rows = list(session.scalars(query.limit(BATCH)))
    for row in rows:
        drafts.drop(session, row)
    return len(rows) >= BATCH


def _raw(session: Session, office: Office, limit: datetime) -> bool:
    old = (
        select(Message.id)
        .where(Message.raw_sealed.is_not(None), Message.created_at < limit, Message.unit == office.unit)
        .limit(BATCH)
    )
    return (
        session.execute(update(Message).where(Message.id.in_(old)).values(raw_sealed=None)).rowcount >= BATCH
    )


def _attachments(session: Session, office: Office, limit: datetime) -> bool:
    old = (Attachment.unit == office.unit) & Attachment.dossier_id.is_(None) & (Attachment.created_at < limit)
    return _delete(session, Attachment.__table__, old)


def _short(session: Session, _office: Office, limit: datetime) -> bool:
    """A try carries its day only: yesterday's goes when today is over. A code ends a day after it was made."""
    tries = _delete(session, LookupTry.__table__, LookupTry.day < today(limit).isoformat())
    return (
        _delete(session, TransferCode.__table__, TransferCode.expires_at < limit + drafts.CODE_LIFE) or tries
    )


def _running(office: Office, limit: datetime) -> Select:
    """The dossiers that hold their threads: not ended, or ended after `limit` (nothing is written to an ended one)."""
    ended = [name for name, status in office.workflow.statuses.items() if status.end]
    return select(Dossier.id).where(or_(Dossier.status.not_in(ended), Dossier.updated_at >= limit))


def _quiet(office: Office, limit: datetime) -> Select:
    """The threads nobody has used since `limit`, and that no dossier holds by any of the ways in which it may know them."""
    running = _running(office, limit)
    held = [
        exists(running.where(Dossier.conversation_id == Conversation.id)),
        exists().where(
            Message.conversation_id == Conversation.id,
            or_(Message.created_at >= limit, Message.dossier_id.in_(running)),
        ),
        exists().where(
            Task.conversation_id == Conversation.id,
            or_(Task.opened_at >= limit, Task.dossier_id.in_(running)),
        ),
        exists().where(
            Notice.conversation_id == Conversation.id,
            or_(Notice.created_at >= limit, Notice.dossier_id.in_(running)),
        ),
        exists().where(
            or_(
                Consent.helper_conversation_id == Conversation.id,
                Consent.contact_id == Conversation.contact_id,
            ),
            Consent.dossier_id.in_(running),
        ),
    ]
    last = or_(
        Conversation.last_in_at < limit, Conversation.last_in_at.is_(None) & (Conversation.created_at < limit)
    )
    return select(Conversation).where(Conversation.unit == office.unit, last, *[~way for way in held])


def _conversations(session: Session, office: Office, limit: datetime) -> bool:
    threads = list(session.scalars(_quiet(office, limit).limit(THREADS).with_for_update(skip_locked=True)))
    if threads:
        _cut(session, [thread.id for thread in threads], [thread.contact_id for thread in threads])
    return len(threads) >= THREADS


def _cut(session: Session, threads: list[str], people: list[str]) -> None:
    """Take threads and their contacts away; what a dossier keeps (its files, notices, consents) loses the way back only."""
    messages = select(Message.id).where(Message.conversation_id.in_(threads))
    session.execute(
        delete(Attachment).where(Attachment.message_id.in_(messages), Attachment.dossier_id.is_(None))
    )
    session.execute(
        delete(Job).where(
            Job.lane.in_([*(f"in:{thread}" for thread in threads), *(f"out:{contact}" for contact in people)])
        )
    )
    _take_out(session, Contact.__table__, people)


def _take_out(session: Session, table: Table, ids: list[str] | Select) -> None:
    """Delete rows with all that lives by them: rows of a thread go too, rows of any other class forget whom they pointed at."""
    for key in ways_to(table):
        child, theirs = key.parent.table, key.parent.in_(ids)
        if child.info["retention"] == "conversation":
            _take_out(session, child, select(child.c.id).where(theirs))
        else:
            session.execute(update(child).where(theirs).values({key.parent.name: None}))
    session.execute(delete(table).where(table.c.id.in_(ids)))


def ways_to(table: Table) -> list[ForeignKey]:
    """Return the foreign keys that point at a table and do not end by themselves."""
    keys = (key for other in Base.metadata.sorted_tables for key in other.foreign_keys)
    return [key for key in keys if key.column.table is table and not key.ondelete]


RULES = (
    Rule(
        "dossier",
        "sent dossiers, parties, consents, events, notices",
        "by the archive law of the procedure; not deleted on request once sent",
    ),
    Rule("with_dossier", "persons and the words of their names", "with their dossier"),
    Rule(
        "draft",
        "a form that was not sent (a status of `dossier`)",
        "30 days after its last change; the citizen is told so at the start",
        drafts.KEPT,
        _drafts,
    ),
    Rule("raw", "the body of a provider's request (a column of `message`)", "30 days", MONTH, _raw),
    Rule("attachment", "photos and recordings", "with their dossier, else 30 days", MONTH, _attachments),
    Rule(
        "conversation",
        "messages, tasks, the state of the talk",
        "2 years after the last word and the end of the last dossier of the thread",
        TWO_YEARS,
        _conversations,
    ),
    Rule("contact", "phone numbers and Zalo ids", "with their conversation"),
    Rule(
        "learning",
        "what people corrected in the machine's understanding",
        "180 days",
        timedelta(days=180),
        _aged("learning"),
    ),
    Rule("session", "browser sessions of staff", "one day", DAY, _aged("session")),
    Rule("replay", "first answers of the API, for a repeat under the same key", "one day", DAY, _aged("replay")),
    Rule("delivery", "how events fared at the addresses that are told", "90 days", timedelta(days=90), _aged("delivery")),
    Rule("short", "tries at a code; codes that move a draft", "one day", DAY, _short),
    Rule("job", "the queue", "until done; dead ones until a person replays them, or with their conversation"),
    Rule("staff", "accounts", "as long as the installation"),
    Rule("audit", "who read what; the register of staff", "as long as the installation"),
    Rule("register", "numbers in sequence", "as long as the installation"),
    Rule("setting", "tokens of providers, tokens and addresses of other systems", "as long as the installation"),
)


def sweep(session: Session, office: Office, rule: Rule, now: datetime) -> bool:
    """Forget one batch of a class in the caller's transaction; True when there may be more."""
    return rule.forget(session, office, now - rule.after)


def timed() -> tuple[Rule, ...]:
    """Return the lines that time ends."""
    return tuple(rule for rule in RULES if rule.forget)


def as_markdown(rules: Iterable[Rule] = RULES) -> str:
    """Return the table as the document shows it."""
    lines = [
        f"| `{rule.name}` | {rule.what} | {rule.words} | {'yes' if rule.forget else ''} |" for rule in rules
    ]
    return "\n".join(["| class | what | how long | swept daily |", "|---|---|---|---|", *lines])
