"""The ways to a person's phone. A channel reads a request and sends a message; nothing here knows a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.base import Channel, Clock

if TYPE_CHECKING:
    from bot.channels.gateway_config import GatewayConfig
    from bot.channels.twilio import TwilioConfig
    from bot.channels.zalo import ZaloConfig
    from bot.channels.zalo_tokens import TokenStore

DOORS = {
    "/channels/sms/receive": "sms",
    "/channels/sms/status": "sms",
    "/channels/twilio/receive": "twilio",
    "/channels/twilio/status": "twilio",
    "/channels/zalo/receive": "zalo",
}
"""Webhook path -> channel. The two of `sms` also take one more step, the secret of a gateway that cannot sign."""


def open_channels(
    clock: Clock,
    gateway: GatewayConfig,
    twilio: TwilioConfig | None = None,
    zalo: ZaloConfig | None = None,
    tokens: TokenStore | None = None,
) -> dict[str, Channel]:
    """Return the configured channels by name. `tokens` goes with `zalo`. Nothing is called yet."""
    # Imported when needed: Twilio's library alone takes 0.4 s to load, and few communes have it.
    from bot.channels.gateway import GatewayChannel

    channels: dict[str, Channel] = {"sms": GatewayChannel(gateway, clock)}
    if twilio and twilio.account_sid:
        from bot.channels.twilio import TwilioChannel

        channels["twilio"] = TwilioChannel(twilio, clock)
    if zalo and zalo.app_id and tokens is not None:
        from bot.channels.zalo import ZaloChannel

        channels["zalo"] = ZaloChannel(zalo, tokens, clock)
    return channels
