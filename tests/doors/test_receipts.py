"""In the demo every message is told of: the pretend providers post what became of it, and each telephone is answered where it wrote."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from backend.office import contacts
from backend.settings import load_settings
from backend.store.tables import Contact, Conversation, Message
from bot import opened
from bot.conversations.kit import Bot
from tests.conftest import SECRET
from tests.doors.test_simulator import player, screen, send

__all__ = ["player"]
PATIENCE = 8.0


def messages(desk, skin: str, address: str) -> list[Message]:
    """What went out to a telephone, in order."""
    kind = "zalo" if skin == "zalo" else "sms"
    with desk.home.wired.database.read() as session:
        index = desk.office.vault.index(f"address.{kind}", address)
        query = select(Message).join(Conversation).join(Contact).where(Contact.address_index == index, Message.direction == "out")
        return list(session.scalars(query.order_by(Message.created_at, Message.id)))


def until(desk, skin: str, address: str, status: str) -> list[Message]:
    """Wait until everything that went out has this status."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = messages(desk, skin, address)
        if found and all(message.status == status for message in found):
            return found
        time.sleep(0.05)
    raise AssertionError([message.status for message in messages(desk, skin, address)])


@pytest.mark.parametrize(("skin", "number", "address"), [
    ("sms", "0982225201", "+84982225201"), ("twilio", "0982225202", "+84982225202"), ("zalo", "360000000000000521", "360000000000000521"),
])  # fmt: skip
def test_a_moment_after_it_was_sent_a_message_is_delivered(desk, player, skin, number, address):
    send(player, skin, number, "lam giay khai sinh")
    assert 'class="bubble theirs"' in screen(desk, player, skin, number)
    shown = "delivered" if skin != "zalo" else "seen"
    assert {message.channel for message in until(desk, skin, address, shown)} == {skin}


def test_on_zalo_a_message_is_seen_only_when_the_screen_is_looked_at(desk, player):
    send(player, "zalo", "360000000000000522", "làm giấy khai sinh")
    until(desk, "zalo", "360000000000000522", "delivered")
    screen(desk, player, "zalo", "360000000000000522")
    until(desk, "zalo", "360000000000000522", "seen")


def test_the_console_shows_that_it_has_arrived(desk, player):
    send(player, "twilio", "0982225203", "lam giay khai sinh")
    until(desk, "twilio", "+84982225203", "delivered")
    page = desk.client("tiepnhan").get(f"/console/desk/conversations/{desk.conversation('+84982225203').id}")
    assert "đã tới" in page.text


def test_a_telephone_is_answered_by_the_provider_it_wrote_by_last(desk, player):
    number, address = "0982225204", "+84982225204"
    for skin in ("sms", "twilio", "sms"):
        before = len(messages(desk, "sms", address))
        send(player, skin, number, "lam giay khai sinh")
        desk.home.idle()
        assert {message.channel for message in messages(desk, "sms", address)[before:]} == {skin}


def test_who_has_not_written_is_reached_by_the_gateway(desk):
    bot: Bot = desk.home.wired.bot
    with desk.home.wired.database.write() as session:
        contact, _ = contacts.conversation_with(session, desk.office, "sms", "+84982225205", desk.now())
        assert bot.channel_to(contact).name == "sms"
        contact.last_channel = "gone"
        assert bot.channel_to(contact).name == "sms"


@pytest.mark.parametrize(("given", "demo", "channel"), [
    (None, True, None), (None, False, "sms"), ("gateway", True, "sms"), ("twilio", True, "twilio"), ("as_received", False, None),
])  # fmt: skip
def test_which_way_texts_go_out(given, demo, channel):
    settings = load_settings(SMS_CHANNEL=given, DEMO=demo, DUTY_PHONES="0912345678")
    assert settings.sms_channel == channel


@pytest.mark.parametrize(("changes", "skins"), [
    ({"DEMO": True}, ("sms", "twilio", "zalo")), ({"DEMO": True, "TWILIO_ACCOUNT_SID": "AC1"}, ("sms", "zalo")), ({"DEMO": False}, None),
])  # fmt: skip
def test_the_pretend_twilio_is_there_in_the_demo_unless_a_real_account_is_set(vault, clock, changes, skins):
    found = opened.simulator(load_settings(DUTY_PHONES="0912345678", SECRET_KEY=SECRET, **changes), vault, clock.now)
    assert (found.skins if found else None) == skins
