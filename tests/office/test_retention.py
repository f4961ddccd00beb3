"""What is too old goes, what is younger stays, nothing of a running dossier is touched, and twice is the same as once."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, inspect, select, text

from backend.office import jobs, retention
from backend.store.tables import (
    Attachment,
    Base,
    Consent,
    Contact,
    Conversation,
    Dossier,
    Event,
    Job,
    LookupTry,
    Message,
    Notice,
    Staff,
    StaffSession,
    Task,
    TransferCode,
)
from tests.office.kit import UNIT, office_of

DOC = Path(__file__).parents[2] / "docs" / "retention.md"
DAYS = st.sampled_from([0, 1, 29, 31, 179, 181, 729, 731, 1500])
WAYS = ("own", "helper", "neighbour", "message", "task", "notice")
"""How a thread may know a dossier."""
_number = itertools.count(1)


def sweep(database, office, now) -> None:
    """What the night does: every class, a batch at a time, until there is no more."""
    for rule in retention.timed():
        more = True
        while more:
            with database.write() as session:
                more = retention.sweep(session, office, rule, now)


@dataclass
class Town:
    """Writes rows of a given age and knows their ids."""

    database: object
    office: object
    now: object

    def ago(self, days: int):
        return self.now - timedelta(days=days)

    def id(self, kind: str) -> str:
        return f"{kind}{next(_number):020d}"[:26]

    def add(self, *rows) -> None:
        with self.database.write() as session:
            for row in rows:
                session.add(row)
                session.flush()

    def thread(self, days: int) -> Conversation:
        contact = Contact(id=self.id("c"), unit=UNIT, channel="sms", address_sealed=b"x", address_index=self.id("a"), created_at=self.ago(days))
        thread = Conversation(id=self.id("t"), unit=UNIT, contact_id=contact.id, state_sealed=b"s", last_in_at=self.ago(days), created_at=self.ago(days))
        self.add(contact, thread)
        self.message(thread, days)
        return thread

    def message(self, thread: Conversation, days: int, dossier: Dossier | None = None) -> Message:
        row = Message(id=self.id("m"), unit=UNIT, conversation_id=thread.id, direction="in", channel="sms", body_sealed=b"b", raw_sealed=b"r", status="stored", created_at=self.ago(days))  # fmt: skip
        row.dossier_id = dossier.id if dossier else None
        self.add(row)
        return row

    def dossier(self, thread: Conversation | None, status: str, days: int) -> Dossier:
        row = Dossier(id=self.id("d"), unit=UNIT, channel="sms", procedure="khai_sinh", procedure_version="1", status=status, form_sealed=b"f", flags=[])
        row.conversation_id, row.created_at, row.updated_at = thread.id if thread else None, self.ago(days), self.ago(days)
        event = Event(id=self.id("e"), dossier_id=row.id, seq=1, unit=UNIT, action="send", to_status=status, actor="citizen", data_sealed=b"{}", at=self.ago(days), prev_hash="", hash="h")  # fmt: skip
        self.add(row, *([] if status == "draft" else [event]))
        return row

    def known_by(self, thread: Conversation, way: str, status: str, days: int) -> Dossier:
        """A dossier that `thread` knows by one of the WAYS; whatever ties them is old enough to go."""
        if way == "own":
            return self.dossier(thread, status, days)
        row, old = self.dossier(None, status, days), 1500
        if way in ("helper", "neighbour"):
            other = thread if way == "helper" else self.thread(old)
            contact = thread.contact_id if way == "neighbour" else None
            self.add(Consent(id=self.id("k"), dossier_id=row.id, helper_conversation_id=other.id, contact_id=contact, status="given", asked_at=self.ago(old)))
        elif way == "message":
            self.message(thread, old, row)
        elif way == "task":
            self.add(self.task(thread, old, row))
        else:
            self.add(Notice(id=self.id("n"), unit=UNIT, conversation_id=thread.id, dossier_id=row.id, kind="received", params_sealed=b"p", created_at=self.ago(old)))
        return row

    def task(self, thread: Conversation, days: int, dossier: Dossier | None = None) -> Task:
        at = self.ago(days)
        return Task(id=self.id("k"), unit=UNIT, kind="person", conversation_id=thread.id, dossier_id=dossier.id if dossier else None, opened_at=at, promise_at=at, closed_at=at)  # fmt: skip

    def file(self, message: Message, days: int, dossier: Dossier | None = None) -> Attachment:
        row = Attachment(id=self.id("f"), unit=UNIT, message_id=message.id, mime="image/png", size=1, sha256="0", content_sealed=b"c", created_at=self.ago(days))
        row.dossier_id = dossier.id if dossier else None
        self.add(row)
        return row

    def here(self, row) -> bool:
        return self.again(row) is not None

    def again(self, row):
        with self.database.read() as session:
            return session.get(type(row), inspect(row).identity)

    def rows(self) -> dict[str, list]:
        """Everything there is, table by table."""
        with self.database.read() as session:
            return {t.name: sorted(map(repr, session.execute(select(t)))) for t in Base.metadata.sorted_tables}

    def clear(self) -> None:
        with self.database.write() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))


@pytest.fixture
def town(database, vault, clock) -> Town:
    return Town(database, office_of(vault), clock.now())


def test_the_document_shows_the_table_of_the_code():
    assert retention.as_markdown() in DOC.read_text(encoding="utf-8")


def test_every_class_of_a_table_has_a_line_and_every_timed_table_an_age():
    classes = {table.info["retention"] for table in Base.metadata.sorted_tables}
    assert classes <= {rule.name for rule in retention.RULES}
    aged = [table for table in Base.metadata.sorted_tables if table.info["retention"] in ("learning", "session")]
    assert [table.name for table in aged if "created_at" not in table.c] == []


def test_every_way_to_a_thread_can_be_cut_when_it_goes():
    """What is not the thread's own must be able to forget it: a new foreign key to one of these tables may be empty."""
    tables = [table for table in Base.metadata.sorted_tables if table.info["retention"] in ("conversation", "contact")]
    ways = [key.parent for table in tables for key in retention.ways_to(table)]
    assert [f"{column.table.name}.{column.name}" for column in ways if column.table.info["retention"] != "conversation" and not column.nullable] == []
    assert {"message", "conversation", "contact", "task"} <= {table.name for table in tables}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    word=DAYS,
    known=st.lists(st.tuples(st.sampled_from(WAYS), st.sampled_from(["sent", "processing", "result_ready", "returned", "refused"]), DAYS), max_size=3),
    task=DAYS,
    photo=st.tuples(DAYS, st.booleans()),
)
def test_a_thread_goes_two_years_after_its_last_word_and_its_last_dossier(town, word, known, task, photo):
    town.clear()
    thread = town.thread(word)
    dossiers = [town.known_by(thread, way, status, days) for way, status, days in known]
    its_task = town.task(thread, task)
    town.add(its_task)
    message = town.message(thread, word)
    file = town.file(message, photo[0], dossiers[0] if photo[1] and dossiers else None)
    before = town.rows()
    sweep(town.database, town.office, town.now)

    held = word <= 730 or task <= 730 or any(status not in ("returned", "refused") or days <= 730 for _, status, days in known)
    assert (town.here(thread), town.here(message), town.here(its_task)) == (held, held, held)
    assert town.here(file) == (file.dossier_id is not None or (photo[0] <= 30 and held))
    after = town.rows()
    assert after["event"] == before["event"] and len(after["dossier"]) == len(before["dossier"]) and len(after["consent"]) == len(before["consent"])
    if held:
        for name in ("dossier", "task", "notice", "consent", "conversation", "contact"):
            running = [row for row in before[name] if thread.id in row]
            assert [row for row in running if row not in after[name]] == []
        assert (town.again(message).raw_sealed is None) == (word > 30)
    sweep(town.database, town.office, town.now)
    assert town.rows() == after


def test_what_a_forgotten_thread_leaves_is_the_dossier_with_its_files_and_history(town):
    thread = town.thread(1500)
    dossier = town.dossier(thread, "returned", 1000)
    file = town.file(town.message(thread, 1500, dossier), 1500, dossier)
    with town.database.write() as session:
        jobs.put(session, "send", f"out:{thread.contact_id}", UNIT, {"message": "gone"}, town.now)
    sweep(town.database, town.office, town.now)
    assert (town.again(dossier).conversation_id, town.again(file).message_id, town.again(file).content_sealed) == (None, None, b"c")
    with town.database.read() as session:
        assert session.scalar(select(func.count(Contact.id))) == session.scalar(select(func.count(Job.id))) == 0


@pytest.mark.parametrize(("days", "stays"), [(29, True), (31, False)])
def test_a_draft_lives_thirty_days_and_goes_with_its_photo(town, days, stays):
    thread = town.thread(0)
    draft = town.dossier(thread, "draft", days)
    file = town.file(town.message(thread, 0), days, draft)
    sweep(town.database, town.office, town.now)
    assert (town.here(draft), town.here(file), town.here(thread)) == (stays, stays, True)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=st.integers(0, 100))
def test_sessions_tries_and_codes_live_a_day(town, hours):
    town.clear()
    at = town.now - timedelta(hours=hours)
    staff = Staff(id="s1", unit=UNIT, login="b", name="Bình", position="", roles=[], password_hash="", created_at=town.ago(900))
    browser = StaffSession(token_hash="h", staff_id="s1", csrf="c", created_at=at, seen_at=at)
    draft = town.dossier(None, "draft", 0)
    code = TransferCode(code_index="i", dossier_id=draft.id, expires_at=at + timedelta(days=1))
    tried = LookupTry(asker_index="a", code_index="c", day=retention.today(at).isoformat(), count=5)
    town.add(staff, browser, code, tried)
    sweep(town.database, town.office, town.now)
    yesterday = retention.today(town.now) - timedelta(days=1)
    assert (town.here(browser), town.here(code)) == (hours <= 24, hours <= 24)
    assert town.here(tried) == (retention.today(at) >= yesterday) and town.here(staff)


def test_a_backlog_goes_in_batches(town):
    thread = town.thread(0)
    old = {"unit": UNIT, "conversation_id": thread.id, "direction": "in", "channel": "sms", "body_sealed": b"b", "raw_sealed": b"r", "status": "stored", "kind": "text"}
    with town.database.write() as session:
        session.execute(insert(Message), [{**old, "id": town.id("m"), "created_at": town.ago(31)} for _ in range(retention.BATCH + 50)])
    rule = next(rule for rule in retention.timed() if rule.name == "raw")
    left = []
    for _ in range(2):
        with town.database.write() as session:
            left.append(retention.sweep(session, town.office, rule, town.now))
            left.append(session.scalar(select(func.count(Message.id)).where(Message.raw_sealed.is_not(None))))
    assert left == [True, 51, False, 1]


def test_another_communes_threads_are_not_ours_to_forget(town):
    thread = town.thread(1500)
    with town.database.write() as session:
        session.execute(text("UPDATE conversation SET unit = 'H55.999'"))
    sweep(town.database, town.office, town.now)
    assert town.here(thread)
