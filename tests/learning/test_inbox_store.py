"""The inbox on both databases: once a message, twins together, nobody twice, nobody elsewhere."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from backend.office import contacts
from backend.office.kit import Actor, Refused
from backend.store.tables import Message
from backend.store.types import new_id
from bot.learning import inbox
from tests.office.kit import DUNG, UNIT, office_of

LABELS = {
    "by": "nlu",
    "intent": "greet",
    "procedure": None,
    "confidence": 0.4,
    "intents": [],
    "candidates": [],
}
SYSTEM = Actor("system", UNIT)


class Box:
    """An inbox with the messages of one conversation."""

    def __init__(self, database, vault, clock):
        self.database, self.office, self.clock = database, office_of(vault), clock
        with database.write() as session:
            _, conversation = contacts.conversation_with(
                session, self.office, "sms", "+84981110011", clock.now()
            )
            self.conversation = conversation.id

    def message(self) -> str:
        with self.database.write() as session:
            row = Message(id=new_id(), unit=UNIT, conversation_id=self.conversation, direction="in", channel="sms", body_sealed=b"b", status="stored", created_at=self.clock.now())  # fmt: skip
            session.add(row)
        return row.id

    def note(self, text: str, reason: str = "missed", message: str | None = None) -> str:
        message = message or self.message()
        with self.database.write() as session:
            inbox.note(session, self.office, message, text, (), reason, LABELS, self.clock.now())
        return message

    def waiting(self) -> list[tuple[str, str, int]]:
        with self.database.read() as session:
            return [(line.text, line.row.reason, line.twins) for line in inbox.waiting(session, self.office)]

    def settle(self, verb, *labels: str | None, actor=SYSTEM, line: str | None = None) -> None:
        with self.database.write() as session:
            verb(
                session,
                line or inbox.waiting(session, self.office)[0].row.id,
                *labels,
                actor,
                self.clock.now(),
            )


@pytest.fixture
def box(database, vault, clock) -> Box:
    return Box(database, vault, clock)


def test_a_message_comes_in_once_and_a_correction_changes_why(box):
    message = box.note("lam the nao day")
    box.note("lam the nao day", "corrected", message)
    assert box.waiting() == [("lam the nao day", "corrected", 1)]


def test_the_newest_comes_first_and_twins_are_one_line(box):
    for text in ("Làm thế nào đây?", "xin hoi cai nay", "lam the nao day"):
        box.note(text)
    assert box.waiting() == [("lam the nao day", "missed", 2), ("xin hoi cai nay", "missed", 1)]
    box.settle(inbox.label, "ask_procedure", None)
    box.note("LAM THE NAO DAY!")
    assert [text for text, _, _ in box.waiting()] == ["xin hoi cai nay"]
    with box.database.read() as session:
        assert inbox.labelled(session, box.office) == [("Làm thế nào đây?", "ask_procedure", "")]
        assert inbox.counts(session, UNIT) == {"new": 1, "labelled": 3, "dropped": 0}


@pytest.mark.parametrize("text", ["", "!!!", "0981110022", "12/9/2026", "😀"])
def test_a_text_without_words_is_nothing_to_learn_from(box, text):
    box.note(text)
    assert box.waiting() == []


def test_the_second_of_two_officers_is_told_and_dung_of_another_commune_finds_no_line(box):
    box.note("lam the nao day")
    with box.database.read() as session:
        line = inbox.waiting(session, box.office)[0].row.id
    with pytest.raises(Refused, match="line_unknown"):
        box.settle(inbox.drop, actor=DUNG, line=line)
    box.settle(inbox.drop, line=line)
    with pytest.raises(Refused, match="line_settled"):
        box.settle(inbox.label, "greet", None, line=line)


def test_a_line_ends_with_its_message(box):
    message = box.note("lam the nao day")
    with box.database.write() as session:
        session.execute(delete(Message).where(Message.id == message))
    assert box.waiting() == []
