"""Zalo's pair of tokens: the access token lives 25 hours, the refresh token three months and is good for one use.

Two writers, or a pair lost between answer and disk, cost the Official Account its link. So: one lease-holder,
a mark before the call, the new pair stored before anyone uses it, the previous one kept, nothing overwritten by
an answer that lacks a token.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx

from bot.channels import http
from bot.channels.base import ChannelError, Clock

LEASE_SECONDS = 120
"""Longer than a refresh can take: a lease shorter than the HTTP time-out has used one refresh token twice."""
SOON = timedelta(minutes=15)


@dataclass(frozen=True)
class TokenPair:
    """`number` counts the pairs: it tells a process whose pair is old that someone else has already refreshed."""

    number: int
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Where the pair lives; every method commits before it returns."""

    def read(self) -> TokenPair | None:
        """Return the pair in force, None when there is none."""

    def lease(self, seconds: int) -> AbstractContextManager[bool]:
        """Give the right to refresh to one process at a time; the value says whether we have it. Frees it at the end."""

    def begin(self, number: int) -> None:
        """Note that the refresh token of pair `number` is about to be used up."""

    def save(self, pair: TokenPair) -> None:
        """Make `pair` the one in force and keep the one before it."""


class ZaloTokens:
    """Gives the access token in force, and renews it."""

    def __init__(
        self, store: TokenStore, app_id: str, app_secret: str, url: str, clock: Clock, client: httpx.Client
    ):
        self._store, self._clock, self._client = store, clock, client
        self._app_id, self._app_secret = app_id, app_secret
        self._url = url.rstrip("/") + "/v4/oa/access_token"

    def current(self) -> TokenPair:
        """Return a pair that is valid for a while yet. Raises ChannelError: "account" when there is none to begin with."""
        pair = self._store.read()
        if pair is None:
            raise ChannelError("account", "no_tokens")
        return self.renew(pair) if pair.expires_at - self._clock() < SOON else pair

    def renew(self, stale: TokenPair) -> TokenPair:
        """Return a newer pair than `stale`: the one another process has fetched meanwhile, or a fresh one.

        Raises ChannelError: "busy" while another process holds the lease, "account" when Zalo refuses the refresh
        token (a person must fetch a pair in Zalo's console), "down" when Zalo did not answer; the old pair stays.
        """
        with self._store.lease(LEASE_SECONDS) as ours:
            pair = self._store.read()
            if pair is None:
                raise ChannelError("account", "no_tokens")
            if pair.number != stale.number:
                return pair
            if not ours:
                raise ChannelError("busy", "refreshing", after=5)
            self._store.begin(pair.number)
            fresh = self._fetch(pair)
            self._store.save(fresh)
            return fresh

    def _fetch(self, pair: TokenPair) -> TokenPair:
        form = {"refresh_token": pair.refresh, "app_id": self._app_id, "grant_type": "refresh_token"}
        headers = {"secret_key": self._app_secret}
        # An unanswered refresh is tried again with the same token: it may still be good, and nothing else is left.
        response = http.call(self._client, True, "POST", self._url, data=form, headers=headers)
        answer = _json(response)
        access, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not (_is_token(access) and _is_token(refresh)):
            if response.status_code >= 500 or response.status_code == 429:
                raise http.status_error(response, honours_our_id=True)
            raise ChannelError("account", _refusal(answer))
        life = timedelta(seconds=_seconds(answer.get("expires_in")))
        return TokenPair(pair.number + 1, access, refresh, self._clock() + life)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _is_token(value: Any) -> bool:
    """A token is a non-empty string; clients have stored "undefined" and lost the account."""
    return isinstance(value, str) and value.strip() not in ("", "undefined", "null")


def _refusal(answer: dict[str, Any]) -> str:
    """Return Zalo's code or its name for the error, which comes under either key and with HTTP 200."""
    return str(answer.get("error") or answer.get("error_name") or "no_pair")[:40]


def _seconds(value: Any) -> int:
    """Return `expires_in`, which comes as a string; an hour where it cannot be read."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 3600
