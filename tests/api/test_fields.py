"""A token held to some fields of procedures knows of no dossier, task, address or event outside them, by any door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from backend.office import api_tokens, tasks
from backend.store.tables import Attachment, Dossier, Event, HookDelivery, ReadLog, Task
from tests.api.kit import System, problem, token
from tests.api.test_dossiers import PNG, upload
from tests.conftest import StillClock
from tests.doors.kit import POVERTY, Desk
from tests.fakes.loopback import Loopback, Served
from tests.journeys.kit import house

POOR, CIVIL = "Giảm nghèo", "Hộ tịch"


@dataclass
class Held:
    """A system held to poverty reduction, one held to nothing, and a dossier on either side of the line."""

    desk: Desk
    poor: System
    every: System
    ours: Dossier
    theirs: Dossier


@pytest.fixture(scope="module")
def held(desk, portal) -> Held:
    ours, theirs = desk.sent("ho_ngheo", POVERTY), desk.sent()
    for row in (ours, theirs):
        upload(portal, row.id, PNG + b"first")
    return Held(desk, System(desk, token(desk, fields=[POOR])), portal, ours, theirs)


def file_of(system: System, row: Dossier) -> str:
    """Id of the first file of a dossier."""
    with system.desk.home.wired.database.read() as session:
        return session.scalars(select(Attachment.id).where(Attachment.dossier_id == row.id).order_by(Attachment.id)).first()


def act(system: System, row: Dossier, action: str, version: int | None = None):
    return system.post(f"/dossiers/{row.id}/actions/{action}", {}, if_match=f'"{version or row.version}"')


@pytest.mark.parametrize(("door", "own"), [
    (lambda system, row: system.get(f"/dossiers/{row.id}"), 200),
    (lambda system, row: system.get(f"/dossiers/{row.id}/content"), 200),
    (lambda system, row: system.get(f"/dossiers/{row.id}/elsewhere"), 200),
    (lambda system, row: system.get(f"/dossiers/{row.id}/events"), 200),
    (lambda system, row: upload(system, row.id, PNG), 201),
    (lambda system, row: system.get(f"/dossiers/{row.id}/attachments/{file_of(system, row)}"), 200),
    (lambda system, row: act(system, row, "assign"), 422),
    (lambda system, row: act(system, row, "receive", 999), 412),
    (lambda system, row: act(system, row, "receive"), 200),
], ids=["show", "content", "elsewhere", "events", "send a file", "read a file", "act without its data", "act on a stale version", "act"])  # fmt: skip
def test_a_dossier_of_another_field_is_not_there_by_any_door(held, door, own):
    assert problem(door(held.poor, held.theirs)) == (404, "unknown")
    answer = door(held.poor, held.ours)
    assert answer.status_code == own, answer.text


def test_and_nothing_is_left_behind_there(held):
    with held.desk.home.wired.database.read() as session:
        counts = [session.scalar(select(func.count()).select_from(table).where(table.dossier_id == held.theirs.id)) for table in (ReadLog, Attachment)]
        acts = session.scalars(select(Event.action).where(Event.dossier_id == held.theirs.id)).all()
    assert counts == [0, 1] and acts == ["send"]


def pages(system: System, **query) -> list[str]:
    found, cursor = [], None
    while True:
        page = system.get("/dossiers", params={"limit": 2, **query, **({"cursor": cursor} if cursor else {})}).json()
        found += [one["procedure"] for one in page["items"]]
        if (cursor := page["next"]) is None:
            return found


def test_the_list_holds_the_fields_and_loses_none_of_them(held):
    for _ in range(3):
        held.desk.sent("ho_ngheo", POVERTY), held.desk.sent()
    every, ours = pages(held.every), pages(held.poor)
    assert set(ours) == {"ho_ngheo"} and len(ours) == every.count("ho_ngheo") and "khai_sinh" in every
    assert pages(held.poor, procedure="khai_sinh") == []


def test_a_cursor_of_another_token_leads_to_nothing_of_its(held):
    cursor = held.every.get("/dossiers", params={"limit": 1}).json()["next"]
    told = held.poor.get("/dossiers", params={"cursor": cursor, "limit": 200}).json()["items"]
    assert {one["procedure"] for one in told} == {"ho_ngheo"}


def test_what_is_sent_is_of_the_fields_and_the_sentence_names_them(held):
    answer = held.poor.send()
    assert problem(answer) == (403, "no_field") and POOR in answer.json()["title"]
    assert System(held.desk, token(held.desk, fields=[CIVIL])).send().status_code == 201


def test_tracking_tells_the_same_of_another_field_as_of_a_wrong_code(held):
    sent = held.every.sent(phone="0981118765")
    ask = {"code": sent["code"], "last_four": "8765"}
    outside, wrong = held.poor.post("/tracking", ask), held.poor.post("/tracking", {**ask, "code": "H55.242-260101-9999"})
    assert outside.content == wrong.content and problem(outside) == (404, "track_unknown")
    assert held.every.post("/tracking", ask).status_code == 200
    again = [held.poor.post("/tracking", ask) for _ in range(5)]
    assert problem(again[-1]) == (429, "locked")


def test_tasks_are_those_of_dossiers_in_the_fields(held):
    with held.desk.home.wired.database.write() as session:
        for row in (held.ours, held.theirs):
            tasks.open_task(session, held.desk.office, "call", held.desk.now(), dossier_id=row.id)
        tasks.open_task(session, held.desk.office, "person", held.desk.now())
    assert {one["dossier"] for one in held.poor.get("/tasks").json()["items"]} == {held.ours.code}
    assert {held.ours.code, held.theirs.code, None} <= {one["dossier"] for one in held.every.get("/tasks").json()["items"]}
    with held.desk.home.wired.database.write() as session:
        for task in session.scalars(select(Task).where(Task.closed_at.is_(None))):
            task.closed_at = held.desk.now()


def test_the_law_is_everybodys(held):
    assert len(held.poor.get("/procedures").json()["items"]) == 49


def test_an_answer_kept_for_one_token_is_not_told_to_another(held):
    first = held.every.send(key="the-same-key")
    other = System(held.desk, token(held.desk, fields=[CIVIL])).send(key="the-same-key")
    assert other.status_code == 201 and other.json()["dossier"]["id"] != first.json()["dossier"]["id"] and "idempotency-replayed" not in other.headers


# Addresses that are told.


@dataclass
class Told:
    """An installation whose hooks lead to `there`."""

    desk: Desk
    there: Loopback

    def register(self, *fields: str) -> tuple[System, dict]:
        system = System(self.desk, token(self.desk, fields=fields))
        made = system.post("/hooks", {"url": f"{self.there.url}/{fields[0] if fields else 'all'}".replace(" ", "-").encode("ascii", "ignore").decode()})
        assert made.status_code == 201, made.text
        return system, made.json()

    def codes(self) -> list[str]:
        return [json.loads(request.body)["dossier"] for request in self.there.requests]


@pytest.fixture
def told(tmp_path) -> Iterator[Told]:
    with Loopback(lambda _: Served(200)) as there, house(tmp_path, StillClock(), HOOK_ORIGINS=there.url) as home:
        yield Told(Desk(home), there)


def test_an_address_hears_of_its_fields_only_and_learns_of_nothing_held_back(told):
    system, made = told.register(POOR)
    assert made["fields"] == [POOR]
    _, ours = told.desk.sent(), told.desk.sent("ho_ngheo", POVERTY)
    told.desk.home.idle()
    assert told.codes() == [ours.code]
    assert len(system.get(f"/hooks/{made['id']}/deliveries").json()["items"]) == 1
    with told.desk.home.wired.database.read() as session:
        assert session.scalar(select(func.count()).select_from(HookDelivery)) == 1


def test_a_token_sees_and_ends_addresses_within_its_fields_only(told):
    poor, own = told.register(POOR)
    every, whole = told.register()
    _, both = told.register(POOR, CIVIL)
    assert [one["id"] for one in poor.get("/hooks").json()["items"]] == [own["id"]]
    assert [one["id"] for one in every.get("/hooks").json()["items"]] == [own["id"], whole["id"], both["id"]]
    for other in (whole, both):
        assert problem(poor.http.delete(f"/hooks/{other['id']}")) == (404, "hook_unknown")
        assert problem(poor.get(f"/hooks/{other['id']}/deliveries")) == (404, "hook_unknown")
    assert poor.http.delete(f"/hooks/{own['id']}").status_code == 204


def test_with_its_token_an_address_ends(told):
    system, _ = told.register()
    with told.desk.home.wired.database.write() as session:
        row = api_tokens.find(session, system.token, told.desk.office.unit, told.desk.now())
        api_tokens.revoke(session, row.id, told.desk.office.unit, told.desk.now())
    told.desk.sent()
    told.desk.home.idle()
    assert told.codes() == [] and problem(system.get("/hooks")) == (401, "no_token")


def test_when_its_token_runs_out_an_address_is_told_nothing_more(told):
    system, made = told.register()
    with told.desk.home.wired.database.write() as session:
        api_tokens.find(session, system.token, told.desk.office.unit, told.desk.now()).expires_at = told.desk.now()
    told.desk.sent()
    told.desk.home.idle()
    keeper = System(told.desk, token(told.desk))
    assert told.codes() == [] and [(one["state"], one["answer"]) for one in keeper.get(f"/hooks/{made['id']}/deliveries").json()["items"]] == [("dropped", "token")]
