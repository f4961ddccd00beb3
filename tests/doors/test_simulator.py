"""The pretend telephones: what is typed goes through the real doors, what is sent is seen."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from sqlalchemy import func, select

from backend.store.tables import Attachment, Contact, Message


@pytest.fixture
def player(desk):
    with desk.stranger() as client:
        client.headers["x-csrf"] = re.search(r'"x-csrf": "([^"]+)"', client.get("/simulator").text)[1]
        yield client


def send(player, skin: str, address: str, text: str):
    return player.post(f"/simulator/phones/{skin}/send", data={"address": address, "text": text})


def screen(desk, player, skin: str, address: str) -> str:
    desk.home.idle()
    return player.get(f"/simulator/phones/{skin}", params={"address": address}).text


def test_a_text_goes_through_the_signed_webhook_and_the_answer_is_on_the_screen_with_its_length(desk, player):
    sent = send(player, "sms", "0982225001", "lam giay khai sinh")
    assert 'class="bubble mine"' in sent.text and "lam giay khai sinh" in sent.text
    with desk.home.wired.database.read() as session:
        stored = session.scalar(select(func.count(Message.id)).where(Message.conversation_id == desk.conversation("+84982225001").id, Message.direction == "in"))
    shown = screen(desk, player, "sms", "0982225001")
    assert stored == 1 and re.search(r'class="bubble theirs">.*?\d+ chữ', shown, re.S)


def test_on_zalo_the_choices_are_buttons_and_a_button_sends_its_digit(desk, player):
    send(player, "zalo", "360000000000000501", "làm giấy khai sinh")
    shown = screen(desk, player, "zalo", "360000000000000501")
    assert re.search(r"<button[^>]*hx-vals='\{\"address\": \"360000000000000501\", \"text\": \"1\"\}'>1\. ", shown)


def test_a_photo_is_kept_by_the_pretend_zalo_and_fetched_by_the_real_channel(desk, player):
    picture = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(picture, "PNG")
    sent = player.post("/simulator/phones/zalo/photo", data={"address": "360000000000000502"}, files={"photo": ("a.png", picture.getvalue(), "image/png")})
    address = re.search(r'<img src="(/simulator/zalo/media/\w+)"', sent.text)[1]
    assert player.get(address).content == picture.getvalue()
    desk.home.idle()
    with desk.home.wired.database.read() as session:
        kept = session.scalars(select(Attachment).order_by(Attachment.created_at.desc(), Attachment.id.desc())).first()
    assert (kept.mime, kept.size) == ("image/png", len(picture.getvalue()))


def test_sharing_the_number_on_zalo_reaches_the_office(desk, player):
    assert player.post("/simulator/phones/zalo/share", data={"address": "360000000000000022"}).status_code == 200
    desk.home.idle()
    with desk.home.wired.database.read() as session:
        assert session.scalar(select(func.count(Contact.id)).where(Contact.phone_index == desk.office.vault.index("phone", "+84981110022"))) >= 1


@pytest.mark.parametrize(("skin", "address", "code"), [("sms", "abc", 422), ("zalo", "abc", 422), ("pager", "0982225001", 404), ("sms", "", 422)])
def test_what_is_no_telephone_is_refused_with_words(player, skin, address, code):
    assert send(player, skin, address, "x").status_code == code


def test_a_telephone_without_the_pages_token_sends_nothing(desk):
    with desk.stranger() as client:
        client.get("/simulator")
        assert client.post("/simulator/phones/sms/send", data={"address": "0982225009", "text": "x"}).status_code == 403


def test_the_cast_and_any_other_number_can_be_played(player):
    page = player.get("/simulator").text
    assert all(name in page for name in ("Bà Pá", "Anh Tuấn", "Chị Linh", "Bà Mùi"))
    assert "máy của 0982225010" in player.get("/simulator", params={"sms": "0982 225 010"}).text
