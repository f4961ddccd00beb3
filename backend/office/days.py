"""A day that an officer promises or asks for in writing: one rule for all of them, and what is refused names a day that will do."""

from __future__ import annotations

from datetime import datetime

from backend.clock import local
from backend.domain import deadline
from backend.office.kit import Office, Refused, today


def promised(office: Office, text: str, now: datetime, kind: str) -> datetime:
    """Return the moment in ISO text, which lies ahead and on a working day. `kind` = "due" | "answer_by".

    Raises Refused, its reason begun by the kind: "…_unreadable", "…_past" and "…_day_off" {next: the ISO day to take instead}.
    """
    moment = _read(text)
    if moment is None:
        raise Refused(f"{kind}_unreadable")
    if moment <= now:
        raise Refused(f"{kind}_past", next=deadline.next_working_day(today(now), office.calendar).isoformat())
    day = local(moment).date()
    if not deadline.is_working_day(day, office.calendar):
        raise Refused(f"{kind}_day_off", next=deadline.next_working_day(day, office.calendar).isoformat())
    return moment


def _read(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
