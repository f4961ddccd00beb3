"""The content of a dossier goes to tokens that may have it, whole and true, and each reading stands in the leader's list with the token's name."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from backend.office import api_tokens, readings
from backend.store.tables import Attachment, Dossier, Event, ReadLog
from tests.api.kit import BIRTH, System, problem, row_of, token
from tests.api.test_dossiers import PNG, upload
from tests.doors.kit import Desk


@pytest.fixture
def reader(desk: Desk) -> System:
    """A system that may read content and nothing else."""
    return System(desk, token(desk, "dossiers.content", name="Kho dữ liệu tỉnh"))


def read_by(desk: Desk, system: System) -> list[str]:
    """Ids of the dossiers that a system has read, in order."""
    with desk.home.wired.database.read() as session:
        return list(session.scalars(select(ReadLog.dossier_id).where(ReadLog.token_id == row_of(desk, system.token).id).order_by(ReadLog.id)))


def test_answers_are_told_with_label_value_words_and_source(desk, portal, reader):
    sent = portal.sent()
    body = reader.get(f"/dossiers/{sent['id']}/content").json()
    assert (body["code"], body["procedure"], body["version"]) == (sent["code"], "khai_sinh", sent["version"])
    told = {one.pop("question"): one for one in body["answers"]}
    assert set(BIRTH) <= set(told)
    assert told["child_dob"] == {"label": told["child_dob"]["label"], "value": "2026-11-13", "shown": "13/11/2026", "source": "citizen", "doubt": None}
    assert (told["child_sex"]["value"], told["child_sex"]["shown"]) == ("female", "Gái")
    assert told["father"]["value"] == "006096004512"
    assert not set(body["missing"]) & set(told) and body["missing"]


def test_a_box_that_the_machine_supposed_says_so(desk, reader):
    answers = reader.get(f"/dossiers/{desk.sent().id}/content").json()["answers"]
    assert {one["source"] for one in answers} >= {"citizen", "machine"}


def test_people_are_told_with_what_is_known_of_them_and_how_sure_the_name_is(portal, reader):
    people = {one["role"]: one for one in reader.get(f"/dossiers/{portal.sent()['id']}/content").json()["parties"]}
    assert people["subject"] == {"role": "subject", "name": "BÀN THỊ MAI", "name_source": "typed", "citizen_id": None, "birth_date": "2026-11-13", "sex": "female", "address": None}
    assert (people["father"]["citizen_id"], people["father"]["name"]) == ("006096004512", None)
    assert people["applicant"]["name"] == people["mother"]["name"] == "TRIỆU MÙI NẢI"


def test_papers_of_the_case_and_files_that_came_are_told(portal, reader):
    sent = portal.sent()
    file = upload(portal, sent["id"], PNG, paper="chung_sinh").json()
    body = reader.get(f"/dossiers/{sent['id']}/content").json()
    assert body["files"] == [file] and {"lam_chung", "to_khai"} <= {one["id"] for one in body["papers"]}


def test_each_reading_is_written_down_and_an_answer_that_tells_nothing_is_not(desk, portal, reader):
    first, second = portal.sent()["id"], portal.sent()["id"]
    tag = reader.get(f"/dossiers/{first}/content").headers["etag"]
    reader.get(f"/dossiers/{second}/content")
    same = reader.get(f"/dossiers/{first}/content", headers={"if-none-match": tag})
    assert (same.status_code, same.content) == (304, b"")
    assert read_by(desk, reader) == [first, second]


def test_a_new_file_is_a_new_etag_and_a_reading_of_its_own(desk, portal, reader):
    sent = portal.sent()
    tag = reader.get(f"/dossiers/{sent['id']}/content").headers["etag"]
    upload(portal, sent["id"], PNG)
    again = reader.get(f"/dossiers/{sent['id']}/content", headers={"if-none-match": tag})
    assert again.status_code == 200 and again.headers["etag"] != tag and read_by(desk, reader) == [sent["id"]] * 2


def test_a_file_is_told_byte_for_byte_and_looking_at_it_is_a_reading(desk, portal, reader):
    sent, other = portal.sent(), portal.sent()
    id = upload(portal, sent["id"], PNG).json()["id"]
    file = reader.get(f"/dossiers/{sent['id']}/attachments/{id}")
    assert (file.status_code, file.content, file.headers["content-type"], file.headers["content-disposition"]) == (200, PNG, "image/png", "attachment")
    assert reader.get(f"/dossiers/{sent['id']}/attachments/{id}", headers={"if-none-match": file.headers["etag"]}).status_code == 304
    for path in (f"/dossiers/{other['id']}/attachments/{id}", f"/dossiers/{sent['id']}/attachments/none"):
        assert problem(reader.get(path)) == (404, "file_unknown")
    assert read_by(desk, reader) == [sent["id"]]


def test_a_file_of_a_kind_that_a_browser_might_run_is_only_bytes(desk, portal, reader):
    sent = portal.sent()
    id = upload(portal, sent["id"], PNG).json()["id"]
    with desk.home.wired.database.write() as session:
        session.execute(update(Attachment).where(Attachment.id == id).values(mime="text/html"))
    assert reader.get(f"/dossiers/{sent['id']}/attachments/{id}").headers["content-type"] == "application/octet-stream"


def test_what_is_read_is_kept_by_no_one_on_the_way(portal, reader):
    assert reader.get(f"/dossiers/{portal.sent()['id']}/content").headers["cache-control"] == "no-store"


def test_the_leader_sees_the_system_by_name_on_the_dossier_and_in_the_list(desk, portal, reader):
    sent = portal.sent()
    reader.get(f"/dossiers/{sent['id']}/content")
    page = desk.client("lanhdao").get(f"/console/dossiers/{sent['id']}").text
    assert "Kho dữ liệu tỉnh <small>(hệ thống khác)</small>" in page
    everybody = desk.client("lanhdao").get(f"/console/readers?q={sent['code'][-4:]}").text
    assert "Kho dữ liệu tỉnh<small>hệ thống khác, qua API</small>" in everybody and "không phải việc của mình" in everybody
    alone = desk.client("lanhdao").get("/console/readers", params={"staff": f"api:{row_of(desk, reader.token).id}"}).text
    assert "Kho dữ liệu tỉnh<small>" in alone and "<td>Hoàng" not in alone


def test_a_reading_by_who_worked_on_the_dossier_is_their_own_business(desk, portal):
    sent = portal.sent()
    assert portal.act(sent, "receive").status_code == 200
    portal.get(f"/dossiers/{sent['id']}/content")
    with desk.home.wired.database.read() as session:
        found, _ = readings.recent(session, desk.office, code=sent["code"], reader=f"api:{row_of(desk, portal.token).id}")
        strange, _ = readings.recent(session, desk.office, code=sent["code"], strange=True)
    assert [(one.system, one.own) for one in found] == [(True, True)] and strange == []


@pytest.mark.parametrize("scopes", [["dossiers.read"], ["dossiers.read", "events.read", "dossiers.send", "tasks.read"], ["dossiers.act:lanhdao"]])
def test_no_other_scope_opens_it_and_nothing_is_written(desk, scopes):
    system, row = System(desk, token(desk, *scopes)), desk.sent()
    assert problem(system.get(f"/dossiers/{row.id}/content")) == (403, "no_scope") and read_by(desk, system) == []


def test_what_is_not_there_is_not_there(desk, reader):
    for id in ("none", "0" * 26):
        assert problem(reader.get(f"/dossiers/{id}/content")) == (404, "unknown")
    assert read_by(desk, reader) == []


def moved(desk: Desk, id: str, **columns) -> None:
    """Write columns of a dossier, as no door does."""
    with desk.home.wired.database.write() as session:
        session.execute(update(Dossier).where(Dossier.id == id).values(**columns))


@pytest.mark.parametrize("columns", [{"unit": "H55.999"}, {"status": "draft"}], ids=["another unit's", "a draft"])
def test_a_dossier_that_is_not_the_offices_is_not_there(desk, portal, columns):
    sent = portal.sent()
    moved(desk, sent["id"], **columns)
    doors = [portal.get(f"/dossiers/{sent['id']}{path}") for path in ("", "/content", "/events", "/elsewhere")]
    doors += [upload(portal, sent["id"], PNG), portal.act(sent, "assign", staff="x")]
    listed = {one["id"] for one in portal.get("/dossiers", params={"limit": 200}).json()["items"]}
    with desk.home.wired.database.read() as session:
        seen = session.scalars(select(ReadLog.id).where(ReadLog.dossier_id == sent["id"])).all()
        events = session.scalars(select(Event.action).where(Event.dossier_id == sent["id"])).all()
    moved(desk, sent["id"], unit=sent["unit"], status="sent")
    assert [answer.status_code for answer in doors[:5]] == [404] * 5 and doors[5].status_code in (404, 409)
    assert sent["id"] not in listed and (seen, events) == ([], ["send"])


def test_a_token_of_another_unit_or_one_that_was_ended_reads_nothing(desk, portal, reader):
    sent = portal.sent()
    foreign = System(desk, token(desk, "dossiers.content", unit="H55.999"))
    row = row_of(desk, reader.token)
    with desk.home.wired.database.write() as session:
        api_tokens.revoke(session, row.id, desk.office.unit, desk.now())
    for system in (foreign, reader):
        assert problem(system.get(f"/dossiers/{sent['id']}/content")) == (401, "no_token")
    with desk.home.wired.database.read() as session:
        assert session.scalars(select(ReadLog.id).where(ReadLog.dossier_id == sent["id"])).all() == []


def test_the_tag_of_a_content_is_no_version_to_act_on(desk, portal):
    sent = portal.sent()
    tag = portal.get(f"/dossiers/{sent['id']}/content").headers["etag"]
    assert problem(portal.post(f"/dossiers/{sent['id']}/actions/receive", {}, if_match=tag)) == (412, "stale")
    assert portal.get(f"/dossiers/{sent['id']}").json()["status"] == "sent"


def test_what_was_corrected_is_told_anew(desk, portal, reader):
    sent = portal.sent()
    tag = reader.get(f"/dossiers/{sent['id']}/content").headers["etag"]
    done = desk.post("tiepnhan", f"/console/dossiers/{sent['id']}/answers/child_name", version=sent["version"], value="Bàn Thị Lan")
    assert done.status_code == 200
    again = reader.get(f"/dossiers/{sent['id']}/content", headers={"if-none-match": tag})
    assert again.status_code == 200 and "BÀN THỊ LAN" in again.text and again.json()["version"] == sent["version"] + 1
