"""Under which version of its procedure a dossier was made: it keeps that version while it lives."""

from __future__ import annotations

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from backend.office.tracking import normal_code
from backend.store.tables import Dossier


def version_of(session: Session, unit: str, code: str) -> tuple[str, str] | None:
    """Return (procedure id, version) of a sent dossier of a unit by its code, typed in any grouping; None for an unknown code."""
    if not inspect(session.get_bind()).has_table(Dossier.__tablename__):
        return None
    wanted = select(Dossier.procedure, Dossier.procedure_version).where(Dossier.code_plain == normal_code(code), Dossier.unit == unit)
    row = session.execute(wanted).first()
    return (row[0], row[1]) if row else None
