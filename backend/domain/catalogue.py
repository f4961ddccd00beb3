"""The catalogue: every procedure in force, and what it asks, needs, costs and takes in a given case.

While a question is unanswered a condition on it is read as if its first option, the ordinary case, was chosen; a condition
on a fact that cannot be known yet is read as "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from backend.domain.facts import FACTS
from backend.domain.letters import fold
from backend.domain.procedure import FeeCase, Match, Paper, Procedure, Question, SupplementCase, TimeCase

Values = Mapping[str, str]
_ID = 12


@dataclass(frozen=True)
class Cluster:
    """Words that always need a question: `phrases` folded; `ask` = procedure id -> words that decide for it, folded."""

    phrases: tuple[str, ...]
    ask: Mapping[str, tuple[str, ...]]


class Catalogue:
    """All procedures by id and version. Made by `backend.domain.law_files.load_catalogue`."""

    def __init__(self, procedures: Iterable[Procedure], clusters: Iterable[Cluster] = (), supplement: Iterable[SupplementCase] = ()):
        self._all = tuple(sorted(procedures, key=lambda p: (p.id, p.valid_from)))
        self.clusters = tuple(clusters)
        self.supplements = tuple(supplement)
        """What holds for every procedure whose own file does not say it."""

    def get(self, id: str, on: date | None = None) -> Procedure:
        """Return the procedure in force on a day (the newest without one). Raises KeyError for an unknown id or day."""
        fits = [p for p in self._all if p.id == id and (on is None or p.valid_from <= on <= (p.valid_to or date.max))]
        if not fits:
            raise KeyError(id)
        return fits[-1]

    def all(self, on: date | None = None) -> list[Procedure]:
        """Return every procedure in force on a day, the newest version of each without one."""
        newest = {p.id: p for p in self._all if on is None or p.valid_from <= on <= (p.valid_to or date.max)}
        return list(newest.values())

    def versions(self) -> list[Procedure]:
        """Return every version of every procedure, past and coming ones too, by id and day."""
        return list(self._all)

    def version(self, procedure: Procedure) -> str:
        """Return the name of this version: the day from which it holds."""
        return procedure.valid_from.isoformat()

    def by_version(self, id: str, version: str) -> Procedure:
        """Return the version a dossier was made under. Raises KeyError."""
        return next((p for p in self._all if p.id == id and self.version(p) == version), None) or self.get(id)

    def supplement(self, procedure: Procedure, stage: str, day: date) -> SupplementCase | None:
        """Return how often more papers may be asked for at a stage: the procedure's own law before the common one, None where neither says."""
        cases = (*procedure.supplement, *self.supplements)
        return next((case for case in cases if case.stage == stage and case.holds(day)), None)

    def cluster_of(self, id: str, text: str) -> tuple[str, ...]:
        """Return the procedures to choose between when `text` names only their common word, else an empty tuple."""
        words = f" {fold(text)} "
        for cluster in self.clusters:
            if id in cluster.ask and any(f" {phrase} " in words for phrase in cluster.phrases):
                decided = [name for name, marks in cluster.ask.items() if any(f" {mark} " in words for mark in marks)]
                return () if len(decided) == 1 else tuple(cluster.ask)
        return ()


def _facts(values: Values, today: date) -> dict[str, str]:
    return {name: said for name, fact in FACTS.items() if (said := fact(values, today)) is not None}


def _ordinary(procedure: Procedure, name: str) -> str | None:
    """What an unanswered name is read as: the first option of a choice, "no" for a fact, nothing for the rest."""
    if name in FACTS:
        return "no"
    question = next((q for q in procedure.questions if q.id == name), None)
    return question.options[0].id if question and question.options else None


def fits(procedure: Procedure, match: Match, values: Values, today: date) -> bool:
    """Whether a condition holds in a case, unanswered questions read as the ordinary case."""
    known = {**values, **_facts(values, today)}
    return all((known.get(name) or _ordinary(procedure, name)) in wanted for name, wanted in match.items())


def _may_come(procedure: Procedure, question: Question, values: Values, facts: dict[str, str]) -> bool:
    """Whether a question applies, or may still apply once open ones are answered: so a count can only shrink."""
    for name, wanted in question.only_if.items():
        known = values.get(name) or facts.get(name)
        if known is not None:
            if known not in wanted:
                return False
        elif name not in FACTS:
            parent = next(q for q in procedure.questions if q.id == name)
            if not _may_come(procedure, parent, values, facts):
                return False
    return True


def applying(procedure: Procedure, values: Values, today: date) -> list[Question]:
    """Return the questions of the form that apply or may still apply, whoever answers them. It only shrinks as answers come."""
    facts = _facts(values, today)
    return [q for q in procedure.questions if _may_come(procedure, q, values, facts)]


def asked(procedure: Procedure, values: Values, today: date) -> list[Question]:
    """Return those of them that are asked by text, in order."""
    return [q for q in applying(procedure, values, today) if q.source == "text"]


def missing(procedure: Procedure, values: Values, today: date) -> list[Question]:
    """Return what the form still lacks, with its source, for the clerk: everything that applies and has no value."""
    open_ = [q for q in applying(procedure, values, today) if q.id not in values and not q.source.startswith("default")]
    return [q for q in open_ if not _held_by_key(q, values)]


def _held_by_key(question: Question, values: Values) -> bool:
    """Whether the key of a person already says it: the key is the name itself, or the number itself."""
    if not question.source.startswith("number("):
        return False
    key = values.get(question.source[7:-1])
    return bool(key) and question.type == ("citizen_id" if key.isdigit() else "person_name")


def papers_for(procedure: Procedure, values: Values, today: date) -> list[Paper]:
    """Return the papers of this case."""
    return [paper for paper in procedure.papers if fits(procedure, paper.when, values, today)]


def fee_for(procedure: Procedure, values: Values, today: date) -> FeeCase | None:
    """Return the first fee case in force that fits, None where the catalogue has none. An amount of None is "not known"."""
    return next((case for case in procedure.fee if case.holds(today) and fits(procedure, case.when, values, today)), None)


def time_for(procedure: Procedure, values: Values, today: date) -> TimeCase | None:
    """Return the first time case that fits, None where the catalogue has none."""
    return next((case for case in procedure.time if fits(procedure, case.when, values, today)), None)


def stop_for(procedure: Procedure, values: Values, today: date) -> str | None:
    """Return the text key of the stop this case has come to ("no paper is needed for this"), None to go on.

    Only given answers stop a form, never the ordinary case that stands in for an open question.
    """
    known = {**values, **_facts(values, today)}
    stops = (s for s in procedure.stops if all(known.get(name) in wanted for name, wanted in s.when.items()))
    return next((stop.text for stop in stops), None)


_NAME_VIA = {"photo": "qr", "counter": "register"}
"""How an answer came -> how sure its spelling is: a clerk has seen the paper or the register."""


def parties(procedure: Procedure, answers: Mapping[str, Mapping[str, str]]) -> list[tuple[str, dict[str, str], str]]:
    """Return (role, facts, via) of every person the answers speak of.

    Where `relation` says that the mother or father files, that parent is the applicant too. Facts are {name, citizen_id,
    birth_date, sex, address (in words)} as far as given. via says where the name's spelling comes from: "qr" = a card,
    "register" = a clerk, else "typed"; of two names of one person the surer one is taken.
    """
    found: dict[str, dict[str, str]] = {}
    via: dict[str, str] = {}
    for question in procedure.questions:
        answer = answers.get(question.id)
        kind = answer and question.role and _fact_kind(question, answer["value"])
        if not kind:
            continue
        facts, sure = found.setdefault(question.role, {}), _NAME_VIA.get(answer.get("via"), "typed")
        if kind == "name" and sure == "typed" and via.get(question.role, "typed") != "typed":
            continue
        facts[kind] = answer.get("shown") or answer["value"] if kind == "address" else answer["value"]
        via[question.role] = sure if kind == "name" else via.get(question.role, "typed")
    parent = answers.get("relation", {}).get("value")
    if "applicant" not in found and parent in found:
        found["applicant"], via["applicant"] = found[parent], via[parent]
    return [(role, facts, via[role]) for role, facts in found.items()]


def _fact_kind(question: Question, value: str) -> str | None:
    if question.type == "person_key":
        return "citizen_id" if value.isdigit() and len(value) == _ID else "name"
    if question.type == "choice":
        return "sex" if {o.id for o in question.options} == {"male", "female"} else None
    return {"person_name": "name", "citizen_id": "citizen_id", "birth_date": "birth_date", "address": "address"}.get(question.type)
