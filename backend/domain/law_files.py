"""Reading the procedure files: every error at once, each with file, line and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import Field, RootModel

from backend.domain.catalogue import Catalogue, Cluster
from backend.domain.law_lines import LawError, Lines
from backend.domain.law_rules import dates_of, problems
from backend.domain.letters import fold
from backend.domain.procedure import Procedure, Strict, SupplementCase, TimeCase

T = TypeVar("T")
CLUSTERS, DEFAULTS = "clusters.yaml", "defaults.yaml"
"""Files of the folder that are no procedure: words that need a question, and what holds for every procedure that does not say it."""


class CatalogueError(LawError):
    """The procedure files cannot be used."""


class _Choice(Strict):
    id: str
    words: list[str] = []


class _Cluster(Strict):
    phrases: list[str] = Field(min_length=1)
    ask: list[_Choice] = Field(min_length=2, max_length=4)


class _Clusters(RootModel[list[_Cluster]]):
    pass


class _Defaults(Strict):
    supplement: list[SupplementCase] = []


def load_catalogue(folder: Path, *, mountain: bool = False) -> Catalogue:
    """Return the catalogue of a folder of YAML files, for a commune of the mountains or another. Raises CatalogueError with every error found."""
    errors: list[str] = []
    paths = [path for path in sorted(folder.glob("*.yaml")) if path.name not in (CLUSTERS, DEFAULTS)]
    known = {path.stem.partition("@")[0] for path in paths}
    read = [found for path in paths if (found := _or_errors(lambda path=path: _procedure(path), errors))]
    errors += _versions(read)
    clusters = _or_errors(lambda: _clusters(folder / CLUSTERS, known), errors)
    supplement = _or_errors(lambda: _defaults(folder / DEFAULTS), errors)
    if errors:
        raise CatalogueError(errors)
    return Catalogue((_in_mountains(procedure) if mountain else procedure for procedure, _ in read), clusters, supplement)


def _or_errors(read: Callable[[], T], errors: list[str]) -> T | None:
    """What a file holds, or its errors put to the others: an editor wants them all at once."""
    try:
        return read()
    except LawError as error:
        errors += error.lines
        return None


def _in_mountains(procedure: Procedure) -> Procedure:
    """Return the procedure, and the parts of a bundle, with the times that hold in the mountains."""
    bundle = [part.model_copy(update={"time": part.time and _mountain(part.time)}) for part in procedure.bundle]
    return procedure.model_copy(update={"time": [_mountain(case) for case in procedure.time], "bundle": bundle})


def _mountain(case: TimeCase) -> TimeCase:
    return case.model_copy(update={"value": case.mountain or case.value})


def check(folder: Path) -> list[str]:
    """Return every error of the procedure files as one line each, empty when they are in order."""
    try:
        load_catalogue(folder)
    except CatalogueError as error:
        return error.lines
    return []


def _procedure(path: Path) -> tuple[Procedure, Lines]:
    lines = Lines(path)
    procedure = lines.read(Procedure)
    errors = [lines.at(where, said) for where, said in problems(procedure)]
    if path.stem.partition("@")[0] != procedure.id:
        errors.append(lines.at(("id",), f"the file of {procedure.id} is called {procedure.id}.yaml, or {procedure.id}@<valid_from>.yaml"))
    if errors:
        raise LawError(errors)
    return procedure, lines


def _versions(read: list[tuple[Procedure, Lines]]) -> Iterator[str]:
    """Two versions of a procedure may not hold on the same day."""
    ordered = sorted(read, key=lambda item: (item[0].id, item[0].valid_from))
    for (one, _), (two, lines) in zip(ordered, ordered[1:], strict=False):
        if one.id == two.id and (one.valid_to is None or one.valid_to >= two.valid_from):
            yield lines.at(("valid_from",), f"two versions of {two.id} hold on {two.valid_from}; end the older one the day before")


def _defaults(path: Path) -> list[SupplementCase]:
    """What holds for every procedure that does not say it; a folder for review needs none."""
    if not path.exists():
        return []
    lines = Lines(path)
    found = lines.read(_Defaults).supplement
    if errors := [lines.at(where, said) for where, said in dates_of("supplement", found, date.min)]:
        raise LawError(errors)
    return found


def _clusters(path: Path, known: set[str]) -> list[Cluster]:
    if not path.exists():
        return []
    lines = Lines(path)
    read = lines.read(_Clusters).root
    unknown = [
        lines.at((n, "ask", m, "id"), f"{choice.id} is no procedure")
        for n, cluster in enumerate(read)
        for m, choice in enumerate(cluster.ask)
        if choice.id not in known
    ]
    if unknown:
        raise LawError(unknown)
    return [Cluster(tuple(map(fold, c.phrases)), {a.id: tuple(map(fold, a.words)) for a in c.ask}) for c in read]
