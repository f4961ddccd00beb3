"""People talk to a whole installation as they do at home: what was unkind, wrong or a loop once, and must not be again.

Without the understanding server where nothing hangs on it, so that these walks stay short.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from backend.office import dossiers
from backend.office.kit import Actor
from backend.store.tables import Dossier, Task
from tests.journeys.kit import house

STAFF = Actor("system", "H55.242", ("tiepnhan", "chuyenmon", "lanhdao", "vanthu"))


@pytest.fixture
def bare(tmp_path, clock):
    """A running installation without an understanding server."""
    with house(tmp_path / "data", clock) as running:
        yield running


def says(phone, text: str) -> str:
    texts = phone.send(text)
    assert 1 <= len(texts) <= 2, texts
    return " ".join(texts)


def act(home, action: str, **data) -> None:
    wired = home.wired
    with wired.database.write() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code.is_not(None))).one()
        dossiers.act(session, wired.office, dossier.id, action, STAFF, dossier.version, data, wired.clock.now())
    wired.bell.ring("job")
    home.idle()


def test_a_hurried_father_files_without_nlu_and_hears_the_moved_day(bare, clock):
    tuan = bare.phone("+84981110022")
    assert "1 Khai sinh" in says(tuan, "lam giay khai sinh cho con")
    for text in ("1", "2", "1 ma co mat tien khong", "o vien", "12/11/2026", "trai", "Triệu Gia Bảo, bao lâu thì xong", "triệu thị mùi", "triệu văn tuấn"):
        last = says(tuan, text)
    assert "thon nao" in last
    last = says(tuan, "thôn nà mơ xã na rì")
    while "DA GUI" not in last:
        last = says(tuan, "1")
        assert tuan.turns < 16, last
    act(bare, "receive", due_at="2026-11-27T17:00:00+07:00", ground="hẹn miệng tại quầy")
    act(bare, "process")
    act(bare, "ask_supplement", papers=["giấy chứng sinh"], reason="chưa có giấy chứng sinh", ground="Điều 9")
    assert "thieu giay chung sinh" in tuan.last
    clock.shift(timedelta(days=2))
    act(bare, "supplied")
    moved = tuan.last
    assert "da nhan du giay bo sung" in moved and "Hen tra" in moved
    day = moved.split("ngay ")[-1].split(".")[0]
    assert f"Hen ngay {day}" in says(tuan, "ho so den dau roi") or day in tuan.last


def test_a_bereaved_son_is_shown_the_way_and_may_rest(bare):
    pa = bare.phone("+84981110011")
    assert "Khai tu" in says(pa, "bo toi mat sang nay roi")
    assert "Cau 1/" in says(pa, "1")
    assert "Da luu" in says(pa, "toi roi qua")
    assert "Cau 1/" in says(pa, "tiep")
    assert "Cau 1/" in says(pa, "bo toi ten trieu van pa"), "a name is no answer to who one is to the dead"


def test_somebody_in_danger_reaches_a_person_without_nlu(bare):
    mui = bare.phone("+84981110033")
    assert "113" in says(mui, "chong em dang cam dao duoi em")
    with bare.wired.database.read() as session:
        assert [task.kind for task in session.scalars(select(Task))] == ["urgent"]


def test_somebody_who_only_asks_for_a_place_calls_nobody(bare):
    mui = bare.phone("+84981110034")
    says(mui, "xa kim lu cu gio len dau nop giay")
    with bare.wired.database.read() as session:
        assert list(session.scalars(select(Task))) == []


def test_a_prankster_gets_calm_answers_and_in_the_end_a_person(bare):
    dung = bare.phone("+84981110044")
    heard = [says(dung, text) for text in ("asdf", "🙂🙂🙂", "1" * 300, "'; DROP TABLE", "ha ha ha", "blah blah")]
    assert all(one != two for one, two in pairwise(heard))
    with bare.wired.database.read() as session:
        assert len(list(session.scalars(select(Task)))) == 1, "one call, however long it goes on"


def test_a_loop_of_what_paper_ends_in_a_person(bare):
    dung = bare.phone("+84981110055")
    assert "Nhan ten giay" in says(dung, "can giay gi")
    said = " ".join(says(dung, text) for text in ("zzz", "qqq www", "xxx"))
    assert "goi lai truoc" in said
