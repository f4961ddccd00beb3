"""A token store in memory: the protocol of bot.channels.zalo_tokens with what it did written down."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.channels.zalo_tokens import TokenPair


class MemoryTokens:
    """Keeps the pair in force and the one before; `log` tells the order of begin and save."""

    def __init__(self, pair: TokenPair | None):
        self.pair, self.previous = pair, None
        self.log: list[tuple[str, int]] = []
        self._lock = threading.Lock()

    def read(self) -> TokenPair | None:
        return self.pair

    @contextmanager
    def lease(self, seconds: int) -> Iterator[bool]:
        ours = self._lock.acquire(blocking=False)
        try:
            yield ours
        finally:
            if ours:
                self._lock.release()

    def begin(self, number: int) -> None:
        self.log.append(("begin", number))

    def save(self, pair: TokenPair) -> None:
        self.log.append(("save", pair.number))
        self.previous, self.pair = self.pair, pair
