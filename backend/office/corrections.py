"""What a clerk writes into a form: read at the counter, in a register, or on a paper. It is an event like any other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.clock import local
from backend.domain import catalogue
from backend.office import access, chain, dossiers, drafts, people
from backend.office.kit import Actor, Office, Refused
from backend.office.views import ENDED
from backend.store.tables import Dossier, Event


def correct(
    session: Session, office: Office, dossier_id: str, question: str, value: str, shown: str, actor: Actor, version: int, now: datetime
) -> Event:
    """Write a value into a dossier's form with the source "counter"; the old one stays in the event.

    `value` is already read and normal. Raises Refused: "unknown", "stale", "not_editable".
    """
    dossier = dossiers.locked(session, dossier_id, actor, version)
    if dossier.status in ENDED or dossier.status == "draft":
        raise Refused("not_editable")
    dossier.version = version + 1
    form = drafts.form_of(office, dossier)
    before = form["answers"].get(question, {}).get("value")
    form["answers"][question] = {"value": value, "shown": shown, "via": "counter", "at": local(now).isoformat(), "doubt": None}
    form["left"] = [name for name in form["left"] if name != question]
    drafts.write_form(office, dossier, form)
    _note_people(session, office, dossier, form, now)
    data: dict[str, Any] = {"question": question, "before": before, "value": value}
    role, of = access.worn(actor, "dossier.correct")
    return chain.append(
        session, office.vault, dossier, data, now,
        action="correct", from_status=dossier.status, to_status=dossier.status, clock="none", actor=actor.id, role=role, on_behalf=of,
    )  # fmt: skip


def _note_people(session: Session, office: Office, dossier: Dossier, form: dict[str, Any], now: datetime) -> None:
    """Write the parties anew; the mark "name without accents" goes once no such name is left."""
    wanted = catalogue.parties(office.procedure(dossier), form["answers"])
    people.set_parties(session, office, dossier.id, wanted, now)
    bare = any(people.name_source(facts["name"], via) == "typed_bare" for _, facts, via in wanted if facts.get("name"))
    dossier.flags = [flag for flag in dossier.flags if flag != "name_bare"] + (["name_bare"] if bare else [])
    dossier.updated_at = now
