"""Verifying the chains of all dossiers."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.office import chain
from backend.store.tables import Dossier
from backend.store.vault import Vault


def verify(session: Session, vault: Vault) -> list[str]:
    """Return one line for each dossier whose history does not fit, naming the row; empty when all do."""
    lines = []
    for dossier in session.scalars(select(Dossier).where(Dossier.chain_length > 0).execution_options(yield_per=500)):
        if row := chain.broken(session, vault, dossier):
            where = "rows are missing at the end" if row == "end" else f"event {row} was changed"
            lines.append(f"dossier {dossier.code or dossier.id}: {where}")
    return lines
