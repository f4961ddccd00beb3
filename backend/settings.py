"""Every setting but those of the SMS gateway (`bot.channels.gateway_config`), read once from the environment.

The README lists all of them and a test holds the list to the code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one line that says what to do."""


class Settings(BaseSettings):
    """Defaults make one PC in a commune work: SQLite, an in-process worker, a pretend telephone."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    HOST: str = "127.0.0.1"
    PORT: int = Field(default=8000, ge=1, le=65535)
    DATA_DIR: Path = Path("data")
    UNIT: str = "H55.242"
    """The commune served: the agency code used in dossier codes."""
    DATABASE_URL: str | None = None
    REDIS_URL: str | None = None
    NLU_URL: str | None = None
    """Address of the understanding server; unset = started here on a free loopback port."""
    NLU_TOKEN: str | None = None
    PUBLIC_BASE_URL: str | None = None
    """As providers see us; signed URLs are built from it, never from a request's headers."""
    SECRET_KEY: str | None = None
    EXCHANGE_PEERS: str = ""
    """JSON: offices that dossiers are handed to, see `backend.domain.exchange.read_peers`."""
    DEMO: bool | None = None
    """Seeded staff and fake citizens; default on for the embedded database, off with DATABASE_URL."""
    WORKERS: int = Field(default=4, ge=0, le=64)
    """Worker threads in the serving process; 0 where `main.py worker` runs apart."""
    LOG_LEVEL: Literal["debug", "info", "warning", "error"] = "info"
    METRICS_TOKEN: str = ""
    """Bearer of /metrics; empty = there is no such door. A worker that runs apart then listens on HOST and PORT for it."""

    API_PER_MINUTE: int = Field(default=12_000, ge=0)
    """Requests of one token in a minute; 0 = no limit. See `backend.doors.api.rates`."""
    API_WRITES_PER_MINUTE: int = Field(default=9_000, ge=0)
    """Of these, the ones that change something."""
    HOOK_ORIGINS: str = ""
    """Comma-separated origins ("https://he-thong.example") that other systems may be told at; empty = nowhere."""
    PORTAL_URL: str | None = None
    """Base address of a provincial system or portal (docs/adapter.md); unset = the adapter is off."""
    PORTAL_TOKEN: str = ""

    SMS_CHANNEL: Literal["gateway", "twilio", "as_received"] | None = None
    """Which channel texts go out by, all may receive; see `sms_channel`."""
    SMS_FRAGMENT_SECONDS: float | None = Field(default=None, ge=0, le=60)
    ZALO_FRAGMENT_SECONDS: float | None = Field(default=None, ge=0, le=60)
    """Messages of one person within this time are one turn (SMS: only while no question is open); see `fragment_seconds`."""
    DUTY_PHONES: str = ""
    """Comma-separated numbers that get a text when somebody is in danger; the start refuses an empty list outside the demo."""
    SMS_COST_NOTE: str = ""
    """What a text costs the citizen, in words, for the first answer."""

    TWILIO_ACCOUNT_SID: str | None = None
    TWILIO_AUTH_TOKEN: str | None = None
    TWILIO_FROM: str | None = None
    TWILIO_API_URL: str = "https://api.twilio.com"

    ZALO_APP_ID: str | None = None
    ZALO_APP_SECRET: str | None = None
    ZALO_OA_SECRET: str | None = None
    ZALO_ACCESS_TOKEN: str | None = None
    ZALO_REFRESH_TOKEN: str | None = None
    ZALO_API_URL: str = "https://openapi.zalo.me"
    ZALO_OAUTH_URL: str = "https://oauth.zaloapp.com"
    ZALO_TEMPLATE_URL: str = "https://business.openapi.zalo.me"
    ZALO_TEMPLATE_ID: str | None = None
    """Approved template for a status message once the window is closed."""
    ZALO_MEDIA_URL: str = ""
    """Where a stand-in keeps its photos; empty with the real Zalo, whose hosts are listed in the channel."""
    ZALO_WINDOW_HOURS: int = Field(default=48, ge=1, le=168)

    def with_changes(self, **changes) -> Settings:
        """Return these settings with some replaced, checked again. Raises SettingsError."""
        return load_settings(**{**self.model_dump(), **changes})

    @property
    def full(self) -> bool:
        """Whether this installation runs on a database server."""
        return self.DATABASE_URL is not None

    @property
    def demo(self) -> bool:
        """Whether seeded staff, pretend telephones and the movable clock exist."""
        return (not self.full) if self.DEMO is None else self.DEMO

    @property
    def sms_channel(self) -> str | None:
        """The channel that texts go out by; None = the one that brought a person's last text, which the demo does unless told."""
        wanted = self.SMS_CHANNEL or ("as_received" if self.demo else "gateway")
        return {"gateway": "sms", "twilio": "twilio", "as_received": None}[wanted]

    @property
    def fragment_seconds(self) -> dict[str, float]:
        """How long parts of a message are waited for: 20 s on SMS and 6 s on Zalo, 1 s where somebody tries the demo."""
        sms, zalo = (1.0, 1.0) if self.demo else (20.0, 6.0)
        given = {"sms": self.SMS_FRAGMENT_SECONDS, "zalo": self.ZALO_FRAGMENT_SECONDS}
        return {kind: usual if given[kind] is None else given[kind] for kind, usual in (("sms", sms), ("zalo", zalo))}

    @property
    def duty_phones(self) -> tuple[str, ...]:
        """The numbers of DUTY_PHONES."""
        return tuple(phone.strip() for phone in self.DUTY_PHONES.split(",") if phone.strip())

    @property
    def hook_origins(self) -> tuple[str, ...]:
        """The origins of HOOK_ORIGINS."""
        return tuple(one.strip() for one in self.HOOK_ORIGINS.split(",") if one.strip())

    @model_validator(mode="after")
    def _agree(self) -> Settings:
        if self.demo and self.HOST not in _LOOPBACK:
            raise ValueError("DEMO listens on this machine only: set HOST=127.0.0.1, or end the demo with `main.py setup`")
        if self.demo and self.PUBLIC_BASE_URL and "//127.0.0.1" not in self.PUBLIC_BASE_URL:
            raise ValueError("DEMO refuses a PUBLIC_BASE_URL: end the demo with `main.py setup` first")
        if self.full and not self.SECRET_KEY:
            raise ValueError("SECRET_KEY is missing: with DATABASE_URL set, give a secret of at least 32 characters")
        if self.PORTAL_URL and not self.PORTAL_TOKEN:
            raise ValueError("PORTAL_TOKEN is missing: with PORTAL_URL set, give the token that the other system made for us")
        if not self.demo and not self.duty_phones:
            raise ValueError("DUTY_PHONES is empty: name at least one number that is told when somebody is in danger")
        return self


def load_settings(**overrides) -> Settings:
    """Read the environment. Raises SettingsError with one line per wrong setting."""
    from pydantic import ValidationError

    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()]
        raise SettingsError("; ".join(lines)) from None
