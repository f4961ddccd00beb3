"""One table of transitions, readable by an officer, and one pure function that decides by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

STATUSES = (
    "draft noted sent supplement_intake received processing supplement consulting handed_over drafted signed numbered issued "
    "result_ready returned refused withdrawn stopped"
).split()
SAME = "="
Clock = Literal["start", "pause", "resume", "stop", "none"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Rule(_Strict):
    """One line of the table. `most` = how often the action may happen in one dossier."""

    action: str
    sources: list[str] = Field(alias="from")
    to: str
    roles: list[str]
    clock: Clock
    label: str
    notice: str | None = None
    needs: list[str] = []
    most: int | None = None


class Status(_Strict):
    label: str
    end: bool


@dataclass(frozen=True)
class Table:
    """The rules with the statuses' names. Loaded by `load`, which checks them."""

    rules: tuple[Rule, ...]
    statuses: Mapping[str, Status]

    def rule(self, action: str) -> Rule | None:
        """Return the line of an action."""
        return next((rule for rule in self.rules if rule.action == action), None)

    def notices(self) -> set[str]:
        """Return the kinds of notices that the table can send."""
        return {rule.notice for rule in self.rules if rule.notice}


class TableError(ValueError):
    """The transition table cannot be used; the message has one line per error."""


@dataclass(frozen=True)
class View:
    """What a decision looks at: status, unit, version, and the actions that happened before."""

    status: str
    unit: str
    version: int
    past: tuple[str, ...] = ()


class Acting(Protocol):
    """Who acts: an id, a unit and roles."""

    id: str
    unit: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Transition:
    """What will happen: the only thing that may be written."""

    action: str
    to: str
    clock: Clock
    notice: str | None
    role: str


@dataclass(frozen=True)
class Refusal:
    """Why not: a key of the office's words with its parameters."""

    reason: str
    params: dict[str, Any] = field(default_factory=dict)


def decide(table: Table, view: View, action: str, actor: Acting, data: Mapping[str, Any], now: datetime) -> Transition | Refusal:
    """Decide an action by the table.

    Refusals: unknown_action, wrong_status {status}, wrong_role {roles}, too_often {most}, needs {what}.
    Pure: nothing is read and nothing is written.
    """
    rule = table.rule(action)
    if rule is None:
        return Refusal("unknown_action", {"action": action})
    if view.status not in rule.sources:
        return Refusal("wrong_status", {"status": table.statuses[view.status].label, "action": rule.label})
    role = next((role for role in rule.roles if role in actor.roles), None)
    if role is None:
        return Refusal("wrong_role", {"roles": ", ".join(rule.roles), "action": rule.label})
    if rule.most is not None and view.past.count(action) >= rule.most:
        return Refusal("too_often", {"most": rule.most, "action": rule.label})
    lacking = [need for need in rule.needs if not data.get(need)]
    if lacking:
        return Refusal("needs", {"what": lacking[0], "action": rule.label})
    return Transition(action, view.status if rule.to == SAME else rule.to, rule.clock, rule.notice, role)


def available(table: Table, view: View, actor: Acting) -> list[Rule]:
    """Return the lines that this person could use now, in the order of the table."""
    return [
        rule
        for rule in table.rules
        if view.status in rule.sources
        and set(rule.roles) & set(actor.roles)
        and (rule.most is None or view.past.count(rule.action) < rule.most)
    ]


def load(folder: Path) -> Table:
    """Read and check `dossier.yaml`. Raises TableError."""
    data = yaml.safe_load((folder / "dossier.yaml").read_text(encoding="utf-8"))
    rules = TypeAdapter(list[Rule]).validate_python(data["rules"])
    table = Table(tuple(rules), TypeAdapter(dict[str, Status]).validate_python(data["statuses"]))
    if errors := check(table):
        raise TableError("\n".join(errors))
    return table


def check(table: Table) -> list[str]:
    """Return what is wrong: unknown or unreachable statuses, a status with no way to an end, a pause nobody ends."""
    errors = [f"status {name} has no name in the table" for name in STATUSES if name not in table.statuses]
    for rule in table.rules:
        unknown = (set(rule.sources) | ({rule.to} - {SAME})) - set(STATUSES)
        errors += [f"{rule.action}: {name} is no status" for name in sorted(unknown)]
    reached = _closure({"draft"}, lambda here: {_target(r, here) for r in table.rules if here in r.sources})
    errors += [f"status {name} is never reached" for name in STATUSES if name not in reached]
    for name in STATUSES:
        ends = _closure({name}, lambda here: {_target(r, here) for r in table.rules if here in r.sources})
        if not any(table.statuses[s].end for s in ends if s in table.statuses):
            errors.append(f"status {name} never ends: a dossier would stay there")
    paused = {r.to for r in table.rules if r.clock == "pause"}
    errors += [f"status {name} is paused and nothing resumes it" for name in paused if not _resumes(table, name)]
    return errors


def _target(rule: Rule, here: str) -> str:
    return here if rule.to == SAME else rule.to


def _resumes(table: Table, status: str) -> bool:
    return any(rule.clock == "resume" and status in rule.sources for rule in table.rules)


def _closure(start: set[str], step) -> set[str]:
    seen, todo = set(start), list(start)
    while todo:
        for found in step(todo.pop()) - seen:
            seen.add(found)
            todo.append(found)
    return seen


def mermaid(table: Table) -> str:
    """Return the table as a mermaid state diagram."""
    lines = ["stateDiagram-v2", "  [*] --> draft"]
    lines += [f"  {s} --> {r.to}: {r.label}" for r in table.rules if r.to != SAME for s in r.sources]
    return "\n".join(lines + [f"  {name} --> [*]" for name, status in table.statuses.items() if status.end])
