"""Parses kept in Redis under a keyed digest of the text: labels only, for an hour. Losing it costs three milliseconds."""

from __future__ import annotations

import json
from typing import Any

import redis

from backend.store.vault import Vault

TTL_SECONDS = 3600


class ParseCache:
    """The `Cache` of `bot.nlu`; a Redis that is away is a cache that knows nothing."""

    def __init__(self, url: str, vault: Vault):
        self._redis = redis.Redis.from_url(url, socket_timeout=0.2, socket_connect_timeout=0.2)
        self._vault = vault

    def _key(self, text: str) -> str:
        return "motcua.parse." + self._vault.mac("parse", text)

    def get(self, text: str) -> dict[str, Any] | None:
        """Return the labels of a text, None where they are not known."""
        try:
            found = self._redis.get(self._key(text))
        except redis.RedisError:
            return None
        return json.loads(found) if found else None

    def set(self, text: str, labels: dict[str, Any]) -> None:
        """Keep the labels of a text for an hour."""
        try:
            self._redis.set(self._key(text), json.dumps(labels), ex=TTL_SECONDS)
        except redis.RedisError:
            return
