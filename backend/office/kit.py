"""What the office's verbs need beside a session: made once in `main`, passed to every verb as its first argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.clock import local
from backend.domain.catalogue import Catalogue
from backend.domain.deadline import WorkingCalendar
from backend.domain.procedure import Procedure
from backend.domain.workflow import Table
from backend.store.vault import Vault


@dataclass(frozen=True)
class Office:
    """The law in force and the keys: the loaded data of `backend/`."""

    vault: Vault
    catalogue: Catalogue
    calendar: WorkingCalendar
    workflow: Table
    unit: str
    """Agency code of the commune served: "H55.242"."""

    def procedure(self, dossier) -> Procedure:
        """Return the procedure as it stood when the dossier was made or received."""
        return self.catalogue.by_version(dossier.procedure, dossier.procedure_version)


def today(now: datetime) -> date:
    """Return the commune's date at the moment `now`."""
    return local(now).date()


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff with roles in a unit, the citizen, or the system."""

    id: str
    unit: str
    roles: tuple[str, ...] = ()
    name: str | None = None

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
