"""Who works here, as what and from when: written by the leader or the administrator, each act a line of the register.

Nobody changes their own account. Where a role is given that signs or that makes staff, and another person with such a role
is there, that second person must agree; the same holds for a new password of somebody who has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.office import absences, access, api_tokens, bulk, register, staff, tasks
from backend.office.kit import Actor, Office, Refused, today
from backend.store.db import Database
from backend.store.tables import Absence, Dossier, Staff, StaffEvent
from backend.store.vault import Vault

MANAGE = "staff.manage"
WEIGHTY = access.PERMISSIONS[MANAGE]
"""Roles that are not in one person's gift."""
FARTHEST = timedelta(days=366)
LINE = 80


@dataclass(frozen=True)
class Wanted:
    """What somebody is to be, from a day on, on what ground. No `fields` named = all."""

    position: str
    office: str
    roles: tuple[str, ...]
    fields: tuple[str, ...]
    ground: str
    from_day: date

    @property
    def data(self) -> dict[str, Any]:
        """What the register keeps of it; the day has a column of its own."""
        kept = {name: value for name, value in asdict(self).items() if name != "from_day"}
        return kept | {"roles": sorted(self.roles), "fields": sorted(self.fields)}


@dataclass(frozen=True)
class Member:
    """One account as the page shows it: what is given to it, who stands in now, what waits about it."""

    row: Staff
    dossiers: int
    substitute: str | None
    waiting: StaffEvent | None


def members(session: Session, office: Office, now: datetime) -> list[Member]:
    """Return the unit's accounts, the closed ones last, each part of the unit together."""
    rows = session.scalars(select(Staff).where(Staff.unit == office.unit).order_by(Staff.closed_at.is_not(None), Staff.office, Staff.name))
    given = dict(session.execute(_given(office).with_only_columns(Dossier.assigned_to, func.count()).group_by(Dossier.assigned_to)).all())
    away = select(Absence.staff_id, Absence.substitute_id).where(Absence.begins_at <= now, Absence.ends_at > now, Absence.ended_at.is_(None))
    substitutes = dict(session.execute(away.where(Absence.unit == office.unit)).all())
    waiting = {line.staff_id: line for line in register.open_lines(session, office.unit)}
    return [Member(row, given.get(row.id, 0), substitutes.get(row.id), waiting.get(row.id)) for row in rows]


def _given(office: Office):
    """Dossiers that somebody was given and that may still be given to another."""
    return select(Dossier).where(Dossier.unit == office.unit, Dossier.assigned_to.is_not(None), Dossier.status.in_(office.workflow.rule("assign").sources))


def add(
    session: Session, office: Office, login: str, name: str, wanted: Wanted, first: staff.FirstPassword, actor: Actor, now: datetime
) -> tuple[Staff, StaffEvent | None]:
    """Take somebody in; what takes a second person is asked for in the line that is returned.

    Raises Refused: login_unreadable, login_taken, staff_name, and what `change` raises of the wanted.
    """
    register.lock(session, office.unit)
    _check(office, wanted, now)
    if len(name.split()) < 2 or len(name) > LINE:
        raise Refused("staff_name")
    row = staff.open_account(session, office.unit, login, name, first.hash, now)
    staff.give_password(session, row, first, now)
    alone = not _takes_two(session, row, wanted, actor)
    at_once = alone and wanted.from_day <= today(now)
    begins = wanted if at_once else replace(wanted, roles=())
    _apply(row, begins.data)
    register.write(session, office.vault, row, "added", begins.data | {"login": login}, actor, now, from_day=today(now))
    return row, None if at_once else _put(session, office, row, wanted, alone, actor, now)


def note_added(session: Session, vault: Vault, row: Staff, by: Actor, now: datetime) -> StaffEvent:
    """Write the line of an account that was made past the page: by the command line."""
    data = {"position": row.position, "office": row.office, "roles": sorted(row.roles), "fields": sorted(row.fields), "login": row.login}
    return register.write(session, vault, row, "added", data, by, now, from_day=today(now))


def change(session: Session, office: Office, staff_id: str, wanted: Wanted, actor: Actor, now: datetime) -> StaffEvent:
    """Give somebody another position, roles or fields from a day on; returns the line: `asked` of a second person, or `set`.

    Raises Refused: staff_unknown, staff_self, change_waits, same_position, last_manager; staff_position, staff_office,
    roles_none, role_unknown, field_unknown, staff_ground, from_past, from_far.
    """
    register.lock(session, office.unit)
    row = _other(session, office, staff_id, actor)
    _check(office, wanted, now)
    if any(line.staff_id == row.id for line in register.open_lines(session, office.unit)):
        raise Refused("change_waits")
    if _state(row) == {name: wanted.data[name] for name in _state(row)}:
        raise Refused("same_position")
    if not WEIGHTY & set(wanted.roles):
        _someone_stays(session, row)
    return _put(session, office, row, wanted, not _takes_two(session, row, wanted, actor), actor, now)


def _check(office: Office, wanted: Wanted, now: datetime) -> None:
    for name in ("position", "office"):
        if not 2 <= len(getattr(wanted, name).strip()) <= LINE:
            raise Refused(f"staff_{name}", most=LINE)
    if not wanted.roles:
        raise Refused("roles_none")
    staff.known_roles(wanted.roles)
    if unknown := set(wanted.fields) - set(api_tokens.known_fields(office)):
        raise Refused("field_unknown", fields=", ".join(sorted(unknown)))
    if len(wanted.ground.strip()) < 3:
        raise Refused("staff_ground")
    if wanted.from_day < today(now):
        raise Refused("from_past")
    if wanted.from_day > today(now) + FARTHEST:
        raise Refused("from_far")


def _other(session: Session, office: Office, staff_id: str, actor: Actor) -> Staff:
    row = session.get(Staff, staff_id, populate_existing=True)
    if row is None or row.unit != office.unit or row.closed_at:
        raise Refused("staff_unknown")
    if row.id == actor.id:
        raise Refused("staff_self")
    return row


def _state(row: Staff) -> dict[str, Any]:
    return {"position": row.position, "office": row.office, "roles": sorted(row.roles), "fields": sorted(row.fields)}


def _others(session: Session, unit: str, *without: str) -> bool:
    """Whether somebody else is there who may agree."""
    rows = session.execute(select(Staff.id, Staff.roles).where(Staff.unit == unit, Staff.closed_at.is_(None)))
    return any(id not in without and WEIGHTY & set(roles) for id, roles in rows)


def _someone_stays(session: Session, row: Staff) -> None:
    if WEIGHTY & set(row.roles) and not _others(session, row.unit, row.id):
        raise Refused("last_manager")


def _takes_two(session: Session, row: Staff, wanted: Wanted, actor: Actor) -> bool:
    wider = bool(row.fields) and (not wanted.fields or not set(wanted.fields) <= set(row.fields))
    gained = WEIGHTY & (set(wanted.roles) - (set() if wider else set(row.roles)))
    return bool(gained) and _others(session, row.unit, row.id, actor.id)


def _put(session: Session, office: Office, row: Staff, wanted: Wanted, alone: bool, actor: Actor, now: datetime) -> StaffEvent:
    action = "set" if alone else "asked"
    line = register.write(session, office.vault, row, action, wanted.data, actor, now, from_day=wanted.from_day)
    if alone and wanted.from_day <= today(now):
        _begin(session, office, line, actor, now)
    return line


def _begin(session: Session, office: Office, line: StaffEvent, actor: Actor, now: datetime) -> None:
    row = session.get(Staff, line.staff_id)
    _apply(row, line.data)
    register.write(session, office.vault, row, "begun", {}, actor, now, about=line.id)


def _apply(row: Staff, data: Mapping[str, Any]) -> None:
    row.position, row.office, row.roles, row.fields = data["position"], data["office"], list(data["roles"]), list(data["fields"])


def begin_due(session: Session, office: Office, now: datetime) -> int:
    """Let what was decided for today or earlier begin; returns how many."""
    due = [line for line in register.open_lines(session, office.unit, "set") if line.from_day <= today(now)]
    for line in due:
        _begin(session, office, line, Actor("system", office.unit), now)
    return len(due)


def agree(session: Session, office: Office, line_id: str, first: staff.FirstPassword, actor: Actor, now: datetime) -> StaffEvent:
    """Agree as the second person to what was asked for; a new password is then `first`, which is shown to the one who agrees.

    Raises Refused: line_settled_already, staff_unknown, staff_self, same_asker.
    """
    register.lock(session, office.unit)
    line = _open(session, office, line_id, "asked")
    row = _other(session, office, line.staff_id, actor)
    if line.actor == actor.id:
        raise Refused("same_asker")
    agreed = register.write(session, office.vault, row, "agreed", {"what": line.data.get("what", "position")}, actor, now, about=line.id)
    if line.data.get("what") == "password":
        _give(session, office, row, first, actor, now)
    else:
        wanted = Wanted(**line.data, from_day=max(line.from_day, today(now)))
        _put(session, office, row, wanted, True, actor, now)
    return agreed


def take_back(session: Session, office: Office, line_id: str, actor: Actor, now: datetime) -> StaffEvent:
    """Do not agree to what was asked for, or drop what has not begun yet. Raises Refused: line_settled_already, staff_unknown, staff_self."""
    register.lock(session, office.unit)
    line = _open(session, office, line_id, *register.OPENS)
    row = _other(session, office, line.staff_id, actor)
    return register.write(session, office.vault, row, _REFUSALS[line.action], {}, actor, now, about=line.id)


_REFUSALS = {"asked": "declined", "set": "dropped"}


def _open(session: Session, office: Office, line_id: str, *actions: str) -> StaffEvent:
    found = next((line for line in register.open_lines(session, office.unit) if line.id == line_id and line.action in actions), None)
    if found is None:
        raise Refused("line_settled_already")
    return found


def reset(session: Session, office: Office, staff_id: str, first: staff.FirstPassword, actor: Actor, now: datetime) -> StaffEvent:
    """Give somebody a first password anew; returns the line: `reset`, or `asked` where a second person must agree.

    Raises Refused: staff_unknown, staff_self, demo_account, change_waits.
    """
    register.lock(session, office.unit)
    row = _other(session, office, staff_id, actor)
    if row.demo:
        raise Refused("demo_account")
    if any(line.staff_id == row.id and line.action == "asked" for line in register.open_lines(session, office.unit)):
        raise Refused("change_waits")
    if WEIGHTY & set(row.roles) and _others(session, row.unit, row.id, actor.id):
        return register.write(session, office.vault, row, "asked", {"what": "password"}, actor, now, from_day=today(now))
    return _give(session, office, row, first, actor, now)


def _give(session: Session, office: Office, row: Staff, first: staff.FirstPassword, actor: Actor, now: datetime) -> StaffEvent:
    staff.give_password(session, row, first, now)
    return register.write(session, office.vault, row, "reset", {}, actor, now)


def own_password(session: Session, office: Office, actor: Actor, password_hash: str, token: str, now: datetime) -> None:
    """Write the password that somebody chose for themselves. Raises Refused("demo_account")."""
    register.lock(session, office.unit)
    row = session.get(Staff, actor.id)
    if row.demo:
        raise Refused("demo_account")
    staff.choose_password(session, row, password_hash, token)
    register.write(session, office.vault, row, "password", {}, actor, now)


def hand_on(database: Database, office: Office, staff_id: str, heir_id: str, actor: Actor, now: datetime) -> list[Refused]:
    """Give the open dossiers of somebody to a colleague, by the table's own `assign`, each on its own; returns the refusals."""
    refused: list[Refused] = []
    with database.read() as session:
        rows = list(session.execute(_given(office).where(Dossier.assigned_to == staff_id).with_only_columns(Dossier.id, Dossier.version)))
    for at in range(0, len(rows), bulk.MOST):
        outcomes = bulk.act(database, office, "assign", rows[at : at + bulk.MOST], actor, {"staff": heir_id}, now)
        refused += [outcome.refused for outcome in outcomes if outcome.refused]
    return refused


def may_end(session: Session, office: Office, staff_id: str, ground: str, heir_id: str | None, actor: Actor, now: datetime) -> None:
    """Raise what `end` would, but "has_dossiers" only where nobody is named who takes them over; "heir_same", "heir_unknown"."""
    row = _leaver(session, office, staff_id, ground, actor, now)
    if heir_id == staff_id:
        raise Refused("heir_same")
    heir = session.get(Staff, heir_id) if heir_id else None
    if heir_id and (heir is None or heir.unit != office.unit or heir.closed_at):
        raise Refused("heir_unknown")
    if heir is None and (count := _open_dossiers(session, office, row)):
        raise Refused("has_dossiers", count=count)


def _leaver(session: Session, office: Office, staff_id: str, ground: str, actor: Actor, now: datetime) -> Staff:
    row = _other(session, office, staff_id, actor)
    if len(ground.strip()) < 3:
        raise Refused("staff_ground")
    _someone_stays(session, row)
    if away := session.scalars(absences.stood_in_by(row.id, now)).first():
        raise Refused("stands_in", by=away.staff_id)
    return row


def _open_dossiers(session: Session, office: Office, row: Staff) -> int:
    query = _given(office).where(Dossier.assigned_to == row.id).with_only_columns(func.count())
    return session.scalar(query)


def end(session: Session, office: Office, staff_id: str, ground: str, heir_id: str | None, actor: Actor, now: datetime) -> StaffEvent:
    """Close somebody's account. Their name and acts stay; what they held of people's questions is anybody's again.

    Raises Refused: staff_unknown, staff_self, staff_ground, last_manager, stands_in {by}, has_dossiers {count}: `hand_on` goes before.
    """
    register.lock(session, office.unit)
    row = _leaver(session, office, staff_id, ground, actor, now)
    if count := _open_dossiers(session, office, row):
        raise Refused("has_dossiers", count=count)
    tasks.give_back(session, row.id)
    staff.close_account(session, row, now)
    ended = register.write(session, office.vault, row, "ended", {"ground": ground.strip(), "heir": heir_id}, actor, now)
    for line in [line for line in register.open_lines(session, office.unit) if line.staff_id == row.id]:
        register.write(session, office.vault, row, _REFUSALS[line.action], {}, actor, now, about=line.id)
    return ended
