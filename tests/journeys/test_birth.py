"""Birth registration in the ways people really do it: on Zalo with a photo, in two sittings on two channels, by a volunteer."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import segno
from sqlalchemy import select

from backend.office import consents, drafts, people
from backend.store.tables import Attachment, Dossier

pytestmark = pytest.mark.model
CARD = "006199003321||TRIỆU MÙI NÁI|15051999|Nữ|Thôn Khuổi Slúng, Na Rì, Thái Nguyên|01062022"


def picture_of(text: str) -> bytes:
    """A photo of a card's QR."""
    out = io.BytesIO()
    segno.make(text).save(out, kind="png", scale=6, border=4)
    return out.getvalue()


def dossiers_of(home) -> list[Dossier]:
    with home.wired.database.read() as session:
        return list(session.scalars(select(Dossier).order_by(Dossier.created_at, Dossier.id)))


def answers(home, dossier: Dossier) -> dict:
    return drafts.form_of(home.wired.office, dossier)["answers"]


def test_a_mother_files_on_zalo_with_a_photo_of_her_card(home):
    tuan = home.zalo("2000000000000000001")
    assert "Câu 1/" in tuan.send("em mới sinh bé, làm giấy khai sinh thế nào ạ")[-1]
    for text in ("1", "1", "1", "12/11/2026", "bé gái", "Bàn Thị Mai"):
        last = tuan.send(text)[-1]
    assert "MẸ" in last
    read = tuan.photo(picture_of(CARD))[-1]
    assert "3321" in read and "006199003321" not in read
    assert "BỐ" in tuan.send("1")[-1]
    while "ĐÃ GỬI" not in "".join(last):
        last = tuan.send({"BỐ": "Triệu Văn Tuấn", "thôn": "thôn Khuổi Slúng xã Na Rì", "gọi": "0981110033", "số nào": "0981110033"}.get(
            next((word for word in ("BỐ", "thôn", "gọi", "số nào") if word in tuan.last), ""), "1"
        ))  # fmt: skip
        assert tuan.turns < 16, last
    [dossier] = dossiers_of(home)
    assert dossier.channel == "zalo"
    assert answers(home, dossier)["mother"]["value"] == "006199003321"
    with home.wired.database.read() as session:
        mother = next(facts for role, _, facts in people.parties(session, home.wired.office.vault, dossier.id) if role == "mother")
        assert mother["citizen_id"] == "006199003321"
        assert len(list(session.scalars(select(Attachment).where(Attachment.dossier_id == dossier.id)))) == 1


def test_a_draft_is_left_and_goes_on_days_later_on_another_channel(home, clock):
    pa = home.phone("+84981110011")
    for text in ("vo toi moi de, lam giay khai sinh the nao", "1", "1", "2"):
        pa.send(text)
    assert "TIEP" in " ".join(pa.send("thoi de mai lam tiep"))
    clock.shift(timedelta(days=2))
    assert "Cau 4/" in pa.send("tiep")[-1]
    code = re.search(r"\b\d{3} \d{3}\b", " ".join(pa.send("chuyen")))[0]
    zalo = home.zalo("2000000000000000002")
    assert "Câu 4/" in zalo.send(code)[-1]
    [draft] = dossiers_of(home)
    assert answers(home, draft)["child_birthplace"]["value"] == "home"
    assert "Câu 5/" in zalo.send("12/11/2026")[-1]


def test_a_volunteer_files_for_two_neighbours_one_with_a_phone_and_one_without(home):
    linh, pa = home.zalo("2000000000000000003"), home.phone("+84981110077")
    linh.send("e bên đoàn xã, tối nay nhập giúp bác Pá (khai sinh cho cháu) với bác Mùi (hộ nghèo)")
    assert "PÁ, MÙI" in linh.send("Nông Thị Linh")[-1]
    assert "[PÁ]" in linh.send("pá")[-1]
    linh.send("0981110077")
    assert "1" in pa.last and "dong y" in pa.last.lower()
    pa.send("1")
    assert any("[PÁ]" in b.text and "đồng ý" in b.text for b in linh._screen())
    assert "[MÙI]" in linh.send("mùi")[-1]
    last = linh.send("không")[-1]
    assert "ĐỒNG Ý" in last
    assert "[MÙI]" in linh.send("dong y trieu thi mui")[-1]
    with home.wired.database.read() as session:
        kinds = {consents.of_dossier(session, d.id).status for d in session.scalars(select(Dossier)) if consents.of_dossier(session, d.id)}
    assert kinds == {"given", "attested"}
