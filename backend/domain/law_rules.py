"""What the schema cannot say of a procedure: names that must be known, order, reach, and the length of its longest path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from backend.domain.catalogue import applying
from backend.domain.facts import FACTS
from backend.domain.procedure import Dated, FeeCase, Match, Procedure, Question, SupplementCase

MOST_QUESTIONS = 10
MOST_TURNS = 13
MOST_CHOICES = 4
"""More are not read to the end of an SMS."""
_AROUND = 3
"""One opening that already holds question 1, one doubt, one confirmation."""
_ANY_DAY = date(2026, 1, 1)
Problem = tuple[tuple, str]
"""(path of keys into the file, what is wrong and what to do)"""


def problems(procedure: Procedure) -> Iterator[Problem]:
    """Yield what is wrong with a procedure that fits the schema."""
    unknown = [*_twice(procedure), *_unknown_names(procedure)]
    yield from unknown
    yield from _sources(procedure)
    yield from _questions(procedure)
    yield from _whole(procedure)
    yield from _dates(procedure)
    yield from _bundle(procedure)
    if not unknown:
        yield from _order(procedure)
        yield from _reach(procedure)
        yield from _length(procedure)


def _twice(procedure: Procedure) -> Iterator[Problem]:
    for part in ("questions", "papers"):
        yield from (((part, n), f"{name} is there twice; give it another id") for n, name in _repeated(getattr(procedure, part)))
    for n, question in enumerate(procedure.questions):
        yield from ((("questions", n, "options", m), f"option {name} is there twice") for m, name in _repeated(question.options))


def _repeated(items: list) -> list[tuple[int, str]]:
    ids = [item.id for item in items]
    return [(n, name) for n, name in enumerate(ids) if name in ids[:n]]


def _matches(procedure: Procedure) -> Iterator[tuple[tuple, Match]]:
    for n, question in enumerate(procedure.questions):
        yield ("questions", n, "only_if"), question.only_if
    for part in ("papers", "fee", "time", "bundle", "stops"):
        for n, item in enumerate(getattr(procedure, part)):
            yield (part, n, "when"), item.when


def _values(question: Question) -> set[str]:
    return {o.id for o in question.options} or ({"yes", "no"} if question.type == "yes_no" else set())


def _unknown_names(procedure: Procedure) -> Iterator[Problem]:
    values = {q.id: _values(q) for q in procedure.questions}
    for where, match in _matches(procedure):
        for name, wanted in match.items():
            allowed = {"yes", "no"} if name in FACTS else values.get(name)
            if allowed is None:
                yield (*where, name), f"{name} is no question of this procedure and no fact; facts are {', '.join(FACTS)}"
            elif not allowed:
                yield (*where, name), f"{name} has no options, so no condition can name its values; make it a choice, or write a fact"
            elif unknown := set(wanted) - allowed:
                yield (*where, name), f"{name} is never {', '.join(sorted(unknown))}; it is one of {', '.join(sorted(allowed))}"


def _sources(procedure: Procedure) -> Iterator[Problem]:
    names = {"number": ("question", {q.id for q in procedure.questions}), "paper": ("paper", {p.id for p in procedure.papers})}
    for n, question in enumerate(procedure.questions):
        kind, _, rest = question.source.partition("(")
        what, known = names.get(kind, ("", None))
        if known is not None and rest[:-1] not in known:
            yield ("questions", n, "from"), f"{question.source} names no {what} of this procedure"
        if kind == "default" and question.options and rest[:-1] not in _values(question):
            yield ("questions", n, "from"), f"{question.source} is none of the options {', '.join(sorted(_values(question)))}"


def _questions(procedure: Procedure) -> Iterator[Problem]:
    for n, question in enumerate(procedure.questions):
        if question.source != "text":
            continue
        if question.type == "choice" and not question.options:
            yield ("questions", n), f"{question.id} is a choice without options"
        if question.type == "citizen_id":
            yield ("questions", n, "type"), f"{question.id}: a number alone is never asked by text; use person_key, or ask at the counter"
        if len(question.options) > MOST_CHOICES:
            yield ("questions", n, "options"), f"{question.id} offers {len(question.options)} choices; {MOST_CHOICES} are read to the end"


def _whole(procedure: Procedure) -> Iterator[Problem]:
    if procedure.valid_to is not None and procedure.valid_to < procedure.valid_from:
        yield ("valid_to",), "ends before it begins"
    if len([code for code in procedure.codes if code.replaced_by is None]) != 1 and (procedure.codes or procedure.confidence != "low"):
        yield ("codes",), "one code holds today; where none was found leave codes empty and say confidence: low"
    if procedure.file_by_text == "note" and not procedure.sign_what:
        yield ("file_by_text",), "a noted procedure says what is signed at the desk: add sign_what"
    if procedure.file_by_text == "yes" and procedure.owner != "commune":
        yield ("file_by_text",), f"{procedure.owner} does this: the commune cannot take it in; use note or no"
    if procedure.route and abs(sum(step.share for step in procedure.route) - 1) > 0.001:
        yield ("route",), "the shares of the steps do not add up to 1"


def _dates(procedure: Procedure) -> Iterator[Problem]:
    """Days of the fees and of the supplements: within the file's own, and of one case no two on a day and none between them."""
    for part in ("fee", "supplement"):
        yield from dates_of(part, getattr(procedure, part), procedure.valid_from, procedure.valid_to)


def dates_of(part: str, cases: Sequence[FeeCase | SupplementCase], first: date, last: date | None = None) -> Iterator[Problem]:
    """Yield what is wrong with the days of some cases in a file that holds from `first` to `last`."""
    for n, case in enumerate(cases):
        if case.valid_from and case.valid_to and case.valid_to < case.valid_from:
            yield (part, n, "valid_to"), "ends before it begins"
        elif (case.valid_to or date.max) < first or (case.valid_from or date.min) > (last or date.max):
            yield (part, n), f"never holds: this file holds from {first}{f' to {last}' if last else ''}; correct the days, or take the line out"
    for same in _alike(cases):
        for (_, one), (n, two) in zip(same, same[1:], strict=False):
            yield from _neighbours((part, n), one, two)


def _alike(cases: Sequence[FeeCase | SupplementCase]) -> list[list[tuple[int, Dated]]]:
    """The cases that mean the same thing on other days, each with its place in the file, by day."""
    found: dict[str, list[tuple[int, Dated]]] = {}
    for n, case in enumerate(cases):
        found.setdefault(case.stage if isinstance(case, SupplementCase) else repr(case.when), []).append((n, case))
    dated = (same for same in found.values() if isinstance(same[0][1], SupplementCase) or any(c.valid_from or c.valid_to for _, c in same))
    return [sorted(same, key=lambda pair: pair[1].valid_from or date.min) for same in dated]


def _neighbours(where: tuple, one: Dated, two: Dated) -> Iterator[Problem]:
    begins, ends = two.valid_from or date.min, one.valid_to or date.max
    if begins <= ends:
        yield where, f"two lines for the same case hold on {two.valid_from or 'the first day'}; end the older one the day before"
    elif begins - ends > timedelta(days=1):
        yield (*where, "valid_from"), f"after {ends} no line for this case holds until {begins}; let the days follow one another"


def _bundle(procedure: Procedure) -> Iterator[Problem]:
    """Each part hangs only on parts before it, so that no part waits for ever; ours comes in once."""
    before: set[str] = set()
    for n, part in enumerate(procedure.bundle):
        if part.id in before:
            yield ("bundle", n), f"part {part.id} is there twice; give it another id"
        if late := [name for name in part.after if name not in before]:
            yield ("bundle", n, "after"), f"part {part.id} hangs on {late[0]}, which is no part before it; move it down"
        if part.time and part.time.when:
            yield ("bundle", n, "time", "when"), f"part {part.id} has one time; write the condition beside it, as the part's own when"
        before.add(part.id)
    if procedure.bundle and not any(part.owner == "commune" and not part.when for part in procedure.bundle):
        yield ("bundle",), "no part is the commune's in every case: what it takes in, it must do a part of"


def _order(procedure: Procedure) -> Iterator[Problem]:
    """A question by text may hang only on questions before it: else it would be asked too early, or too late."""
    order = {q.id: n for n, q in enumerate(procedure.questions)}
    for n, question in enumerate(procedure.questions):
        late = [name for name in question.only_if if order.get(name, -1) >= n]
        if late and question.source == "text":
            yield ("questions", n, "only_if"), f"{question.id} hangs on {late[0]}, which comes later; move it down"


def paths(procedure: Procedure) -> Iterator[list[Question]]:
    """Yield the questions that apply for every combination of the choices that others hang on."""
    deciding = [q for q in procedure.questions if any(q.id in other.only_if for other in procedure.questions)]

    def walk(values: dict[str, str], rest: list[Question]) -> Iterator[list[Question]]:
        if not rest:
            yield applying(procedure, values, _ANY_DAY)
        elif rest[0] not in applying(procedure, values, _ANY_DAY):
            yield from walk(values, rest[1:])
        else:
            for value in sorted(_values(rest[0])):
                yield from walk({**values, rest[0].id: value}, rest[1:])

    return walk({}, deciding)


def _reach(procedure: Procedure) -> Iterator[Problem]:
    reached = {q.id for path in paths(procedure) for q in path}
    for n, question in enumerate(procedure.questions):
        if question.id not in reached:
            yield ("questions", n, "only_if"), f"{question.id} is never reached: no answers lead to it"


def longest_path(procedure: Procedure) -> tuple[int, int]:
    """Return (questions by text, turns of the citizen) on the longest path; a story may take a second text to end it."""
    by_text = [[q for q in path if q.source == "text"] for path in paths(procedure)]
    turns = (len(path) + sum(q.type == "story" for q in path) + _AROUND for path in by_text)
    return max(map(len, by_text)), max(turns)


def _length(procedure: Procedure) -> Iterator[Problem]:
    questions, turns = longest_path(procedure)
    if questions > MOST_QUESTIONS:
        yield ("questions",), f"{questions} questions are asked by text on the longest path; {MOST_QUESTIONS} are answered to the end: move some to the counter"
    if turns > MOST_TURNS:
        yield ("questions",), f"the longest path takes {turns} turns; {MOST_TURNS} are walked to the end: move some questions to the counter"
