"""Persons and their parts in a dossier."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.letters import fold, nfc, strip_accents
from backend.office.kit import Office
from backend.store.tables import Party, Person, PersonWord
from backend.store.types import new_id
from backend.store.vault import Vault

_WHERE = "person.facts:"


def name_words(name: str) -> list[str]:
    """Return the folded words of a name, each once."""
    return sorted(set(fold(name).split()))


def name_source(name: str | None, via: str) -> str:
    """Return how far a name may be printed: from an accentless name nothing is, until a register or a card gave the marks."""
    if via in ("qr", "register"):
        return via
    return "typed" if name and nfc(name) != strip_accents(name) else "typed_bare"


def _person(office: Office, facts: dict[str, Any], via: str, now: datetime) -> Person:
    """A person with the given facts {name, citizen_id, birth_date, sex, address}; all optional."""
    vault, name, number = office.vault, facts.get("name"), facts.get("citizen_id")
    person = Person(id=new_id(), unit=office.unit, name_source=name_source(name, via), created_at=now)
    person.facts_sealed = vault.seal_json(facts, _WHERE + person.id)
    person.citizen_id_index = vault.index("citizen_id", number) if number else None
    return person


def _words(vault: Vault, person: Person, name: str | None) -> list[PersonWord]:
    return [PersonWord(person=person, word_index=vault.index("word", word)) for word in name_words(name or "")]


def facts_of(vault: Vault, person: Person) -> dict[str, Any]:
    """Return a person's open facts."""
    return vault.open_json(person.facts_sealed, _WHERE + person.id)


def parties(session: Session, vault: Vault, dossier_id: str) -> list[tuple[str, Person, dict[str, Any]]]:
    """Return (role, person, facts) of a dossier."""
    rows = session.execute(select(Party.role, Person).join(Person, Person.id == Party.person_id).where(Party.dossier_id == dossier_id))
    return [(role, person, facts_of(vault, person)) for role, person in rows]


def add_parties(session: Session, office: Office, dossier_id: str, wanted: list[tuple[str, dict, str]], now: datetime) -> None:
    """Write the parties of a dossier that has none, from (role, facts, via); called when a form is sent."""
    for role, facts, via in wanted:
        person = _person(office, facts, via, now)
        session.add(Party(dossier_id=dossier_id, role=role, person=person))
        session.add_all(_words(office.vault, person, facts.get("name")))


def set_parties(session: Session, office: Office, dossier_id: str, wanted: list[tuple[str, dict, str]], now: datetime) -> None:
    """Write the parties of a dossier anew; called when a form is corrected."""
    before = list(session.scalars(select(Party).where(Party.dossier_id == dossier_id)))
    for row in before:
        session.delete(row)
    session.flush()
    for person_id in {row.person_id for row in before}:
        session.delete(session.get(Person, person_id))
    add_parties(session, office, dossier_id, wanted, now)


def find_by_words(session: Session, vault: Vault, text: str, unit: str) -> set[str]:
    """Return ids of persons of `unit` whose name has every folded word of `text`."""
    found: set[str] | None = None
    for word in name_words(text):
        query = select(PersonWord.person_id).join(Person, Person.id == PersonWord.person_id)
        ids = set(session.scalars(query.where(PersonWord.word_index == vault.index("word", word), Person.unit == unit)))
        found = ids if found is None else found & ids
    return found or set()
