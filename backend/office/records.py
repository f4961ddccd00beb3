"""Correcting a finished record: a new dossier of kind "correction" that points to the old one, which is never edited.

The mistake may be in the paper the office has issued; a new document is drafted, signed, numbered and issued like any other.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import catalogue
from backend.office import dossiers, drafts, people
from backend.office.kit import Actor, Office, Refused
from backend.store.tables import Dossier
from backend.store.types import new_id


def open_correction(session: Session, office: Office, dossier_id: str, reason: str, actor: Actor, now: datetime) -> Dossier:
    """Open a correction of a returned dossier, received at once, and return it.

    It has the answers of the old one under the version of the procedure that was in force then, a code and a history of its own,
    and a clock that a clerk gives its due date. Raises Refused: "unknown", "not_finished", "correction_open" {code}, "needs".
    """
    old = session.scalar(select(Dossier).where(Dossier.id == dossier_id).with_for_update(key_share=True))
    if old is None or old.unit != actor.unit:
        raise Refused("unknown")
    if old.status != "returned":
        raise Refused("not_finished")
    if other := open_correction_of(session, old, office):
        raise Refused("correction_open", code=other.code)
    new = _copy(session, office, old, now)
    dossiers.act(session, office, new.id, "open_correction", actor, new.version, {"reason": reason, "corrects": old.code}, now)
    return new


def may_open(session: Session, office: Office, dossier: Dossier, actor: Actor) -> bool:
    """Return whether this person may open a correction of this dossier now."""
    rule = office.workflow.rule("open_correction")
    roles = {role for hat in actor.hats for role in hat.roles}
    return dossier.status == "returned" and bool(roles & set(rule.roles)) and open_correction_of(session, dossier, office) is None


def _copy(session: Session, office: Office, old: Dossier, now: datetime) -> Dossier:
    new = Dossier(id=new_id(), unit=old.unit, channel="counter", kind="correction", corrects_id=old.id, created_at=now, updated_at=now)
    new.procedure, new.procedure_version, new.conversation_id = old.procedure, old.procedure_version, old.conversation_id
    new.sent_at = now
    dossiers.give_code(session, new, now)
    form = drafts.form_of(office, old)
    drafts.write_form(office, new, form | {"ref": new.id})
    session.add(new)
    session.flush()
    people.add_parties(session, office, new.id, catalogue.parties(office.procedure(new), form["answers"]), now)
    return new


def open_correction_of(session: Session, old: Dossier, office: Office) -> Dossier | None:
    """Return the correction of a dossier that is still being worked on."""
    ended = [name for name, status in office.workflow.statuses.items() if status.end]
    return session.scalars(select(Dossier).where(Dossier.corrects_id == old.id, Dossier.status.not_in(ended)).limit(1)).first()


def corrections_of(session: Session, old: Dossier) -> list[Dossier]:
    """Return every correction of a dossier, the oldest first."""
    return list(session.scalars(select(Dossier).where(Dossier.corrects_id == old.id).order_by(Dossier.created_at, Dossier.id)))
