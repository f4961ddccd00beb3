"""Which procedure is meant: taken when sure, a short numbered question when two or more fit, clusters always asked."""

from __future__ import annotations

from backend.domain.procedure import Procedure
from bot.dialogue import lost, menus
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
    text = meant.said or (t.heard.text if t.heard else "")
    left = lost.fitting(text, [p.id for p, _ in candidates])
    moved, candidates = left[0] != candidates[0][0].id, [pair for pair in candidates if pair[0].id in left]
    best, score = candidates[0]
    cluster = t.catalogue.cluster_of(best.id, text)
    if cluster:
        return None, [t.catalogue.get(name, t.today) for name in cluster]
    rivals = [p for p, confidence in candidates[1:] if confidence >= sure.PROCEDURE_RIVAL]
    if not rivals and not meant.degraded and (moved or score >= sure.PROCEDURE_SURE):
        return best, []
    return None, [p for p, _ in candidates][: sure.MENU - 1]


def _candidates(t: Turn, meant: Understanding) -> list[tuple[Procedure, float]]:
    scored = dict(meant.candidates)
    if meant.procedure:
        scored[meant.procedure] = max(meant.procedure_confidence, scored.get(meant.procedure, 0.0))
    known = {p.id: p for p in t.catalogue.all(t.today)}
    told = lost.told(meant.said or t.heard.text) if t.heard else None
    if told and meant.degraded:
        scored = {**dict.fromkeys(lost.LEADS_TO[told], 0.0), **scored}
    ranked = sorted(scored.items(), key=lambda item: -item[1])
    least = 0.0 if meant.degraded else sure.PROCEDURE_TOLD if told else sure.PROCEDURE_UNSURE
    return [(known[name], score) for name, score in ranked if name in known and score >= least]


def told(t: Turn) -> list[Procedure]:
    """What a death or a loss that a text tells of may lead to, where nothing else was understood of it."""
    ids = lost.LEADS_TO.get(lost.told(t.heard.text) or "", ())
    return [p for p in t.catalogue.all(t.today) if p.id in ids][: sure.MENU]


def is_not_ours(t: Turn, meant: Understanding) -> bool:
    """Whether a text surely means a procedure that the catalogue does not hold: to be said, never answered with another one."""
    known = {p.id for p in t.catalogue.all(t.today)}
    return meant.procedure is not None and meant.procedure not in known and meant.procedure_confidence >= sure.PROCEDURE_SURE


def ask_which(t: Turn, candidates: list[Procedure], intent: str, more: tuple[str, ...] = ()) -> None:
    """ "Ý là 1 … 2 …?": at most four, in the words of the menu. `more`: what else was asked about the one that is meant."""
    t.ask("procedure", "choose.which" if len(candidates) < sure.MENU else "choose.which_of_four", options(candidates), intent=intent, more=list(more))


def options(candidates: list[Procedure]) -> tuple[Option, ...]:
    """At most four choices, the last one "việc khác" where there is room."""
    found = tuple(Option(p.id, p.names.menu, tuple(p.names.folk)) for p in candidates[: sure.MENU])
    return (*found, menus.OTHER) if len(found) < sure.MENU else found


def ask_name(t: Turn, intent: str) -> None:
    """Which paper is it about? In free text, with an example."""
    t.ask("procedure", "choose.name", intent=intent)
