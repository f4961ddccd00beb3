"""Which procedure is meant: taken when sure, a short numbered question when two or more fit, clusters always asked."""

from __future__ import annotations

from backend.domain.procedure import Procedure
from bot.dialogue import menus
from bot.dialogue import thresholds as sure
from bot.dialogue.turn import Turn
from bot.dialogue.types import Option, Understanding

ABOUT_PROCEDURE = {
    "ask_procedure", "start_dossier", "ask_documents", "ask_fee", "ask_duration", "ask_where", "ask_eligibility", "ask_benefit",
}  # fmt: skip


def found(t: Turn, meant: Understanding) -> tuple[Procedure | None, list[Procedure]]:
    """(the procedure, []) when sure; (None, candidates) when it must be asked; (None, []) when none is named."""
    candidates = _candidates(t, meant)
    if not candidates:
        return None, []
    best, score = candidates[0]
    cluster = t.catalogue.cluster_of(best.id, t.heard.text if t.heard else "")
    if cluster:
        return None, [t.catalogue.get(name, t.today) for name in cluster]
    rivals = [p for p, confidence in candidates[1:] if confidence >= sure.PROCEDURE_RIVAL]
    if score >= sure.PROCEDURE_SURE and not rivals and not meant.degraded:
        return best, []
    return None, [p for p, confidence in candidates if confidence >= sure.PROCEDURE_UNSURE][: sure.MENU - 1]


def _candidates(t: Turn, meant: Understanding) -> list[tuple[Procedure, float]]:
    scored = dict(meant.candidates)
    if meant.procedure:
        scored[meant.procedure] = max(meant.procedure_confidence, scored.get(meant.procedure, 0.0))
    known = {p.id: p for p in t.catalogue.all(t.today)}
    ranked = sorted(scored.items(), key=lambda item: -item[1])
    return [(known[name], score) for name, score in ranked if name in known and score >= sure.PROCEDURE_UNSURE]


def ask_which(t: Turn, candidates: list[Procedure], intent: str) -> None:
    """ "Ý là 1 … 2 …?": at most four, in the words of the menu."""
    t.ask("procedure", "choose.which", options(candidates), intent=intent)


def options(candidates: list[Procedure]) -> tuple[Option, ...]:
    """At most four choices, the last one "việc khác" where there is room."""
    found = tuple(Option(p.id, p.names.menu, tuple(p.names.folk)) for p in candidates[: sure.MENU])
    return (*found, menus.OTHER) if len(found) < sure.MENU else found


def ask_name(t: Turn, intent: str) -> None:
    """Which paper is it about? In free text, with an example."""
    t.ask("procedure", "choose.name", intent=intent)
