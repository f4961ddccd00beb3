"""Which turns belong into the inbox: pure, from the state before, what was heard and understood, and what was decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from backend.domain.catalogue import Catalogue
from bot.dialogue.commands import bare_text
from bot.dialogue.reading import OWN_NAMES
from bot.dialogue.thresholds import INTENT_SURE, PROCEDURE_RIVAL, PROCEDURE_SURE
from bot.dialogue.types import Decision, Reading, State, Understanding

_ASKED = ("choose.which", "choose.name")
_UNSURE = ("choose.kind", "choose.sure")
"""Questions that are only asked when the kind of wish is unsure."""
_DENIES = re.compile(
    r"^(?:a |o |u |da )?(?:(?:khong|ko|k|kg|hong|hk|chang|dau) (?:phai|dung|co phai)\b|sai roi\b|sai y\b|hieu (?:sai|nham|lam)\b|nham (?:roi|y)\b"
    r"|y (?:toi|em|minh|chau|con|bac|ba|ong|co|anh|chi) (?:la|muon|hoi|noi)\b"
    r"|(?:khong |ko |k )?(?:toi|em|minh|chau|bac|ba|ong|anh|chi) (?:khong|ko|k|dau|dau co) (?:hoi|muon|bao|noi|can|xin|dinh)\b)"
)
TOP = 4
"""Candidates that are kept with a line."""


def labels(meant: Understanding) -> dict[str, Any]:
    """Return what was understood, as labels only: what a message row and a line of the inbox keep."""
    return {
        "by": "search" if meant.degraded else "nlu",
        "intent": meant.intent,
        "procedure": meant.procedure,
        "confidence": round(meant.confidence, 3),
        "intents": [[name, round(score, 3)] for name, score in meant.intents[:TOP]],
        "candidates": [[name, round(score, 3)] for name, score in meant.candidates[:TOP]],
    }


def reason(before: State, meant: Reading | Understanding, decision: Decision) -> str | None:
    """Why this turn's own message belongs into the inbox: "asked" back without being sure, "missed", or None."""
    if not isinstance(meant, Understanding):
        return None
    if _misses(decision.state) > _misses(before) or any(
        r.verb == "person" and r.args.get("reason") == "not_understood" for r in decision.requests
    ):
        return "missed"
    said = {say.key for say in decision.says}
    asked = said.intersection(_UNSURE) or (said.intersection(_ASKED) and not _is_sure(meant))
    return "asked" if asked else None


def _misses(state: State) -> int:
    return state.misses + sum(case.misses for case in state.cases)


def _is_sure(meant: Understanding) -> bool:
    """Clusters ("mai táng") are asked about however sure the model is: nothing to learn there."""
    rivals = [
        score for name, score in meant.candidates if name != meant.procedure and score >= PROCEDURE_RIVAL
    ]
    return meant.confidence >= INTENT_SURE and meant.procedure_confidence >= PROCEDURE_SURE and not rivals


def takes_back(text: str) -> bool:
    """Whether a text says that what went before was misunderstood: "không phải, tôi hỏi …"."""
    return bool(_DENIES.match(bare_text(text)))


def names_in(state: State) -> Iterator[str]:
    """Give the names that a conversation knows: of answers, of cards, of people helped."""
    for case in state.cases:
        for answer in case.answers.values():
            yield from (value for value in (answer.get("value"), answer.get("shown")) if _is_name(value))
            yield (answer.get("card") or {}).get("name") or ""
        yield (case.helped or {}).get("name") or ""
    yield from (person.get("name") or "" for person in (state.helper or {}).get("people", []))
    yield (state.helper or {}).get("name") or ""
    yield (state.memory.get("card") or {}).get("name") or ""


def _is_name(value: Any) -> bool:
    """Whether an answer is written as names are kept: in capitals, letters only, at most six words."""
    return (
        isinstance(value, str)
        and value.isupper()
        and bool(re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+){1,5}", value))
    )


def asks_for_a_name(state: State, catalogue: Catalogue) -> bool:
    """Whether the open question wants a name: a short text that is none there is a name all the same, and no wish."""
    open_ = state.open or {}
    if open_.get("kind") in OWN_NAMES:
        return True
    case = next((case for case in state.cases if case.ref == open_.get("case")), None)
    if case is None or "question" not in open_:
        return False
    questions = catalogue.by_version(case.procedure, case.version).questions
    return any(q.id == open_["question"] and q.type in ("person_name", "person_key") for q in questions)
