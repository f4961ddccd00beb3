"""What waits for one person: by their roles and fields, their own and those they stand in for, and the two-person rule."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from backend.domain.workflow import SAME, Hat, Status
from backend.office.kit import Actor, Office
from backend.store.tables import Dossier, Event, Staff


def query(session: Session, office: Office, actor: Actor) -> Select[tuple[Dossier]]:
    """Return the unit's dossiers that wait for `actor`: nobody else of the role has been given them."""
    staff = [(row.id, set(row.roles)) for row in session.execute(select(Staff.id, Staff.roles).where(Staff.unit == actor.unit))]
    ways = [
        _way(office, actor, staff, name, status, hat)
        for name, status in office.workflow.statuses.items()
        for hat in actor.hats
        if set(hat.roles) & set(status.waits_for)
    ]
    return select(Dossier).where(Dossier.unit == office.unit, or_(*ways) if ways else Dossier.id == "")


def count(session: Session, office: Office, actor: Actor) -> int:
    """Return how many dossiers wait for `actor`."""
    return session.scalar(select(func.count()).select_from(query(session, office, actor).with_only_columns(Dossier.id).subquery()))


def _way(office: Office, actor: Actor, staff: list[tuple[str, set[str]]], name: str, status: Status, hat: Hat) -> ColumnElement[bool]:
    needed = [Dossier.status == name, _free(actor, staff, status)]
    if hat.fields:
        needed.append(Dossier.procedure.in_([p.id for p in office.catalogue.all() if p.field in hat.fields]))
    onward = [rule for rule in office.workflow.rules if name in rule.sources and rule.to != SAME and set(rule.roles) & set(hat.roles)]
    if forbidden := {action for rule in onward for action in rule.not_by}:
        did = exists().where(Event.dossier_id == Dossier.id, Event.actor == actor.id, Event.action.in_(sorted(forbidden)))
        needed.append(~did)
    return and_(*needed)


def _free(actor: Actor, staff: list[tuple[str, set[str]]], status: Status) -> ColumnElement[bool]:
    """Given to nobody of the role that must act, or to this person, or to whom they stand in for."""
    mine = {actor.id, *(hat.of for hat in actor.lent)}
    others = [id for id, roles in staff if id not in mine and roles & set(status.waits_for)]
    return or_(Dossier.assigned_to.is_(None), Dossier.assigned_to.not_in(others))
