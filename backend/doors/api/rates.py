"""How many requests a token may make in a minute, so that one system that runs wild does not stop the counter for all others.

Counted in the Redis that all processes share where there is one, else in this process alone; never in the database.
Headers by draft-ietf-httpapi-ratelimit-headers-10: RateLimit-Policy says what is allowed, RateLimit what is left and for how long.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from backend.settings import Settings

log = structlog.get_logger()
MINUTE = 60
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Standing:
    """Where a token stands under one limit: what is left of `most`, and the seconds until all of it is there again."""

    name: str
    most: int
    left: int
    seconds: int
    refused: bool


class TooFast(Exception):
    """A token has used up a limit. `seconds` = how long to wait."""

    def __init__(self, standings: list[Standing]):
        super().__init__("too_fast")
        self.seconds = max(one.seconds for one in standings if one.refused)
        self.headers = {"retry-after": str(self.seconds), **headers(standings)}


class Rates:
    """The counters of one installation; a limit of 0 is none."""

    def __init__(self, settings: Settings):
        self._limits = {"requests": RateLimitItemPerMinute(settings.API_PER_MINUTE, namespace="api") if settings.API_PER_MINUTE else None,
                        "writes": RateLimitItemPerMinute(settings.API_WRITES_PER_MINUTE, namespace="api.writes") if settings.API_WRITES_PER_MINUTE else None}  # fmt: skip
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._shared = _shared(settings.REDIS_URL) if settings.REDIS_URL else None

    def count(self, token_id: str, method: str) -> dict[str, str]:
        """Count a request and return the headers that say where the token stands. Raises TooFast."""
        names = ("requests",) if method in SAFE else ("requests", "writes")
        standings = [self._hit(name, limit, token_id) for name in names if (limit := self._limits[name])]
        if any(one.refused for one in standings):
            raise TooFast(standings)
        return headers(standings)

    def _hit(self, name: str, limit: RateLimitItem, token_id: str) -> Standing:
        if self._shared is not None:
            try:
                return _standing(self._shared, name, limit, token_id)
            except StorageError as error:  # a Redis that is away stops nobody: each process counts for itself meanwhile
                log.warning("api.rates_alone", error=type(error.storage_error).__name__)
        return _standing(self._own, name, limit, token_id)


def _shared(url: str) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(storage_from_string(url, wrap_exceptions=True, socket_timeout=0.2, socket_connect_timeout=0.2))


def _standing(counter: FixedWindowRateLimiter, name: str, limit: RateLimitItem, token_id: str) -> Standing:
    passed = counter.hit(limit, token_id)
    ends, left = counter.get_window_stats(limit, token_id)
    seconds = min(max(math.ceil(ends - time.time()), 1), MINUTE)
    return Standing(name, limit.amount, max(left, 0), seconds, not passed)


def headers(standings: list[Standing]) -> dict[str, str]:
    """Return the two headers, none where there is no limit."""
    if not standings:
        return {}
    policy = ", ".join(f'"{one.name}";q={one.most};w={MINUTE}' for one in standings)
    return {"ratelimit-policy": policy, "ratelimit": ", ".join(f'"{one.name}";r={one.left};t={one.seconds}' for one in standings)}
