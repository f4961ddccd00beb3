"""The bell wakes workers and screens. It carries a topic, never data; losing it costs a second, never a message."""

from __future__ import annotations

import threading
from collections.abc import Callable

import redis
import structlog

log = structlog.get_logger()
_CHANNEL = "motcua.bell"


class Bell:
    """In-process bell: listeners are called with the topic in the ringing thread, so they must only set something."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[str], None]] = []
        self._lock = threading.Lock()

    def listen(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Add a listener; the returned function removes it."""
        with self._lock:
            self._listeners.append(listener)
        return lambda: self._forget(listener)

    def _forget(self, listener: Callable[[str], None]) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    def ring(self, topic: str) -> None:
        """Tell everybody here that something of `topic` may have changed."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener(topic)

    def close(self) -> None:
        """Stop listening to others; nothing to do in one process."""


class RedisBell(Bell):
    """The same bell for several processes, by Redis publish/subscribe. A dead Redis is logged and outlived."""

    def __init__(self, url: str):
        super().__init__()
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._hear, name="bell", daemon=True)
        self._thread.start()

    def ring(self, topic: str) -> None:
        try:
            self._redis.publish(_CHANNEL, topic)
        except redis.RedisError:
            log.warning("bell.mute")
            super().ring(topic)

    def _hear(self) -> None:
        while not self._stop.is_set():
            try:
                self._hear_once()
            except redis.RedisError:
                self._stop.wait(1)

    def _hear_once(self) -> None:
        with self._redis.pubsub(ignore_subscribe_messages=True) as heard:
            heard.subscribe(_CHANNEL)
            while not self._stop.is_set():
                message = heard.get_message(timeout=1)
                if message:
                    super().ring(message["data"].decode())

    def close(self) -> None:
        self._stop.set()
        self._thread.join(timeout=3)
        self._redis.close()
