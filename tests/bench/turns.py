"""Whole turns of one conversation per side, in alternating blocks: what was sent, how long, at what CPU."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

import httpx

from tests.bench.figures import Turn

OUR_TEXTS = (
    "vo toi moi de, lam giay khai sinh the nao", "1", "lam khai sinh can giay to gi", "1",
    "mat bao nhieu tien", "1", "may ngay thi xong", "1", "huy", "1",
)  # fmt: skip
"""A person who asks around while filling in a birth form, breaks off and begins again. A digit answers the open question;
where that wants a date it is asked again."""
STARTER_TEXTS = ("hello", "1", "i am feeling very good", "1", "what can you do, are you a bot", "1", "i am so sad today", "1", "bye", "1")
"""The starter speaks English only."""


@dataclass
class Side:
    """One side. `say` takes a text to its answer: wall seconds, and whether one came. `cpu` is what its processes used so far."""

    name: str
    say: Callable[[str], tuple[float, bool]]
    cpu: Callable[[], float]
    texts: Iterator[str]
    turns: list[Turn] = field(default_factory=list)

    def block(self, count: int) -> None:
        """Hold the next `count` turns."""
        for text in islice(self.texts, count):
            used = self.cpu()
            wall, answered = self.say(text)
            self.turns.append(Turn("digit" if text.isdigit() else "free", wall, self.cpu() - used, answered))


def side(name: str, say: Callable[[str], tuple[float, bool]], cpu: Callable[[], float], texts: Sequence[str]) -> Side:
    """Return a side that says `texts` again and again."""
    return Side(name, say, cpu, cycle(texts))


def rest_webhook(url: str, sender: str) -> Callable[[str], tuple[float, bool]]:
    """Return how to say a text to Rasa's REST channel, whose response carries the answer."""
    http = httpx.Client(timeout=120)

    def say(text: str) -> tuple[float, bool]:
        began = time.perf_counter()
        answer = http.post(url, json={"sender": sender, "message": text}).raise_for_status()
        return time.perf_counter() - began, bool(answer.json())

    return say


def alternate(sides: Sequence[Side], blocks: Sequence[int], slow: Mapping[str, Sequence[int]], progress: Callable[[str], None]) -> None:
    """Let the sides hold their blocks in turn: A B C, A B C, so that a slow minute of the machine meets all.

    `slow` gives other sizes of the blocks for sides that would hold up the rest.
    """
    for number in range(1, len(blocks) + 1):
        for each in sides:
            each.block(slow.get(each.name, blocks)[number - 1])
        progress(f"turns: block {number} of {len(blocks)}")
