"""A dossier goes from the commune to the province and its result comes back, by signed messages."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from backend.domain import exchange
from backend.office import people
from backend.store.tables import ExchangeIn, ExchangeOut, Notice, Part
from tests.exchange.kit import COMMUNE, KEY, PROVINCE, finish, hand_over
from tests.office.lives import at, bundle_at


def received(commune, ref="m1-1"):
    with commune.database.write() as session:
        return at(session, commune.office, commune.clock.now(), "process", ref=ref).id


def test_a_dossier_goes_up_is_taken_worked_on_and_its_result_comes_back(pair):
    commune, province = pair
    ours = received(commune)
    hand_over(commune, ours)
    assert commune.out() == [("hand_over", "queued")]
    commune.work()
    [(theirs, link)] = province.came()
    assert (theirs.status, theirs.code[:4], link.foreign_code, link.foreign_step) == ("sent", "H55-", commune.again(ours).code, "processing")
    assert theirs.due_at == commune.handed(commune.again(ours)).row.due_at and link.own_due_at == commune.again(ours).due_at
    assert commune.handed(commune.again(ours)).row.state == "sent"

    province.work()
    assert commune.handed(commune.again(ours)).row.state == "acknowledged"
    province.act(theirs.id, "receive")
    province.work()
    assert commune.handed(commune.again(ours)).row.state == "working"

    finish(province, theirs.id)
    province.work()
    back = commune.again(ours)
    assert (back.status, commune.handed(back).outcome) == ("issued", "số 31/GKS ngày 23/11/2026")
    assert province.again(theirs.id).status == "returned"
    assert {state for _, state in commune.out() + province.out()} == {"acknowledged"}
    assert [kind for kind, _ in commune.into()] == ["acknowledged", "acknowledged", "result_back"]


def test_answers_people_and_papers_are_there_and_only_the_commune_speaks_to_the_citizen(pair):
    commune, province = pair
    hand_over(commune, received(commune))
    commune.work()
    [(theirs, link)] = province.came()
    province.act(theirs.id, "receive")
    finish(province, theirs.id)
    with province.database.read() as session:
        parties = people.parties(session, province.office.vault, theirs.id)
        assert ("mother", "006199003321") in [(role, facts.get("citizen_id")) for role, _, facts in parties]
        assert province.office.vault.open_json(link.papers_sealed, f"transfer.papers:{theirs.id}")
    assert province.rows(Notice) == []
    assert [row.kind for row in commune.rows(Notice)] == ["received", "handed_over"]


@pytest.mark.parametrize(("first", "action", "who", "data"), [
    (None, "refuse_intake", "tiepnhan", {"reason": "thiếu chữ ký"}),
    ("receive", "refuse", "lanhdao", {"reason": "không thuộc thẩm quyền"}),
])  # fmt: skip
def test_a_refusal_there_brings_the_dossier_back_with_the_reason(pair, first, action, who, data):
    commune, province = pair
    ours = received(commune)
    hand_over(commune, ours)
    commune.work()
    [(theirs, _)] = province.came()
    if first:
        province.act(theirs.id, first)
    province.act(theirs.id, action, who, **data)
    province.work()
    back = commune.again(ours)
    assert (back.status, commune.handed(back).row.state, commune.handed(back).outcome) == ("processing", "returned", data["reason"])


def test_a_dossier_withdrawn_here_ends_there_and_a_second_hand_over_is_a_dossier_of_its_own(pair):
    commune, province = pair
    one, two = received(commune), received(commune, ref="m2-1")
    for id_ in (one, two):
        hand_over(commune, id_)
    commune.work()
    commune.act(one, "withdraw", reason="dân rút")
    province.act(province.came()[1][0].id, "refuse_intake", reason="nhầm nơi")
    province.work()
    hand_over(commune, two)
    commune.work()
    assert [row.status for row, _ in province.came()] == ["withdrawn", "refused", "sent"]
    assert (commune.again(one).status, commune.handed(commune.again(one)).row.state) == ("withdrawn", "withdrawn")


def test_a_withdrawal_that_comes_after_the_signature_is_refused_and_named(pair):
    commune, province = pair
    ours = received(commune)
    hand_over(commune, ours)
    commune.work()
    [(theirs, _)] = province.came()
    province.act(theirs.id, "receive")
    finish(province, theirs.id)
    commune.act(ours, "withdraw", reason="dân rút")
    commune.work()
    assert commune.out()[-1] == ("withdrawn", "refused")
    assert commune.rows(ExchangeOut)[-1].reason == "wrong_status"


def test_the_parts_of_a_bundle_are_gathered_where_it_was_taken_in(pair):
    commune, province = pair
    with commune.database.write() as session:
        ours = bundle_at(session, commune.office, commune.clock.now(), "process").id
    hand_over(commune, ours)
    commune.work()
    [(theirs, _)] = province.came()
    province.act(theirs.id, "receive")
    finish(province, theirs.id)
    province.work()
    assert (province.rows(Part), province.again(theirs.id).status, commune.again(ours).status) == ([], "returned", "issued")
    assert {row.name: row.state for row in commune.rows(Part)} == {"khai_sinh": "done", "thuong_tru": "working", "bhyt": "working"}


def test_a_procedure_the_other_office_does_not_know_comes_back_at_once(pair):
    commune, province = pair
    ours = received(commune)
    hand_over(commune, ours)
    row = commune.rows(ExchangeOut)[0]
    body = message_of(commune, row)
    body["data"]["procedure"] = "khong_co"
    answer = post(province, row.id, json.dumps(body).encode())
    assert (answer.status_code, answer.json()["reason"], province.came()) == (200, "procedure_unknown", [])


def test_a_hand_over_whose_number_was_taken_there_comes_back_and_the_queue_is_free(pair):
    commune, province = pair
    ours = received(commune)
    hand_over(commune, ours)
    [row] = commune.rows(ExchangeOut)
    body = json.dumps(message_of(commune, row) | {"id": "somebody-else"}).encode()
    assert post(province, "somebody-else", body).json()["state"] == "applied"
    commune.work()
    [row] = commune.rows(ExchangeOut)
    assert (row.state, row.reason, commune.queued()) == ("refused", "seq_taken", [])
    assert (commune.again(ours).status, commune.handed(commune.again(ours)).outcome) == ("processing", "Máy nơi nhận không nhận hồ sơ này.")


def message_of(side, row) -> dict:
    return json.loads(side.office.vault.open(row.body_sealed, f"exchange_out.body:{row.id}"))


def post(side, id_: str, body: bytes, now=None, key: str = KEY, office: str = COMMUNE, **changes) -> httpx.Response:
    headers = exchange.signed(key, office, "POST", exchange.MESSAGES, now or side.clock.now(), id_, body) | changes
    return httpx.post(side.url + exchange.MESSAGES, content=body, headers=headers)


class TestTheDoor:
    """What comes twice, late, out of order or from a stranger."""

    @pytest.fixture
    def message(self, pair):
        commune, province = pair
        hand_over(commune, received(commune))
        row = commune.rows(ExchangeOut)[0]
        return province, row, commune.office.vault.open_bytes(row.body_sealed, f"exchange_out.body:{row.id}")

    def test_the_same_message_again_gets_the_first_answer_and_changes_nothing(self, message):
        province, row, body = message
        first, again = post(province, row.id, body), post(province, row.id, body)
        assert (first.status_code, first.json()) == (again.status_code, again.json()) == (200, {"id": row.id, "state": "applied", "code": province.came()[0][0].code})
        assert len(province.came()) == len(province.rows(ExchangeIn)) == 1

    def test_the_same_id_with_another_body_is_refused(self, message):
        province, row, body = message
        post(province, row.id, body)
        other = post(province, row.id, body.replace(b"2155", b"2158"))
        assert (other.status_code, other.json()["reason"], len(province.came())) == (409, "id_reused", 1)

    def test_two_different_messages_with_one_number_are_not_both_taken(self, message):
        province, row, body = message
        assert post(province, row.id, body).json()["state"] == "applied"
        other = body.replace(row.id.encode(), b"another-message").replace(b"2155", b"2158")
        again = post(province, "another-message", other)
        assert (again.status_code, again.json()) == (409, {"id": "another-message", "state": "refused", "reason": "seq_taken"})
        assert (len(province.came()), [m.id for m in province.rows(ExchangeIn)]) == (1, [row.id])
        assert post(province, row.id, body).json()["state"] == "applied"

    @pytest.mark.parametrize(("changes", "reason"), [
        ({"key": "another key of the same length, or so"}, "signature"),
        ({"office": "H55.999"}, "signature"),
        ({"x-motcua-id": "another"}, "signature"),
        ({"now": timedelta(minutes=-6)}, "clock"),
        ({"now": timedelta(minutes=6)}, "clock"),
    ])  # fmt: skip
    def test_dung_without_the_key_or_an_old_request_does_not_get_in(self, message, changes, reason):
        province, row, body = message
        given = {**changes, "now": province.clock.now() + changes["now"]} if "now" in changes else changes
        answer = post(province, row.id, body, **given)
        assert (answer.status_code, answer.json()["reason"], province.came()) == (401, reason, [])

    @pytest.mark.parametrize(("change", "status", "reason"), [
        ({"seq": 2}, 425, "earlier_missing"),
        ({"to": "H56"}, 400, "not_for_us"),
        ({"sender": "H56"}, 400, "not_for_us"),
        ({"kind": "chao"}, 400, "unreadable"),
        ({"data": {}}, 400, "unreadable"),
    ])  # fmt: skip
    def test_what_is_out_of_order_or_unreadable_is_answered_in_a_word(self, message, change, status, reason):
        province, row, body = message
        answer = post(province, row.id, json.dumps({**json.loads(body), **change}).encode())
        assert (answer.status_code, answer.json()["reason"], province.came()) == (status, reason, [])

    def test_a_result_for_somebody_elses_hand_over_is_refused(self, pair):
        commune, _ = pair
        ours = received(commune)
        hand_over(commune, ours, office="Sở Tư pháp")
        content = {"hand_over": commune.handed(commune.again(ours)).row.id, "number": "1", "on": "2026-11-23"}
        at_ = commune.clock.now().isoformat()
        body = {"v": 1, "id": "x1", "kind": "result_back", "sender": PROVINCE, "to": COMMUNE, "dossier": "y", "code": "z", "seq": 1, "at": at_, "data": content}
        answer = post(commune, "x1", json.dumps(body).encode(), office=PROVINCE)
        assert (answer.json()["reason"], commune.again(ours).status) == ("hand_over_unknown", "handed_over")
