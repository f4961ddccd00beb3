"""What the office's verbs need beside a session: made once in `main`, passed to every verb as its first argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.clock import local
from backend.domain.catalogue import Catalogue
from backend.domain.complaint import AnswerTime
from backend.domain.deadline import WorkingCalendar
from backend.domain.exchange import NOBODY, Peers
from backend.domain.procedure import Procedure
from backend.domain.workflow import Hat, Table
from backend.office.calendar_book import CalendarBook
from backend.store.vault import Vault


@dataclass(frozen=True)
class Office:
    """The law in force and the keys: the loaded data of `backend/`."""

    vault: Vault
    catalogue: Catalogue
    book: CalendarBook
    workflow: Table
    complaints: AnswerTime
    unit: str
    """Agency code of the commune served: "H55.242"."""
    place: str = ""
    """Code of the commune, district or province it serves, as in the unit files: "02155"."""
    peers: Peers = NOBODY
    """Other offices with a machine of their own, to which dossiers are handed."""

    @property
    def calendar(self) -> WorkingCalendar:
        """The working calendar in force now, with the days an officer wrote."""
        return self.book.current()

    def procedure(self, dossier) -> Procedure:
        """Return the procedure as it stood when the dossier was made or received."""
        return self.catalogue.by_version(dossier.procedure, dossier.procedure_version)


def today(now: datetime) -> date:
    """Return the commune's date at the moment `now`."""
    return local(now).date()


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff with roles in a unit, the citizen, or the system.

    `fields` = procedure fields the roles hold in (none named = all); `lent` = what absent colleagues left to this person.
    """

    id: str
    unit: str
    roles: tuple[str, ...] = ()
    name: str | None = None
    fields: tuple[str, ...] = ()
    lent: tuple[Hat, ...] = ()

    @property
    def hats(self) -> tuple[Hat, ...]:
        """Every right to act, the own one first."""
        return (Hat(self.roles, self.fields), *self.lent)

    @property
    def staff_id(self) -> str | None:
        """Id for columns that point at staff; None for citizens and the system."""
        return self.id if self.id not in ("citizen", "system") else None


class Refused(Exception):
    """The office says no. `reason` is a key of the office's texts, `params` what the sentence needs (no personal data)."""

    def __init__(self, reason: str, **params: Any):
        super().__init__(reason)
        self.reason = reason
        self.params = params
