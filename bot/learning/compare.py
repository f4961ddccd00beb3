"""Whether a candidate may serve: pure. Two models' answers to the held-out lines become a report with a verdict.

A line is right when its intent and, where it names one, its procedure are. McNemar's exact test looks at the lines only
one of the two got right; no intent may lose more than `MOST_LOST` lines, however good the rest is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import comb
from typing import Any

Row = Mapping[str, Any]
"""A row of `bot.nlu_evaluate.evaluate`: text, intent ("a|b"), procedure, predicted_intent, predicted_procedure, confidence."""
LEVEL = 0.05
MOST_LOST = 2
MIXED_UP = 20
"""Pairs of procedures that a report keeps."""
ERRORS = 60
"""Wrong lines that a report keeps as examples, the surest first."""


def mcnemar(lost: int, won: int) -> float:
    """Return the two-sided exact p of McNemar's test: `lost` only the served had right, `won` only the candidate."""
    n = lost + won
    return 1.0 if n == 0 else min(1.0, 2 * sum(comb(n, k) for k in range(min(lost, won) + 1)) / 2**n)


def refusals(lost: int, won: int, losses: Mapping[str, int]) -> list[str]:
    """Return why a candidate may not serve, one line each; none = it may. `losses`: intent -> lines lost, net."""
    p = mcnemar(lost, won)
    found = []
    if p < LEVEL and won <= lost:
        found.append(f"worse overall: {lost} lines lost, {won} won, McNemar p = {p:.4f} < {LEVEL}")
    found += [
        f"intent {name} loses {count} lines (at most {MOST_LOST})"
        for name, count in sorted(losses.items())
        if count > MOST_LOST
    ]
    return found


def report(served: Sequence[Row], candidate: Sequence[Row]) -> dict[str, Any]:
    """Return the comparison of two models on the same lines, ready for JSON: figures, verdict, intents, confusions, errors.

    Raises ValueError where the two did not answer the same lines.
    """
    if [row["text"] for row in served] != [row["text"] for row in candidate]:
        raise ValueError("the two models were not asked the same lines")
    before, after = [is_right(row) for row in served], [is_right(row) for row in candidate]
    lost, won = _only(before, after), _only(after, before)
    intents = per_intent(served, before, after)
    losses = {name: counts["served"] - counts["candidate"] for name, counts in intents.items()}
    reasons = refusals(lost, won, losses)
    return {
        **figures(candidate),
        "served": {
            name: value
            for name, value in figures(served).items()
            if name not in ("confusions", "procedures", "errors")
        },
        "lost": lost,
        "won": won,
        "p": round(mcnemar(lost, won), 6),
        "reasons": reasons,
        "promotable": not reasons,
        "intents": intents,
        "changed": _changed(served, candidate, before, after),
    }


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Return what one model alone shows: n, accuracies, confusions [[meant, understood, count]], errors."""
    with_procedure = [row for row in rows if row["procedure"]]
    wrong = sorted((row for row in rows if not is_right(row)), key=lambda row: -row["confidence"])
    return {
        "n": len(rows),
        "right": sum(map(is_right, rows)) / len(rows),
        "intent_accuracy": sum(map(_intent_right, rows)) / len(rows),
        "procedure_accuracy": sum(map(_procedure_right, with_procedure)) / len(with_procedure)
        if with_procedure
        else None,
        "confusions": [[meant, said, count] for (meant, said), count in _confusions(rows).most_common()],
        "procedures": [
            [meant, said, count] for (meant, said), count in _mixed_up(rows).most_common(MIXED_UP)
        ],
        "errors": [dict(row) for row in wrong[:ERRORS]],
    }


def is_right(row: Row) -> bool:
    """Whether intent and, where the line names one, procedure were understood."""
    return _intent_right(row) and (not row["procedure"] or _procedure_right(row))


def per_intent(
    rows: Sequence[Row], before: Sequence[bool], after: Sequence[bool]
) -> dict[str, dict[str, int]]:
    """Return intent -> {n, served, candidate}: lines of it, and how many each model had right."""
    found: dict[str, dict[str, int]] = {}
    for row, was, now in zip(rows, before, after, strict=True):
        counts = found.setdefault(_meant(row), {"n": 0, "served": 0, "candidate": 0})
        counts["n"] += 1
        counts["served"] += was
        counts["candidate"] += now
    return dict(sorted(found.items()))


def _changed(
    served: Sequence[Row], candidate: Sequence[Row], before: Sequence[bool], after: Sequence[bool]
) -> list[dict[str, Any]]:
    """The lines only one of the two had right, the lost ones first."""
    pairs = sorted(zip(served, candidate, before, after, strict=True), key=lambda pair: not pair[2])
    keys = ("text", "intent", "procedure")
    return [
        {**{key: new[key] for key in keys}, "was": _said(old), "now": _said(new), "lost": was}
        for old, new, was, now in pairs
        if was != now
    ][:ERRORS]


def _said(row: Row) -> str:
    return " ".join(filter(None, (row["predicted_intent"], row["predicted_procedure"])))


def _only(these: Sequence[bool], those: Sequence[bool]) -> int:
    return sum(a and not b for a, b in zip(these, those, strict=True))


def _meant(row: Row) -> str:
    """The intent a line counts for: the first of those it allows."""
    return row["intent"].split("|")[0]


def _intent_right(row: Row) -> bool:
    return row["predicted_intent"] in row["intent"].split("|")


def _procedure_right(row: Row) -> bool:
    return row["predicted_procedure"] in row["procedure"].split("|")


def _confusions(rows: Sequence[Row]) -> Counter:
    return Counter((_meant(row), row["predicted_intent"]) for row in rows if not _intent_right(row))


def _mixed_up(rows: Sequence[Row]) -> Counter:
    return Counter(
        (row["procedure"].split("|")[0], row["predicted_procedure"])
        for row in rows
        if row["procedure"] and not _procedure_right(row)
    )
