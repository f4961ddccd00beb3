"""Dossiers brought to a point of their life by the office's own verbs."""

from __future__ import annotations

from datetime import timedelta

from backend.clock import local
from backend.office import contacts, dossiers, drafts
from backend.office.kit import Actor
from backend.store.tables import Dossier
from tests.office.kit import BINH, CHIEN, HOA, VAN, draft, form

WHO = {"receive": BINH, "process": BINH, "sign": HOA, "number": VAN, "issue": BINH, "finish": BINH, "return": BINH, "stop": HOA, "refuse": HOA}
"""Action -> who does it in these lives; the rest is Chiến's, the specialist."""
ROAD = ("receive", "process", "draft", "sign", "number", "issue", "finish", "return")
NEEDS = {"number": {"number": "12/2026"}, "return": {"collector": "mẹ cháu", "proof": "căn cước"}}


def act(session, office, dossier: Dossier, action: str, now, actor: Actor | None = None, /, **data):
    """Do an action on the newest version."""
    data = {**NEEDS.get(action, {}), **data}
    return dossiers.act(session, office, dossier.id, action, actor or WHO.get(action, CHIEN), dossier.version, data, now)


def at(session, office, now, last: str = "", ref: str = "m1-1", phone: str = "+84981110011", **changes) -> Dossier:
    """A birth dossier that was sent, and has gone down the road as far as the action `last`."""
    _, _, dossier = draft(session, office, now, ref=ref, phone=phone, **changes)
    dossiers.send(session, office, dossier, now)
    for action in ROAD[: ROAD.index(last) + 1] if last else ():
        act(session, office, dossier, action, now)
    return dossier


def bundle_at(session, office, now, last: str = "receive", ref: str = "b-1") -> Dossier:
    """A bundle (birth, residence, insurance card) that has gone down the road as far as `last`."""
    _, conversation = contacts.conversation_with(session, office, "sms", "+84981110022", now)
    answers = {
        "relation": "mother", "parents_married": "yes", "child_dob": "2026-11-12", "child_sex": "female", "child_name": "BÀN THỊ MAI",
        "mother": "006199003321", "father": "TRIỆU VĂN TUẤN", "household": "parents",
    }  # fmt: skip
    made = form(ref) | {"procedure": "lien_thong_khai_sinh", "answers": {n: {"value": v, "shown": v, "via": "text", "doubt": None} for n, v in answers.items()}}
    dossier = drafts.save(session, office, conversation, "sms", made, now)
    dossiers.send(session, office, dossier, now)
    for action in ROAD[: ROAD.index(last) + 1] if last else ():
        act(session, office, dossier, action, now)
    return dossier


def in_days(now, days: float) -> str:
    """A moment some days on, as an act's data carries it."""
    return local(now + timedelta(days=days)).isoformat()
