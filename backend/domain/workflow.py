"""One table of transitions, readable by an officer, and one pure function that decides by it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from backend.domain.law_lines import LawError, Lines

STATUSES = (
    "draft noted sent supplement_intake received processing supplement consulting handed_over drafted signed numbered issued "
    "result_ready returned refused withdrawn stopped"
).split()
START = "draft"
SAME = "="
"""In the table's `to`: the status stays as it is."""
T = TypeVar("T", bound=Hashable)
Clock = Literal["start", "pause", "resume", "stop", "none"]
Role = Literal["citizen", "tiepnhan", "chuyenmon", "lanhdao", "vanthu"]
"""Who may stand in the table; the citizen acts through the bot and belongs to no unit."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Rule(_Strict):
    """One line of the table. `most` = how often the action may happen in one dossier; `needs` = names that `data` must hold."""

    action: str
    sources: list[str] = Field(alias="from")
    to: str
    roles: list[Role] = Field(min_length=1)
    clock: Clock
    label: str
    """Vietnamese, as on the button."""
    notice: str | None = None
    needs: list[str] = []
    most: int | None = None


class Status(_Strict):
    label: str
    end: bool


class _File(_Strict):
    statuses: dict[str, Status]
    rules: list[Rule]


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


class TableError(LawError):
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

    Refusals: unknown_action, wrong_status {status}, wrong_role {roles}, wrong_unit, too_often {most}, needs {what}.
    Pure: nothing is read and nothing is written.
    """
    rule = table.rule(action)
    if rule is None:
        return Refusal("unknown_action", {"action": action})
    if view.status not in rule.sources:
        return Refusal("wrong_status", {"status": table.statuses[view.status].label, "action": rule.label})
    role = _role(rule, actor)
    if role is None:
        return Refusal("wrong_role", {"roles": ", ".join(rule.roles), "action": rule.label})
    if not _in_unit(role, view, actor):
        return Refusal("wrong_unit", {"action": rule.label})
    if rule.most is not None and view.past.count(action) >= rule.most:
        return Refusal("too_often", {"most": rule.most, "action": rule.label})
    lacking = [need for need in rule.needs if not data.get(need)]
    if lacking:
        return Refusal("needs", {"what": lacking[0], "action": rule.label})
    return Transition(action, view.status if rule.to == SAME else rule.to, rule.clock, rule.notice, role)


def _role(rule: Rule, actor: Acting) -> str | None:
    return next((role for role in rule.roles if role in actor.roles), None)


def _in_unit(role: str, view: View, actor: Acting) -> bool:
    return role == "citizen" or actor.unit == view.unit


def available(table: Table, view: View, actor: Acting) -> list[Rule]:
    """Return the lines that this person could use now, in the order of the table."""
    return [
        rule
        for rule in table.rules
        if view.status in rule.sources
        and (role := _role(rule, actor)) is not None
        and _in_unit(role, view, actor)
        and (rule.most is None or view.past.count(rule.action) < rule.most)
    ]


def load(folder: Path) -> Table:
    """Read and check `dossier.yaml`. Raises TableError with one line per error, each with file and line."""
    path = folder / "dossier.yaml"
    try:
        file = Lines(path).read(_File)
    except LawError as error:
        raise TableError(error.lines) from error
    table = Table(tuple(file.rules), file.statuses)
    if errors := check(table):
        raise TableError([f"{path.name}: {error}" for error in errors])
    return table


def check(table: Table) -> list[str]:
    """Return what is wrong: an action twice, unknown or unreachable statuses, no way to an end, a clock that goes wrong."""
    return [*_names(table), *_ends(table), *_clocks(table)]


def _names(table: Table) -> Iterator[str]:
    actions = [rule.action for rule in table.rules]
    yield from (f"action {name} stands twice; one line holds all its statuses" for name in sorted({a for a in actions if actions.count(a) > 1}))
    yield from (f"status {name} has no name in the table" for name in STATUSES if name not in table.statuses)
    for rule in table.rules:
        unknown = (set(rule.sources) | ({rule.to} - {SAME})) - set(STATUSES)
        yield from (f"{rule.action}: {name} is no status" for name in sorted(unknown))


def _ends(table: Table) -> Iterator[str]:
    reached = _closure({START}, lambda here: {_target(r, here) for r in table.rules if here in r.sources})
    yield from (f"status {name} is never reached" for name in STATUSES if name not in reached)
    for name in STATUSES:
        ends = _closure({name}, lambda here: {_target(r, here) for r in table.rules if here in r.sources})
        if not any(table.statuses[s].end for s in ends if s in table.statuses):
            yield f"status {name} never ends: a dossier would stay there"


_CLOCK_STEPS = {("start", "off"): "runs", ("pause", "runs"): "paused", ("resume", "paused"): "runs"}
"""What an action makes of a clock; `stop` ends any, `none` leaves any as it is, the rest is an error of the table."""


def next_clock(state: str, action: Clock) -> str | None:
    """Return the clock after an action: off, runs, paused or stopped; None where the action cannot happen to it."""
    if action in ("none", "stop"):
        return state if action == "none" else "stopped"
    return _CLOCK_STEPS.get((action, state))


def _clocks(table: Table) -> Iterator[str]:
    """Walk every way through the table with its clock: no pause without a resume, no end with the clock running."""
    resumed = {status for rule in table.rules if rule.clock == "resume" for status in rule.sources}
    ends = {name for name, status in table.statuses.items() if status.end}
    for status, clock in sorted(_closure({(START, "off")}, lambda here: {step for _, step in _steps(table, here)})):
        yield from (f"{rule.action} from {status}: {rule.clock} of a clock that is {clock}" for rule in _misfits(table, status, clock))
        if clock == "paused" and status not in resumed:
            yield f"status {status} can be paused and nothing resumes it"
        if clock in ("runs", "paused") and status in ends:
            yield f"status {status} is an end and its clock may not have stopped"


def _steps(table: Table, here: tuple[str, str]) -> Iterator[tuple[Rule, tuple[str, str]]]:
    status, clock = here
    for rule in table.rules:
        after = next_clock(clock, rule.clock)
        if status in rule.sources and after is not None:
            yield rule, (_target(rule, status), after)


def _misfits(table: Table, status: str, clock: str) -> Iterator[Rule]:
    return (rule for rule in table.rules if status in rule.sources and next_clock(clock, rule.clock) is None)


def _target(rule: Rule, here: str) -> str:
    return here if rule.to == SAME else rule.to


def _closure(start: set[T], step: Callable[[T], set[T]]) -> set[T]:
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
