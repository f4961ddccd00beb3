"""Every procedure from the first text to "mời đến lấy" or the hand-over, through the real doors with the real model."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from backend.office import dossiers
from backend.office.kit import Actor
from backend.store.tables import Dossier
from tests.journeys.people import OPENINGS, the_open_question, typed

pytestmark = pytest.mark.model
CODE = re.compile(r"H55\.242 - \d{6} - \d{4}")
UNIT = "H55.242"
CLERK = Actor("clerk", UNIT, ("tiepnhan", "vanthu"))
STAFF = {
    "process": Actor("specialist", UNIT, ("chuyenmon",)),
    "draft": Actor("specialist", UNIT, ("chuyenmon",)),
    "sign": Actor("leader", UNIT, ("lanhdao",)),
    "number": Actor("registrar", UNIT, ("vanthu",)),
}
"""Who does what; the rest is the clerk's."""
MOST_TURNS = 13


def fill_in(house, phone, procedure, digits: bool) -> list[str]:
    """Walk the form of `procedure` until it is sent; returns the last texts."""
    questions = {q.id: q for q in procedure.questions}
    texts = phone.send(OPENINGS[procedure.id])
    while not CODE.search(" ".join(texts)):
        assert phone.turns < 20, texts
        waits = the_open_question(house, phone.address)
        assert waits, f"{procedure.id}: nothing is asked, and nothing was sent: {texts}"
        texts = phone.send(typed(questions[waits["question"]], digits) if "question" in waits else "1")
    return texts


def act(house, code: str, action: str, **data) -> None:
    """A clerk's act by the office's own verb; then everything is delivered."""
    wired = house.wired
    with wired.database.write() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        dossiers.act(session, wired.office, dossier.id, action, STAFF.get(action, CLERK), dossier.version, data, wired.clock.now())
    wired.bell.ring("job")
    house.idle()


def code_in(texts: list[str]) -> str:
    return CODE.search(" ".join(texts))[0].replace(" ", "")


FILED = [name for name in OPENINGS if name != "tam_tru"]


@pytest.mark.parametrize("digits", [True, False], ids=["digits", "free text"])
@pytest.mark.parametrize("name", FILED)
def test_a_text_becomes_a_dossier_and_the_phone_is_told_to_come(home, name, digits):
    procedure = home.wired.office.catalogue.get(name)
    phone = home.phone("+84981110011")
    texts = fill_in(home, phone, procedure, digits)
    assert phone.turns <= MOST_TURNS
    assert ("DA GHI, CHUA NOP" if procedure.file_by_text == "note" else "DA GUI") in " ".join(texts)
    code = code_in(texts)
    act(home, code, "receive")
    assert "tiep nhan" in phone.last.lower()
    act(home, code, "process")
    act(home, code, "draft")
    act(home, code, "sign")
    act(home, code, "number", number="12/2026")
    act(home, code, "issue")
    for part in procedure.bundle:
        if part.owner != "commune":
            act(home, code, "part_done", part=part.id, result="đã có")
    act(home, code, "finish")
    assert "moi den lay" in phone.last.lower()
    with home.wired.database.read() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        assert (dossier.status, dossier.procedure) == ("result_ready", name)


def test_what_the_police_does_is_guided_and_no_status_is_faked(home):
    phone = home.phone("+84981110012")
    texts = " ".join(phone.send(OPENINGS["tam_tru"]))
    assert "cong an" in texts.lower()
    assert not CODE.search(texts)
    with home.wired.database.read() as session:
        assert list(session.scalars(select(Dossier))) == []
