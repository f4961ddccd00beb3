"""The channels of an installation: the real providers where they are set, the pretend ones in the demo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend.settings import Settings, SettingsError
from backend.store.vault import Vault
from bot.channels import open_channels
from bot.channels.base import Channel, Clock
from bot.channels.gateway_config import GatewayConfig, from_environment
from bot.channels.simulator import PretendGateway, PretendPhones
from bot.channels.simulator_zalo import PretendZalo
from bot.channels.twilio import TwilioConfig
from bot.channels.zalo import ZaloConfig
from bot.channels.zalo_tokens import TokenStore

if TYPE_CHECKING:
    from bot.channels.simulator_twilio import PretendTwilio

SIMULATOR_SMS = "/simulator/sms/messages"
SIMULATOR_ZALO = "/simulator/zalo"
SIMULATOR_TWILIO = "/simulator/twilio"


@dataclass(frozen=True)
class Simulator:
    """The pretend providers behind the telephone page; the demo only."""

    phones: PretendPhones
    gateway: PretendGateway
    zalo: PretendZalo
    twilio: PretendTwilio | None
    """None where a real account is set: its webhooks are signed with a token that only Twilio and the settings know."""

    def provider(self, skin: str) -> PretendGateway | PretendTwilio | PretendZalo:
        """Return who carries what is typed on a phone of this skin."""
        return {"sms": self.gateway, "twilio": self.twilio, "zalo": self.zalo}[skin]

    @property
    def skins(self) -> tuple[str, ...]:
        """The phones that can be played."""
        return ("sms", "twilio", "zalo") if self.twilio else ("sms", "zalo")


def simulator(settings: Settings, vault: Vault, clock: Clock) -> Simulator | None:
    """Return the pretend providers of a demo, with secrets of their own, None outside it."""
    if not settings.demo:
        return None
    phones = PretendPhones(clock)
    secret = {name: vault.mac("simulator", name)[:32] for name in ("sms", "app", "oa", "account", "twilio")}
    zalo = PretendZalo(phones, "360000000000000001", secret["app"], secret["oa"], inner_url(settings) + SIMULATOR_ZALO)
    return Simulator(phones, PretendGateway(phones, secret["sms"]), zalo, _pretend_twilio(settings, phones, secret))


def _pretend_twilio(settings: Settings, phones: PretendPhones, secret: Mapping[str, str]) -> PretendTwilio | None:
    if settings.TWILIO_ACCOUNT_SID:
        return None
    # It loads Twilio's library, which only a demo or an account needs.
    from bot.channels.simulator_twilio import PretendTwilio

    return PretendTwilio(phones, f"AC{secret['account']}", secret["twilio"], inner_url(settings))


def inner_url(settings: Settings) -> str:
    """Return our own address on this machine."""
    return f"http://{settings.HOST}:{settings.PORT}"


def channels_of(
    settings: Settings, env: Mapping[str, str], sim: Simulator | None, tokens: TokenStore, clock: Clock
) -> dict[str, Channel]:
    """Return the channels by name. Raises SettingsError for gateway settings that cannot be read."""
    try:
        gateway = from_environment(env)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    return open_channels(clock, _gateway(settings, gateway, sim), _twilio(settings, sim), _zalo(settings, sim), tokens)


def _gateway(settings: Settings, gateway: GatewayConfig, sim: Simulator | None) -> GatewayConfig:
    if gateway.url or sim is None:
        return gateway
    return replace(gateway, url=inner_url(settings) + SIMULATOR_SMS, token=sim.gateway.token)


def _twilio(settings: Settings, sim: Simulator | None) -> TwilioConfig | None:
    if sim is not None and sim.twilio is not None:
        there = sim.twilio
        return TwilioConfig(there.account_sid, there.auth_token, there.number, there.base_url, there.base_url + SIMULATOR_TWILIO)
    if not settings.TWILIO_ACCOUNT_SID:
        return None
    return TwilioConfig(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN or "",
        settings.TWILIO_FROM or "",
        settings.PUBLIC_BASE_URL or inner_url(settings),
        settings.TWILIO_API_URL,
    )


def _zalo(settings: Settings, sim: Simulator | None) -> ZaloConfig | None:
    if settings.ZALO_APP_ID:
        return ZaloConfig(
            settings.ZALO_APP_ID,
            settings.ZALO_APP_SECRET or "",
            settings.ZALO_OA_SECRET or "",
            settings.ZALO_API_URL,
            settings.ZALO_OAUTH_URL,
            settings.ZALO_TEMPLATE_URL,
            settings.ZALO_MEDIA_URL,
            settings.ZALO_WINDOW_HOURS,
        )
    if sim is None:
        return None
    here = sim.zalo.base_url
    return ZaloConfig(sim.zalo.app_id, sim.zalo.app_secret, sim.zalo.oa_secret, here, here, here, here)


def first_tokens(settings: Settings, sim: Simulator | None) -> tuple[str | None, str | None]:
    """Return the pair that seeds the database: the settings', or the pretend Zalo's."""
    if settings.ZALO_APP_ID or sim is None:
        return settings.ZALO_ACCESS_TOKEN, settings.ZALO_REFRESH_TOKEN
    return sim.zalo.first_pair()
