"""Labelled lines on their way to a training: a table for people, and Rasa's YAML with invented values in the placeholders."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.learning.masking import filled, twin
from bot.nlu_evaluate import read_lines

TOO_NEAR = 0.7
"""Jaccard of folded character 3-grams from which a line is the same as one of the held-out set: it would judge itself."""
Labelled = tuple[str, str, str]
"""(masked text, intent, procedure or "")."""


@dataclass(frozen=True)
class Exported:
    """`nlu`: the folder a training reads; `lines`: how many lines are in it, `left_out`: how many the held-out set holds."""

    nlu: Path
    lines: int
    left_out: int


def export(lines: Iterable[Labelled], folder: Path, held_out: Path) -> Exported:
    """Write `lines.tsv` (text, intent, procedure; masked) and `nlu/lines.yml` under `folder`, in place of older ones."""
    judged = [grams(text) for text, _, _ in held_out_lines(held_out)]
    given = list(lines)
    kept = [line for line in given if not is_near(filled(line[0]), judged)]
    (folder / "nlu").mkdir(parents=True, exist_ok=True)
    rows = ["text\tintent\tprocedure", *("\t".join(line) for line in kept)]
    (folder / "lines.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "nlu" / "lines.yml").write_text(as_yaml(kept), "utf-8")
    return Exported(folder / "nlu", len(kept), len(given) - len(kept))


def as_yaml(lines: Iterable[Labelled]) -> str:
    """Return Rasa's training format: one block per intent and procedure, values in the order of the lines."""
    blocks: dict[tuple[str, str], list[str]] = {}
    for turn, (text, intent, procedure) in enumerate(lines):
        blocks.setdefault((intent, procedure), []).append(filled(text, turn))
    out = ['version: "3.1"', "nlu:"]
    for (intent, procedure), texts in blocks.items():
        out.append(f"- intent: {intent}")
        if procedure:
            out.append(f"  metadata: {{procedure: {procedure}}}")
        # JSON strings are YAML strings; Rasa reads an example as a list item, and a bracket in it would be an entity.
        out += [
            "  examples:",
            *(f"  - text: {json.dumps(_plain(text), ensure_ascii=False)}" for text in texts),
        ]
    return "\n".join(out) + "\n"


def _plain(text: str) -> str:
    """Without the signs that Rasa reads as markup."""
    return text.translate(str.maketrans("[](){}", "      ")).strip()


def held_out_lines(folder: Path) -> list[tuple[str, frozenset[str], frozenset[str]]]:
    """Return every line of the held-out set with the intents and procedures it allows. Raises ValueError for a bad file."""
    return [line for path in sorted(folder.rglob("*.tsv")) for line in read_lines(path)]


def grams(text: str) -> frozenset[str]:
    """Return the folded character 3-grams of a text."""
    padded = f" {twin(text)} "
    return frozenset(padded[at : at + 3] for at in range(max(1, len(padded) - 2)))


def is_near(text: str, judged: list[frozenset[str]]) -> bool:
    """Whether one of the held-out lines says the same."""
    own = grams(text)
    return any(
        len(own & other) >= TOO_NEAR * len(own | other)
        for other in judged
        if TOO_NEAR * len(own) <= len(other) <= len(own) / TOO_NEAR
    )
