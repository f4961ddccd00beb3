"""What the doors need, wired in `main`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from fastapi import APIRouter

from backend import law
from backend.clock import Clock
from backend.office.bell import Bell
from backend.office.exchange_line import Line
from backend.office.kit import Office
from backend.settings import Settings
from backend.store.db import Database


@dataclass(frozen=True)
class Parts:
    """`routers` are doors of the bot (webhooks, desk, simulator); `ready` are the named checks behind /readyz."""

    settings: Settings
    database: Database
    office: Office
    clock: Clock
    bell: Bell
    routers: Sequence[APIRouter] = ()
    ready: dict[str, Callable[[], str | None]] = field(default_factory=dict)
    """Name -> function that returns None when well, else one line that says what is wrong."""
    exchange: Line | None = None
    """The line to other offices; None where the app has no page that asks them."""

    @cached_property
    def desk(self) -> law.Desk:
        """The commune's counter, as people are told of it."""
        return law.desk(self.settings.UNIT)

    @property
    def base_url(self) -> str:
        """How people reach us: the public address, or this machine's own."""
        return (self.settings.PUBLIC_BASE_URL or f"http://{self.settings.HOST}:{self.settings.PORT}").rstrip("/")
