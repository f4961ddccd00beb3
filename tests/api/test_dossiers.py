"""Dossiers for other systems: sent by the office's own way, read by version, listed in pages, acted on once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from backend.office import people
from backend.store.tables import Attachment, Conversation, Dossier, Event, KeptAnswer, Notice
from tests.api.kit import BIRTH, System, fields, new_key, problem, token

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def test_a_dossier_from_a_portal_goes_the_same_way_as_a_text(desk, portal):
    made = portal.send()
    body = made.json()
    assert (made.status_code, made.headers["etag"], body["dossier"]["status"], body["noted"]) == (201, '"2"', "sent", False)
    assert body["dossier"]["code"].startswith("H55.242-261123-") and "giấy làm chứng việc đẻ (không có thì viết cam đoan ở xã)" in body["papers"]
    with desk.home.wired.database.read() as session:
        row = session.get(Dossier, body["dossier"]["id"])
        found = {role: facts.get("name") or facts.get("citizen_id") for role, _, facts in people.parties(session, desk.office.vault, row.id)}
        events = session.scalars(select(Event.action).where(Event.dossier_id == row.id)).all()
    assert (row.channel, row.review_by is not None, events) == ("portal", True, ["send"])
    assert found["subject"] == "BÀN THỊ MAI" and found["father"] == "006096004512"
    assert portal.get(made.headers["location"].removeprefix("/api/v1")).json() == body["dossier"]


def test_who_gave_a_number_is_told_on_it(desk, portal):
    sent = portal.sent(phone="0981110777")
    assert portal.act(sent, "receive").status_code == 200
    with desk.home.wired.database.read() as session:
        row = session.get(Dossier, sent["id"])
        notice = session.scalars(select(Notice).where(Notice.dossier_id == row.id)).one()
        assert session.get(Conversation, row.conversation_id) is not None and notice.kind == "received"


def test_without_a_number_a_clerk_is_asked_to_call(fresh):
    system = System(fresh, token(fresh))
    sent = system.sent(phone=None)
    system.act(sent, "receive")
    fresh.home.idle()
    assert [(task["kind"], task["dossier"]) for task in system.get("/tasks").json()["items"]] == [("call", sent["code"])]


def test_a_dossier_that_looks_like_another_is_flagged_and_not_merged(portal):
    again = {"answers": BIRTH | {"child_name": "Lý Văn Hai"}}
    first, second = portal.send(**again).json(), portal.send(**again).json()
    assert (first["similar"], second["similar"]) == (False, True) and first["dossier"]["code"] != second["dossier"]["code"]


@pytest.mark.parametrize(("changes", "status", "code", "wrong"), [
    ({"procedure": "khong_co"}, 422, "procedure_unknown", {}),
    ({"answers": BIRTH | {"child_dob": "31/2/2026"}}, 422, "answers", {"answers.child_dob"}),
    ({"answers": BIRTH | {"relation": "cousin", "father": "12 34"}}, 422, "answers", {"answers.relation", "answers.father"}),
    ({"answers": {k: v for k, v in BIRTH.items() if k not in ("child_sex", "mother")}}, 422, "answers", {"answers.child_sex", "answers.mother"}),
    ({"answers": BIRTH | {"colour": "xanh"}}, 422, "answers", {"answers.colour"}),
    ({"answers": BIRTH | {"requester_name": "Lý Thị Mùi"}}, 422, "answers", {"answers.requester_name"}),
    ({"unknown": ["relation"]}, 422, "answers", {"answers.relation"}),
    ({"phone": "12"}, 422, "answers", {"phone"}),
    ({"intake": "fax"}, 422, "fields", {"intake"}),
    ({"helper": "Linh"}, 422, "fields", {"helper"}),
    ({"answers": "none"}, 422, "fields", {"answers"}),
])  # fmt: skip
def test_what_cannot_be_taken_is_said_field_by_field_and_nothing_is_written(desk, portal, changes, status, code, wrong):
    with desk.home.wired.database.read() as session:
        before = session.scalar(select(func.count(Dossier.id)))
    answer = portal.send(**changes)
    assert problem(answer) == (status, code) and set(fields(answer)) == set(wrong)
    assert "31/2/2026" not in answer.text and "Lý Thị Mùi" not in answer.text
    with desk.home.wired.database.read() as session:
        assert session.scalar(select(func.count(Dossier.id))) == before


def test_a_question_may_be_left_to_the_counter(portal):
    answers = {k: v for k, v in BIRTH.items() if k != "father"}
    assert portal.send(answers=answers, unknown=["father"]).status_code == 201


def test_the_first_answer_is_told_again_byte_for_byte(desk, portal):
    key = new_key()
    first, again = portal.send(key), portal.send(key)
    assert (again.status_code, again.content) == (201, first.content)
    assert {again.headers[name] == first.headers[name] for name in ("etag", "location", "content-type")} == {True}
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    other = portal.send(key, intake="counter")
    assert problem(other) == (422, "key_other_body")
    with desk.home.wired.database.read() as session:
        kept = session.scalars(select(KeptAnswer).where(KeptAnswer.key == key)).one()
    assert first.json()["dossier"]["code"].encode() not in kept.answer_sealed


def test_the_same_send_a_hundred_times_is_one_dossier(desk, portal):
    key, body = new_key(), {"answers": BIRTH | {"child_name": "Hà Thị Trăm"}}
    with desk.home.wired.database.read() as session:
        before = session.scalar(select(func.count(Dossier.id)))
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: portal.send(key, **body), range(100)))
    assert {answer.status_code for answer in got} <= {201, 409}
    assert {problem(answer) for answer in got if answer.status_code == 409} <= {(409, "key_running")}
    assert len({answer.content for answer in got if answer.status_code == 201}) == 1
    with desk.home.wired.database.read() as session:
        assert session.scalar(select(func.count(Dossier.id))) == before + 1


def test_what_was_refused_leaves_its_key_free(portal):
    key = new_key()
    assert portal.send(key, phone="12").status_code == 422
    assert portal.send(key).status_code == 201


def test_a_key_is_one_systems_own(desk, portal):
    key, other = new_key(), System(desk, token(desk, "dossiers.send"))
    assert portal.send(key).json()["dossier"]["id"] != other.send(key).json()["dossier"]["id"]


def test_a_post_without_a_key_is_refused(portal):
    answer = portal.http.post("/dossiers", json={"procedure": "khai_sinh", "intake": "portal", "answers": BIRTH})
    assert problem(answer) == (422, "fields") and fields(answer) == {"Idempotency-Key": "còn thiếu"}


def test_reading_again_costs_nothing_while_nothing_has_changed(portal):
    sent = portal.sent()
    path = f"/dossiers/{sent['id']}"
    assert portal.get(path, headers={"if-none-match": '"2"'}).status_code == 304
    portal.act(sent, "receive")
    changed = portal.get(path, headers={"if-none-match": '"2"'})
    assert (changed.status_code, changed.headers["etag"], changed.json()["status"]) == (200, '"3"', "received")


def test_an_action_wants_the_version_that_was_seen(desk, portal):
    sent = portal.sent()
    path = f"/dossiers/{sent['id']}/actions/receive"
    assert problem(portal.post(path, {})) == (428, "if_match")
    assert problem(portal.post(path, {}, if_match='"1"')) == (412, "stale")
    assert problem(portal.post(path, {}, if_match="*")) == (412, "stale")
    desk.act("tiepnhan", desk.again(Dossier(id=sent["id"])), "receive")
    stale = portal.act(sent, "receive")
    assert problem(stale) == (412, "stale") and "Nông Thị Bình vừa xử lý hồ sơ này lúc 09:00" in stale.json()["title"]


def test_the_road_to_the_result_by_rest_with_three_systems(desk, portal):
    leader, registrar = (System(desk, token(desk, f"dossiers.act:{role}", name=role)) for role in ("lanhdao", "vanthu"))
    here = portal.sent()
    road = [("receive", portal, {}), ("process", portal, {}), ("draft", portal, {}), ("sign", leader, {}), ("number", registrar, {"number": "12/2026"}),
            ("issue", portal, {}), ("finish", portal, {}), ("return", portal, {"collector": "mẹ cháu", "proof": "căn cước"})]  # fmt: skip
    for action, system, data in road:
        done = system.act(here, action, **data)
        assert done.status_code == 200, (action, done.text)
        here = done.json()
    assert (here["status"], here["ended"], here["waits_for"]) == ("returned", True, [])
    history = portal.get(f"/dossiers/{here['id']}/events").json()
    assert [event["action"] for event in history["items"]] == ["send", *(action for action, _, _ in road)]
    links = [("", history["items"][0]["hash"]), *((event["prev_hash"], event["hash"]) for event in history["items"][1:])]
    assert all(after[0] == before[1] for before, after in pairwise(links)) and history["head"] == links[-1][1] and history["intact"]
    assert "mẹ cháu" not in json.dumps(history, ensure_ascii=False)


def test_who_drafted_does_not_sign_also_as_a_system(portal):
    here = portal.sent()
    for action in ("receive", "process", "draft"):
        here = portal.act(here, action).json()
    answer = portal.act(here, "sign")
    assert problem(answer) == (409, "same_person") and "Hệ thống tỉnh" in answer.json()["title"]


@pytest.mark.parametrize(("action", "data", "status", "code"), [
    ("jump", {}, 404, "unknown_action"),
    ("sign", {}, 409, "wrong_status"),
    ("refuse_intake", {}, 422, "needs"),
    ("refuse_intake", {"reason": "x" * 201}, 422, "fields"),
    ("refuse_intake", {"reason": "thiếu giấy", "number": "5"}, 422, "fields"),
    ("refuse_intake", {"colour": "red"}, 422, "fields"),
    ("receive", {"due_at": "2026-11-28", "ground": "quyết định"}, 422, "due_day_off"),
    ("receive", {"due_at": "2026-11-20", "ground": "quyết định"}, 422, "due_past"),
    ("receive", {"due_at": "mai"}, 422, "fields"),
    ("send", {}, 409, "wrong_status"),
])  # fmt: skip
def test_an_action_that_cannot_be_done_says_why_and_changes_nothing(portal, action, data, status, code):
    sent = portal.sent()
    assert problem(portal.act(sent, action, **data)) == (status, code)
    assert portal.get(f"/dossiers/{sent['id']}").json() == sent


def test_a_role_that_the_token_has_not_is_refused_by_the_table(desk, portal):
    clerk = System(desk, token(desk, "dossiers.act:tiepnhan"))
    sent = portal.sent()
    assert problem(clerk.post(f"/dossiers/{sent['id']}/actions/refuse", {"reason": "x"}, if_match='"2"')) == (409, "wrong_status")
    here = clerk.act(sent, "receive").json()
    assert problem(clerk.act(here, "refuse", reason="không đủ điều kiện")) == (403, "wrong_role")


def test_a_repeated_action_is_done_once(desk, portal):
    sent, key = portal.sent(), new_key()
    first, again = portal.act(sent, "receive", key), portal.act(sent, "receive", key)
    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (200, first.content, "true")
    with desk.home.wired.database.read() as session:
        assert session.scalar(select(func.count(Event.id)).where(Event.dossier_id == sent["id"])) == 2


def test_questions_and_hand_overs_show_the_clock_of_each_side(portal):
    here = portal.sent()
    for action, data in (("receive", {}), ("process", {}), ("consult", {"office": "Công an xã", "question": "có đúng nơi ở?", "answer_by": "2026-11-25"})):
        here = portal.act(here, action, **data).json()
    found = portal.get(f"/dossiers/{here['id']}/elsewhere").json()
    assert [(one["office"], one["state"], one["due_at"][:10], one["late"]) for one in found["consultations"]] == [("Công an xã", "open", "2026-11-25", False)]
    done = portal.act(here, "consulted", consultation=found["consultations"][0]["id"], answer="đúng")
    assert (done.status_code, done.json()["status"]) == (200, "processing")


def test_pages_lose_and_repeat_nothing_while_dossiers_move(fresh):
    system = System(fresh, token(fresh))
    ids = [system.sent(answers=BIRTH | {"child_name": f"Lý Thị {name}"})["id"] for name in ["Mai", "Lan", "Hoa", "Cúc", "Đào", "Huệ", "Sen"]]
    seen, cursor = [], None
    while True:
        page = system.get("/dossiers", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        seen += [row["id"] for row in page["items"]]
        system.act(page["items"][0], "receive")
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids
    assert len(system.get("/dossiers", params={"status": ["received"]}).json()["items"]) == 3
    assert system.get("/dossiers", params={"procedure": "ket_hon"}).json()["items"] == []
    assert system.get("/dossiers", params={"since": "2026-11-24T00:00:00+07:00"}).json()["items"] == []


@pytest.mark.parametrize(("query", "code"), [
    ({"cursor": "!!"}, "cursor"),
    ({"cursor": "MTp4"}, "cursor"),
    ({"limit": 0}, "fields"),
    ({"limit": 1000}, "fields"),
    ({"status": "lost"}, "fields"),
    ({"status": "draft"}, "fields"),
    ({"statuss": "received"}, "fields"),
    ({"since": "2026-11-24T00:00:00"}, "fields"),
])  # fmt: skip
def test_a_list_that_cannot_be_asked_for_says_what_is_wrong(portal, query, code):
    assert problem(portal.get("/dossiers", params=query)) == (422, code)


def test_what_is_not_there_is_404_in_the_same_words(portal):
    for path in ("/dossiers/none", "/dossiers/none/events", "/dossiers/none/elsewhere", "/procedures/none", "/hooks/none/deliveries", "/nothing"):
        answer = portal.get(path, headers={"accept": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path


def upload(system: System, dossier: str, content: bytes, key: str | None = None, **form):
    files = {"file": ("CCCD cua Mui.png", content, "text/plain")}
    return system.http.post(f"/dossiers/{dossier}/attachments", files=files, data=form, headers={"idempotency-key": key or new_key()})


def test_a_file_is_sealed_once_and_known_by_its_bytes(desk, portal):
    sent, key = portal.sent(), new_key()
    first, again = upload(portal, sent["id"], PNG, key, paper="chung_sinh"), upload(portal, sent["id"], PNG, key, paper="chung_sinh")
    assert (first.status_code, first.json()["mime"], first.json()["paper"]) == (201, "image/png", "chung_sinh")
    assert again.content == first.content and again.headers["idempotency-replayed"] == "true"
    assert upload(portal, sent["id"], PNG).json() == first.json()
    with desk.home.wired.database.read() as session:
        row = session.scalars(select(Attachment).where(Attachment.dossier_id == sent["id"])).one()
    assert PNG not in row.content_sealed
    assert desk.client("tiepnhan").get(f"/console/attachments/{row.id}").content == PNG


@pytest.mark.parametrize(("content", "form", "status", "code"), [
    (b"MZ\x90 a program", {}, 415, "file_kind"),
    (b"", {}, 415, "file_kind"),
    (b"%PDF-" + b"0" * 10_000_000, {}, 413, "file_big"),
    (b"%PDF-" + b"0" * 10_200_000, {}, 413, "too_big"),
    (b"%PDF-1.7", {"paper": "so_do"}, 422, "paper_unknown"),
])  # fmt: skip
def test_a_file_of_the_wrong_kind_size_or_paper_is_refused(portal, content, form, status, code):
    sent = portal.sent()
    assert problem(upload(portal, sent["id"], content, **form)) == (status, code)


def test_a_body_without_a_length_or_too_long_is_refused_before_it_is_read(portal):
    head = {"idempotency-key": new_key(), "content-type": "application/json"}
    assert problem(portal.http.post("/dossiers", content=iter([b"{}"]), headers=head)) == (411, "no_length")
    assert problem(portal.http.post("/dossiers", content=b" " * 300_000, headers=head)) == (413, "too_big")


def test_tracking_tells_the_stage_to_who_knows_the_number_and_counts_the_tries(portal):
    sent = portal.sent(phone="0981114321")
    told = portal.post("/tracking", {"code": sent["code"], "last_four": "4321"})
    assert (told.status_code, told.json()["stage"], told.json()["late"]) == (200, "sent", False)
    wrong = [portal.post("/tracking", {"code": sent["code"], "last_four": "0000"}) for _ in range(5)]
    assert [problem(answer) for answer in wrong] == [(404, "track_unknown")] * 4 + [(429, "locked")]


def test_procedures_tell_their_cases_and_the_case_that_is_asked_about(portal):
    every = portal.get("/procedures")
    assert len(every.json()["items"]) == 49 and portal.get("/procedures", headers={"if-none-match": every.headers["etag"]}).status_code == 304
    whole = portal.get("/procedures/khai_sinh").json()
    assert (whole["code"], whole["times"][0]["cutoff"], whole["valid_from"]) == ("1.001193", "15:00", "2025-07-01")
    case = portal.get("/procedures/khai_sinh", params={"case": ["child_birthplace:home", "parents_married:no"]}).json()
    assert {paper["id"] for paper in case["papers"]} == {"can_cuoc_me", "lam_chung", "to_khai"} < {paper["id"] for paper in whole["papers"]}
    assert all({"verified", "when"} <= set(row) for row in [*whole["papers"], *whole["fees"], *whole["times"]])


def test_communes_and_counters(portal):
    names = {row["name"]: row["parts"] for row in portal.get("/units").json()["items"]}
    assert len(names) == 37 and "02155" in names["Xã Na Rì"]
    assert [row["unit"] for row in portal.get("/offices").json()["items"]] == ["H55.242"]


def test_two_sent_at_the_same_moment_are_still_seen_as_alike(portal):
    body = {"answers": BIRTH | {"child_name": "Nông Thị Cùng Lúc"}}
    with ThreadPoolExecutor(6) as pool:
        got = [answer.json() for answer in pool.map(lambda _: portal.send(**body), range(6))]
    assert sorted(one["similar"] for one in got) == [False] + [True] * 5
    assert len({one["dossier"]["code"] for one in got}) == 6
