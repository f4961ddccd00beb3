"""An office with a birth draft in it, made by the verbs themselves."""

from __future__ import annotations

from functools import cache

from backend import law
from backend.office import contacts, drafts
from backend.office.kit import Actor

UNIT = "H55.242"
BINH = Actor("staff-binh", UNIT, ("tiepnhan",), "Nông Thị Bình")
CHIEN = Actor("staff-chien", UNIT, ("chuyenmon",), "Hà Văn Chiến")
HOA = Actor("staff-hoa", UNIT, ("lanhdao",), "Triệu Thị Hoa")
VAN = Actor("staff-van", UNIT, ("vanthu",), "Lường Thị Vân")
DUNG = Actor("staff-dung", "H55.999", ("tiepnhan", "lanhdao"), "Dũng")
ANSWERS = {
    "relation": "mother", "parents_married": "yes", "child_birthplace": "clinic", "child_dob": "2026-11-12", "child_sex": "female",
    "child_name": "BÀN THỊ MAI", "mother": "006199003321", "father": "TRIỆU VĂN TUẤN", "place": "02155",
}  # fmt: skip


def form(ref: str, **changes) -> dict:
    said = {**ANSWERS, **changes}
    answers = {name: {"value": value, "shown": value, "via": "text", "at": "2026-11-23T09:00:00+07:00", "doubt": None} for name, value in said.items()}
    return {
        "ref": ref, "procedure": "khai_sinh", "version": "2025-07-01", "answers": answers, "left": [], "media": [], "helped": None, "of": 9,
        "misses": 0,
    }  # fmt: skip


@cache
def office_of(vault):
    """The office with the law in force, read once: fifty files of it cost a second."""
    return law.office(vault, UNIT)


def draft(session, office, now, ref="m1-1", phone="+84981110011", **changes):
    """A birth draft that came from `phone`; returns (contact, conversation, dossier)."""
    contact, conversation = contacts.conversation_with(session, office, "sms", phone, now)
    return contact, conversation, drafts.save(session, office, conversation, "sms", form(ref, **changes), now)
