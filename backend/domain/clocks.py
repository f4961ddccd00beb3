"""The clock of each step: who held a dossier, for how long, what they were allowed, and whose the lateness is.

The whole allowance is the open time between reception and the promised date. A route divides it by shares among roles;
shares never lengthen it. A question to another office runs on the asker's allowance until the day the answer was owed, and
from then on it is that office's. Pauses count for nobody. All times are time of an open desk, so that nights and days off
weigh on no one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from backend.domain.deadline import WorkingCalendar, working_time
from backend.domain.workflow import Clock

NOTHING = timedelta(0)
OFFICE, CITIZEN, PARTNER = "office", "citizen", "partner"
"""Who holds a dossier beside the roles; `partner` is what a route calls another office."""
OUT, BACK = "out", "back"


@dataclass(frozen=True)
class Happened:
    """An event as the clocks see it. `turn` OUT = another office was asked (until `answer_by`), BACK = it answered."""

    at: datetime
    status: str
    clock: Clock = "none"
    actor: str = ""
    role: str | None = None
    turn: str | None = None
    office: str | None = None
    answer_by: datetime | None = None
    given_to: str | None = None
    """Staff id of who the work was given to."""


@dataclass(frozen=True)
class Span:
    """A stretch of time with one holder: `step` is a status, `role` a role, "citizen" or "office" (then `office` names it).

    `used` is open time that counted; `allowed` what was left of the holder's share when it began, None without a route.
    """

    step: str
    role: str
    person: str | None
    office: str | None
    start: datetime
    end: datetime
    running: bool
    used: timedelta
    charged: str
    """Whose allowance it uses: a role, or "office:<name>" once an answer is overdue."""
    allowed: timedelta | None = None
    over: timedelta = NOTHING


@dataclass(frozen=True)
class Cause:
    """A share of the lateness: the step, who held it, and how much open time of it is theirs."""

    step: str
    role: str
    office: str | None
    time: timedelta


@dataclass(frozen=True)
class Clocks:
    """The clocks of one dossier. `allowed` is None where no date was promised; `paused` is open time that counted for nobody."""

    spans: tuple[Span, ...]
    used: timedelta
    paused: timedelta
    allowed: timedelta | None
    late: timedelta | None
    """Open time beyond what was allowed; zero when the moment passed outside office hours; None when it is not late."""
    causes: tuple[Cause, ...]

    @property
    def share(self) -> float:
        """How much of the allowance is used: 1.0 is all of it; 0 where no date was promised."""
        if self.allowed is None:
            return 0.0
        return self.used / self.allowed if self.allowed else float(self.used > NOTHING)


@dataclass(frozen=True)
class Terms:
    """What the clocks are read against: status -> who holds it, role -> share of the route, the promised date with and without pauses."""

    holders: Mapping[str, str]
    route: Sequence[tuple[str, float]]
    due_at: datetime | None
    due_now: datetime | None
    calendar: WorkingCalendar
    beside: frozenset[str] = frozenset({"issued"})
    """Statuses in which our own part is done and an office that is out holds the dossier."""


def clocks(happened: Sequence[Happened], terms: Terms, now: datetime) -> Clocks | None:
    """Return the clocks of a dossier up to `now` or its stop, None when it was never received.

    The spans follow one another without a gap from reception on; their `used` adds up to the whole's.
    """
    found = list(_spans(happened, terms, now))
    if not found:
        return None
    used = sum((span.used for span in found), NOTHING)
    paused = sum((working_time(s.start, s.end, terms.calendar) for s in found if not s.running), NOTHING)
    allowed = working_time(found[0].start, terms.due_at, terms.calendar) if terms.due_at else None
    # What stands still does not become late: the last moment that counted is compared.
    counted = max((span.end for span in found if span.running), default=found[0].start)
    late = max(NOTHING, used - allowed) if allowed is not None and counted > terms.due_now else None
    spans = tuple(_charged(found, terms.route, allowed))
    return Clocks(spans, used, paused, allowed, late, _causes(spans, late))


@dataclass
class _State:
    """Where the walk through the events stands."""

    status: str
    running: bool = True
    given_to: str | None = None
    asker: str = "chuyenmon"
    out: dict[str, datetime | None] = field(default_factory=dict)

    def take(self, event: Happened) -> None:
        self.status = event.status
        if event.clock in ("pause", "resume"):
            self.running = event.clock == "resume"
        self.given_to = event.given_to or self.given_to
        if event.turn == OUT:
            self.out[event.office or ""] = event.answer_by
            self.asker = event.role or self.asker
        elif event.turn == BACK:
            self.out.pop(event.office or "", None)


def _spans(happened: Sequence[Happened], terms: Terms, now: datetime) -> Iterator[Span]:
    begun = next((n for n, event in enumerate(happened) if event.clock == "start"), None)
    if begun is None:
        return
    state, at = _State(happened[begun].status), happened[begun].at
    for event in happened[:begun]:
        state.given_to = event.given_to or state.given_to
    for event in happened[begun + 1 :]:
        yield from _between(state, at, event.at, event, terms)
        at = max(at, event.at)
        if event.clock == "stop":
            return
        state.take(event)
    yield from _between(state, at, now, None, terms)


def _between(state: _State, start: datetime, end: datetime, ended_by: Happened | None, terms: Terms) -> Iterator[Span]:
    """One holder's time, cut where another office's answer became overdue. Nothing for no time at all."""
    role = terms.holders.get(state.status, CITIZEN)
    away = state.out and (role == OFFICE or state.status in terms.beside)
    cuts = sorted({due for due in state.out.values() if due and start < due < end}) if away else []
    for begin, stop in zip([start, *cuts], [*cuts, end]):
        if begin < stop:
            yield _away(state, begin, stop, terms) if away else _ours(state, role, begin, stop, ended_by, terms)


def _ours(state: _State, role: str, start: datetime, end: datetime, ended_by: Happened | None, terms: Terms) -> Span:
    person = ended_by.actor if ended_by and ended_by.role == role and not state.given_to else state.given_to
    used = working_time(start, end, terms.calendar) if state.running else NOTHING
    return Span(state.status, role, person if role not in (OFFICE, CITIZEN) else None, None, start, end, state.running, used, role)


def _away(state: _State, start: datetime, end: datetime, terms: Terms) -> Span:
    """The office whose answer was owed first is the one that is waited for."""
    name, due = min(state.out.items(), key=lambda item: item[1] or datetime.max.replace(tzinfo=start.tzinfo))
    overdue = due is not None and due <= start
    partner = any(role == PARTNER for role, _ in terms.route)
    charged = f"{OFFICE}:{name}" if overdue else OFFICE if partner else state.asker
    used = working_time(start, end, terms.calendar) if state.running else NOTHING
    return Span(state.status, OFFICE, None, name, start, end, state.running, used, charged)


def allowances(route: Sequence[tuple[str, float]], whole: timedelta) -> dict[str, timedelta]:
    """Return role -> its part of `whole`; the parts add up to it exactly. Empty for a route without shares."""
    total = sum(share for _, share in route)
    made: dict[str, timedelta] = {}
    left, last = whole, len(route) - 1
    for n, (role, share) in enumerate(route if total > 0 else ()):
        part = left if n == last else min(left, whole * (share / total))
        name = OFFICE if role == PARTNER else role
        made[name] = made.get(name, NOTHING) + part
        left -= part
    return made


def _charged(spans: Sequence[Span], route: Sequence[tuple[str, float]], whole: timedelta | None) -> Iterator[Span]:
    """Each span with what was left of its allowance, and what it took beyond. Without a route: what it took after the whole was used up."""
    left = allowances(route, whole) if whole is not None else {}
    rest = whole
    for span in spans:
        if whole is None:
            yield span
        elif left:
            allowed = left.get(span.charged, NOTHING)
            left[span.charged] = max(NOTHING, allowed - span.used)
            yield replace(span, allowed=allowed, over=max(NOTHING, span.used - allowed))
        else:
            yield replace(span, over=max(NOTHING, span.used - rest))
            rest = max(NOTHING, rest - span.used)


def _causes(spans: Sequence[Span], late: timedelta | None) -> tuple[Cause, ...]:
    """Divide the lateness among those who took more than theirs, in proportion; it adds up exactly, the largest share first."""
    if late is None:
        return ()
    shares: dict[tuple[str, str, str | None], timedelta] = {}
    for span in spans:
        if span.over:
            key = (span.step, span.role, span.office)
            shares[key] = shares.get(key, NOTHING) + span.over
    if not late or not shares:
        last = next((span for span in reversed(spans) if span.running), spans[-1])
        return (Cause(last.step, last.role, last.office, late),)
    return tuple(sorted(_divided(shares, late), key=lambda cause: cause.time, reverse=True))


def _divided(shares: Mapping[tuple[str, str, str | None], timedelta], late: timedelta) -> Iterator[Cause]:
    total, left = sum(shares.values(), NOTHING), late
    tiny = timedelta.resolution
    for n, (key, over) in enumerate(shares.items(), 1):
        part = left if n == len(shares) else tiny * ((late // tiny) * (over // tiny) // (total // tiny))
        left -= part
        if part:
            yield Cause(*key, part)
