"""A message nobody understood on its way: the phone, the inbox, two clicks, the lines of the next training."""

from __future__ import annotations

import re

import pytest
import yaml
from sqlalchemy import select

from backend.office.access import PERMISSIONS, ROLES
from backend.store.tables import UnsureLine
from bot.desk.unsure import intent_words, intents
from bot.dialogue.intents import INTENTS
from bot.learning import inbox, lines
from tests.learning.kit import parse, school

HELD_OUT = "text\tintent\tprocedure\nlàm thẻ cho người già thì đi đâu\task_where\thuu_tri_xh\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with school(tmp_path_factory.mktemp("learning")) as running:
        running.mind.known = {
            "tien gia": parse(
                "ask_benefit",
                0.48,
                ("huu_tri_xh", 0.41),
                ("mai_tang_bt", 0.33),
                intents=(("ask_procedure", 0.3),),
            ),
            "khai sinh": parse("ask_procedure", 0.95, ("khai_sinh", 0.96)),
            "chao": parse("greet", 0.93),
            "gi the": parse("complain", 0.35),
        }
        yield running


def rows(office) -> list[tuple[str, str, str]]:
    """(masked text, reason, status) of every line, oldest first."""
    with office.wired.database.read() as session:
        found = session.scalars(select(UnsureLine).order_by(UnsureLine.id)).all()
        return [(inbox.text_of(office.wired.office, row), row.reason, row.status) for row in found]


def line_id(office, text: str) -> str:
    """The line on the page that shows a text."""
    return re.search(rf'id="line-(\w+)">\s*<div>\s*<blockquote>{re.escape(text)}<', office.inbox())[1]


def buttons(html: str) -> list[str]:
    return re.findall(r'name="meant" value="([^"]+)"', html)


def test_an_unsure_wish_goes_masked_from_the_phone_by_one_click_into_the_lines_of_the_next_training(
    office, tmp_path
):
    office.phone("+84981110001").send("toi la trieu thi mui, so 006096004512, hoi tien gia duoc bao nhieu")
    shown = "toi la [tên], so [số định danh], hoi tien gia duoc bao nhieu"
    assert (shown, "asked", "new") in rows(office)
    page = office.inbox()
    assert "trieu thi mui" not in page and "006096004512" not in page
    assert "máy phải hỏi lại" in page and "48%" in page
    assert buttons(page)[:2] == ["ask_benefit huu_tri_xh", "ask_benefit mai_tang_bt"]
    answer = office.desk.post(
        "bientap", f"/console/unsure/{line_id(office, shown)}/label", meant="ask_benefit huu_tri_xh"
    )
    assert answer.status_code == 200 and shown not in answer.text
    (tmp_path / "test.tsv").write_text(HELD_OUT, "utf-8")
    with office.wired.database.read() as session:
        exported = lines.export(inbox.labelled(session, office.wired.office), tmp_path / "learning", tmp_path)
    table = (tmp_path / "learning/lines.tsv").read_text("utf-8")
    assert f"{shown}\task_benefit\thuu_tri_xh\n" in table and exported.left_out == 0
    made = yaml.safe_load((exported.nlu / "lines.yml").read_text("utf-8"))["nlu"]
    assert made[0]["intent"] == "ask_benefit" and made[0]["metadata"] == {"procedure": "huu_tri_xh"}
    assert made[0]["examples"] == [
        {"text": "toi la ban van pa, so 006096004512, hoi tien gia duoc bao nhieu"}
    ]


def test_two_clicks_choose_the_wish_and_then_the_procedure(office):
    office.phone("+84981110002").send("tien gia cua ong nha em")
    line = line_id(office, "tien gia cua ong nha em")
    first = (
        office.desk.client("bientap")
        .get(f"/console/unsure/{line}", params={"intent": "ask_documents"}, headers={"hx-request": "true"})
        .text
    )
    offered = buttons(first)
    assert (
        offered[:2] == ["ask_documents huu_tri_xh", "ask_documents mai_tang_bt"]
        and offered[-1] == "ask_documents"
    )
    assert len(offered) == len(office.wired.office.catalogue.all()) + 1 and "<html" not in first
    plain = office.desk.client("bientap").get(f"/console/unsure/{line}", params={"intent": "ask_documents"}).text
    assert buttons(plain) == offered and "<html" in plain
    office.desk.post("bientap", f"/console/unsure/{line}/label", meant="ask_documents trich_luc")
    with office.wired.database.read() as session:
        row = session.get(UnsureLine, line)
    assert (row.status, row.label_intent, row.label_procedure, row.labelled_by is not None) == (
        "labelled",
        "ask_documents",
        "trich_luc",
        True,
    )


def test_a_miss_and_what_is_taken_back_come_in_what_is_sure_or_read_by_the_dialogue_does_not(office):
    phone, before = office.phone("+84981110003"), len(rows(office))
    phone.send("cai nay la cai gi vay nhi")
    assert rows(office)[before:] == [("cai nay la cai gi vay nhi", "missed", "new")]
    phone.send("chao")
    phone.send("lam giay khai sinh cho con")
    assert len(rows(office)) == before + 1
    phone.send("khong phai, toi hoi viec khac")
    assert ("lam giay khai sinh cho con", "corrected", "new") in rows(office)
    assert office.inbox().count("dân nói không phải thế") == 1


def test_folded_twins_are_shown_once_labelled_once_and_known_when_they_come_again(office):
    for number, text in enumerate(("Tại sao gi the", "tai sao gi the?", "TAI SAO GI THE!")):
        office.phone(f"+8498111004{number}").send(text)
    page = office.inbox()
    assert (
        page.count("tai sao gi the") + page.count("Tại sao gi the") + page.count("TAI SAO GI THE!") == 1
        and "cùng 2 tin giống thế" in page
    )
    line = line_id(office, "TAI SAO GI THE!")
    office.desk.post("bientap", f"/console/unsure/{line}/label", meant="complain")
    office.phone("+84981110049").send("tại sao gi the")
    assert [status for text, _, status in rows(office) if "sao gi" in text.lower()] == ["labelled"] * 4
    with office.wired.database.read() as session:
        assert [
            text for text, intent, _ in inbox.labelled(session, office.wired.office) if intent == "complain"
        ] == ["Tại sao gi the"]


def test_dropping_takes_a_line_off_the_page_and_nothing_is_learned_of_it(office):
    office.phone("+84981110005").send("ha ha ha hi hi")
    line = line_id(office, "ha ha ha hi hi")
    office.desk.post("bientap", f"/console/unsure/{line}/drop")
    assert ("ha ha ha hi hi", "missed", "dropped") in rows(office) and "ha ha ha hi hi" not in office.inbox()
    again = office.desk.post("bientap", f"/console/unsure/{line}/label", meant="greet")
    assert "Tin này vừa có người ghi rồi." in again.text


@pytest.mark.parametrize(
    "meant", ["dance", "ask_fee no_such_thing", "greet khai_sinh", "", "ask_fee " + "x" * 200]
)
def test_a_label_that_is_none_is_refused(office, meant):
    office.phone("+84981110006").send("mot cau rat la kho hieu")
    line = line_id(office, "mot cau rat la kho hieu")
    answer = office.desk.post("bientap", f"/console/unsure/{line}/label", meant=meant)
    assert answer.status_code == 422 or "Chọn một trong các nút." in answer.text
    assert ("mot cau rat la kho hieu", "missed", "new") in rows(office)


def test_dung_who_is_no_editor_is_refused_and_an_unknown_line_is_unknown(office):
    for role in ROLES:
        status = office.desk.client(role).get("/console/unsure").status_code
        assert status == (200 if role in PERMISSIONS["unsure.label"] else 403)
    assert office.desk.post("tiepnhan", "/console/unsure/1/label", meant="greet").status_code == 403
    assert (
        office.desk.client("bientap").get("/console/unsure/1", params={"intent": "ask_fee"}).status_code
        == 404
    )


def test_the_words_of_the_page_name_every_intent_of_the_contract_once():
    assert set(intent_words()) == INTENTS and sum(map(len, intents().values())) == len(INTENTS)


def test_a_line_that_the_held_out_set_has_is_not_learned(tmp_path):
    (tmp_path / "test.tsv").write_text(HELD_OUT, "utf-8")
    given = [
        ("lam the cho nguoi gia thi di dau a", "ask_where", "huu_tri_xh"),
        ("xin chao ca nha", "greet", ""),
    ]
    exported = lines.export(given, tmp_path / "out", tmp_path)
    assert (exported.lines, exported.left_out) == (1, 1)
    assert (tmp_path / "out/lines.tsv").read_text(
        "utf-8"
    ) == "text\tintent\tprocedure\nxin chao ca nha\tgreet\t\n"


def test_signs_of_the_training_format_in_a_message_stay_words(tmp_path):
    made = yaml.safe_load(lines.as_yaml([('bảo [tên] "ghi": {x}(y) - # \\ ạ', "inform", "")]))
    assert made["nlu"][0]["examples"] == [{"text": 'bảo Bàn Văn Pá "ghi":  x  y  - # \\ ạ'}]
