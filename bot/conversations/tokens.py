"""Zalo's token pair in the database: sealed, one lease-holder, the previous pair kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import or_, update

from backend.clock import Clock
from backend.store.db import Database
from backend.store.tables import ProviderToken
from backend.store.vault import Vault
from bot.channels.zalo_tokens import TokenPair

_NAME = "zalo"
_WHERE = "provider_token.pair:zalo"


class StoredTokens:
    """The `TokenStore` of the Zalo channel. Every method commits before it returns."""

    def __init__(self, database: Database, vault: Vault, clock: Clock):
        self._database, self._vault, self._clock = database, vault, clock

    def seed(self, access: str | None, refresh: str | None) -> None:
        """Write the first pair from the settings; a pair that is there already is newer and stays."""
        if not (access and refresh):
            return
        with self._database.write() as session:
            if session.get(ProviderToken, _NAME) is None:
                pair = TokenPair(1, access, refresh, self._clock.now() + timedelta(hours=1))
                session.add(ProviderToken(name=_NAME, pair_sealed=self._sealed(pair), expires_at=pair.expires_at))

    def _sealed(self, pair: TokenPair) -> bytes:
        facts = [pair.number, pair.access, pair.refresh, pair.expires_at.isoformat()]
        return self._vault.seal_json(facts, _WHERE)

    def read(self) -> TokenPair | None:
        with self._database.read() as session:
            row = session.get(ProviderToken, _NAME)
            if row is None:
                return None
            number, access, refresh, expires = self._vault.open_json(row.pair_sealed, _WHERE)
            return TokenPair(number, access, refresh, datetime.fromisoformat(expires))

    @contextmanager
    def lease(self, seconds: int) -> Iterator[bool]:
        holder, now = secrets.token_hex(8), self._clock.now()
        with self._database.write() as session:
            free = or_(ProviderToken.lease_until.is_(None), ProviderToken.lease_until < now)
            mine = update(ProviderToken).where(ProviderToken.name == _NAME, free)
            taken = session.execute(mine.values(lease_by=holder, lease_until=now + timedelta(seconds=seconds))).rowcount == 1
        try:
            yield taken
        finally:
            with self._database.write() as session:
                mine = update(ProviderToken).where(ProviderToken.name == _NAME, ProviderToken.lease_by == holder)
                session.execute(mine.values(lease_by=None, lease_until=None))

    def begin(self, number: int) -> None:
        with self._database.write() as session:
            session.get(ProviderToken, _NAME).refreshed_at = self._clock.now()

    def save(self, pair: TokenPair) -> None:
        with self._database.write() as session:
            row = session.get(ProviderToken, _NAME)
            row.previous_sealed, row.pair_sealed, row.expires_at = row.pair_sealed, self._sealed(pair), pair.expires_at
