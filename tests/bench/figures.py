"""Numbers out of measured lists: percentiles and the summary of a conversation's turns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

EDGE = 50
"""Turns at either end of a conversation that are compared."""


@dataclass(frozen=True)
class Turn:
    """One turn: its kind ("free" or "digit"), wall seconds, CPU seconds of all processes of that side, and whether an answer came."""

    kind: str
    wall: float
    cpu: float
    answered: bool = True


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0..1) of the values do not exceed. Raises ValueError if empty."""
    if not values:
        raise ValueError("no values: nothing was measured")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def mean(values: Sequence[float]) -> float:
    """Return the mean. Raises ValueError if empty."""
    if not values:
        raise ValueError("no values: nothing was measured")
    return sum(values) / len(values)


def summary(turns: Sequence[Turn]) -> dict[str, float]:
    """Return count, mean CPU and wall percentiles, in milliseconds."""
    walls = [1000 * turn.wall for turn in turns]
    cpu = 1000 * mean([turn.cpu for turn in turns])
    silent = sum(not turn.answered for turn in turns)
    return {"turns": len(turns), "silent": silent, "cpu_ms": cpu, "p50_ms": percentile(walls, 0.5), "p95_ms": percentile(walls, 0.95)}


def conversation(turns: Sequence[Turn]) -> dict[str, dict[str, float]]:
    """Return the summaries by kind, and of the first and the last EDGE turns."""
    kinds = {kind: summary([turn for turn in turns if turn.kind == kind]) for kind in ("free", "digit")}
    return {**kinds, "first": summary(turns[:EDGE]), "last": summary(turns[-EDGE:])}
