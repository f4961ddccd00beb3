"""Papers, fee, time and place of a procedure: from the catalogue only, and silent where it is silent."""

from __future__ import annotations

from typing import Any

from backend.domain import catalogue
from backend.domain.procedure import FeeCase, Procedure, TimeCase
from bot.dialogue.review import shortened
from bot.dialogue.turn import Turn, ref

Facts = dict[str, str]


def papers(t: Turn, procedure: Procedure, known: Facts, room: int | None = None) -> dict[str, Any]:
    """What to bring, as farmers name it, in `room` characters; "hỏi cán bộ" where the catalogue has nothing certain."""
    certain = paper_list(t, procedure, known)
    if not certain:
        return ref("info.papers_unknown", what=procedure.names.plain)
    return ref("info.papers", what=procedure.names.plain, papers=shortened(t, certain, room))


def paper_list(t: Turn, procedure: Procedure, known: Facts) -> list[str]:
    """All papers to bring that the catalogue is certain of; not what the office itself prints or looks up."""
    return [p.plain for p in catalogue.papers_for(procedure, known, t.today) if p.verified and p.bring]


def fee(t: Turn, procedure: Procedure, known: Facts) -> list[dict[str, Any]]:
    """What it costs. An empty or unverified cell is never "free" (it is the portal's commonest lie)."""
    found: FeeCase | None = catalogue.fee_for(procedure, known, t.today)
    if found is None or found.amount is None or not found.verified:
        sentences = [ref("info.fee_unknown")]
    elif found.amount == 0:
        sentences = [ref("info.fee_none")]
    else:
        sentences = [ref(f"info.fee_{found.per}", amount=f"{found.amount:,}".replace(",", "."))]
    if found and found.plain and found.verified:
        sentences.append(ref("info.plain", plain=found.plain))
    return sentences


def time(t: Turn, procedure: Procedure, known: Facts) -> list[dict[str, Any]]:
    """How long it takes once the papers are complete."""
    found: TimeCase | None = catalogue.time_for(procedure, known, t.today)
    if found is None or not found.verified or (found.value is None and found.unit != "same_day"):
        return [ref("info.time_unknown")]
    sentences = [ref(f"info.time_{found.unit}", value=found.value, cutoff=f"{found.cutoff.hour}h" if found.cutoff else "")]
    if found.unit == "same_day" and not found.cutoff:
        sentences = [ref("info.time_same_day_open")]
    if found.plain:
        sentences.append(ref("info.plain", plain=found.plain))
    return sentences


def where(t: Turn, procedure: Procedure | None) -> list[dict[str, Any]]:
    """Who does it and where; a partner office is named, never pretended to be ours."""
    if procedure and procedure.owner != "commune":
        return [ref("info.where_partner", what=procedure.names.plain, owner=ref(f"owner.{procedure.owner}"))]
    return [ref("info.where", desk=t.place.desk, hours=t.place.hours)]


def checked(procedure: Procedure) -> dict[str, Any]:
    """When a person last compared this with its source."""
    return ref("info.checked", day=f"{procedure.checked.day}/{procedure.checked.month}/{procedure.checked.year}")


def answer(t: Turn, intent: str, procedure: Procedure, known: Facts, room: int | None = None) -> list[dict[str, Any]]:
    """The sentences that answer a question about a procedure, with the date last checked; papers in `room` characters."""
    if intent == "ask_fee":
        return [*fee(t, procedure, known), checked(procedure)]
    if intent == "ask_duration":
        return [*time(t, procedure, known), checked(procedure)]
    if intent == "ask_where":
        return where(t, procedure)
    if intent in ("ask_eligibility", "ask_benefit"):
        return [ref(f"info.{intent.removeprefix('ask_')}", what=procedure.names.plain)]
    return [papers(t, procedure, known, room), checked(procedure)]
