"""Reading the procedure files: every error at once, each with file, line and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from backend.domain import catalogue as law
from backend.domain.catalogue import Catalogue, Cluster
from backend.domain.facts import FACTS
from backend.domain.letters import fold
from backend.domain.procedure import Match, Procedure

MOST_QUESTIONS = 10
MOST_TURNS = 13
"""One opening that already holds question 1, the questions, one doubt, one confirmation."""
CLUSTERS = "clusters.yaml"


class CatalogueError(ValueError):
    """The files cannot be used; `lines` holds one sentence per error with file and line."""

    def __init__(self, lines: list[str]):
        super().__init__("\n".join(lines))
        self.lines = lines


def load_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue of a folder of YAML files. Raises CatalogueError with every error found."""
    errors: list[str] = []
    read = [_Source(path) for path in sorted(folder.glob("*.yaml")) if path.name != CLUSTERS]
    procedures = []
    for source in read:
        procedure = source.procedure(errors)
        if procedure is not None:
            errors += [source.at(where, said) for where, said in _problems(procedure)]
            procedures.append(procedure)
    errors += _doubles(procedures)
    clusters = _clusters(folder / CLUSTERS, {p.id for p in procedures}, errors)
    if errors:
        raise CatalogueError(errors)
    return Catalogue(procedures, clusters)


def check(folder: Path) -> list[str]:
    """Return every error of the procedure files as one line each, empty when they are in order."""
    try:
        load_catalogue(folder)
    except CatalogueError as error:
        return error.lines
    return []


class _Source:
    """One file with the place of every node in it."""

    def __init__(self, path: Path):
        self.path = path
        self.node: yaml.Node | None = None

    def procedure(self, errors: list[str]) -> Procedure | None:
        text = self.path.read_text(encoding="utf-8")
        try:
            self.node = yaml.compose(text, Loader=yaml.SafeLoader)
            procedure = Procedure.model_validate(yaml.safe_load(text))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            errors.append(f"{self.path.name}:{mark.line + 1 if mark else 1}: not YAML: {getattr(error, 'problem', error)}")
            return None
        except ValidationError as error:
            errors += [self.at(e["loc"], f"{'.'.join(map(str, e['loc']))}: {e['msg']}") for e in error.errors()]
            return None
        if self.path.stem.partition("@")[0] != procedure.id:
            errors.append(self.at(("id",), f"the file of {procedure.id} is called {procedure.id}.yaml"))
        return procedure

    def at(self, where: tuple, said: str) -> str:
        """ "khai_sinh.yaml:12: what is wrong"."""
        node = self.node
        for step in where:
            node = _child(node, step) or node
        return f"{self.path.name}:{node.start_mark.line + 1 if node else 1}: {said}"


def _child(node: yaml.Node | None, step: Any) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None


def _problems(procedure: Procedure) -> Iterator[tuple[tuple, str]]:
    yield from _unknown_names(procedure)
    ids = [q.id for q in procedure.questions]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            yield ("questions", number), f"question {name} is there twice; give it another id"
    yield from _sources(procedure)
    if procedure.file_by_text == "note" and not procedure.sign_what:
        yield ("file_by_text",), "a noted procedure says what is signed at the desk: add sign_what"
    longest = longest_path(procedure)
    if longest > MOST_QUESTIONS or longest + 3 > MOST_TURNS:
        yield ("questions",), f"{longest} questions are asked by text on the longest path; {MOST_QUESTIONS} are answered to the end: move some to the counter"
    if procedure.route and abs(sum(step.share for step in procedure.route) - 1) > 0.001:
        yield ("route",), "the shares of the steps do not add up to 1"


def _matches(procedure: Procedure) -> Iterator[tuple[tuple, Match]]:
    for number, question in enumerate(procedure.questions):
        yield ("questions", number, "only_if"), question.only_if
    for part in ("papers", "fee", "time", "stops"):
        for number, item in enumerate(getattr(procedure, part)):
            yield (part, number, "when"), item.when


def _unknown_names(procedure: Procedure) -> Iterator[tuple[tuple, str]]:
    options = {q.id: {o.id for o in q.options} for q in procedure.questions}
    for where, match in _matches(procedure):
        for name, wanted in match.items():
            allowed = {"yes", "no"} if name in FACTS else options.get(name)
            if allowed is None:
                yield where, f"{name} is no question and no fact of this procedure"
            elif unknown := set(wanted) - allowed:
                yield where, f"{name} is never {', '.join(sorted(unknown))}; it is one of {', '.join(sorted(allowed))}"


def _sources(procedure: Procedure) -> Iterator[tuple[tuple, str]]:
    questions, papers = {q.id for q in procedure.questions}, {p.id for p in procedure.papers}
    for number, question in enumerate(procedure.questions):
        kind, _, rest = question.source.partition("(")
        known = {"number": questions, "paper": papers}.get(kind)
        if known is not None and rest[:-1] not in known:
            yield ("questions", number, "from"), f"{question.source} names no {'question' if kind == 'number' else 'paper'} of this procedure"
        if question.type in ("choice",) and not question.options and question.source == "text":
            yield ("questions", number), f"{question.id} is a choice without options"


def longest_path(procedure: Procedure, today: date = date(2026, 1, 1)) -> int:
    """Return the greatest number of questions that any answers lead to (only choices that others depend on branch)."""
    deciding = [q for q in procedure.questions if any(q.id in other.only_if for other in procedure.questions)]

    def walk(values: dict[str, str], rest: list) -> int:
        if not rest:
            return len([q for q in law.asked(procedure, values, today)])
        head, *tail = rest
        return max((walk({**values, head.id: option.id}, tail) for option in head.options), default=walk(values, tail))

    return walk({}, deciding)


def _doubles(procedures: list[Procedure]) -> list[str]:
    errors = []
    for one, two in zip(procedures, procedures[1:], strict=False):
        if one.id == two.id and (one.valid_to is None or one.valid_to >= two.valid_from):
            errors.append(f"{two.id}.yaml:1: two versions hold on {two.valid_from}; end the older one the day before")
    return errors


def _clusters(path: Path, known: set[str], errors: list[str]) -> list[Cluster]:
    if not path.exists():
        return []
    clusters = []
    for number, item in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")) or [], 1):
        ask = {choice["id"]: tuple(fold(word) for word in choice.get("words", [])) for choice in item["ask"]}
        if unknown := set(ask) - known:
            errors.append(f"{CLUSTERS}: cluster {number} names {', '.join(sorted(unknown))}, which is no procedure")
        if not 2 <= len(ask) <= 4:
            errors.append(f"{CLUSTERS}: cluster {number} offers {len(ask)} procedures; a question has two to four choices")
        clusters.append(Cluster(tuple(fold(phrase) for phrase in item["phrases"]), ask))
    return clusters
