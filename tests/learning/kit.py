"""An office for the learning loop: a pretend understanding server that is as sure as it is told, and people of the console."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import StillClock
from tests.doors.kit import Desk
from tests.fakes.loopback import Loopback, Served, as_json
from tests.journeys.kit import house

TOKEN = "a token for tests"


def parse(
    intent: str, sure: float, *procedures: tuple[str, float], intents: tuple[tuple[str, float], ...] = ()
) -> dict[str, Any]:
    """What the understanding server answers."""
    best = procedures[0] if procedures else (None, 0.9)
    named = [{"name": name, "confidence": score} for name, score in procedures]
    ranking = [{"name": name, "confidence": score} for name, score in ((intent, sure), *intents)]
    return {
        "intent": {"name": intent, "confidence": sure}, "intent_ranking": ranking, "entities": [],
        "procedure": {"name": best[0], "confidence": best[1]}, "procedure_ranking": named,
    }  # fmt: skip


@dataclass
class Mind:
    """Answers a parse by what the text holds; what nobody told it is out of scope and unsure."""

    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, request) -> Served:
        if request.path != "/model/parse":
            return as_json(200, {})
        text = json.loads(request.body)["text"]
        return as_json(
            200,
            next((answer for part, answer in self.known.items() if part in text), parse("out_of_scope", 0.2)),
        )


@dataclass
class School:
    """The office with its mind."""

    desk: Desk
    mind: Mind

    @property
    def wired(self):
        return self.desk.home.wired

    def phone(self, number: str):
        """Somebody with a telephone."""
        return self.desk.home.phone(number)

    def inbox(self) -> str:
        """The page as the editor sees it."""
        return self.desk.client("bientap").get("/console/unsure").text


@contextmanager
def school(folder: Path) -> Iterator[School]:
    """Run an office whose understanding server is a `Mind`."""
    mind = Mind()
    with (
        Loopback(mind) as nlu,
        house(folder / "data", StillClock(), NLU_URL=nlu.url, NLU_TOKEN=TOKEN) as running,
    ):
        yield School(Desk(running), mind)
