"""What is asked about a procedure (its papers, its fee, how many days …): asked back in one text where the model is not sure of it."""

from __future__ import annotations

from backend.domain.procedure import Procedure
from bot.dialogue import opening
from bot.dialogue import thresholds as sure
from bot.dialogue.choosing import ABOUT_PROCEDURE
from bot.dialogue.turn import Turn
from bot.dialogue.types import Option, Understanding
from bot.dialogue.wishes import WISHES

WISH, PAPERS, FEE = "ask_procedure", "ask_documents", "ask_fee"
WORDS = {
    "ask_documents": ("giay to can mang", "giay to", "giay gi", "can giay gi", "can giay to gi", "mang gi", "can gi", "ho so gom gi"),
    "ask_fee": ("co mat tien khong", "mat tien", "tien", "bao nhieu tien", "mat bao nhieu", "le phi", "phi", "gia"),
    "ask_duration": ("may ngay xong", "may ngay", "bao lau", "bao lau xong", "bao gio xong", "khi nao xong", "bao gio lay"),
    "ask_where": ("lam o dau", "o dau", "nop o dau", "cho nao", "dia diem", "den dau"),
    "ask_eligibility": ("co duoc lam khong", "co duoc khong", "duoc lam khong", "ai duoc lam", "duoc khong"),
    "ask_benefit": ("duoc bao nhieu tien", "duoc bao nhieu", "duoc gi", "nhan bao nhieu", "tro cap bao nhieu"),
    "ask_procedure": ("lam luon", "cach lam", "lam the nao", "lam", "lam di", "khai luon", "khai", "bat dau", "lam nhu the nao"),
}  # fmt: skip
"""Each kind in the folded words in which people choose it; the two names of a wish are one kind."""
LIKELY = 3
"""Kinds offered by likelihood; the last place is for beginning."""


def must_be_asked(t: Turn, understood: Understanding) -> bool:
    """Whether the procedure is known and what is asked about it is not: at rest, and where NLU gave a ranking."""
    return not t.holding and bool(understood.intents) and _score(understood, understood.intent) < sure.KIND_SURE


def is_wish(understood: Understanding) -> bool:
    """Papers, or how it is done: the answer to the second begins with the papers, so the two need no question."""
    return {kind for kind, _ in ranked(understood)[:2]} == {WISH, PAPERS}


def was_asked(t: Turn, procedure: Procedure) -> bool:
    """Whether this very question is open: it is not asked twice in a row."""
    return bool(t.open) and t.open["kind"] == "kind" and t.open["procedure"] == procedure.id


def ask(t: Turn, procedure: Procedure, understood: Understanding, more: tuple[str, ...] = ()) -> None:
    """ "Việc …, ông bà hỏi gì? 1 Giấy tờ cần mang 2 … Làm luôn". LUI leads to the name of another paper."""
    opening.machine(t)
    t.memory["procedure"] = procedure.id
    options = tuple(_option(kind, procedure) for kind in _offered(understood))
    t.ask("kind", "choose.kind", options, params={"what": procedure.names.plain}, procedure=procedure.id, more=list(more), prev=_name(t))


def ranked(understood: Understanding) -> list[tuple[str, float]]:
    """The kinds of question about a procedure with their confidences, likeliest first."""
    scores: dict[str, float] = {}
    for intent, confidence in understood.intents:
        if intent in ABOUT_PROCEDURE:
            scores[_kind(intent)] = scores.get(_kind(intent), 0.0) + confidence
    return sorted(scores.items(), key=lambda item: -item[1])


def _score(understood: Understanding, intent: str) -> float:
    return dict(ranked(understood)).get(_kind(intent), 0.0)


def _kind(intent: str) -> str:
    return WISH if intent in WISHES else intent


def _offered(understood: Understanding) -> list[str]:
    """At most four: the likeliest, filled up with what most people ask, and to begin last."""
    likely = [kind for kind, score in ranked(understood) if kind != WISH and score >= sure.KIND_OFFERED][:LIKELY]
    common = [kind for kind in (PAPERS, FEE) if kind not in likely]
    return [*likely, *common[: max(0, LIKELY - 1 - len(likely))], WISH]


def _option(kind: str, procedure: Procedure) -> Option:
    """What is not filed by text is not begun here either: there the last choice is how it is done."""
    label = "how" if kind == WISH and procedure.file_by_text == "no" else kind
    return Option(kind, f"@choose.kinds.{label}", WORDS[kind])


def _name(t: Turn) -> dict:
    """The question before this one: which paper."""
    return {
        "kind": "procedure", "key": "choose.name", "params": {}, "options": [], "intent": WISH, "more": [],
        "asked_at": t.now.isoformat(), "turn": t.heard.id,
    }  # fmt: skip
