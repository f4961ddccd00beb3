"""The confusion picture: pure geometry of a heat map, rows = what was meant, columns = what was understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST = 14
"""Intents in the picture, those with most confusions: more cannot be read on a small screen."""
CELL, SIDE, TOP, LEAN = 44, 190, 170, 120
"""A square; room for the rows' words, for the columns' words, and for the last of those, which lean to the right."""


@dataclass(frozen=True)
class Cell:
    """One square: where, how dark (0..1), and how many lines."""

    x: int
    y: int
    dark: float
    count: int
    title: str


@dataclass(frozen=True)
class Heatmap:
    """`rows` and `columns` are (label, middle); `width` and `height` the size of the picture."""

    width: int
    height: int
    rows: list[tuple[str, int]]
    columns: list[tuple[str, int]]
    cells: list[Cell]


def drawing(confusions: Sequence[Sequence], words: Mapping[str, str]) -> Heatmap | None:
    """Return the picture of [[meant, understood, count]], None where nothing was confused. `words` label the intents."""
    weight: Counter[str] = Counter()
    for meant, said, count in confusions:
        weight[meant] += count
        weight[said] += count
    names = sorted(name for name, _ in weight.most_common(MOST))
    kept = [(meant, said, count) for meant, said, count in confusions if meant in names and said in names]
    if not kept:
        return None
    rows = sorted({meant for meant, _, _ in kept})
    columns = sorted({said for _, said, _ in kept})
    most = max(count for _, _, count in kept)
    cells = [
        Cell(SIDE + columns.index(said) * CELL, TOP + rows.index(meant) * CELL, round(0.15 + 0.85 * count / most, 3), count,
             f"{words.get(meant, meant)} → {words.get(said, said)}: {count}")
        for meant, said, count in kept
    ]  # fmt: skip
    return Heatmap(
        SIDE + len(columns) * CELL + LEAN,
        TOP + len(rows) * CELL + 10,
        [(words.get(name, name), TOP + at * CELL + CELL // 2) for at, name in enumerate(rows)],
        [(words.get(name, name), SIDE + at * CELL + CELL // 2) for at, name in enumerate(columns)],
        cells,
    )
