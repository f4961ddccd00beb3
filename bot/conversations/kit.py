"""What the bot's half needs: made once in `main`, passed to everything as its first argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.clock import Clock
from backend.office.bell import Bell
from backend.office.kit import Office
from backend.store.db import Database
from backend.store.tables import Contact
from bot.channels.base import Channel
from bot.dialogue.types import Place, Understanding
from bot.words import Words


@dataclass(frozen=True)
class Bot:
    """The wired parts of the bot. `channels` by their provider's name; texts to a phone go out by `sms_channel`."""

    database: Database
    office: Office
    channels: Mapping[str, Channel]
    sms_channel: str | None
    """None = by the provider that brought the person's last text; the gateway for who has not written yet."""
    words: Words
    understand: Callable[[str], Understanding]
    """Text -> what it means; falls back to a search of names itself when the server is down."""
    place: Place
    clock: Clock
    bell: Bell
    fragment_seconds: Mapping[str, float]
    """"sms" and "zalo": how long parts of one message are waited for."""
    duty_phones: tuple[str, ...] = ()
    template_id: str | None = None
    """Zalo's approved template for a status once the window is closed."""

    def channel_to(self, contact: Contact) -> Channel:
        """Return the channel that reaches a contact."""
        if contact.channel != "sms":
            return self.channels[contact.channel]
        return self.channels.get(self.sms_channel or contact.last_channel or "sms") or self.channels["sms"]
