"""One table of transitions, readable by an officer, and one pure function that decides by it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field

from backend.domain.law_lines import LawError, Lines

STATUSES = ["draft", "noted", "sent", "supplement_intake", "received", "processing", "supplement", "consulting", "handed_over", "drafted", "signed", "numbered", "issued", "result_ready", "returned", "refused", "withdrawn", "stopped"]
START = "draft"
SAME = "="
"""In the table's `to`: the status stays as it is."""
T = TypeVar("T", bound=Hashable)
Clock = Literal["start", "pause", "resume", "stop", "none"]
Role = Literal["citizen", "tiepnhan", "chuyenmon", "lanhdao", "vanthu"]
"""Who may stand in the table; the citizen acts through the bot and belongs to no unit."""
Open = Literal["consultation", "part"]
"""What may be open in a dossier beside its status: a question to another office, a part of a bundle."""
Kind = Literal["request", "correction", "transfer"]
"""What a dossier is: a request, the correction of a finished record, or what another office handed to us."""
OPEN: tuple[Open, ...] = get_args(Open)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Rule(_Strict):
    """One line of the table. `most` = how often the action may happen in one dossier; `needs` = names that `data` must hold.

    `not_by` = who did one of these actions in the dossier may not do this one. `closes` = the status moves only with the
    last open thing of its kind; `waits_for` = refused while one is open; `bulk` = may be done to many dossiers at once; `kind` = only in dossiers of this kind.
    """

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
    not_by: list[str] = []
    opens: Open | None = None
    closes: Open | None = None
    waits_for: list[Open] = []
    bulk: bool = False
    kind: Kind | None = None

    @property
    def asks(self) -> set[Open]:
        """What open things a decision by this line must know of."""
        return {*self.waits_for, *([self.closes] if self.closes else [])}

    @property
    def looks_back(self) -> bool:
        """Whether a decision by this line must know who did what before."""
        return bool(self.not_by) or self.most is not None


class Status(_Strict):
    """`waits_for` = who must do something now: roles, the citizen, or another office; the first of them holds it."""

    label: str
    end: bool
    waits_for: list[Role | Literal["office"]] = []


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
class Done:
    """An act of the past: what, by whom (an id), when."""

    action: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Limit:
    """How often the law lets an action happen in one dossier, and which law: it goes before the table's own `most`."""

    most: int
    ground: str


@dataclass(frozen=True)
class View:
    """What a decision looks at: status, unit, version, past acts in order, what is open, field of the procedure, kind, limits by action."""

    status: str
    unit: str
    version: int
    past: tuple[Done, ...] = ()
    open: Mapping[Open, int] = field(default_factory=dict)
    in_field: str = ""
    kind: Kind = "request"
    limits: Mapping[str, Limit] = field(default_factory=dict)

    def last(self, *actions: str) -> Done | None:
        """Return the newest act that is one of `actions`."""
        return next((done for done in reversed(self.past) if done.action in actions), None)

    def times(self, action: str) -> int:
        """Return how often an action has happened."""
        return sum(done.action == action for done in self.past)

    def first(self, action: str) -> Done:
        """Return the oldest act of its kind; there is one."""
        return next(done for done in self.past if done.action == action)


@dataclass(frozen=True)
class Hat:
    """A right to act: roles, in some fields of procedures (none named = all), one's own or that of the absent person `of`."""

    roles: tuple[str, ...]
    fields: tuple[str, ...] = ()
    of: str | None = None


class Acting(Protocol):
    """Who acts: an id, a unit and hats, the own one first."""

    @property
    def id(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def hats(self) -> tuple[Hat, ...]: ...


@dataclass(frozen=True)
class Transition:
    """What will happen: the only thing that may be written. `of` = id of the absent person on whose behalf."""

    action: str
    to: str
    clock: Clock
    notice: str | None
    role: str
    of: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Why not: a key of the office's words with its parameters."""

    reason: str
    params: dict[str, Any] = field(default_factory=dict)


def decide(table: Table, view: View, action: str, actor: Acting, data: Mapping[str, Any], now: datetime) -> Transition | Refusal:
    """Decide an action by the table.

    Refusals: unknown_action, wrong_status {status}, wrong_role {roles}, wrong_field {field}, wrong_unit,
    same_person {by, at, before}, too_often {most, by, at}, too_often_by_law {most, ground, by, at: the first time}, nothing_open, open_<thing> {count}, needs {what}.
    Pure: nothing is read and nothing is written.
    """
    rule = table.rule(action)
    if rule is None:
        return Refusal("unknown_action", {"action": action})
    refusal = hindrance(table, view, rule, actor)
    if refusal is not None:
        return refusal
    lacking = [need for need in rule.needs if not data.get(need)]
    if lacking:
        return Refusal("needs", {"what": lacking[0], "action": rule.label})
    role, hat = _hat(rule, view, actor)
    return Transition(action, _next(rule, view), rule.clock, rule.notice, role, hat.of)


def hindrance(table: Table, view: View, rule: Rule, actor: Acting) -> Refusal | None:
    """Return why this person cannot do this now, whatever data they bring, or None."""
    if view.status not in rule.sources or (rule.kind and rule.kind != view.kind):
        return Refusal("wrong_status", {"status": table.statuses[view.status].label, "action": rule.label})
    worn = _hat(rule, view, actor)
    if worn is None:
        return _no_role(rule, view, actor)
    if worn[0] != "citizen" and actor.unit != view.unit:
        return Refusal("wrong_unit", {"action": rule.label})
    mine = next((done for done in reversed(view.past) if done.action in rule.not_by and done.by == actor.id), None)
    if mine is not None:
        return Refusal("same_person", {**_who(mine), "before": table.rule(mine.action).label, "action": rule.label})
    if often := _too_often(rule, view):
        return often
    if rule.closes and not view.open.get(rule.closes):
        return Refusal("nothing_open", {"action": rule.label})
    waiting = next((thing for thing in rule.waits_for if view.open.get(thing)), None)
    return Refusal(f"open_{waiting}", {"count": view.open[waiting], "action": rule.label}) if waiting else None


def _too_often(rule: Rule, view: View) -> Refusal | None:
    limit, times = view.limits.get(rule.action), view.times(rule.action)
    if limit and times >= limit.most:
        said = {"most": limit.most, "ground": limit.ground, "action": rule.label}
        return Refusal("too_often_by_law", {**_who(view.first(rule.action)), **said})
    if not limit and rule.most is not None and times >= rule.most:
        return Refusal("too_often", {**_who(view.last(rule.action)), "most": rule.most, "action": rule.label})
    return None


def _who(done: Done) -> dict[str, str]:
    return {"by": done.by, "at": done.at.isoformat()}


def _hat(rule: Rule, view: View, actor: Acting) -> tuple[str, Hat] | None:
    """The first role, own hats first, that may do this in the dossier's field."""
    fits = (hat for hat in actor.hats if not hat.fields or view.in_field in hat.fields)
    return next(((role, hat) for hat in fits for role in rule.roles if role in hat.roles), None)


def _no_role(rule: Rule, view: View, actor: Acting) -> Refusal:
    if any(role in hat.roles for hat in actor.hats for role in rule.roles):
        return Refusal("wrong_field", {"field": view.in_field, "action": rule.label})
    return Refusal("wrong_role", {"roles": ", ".join(rule.roles), "action": rule.label})


def _next(rule: Rule, view: View) -> str:
    others_open = rule.closes is not None and view.open.get(rule.closes, 0) > 1
    return view.status if rule.to == SAME or others_open else rule.to


def available(table: Table, view: View, actor: Acting) -> list[Rule]:
    """Return the lines that this person could use now, in the order of the table."""
    return [rule for rule in table.rules if hindrance(table, view, rule, actor) is None]


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
        yield from (f"{rule.action}: not_by names {name}, which is no action" for name in rule.not_by if name not in actions)


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
