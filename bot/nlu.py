"""Asks the understanding server what a text means. All the app knows of Rasa is the parse this module reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import httpx
from prometheus_client import Counter, Histogram

from bot.dialogue.types import Understanding
from bot.text import clean

TIMEOUT_SECONDS = 3.0
"""A parse takes milliseconds: a server that needs longer is down, and the search of names answers."""
SECONDS = Histogram("motcua_parse_seconds", "Time of a parse by the understanding server", buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 3))
DOWN = Counter("motcua_parses_unanswered", "Parses that the understanding server did not answer")
NOTHING = Understanding(intent="out_of_scope", confidence=0.0)
"""A text without a letter or digit: nothing to ask about."""


class NluDown(Exception):
    """The server gave no usable answer. The text names the reason and never the message."""


class Cache(Protocol):
    """Keeps parses under a key made from the text (an HMAC), so that no message can be read out of it."""

    def get(self, text: str) -> dict[str, Any] | None: ...

    def set(self, text: str, labels: dict[str, Any]) -> None: ...


class NluClient:
    """The one door to the understanding server at `url` (an inner address), opened by `token`."""

    def __init__(self, url: str, token: str, http: httpx.Client, cache: Cache | None = None) -> None:
        self.url, self.token, self._http, self._cache = url.rstrip("/"), token, http, cache
        self._model = ""

    def parse(self, text: str) -> Understanding:
        """Return what `text` means; raises NluDown where the server is away, slow, or answers something else."""
        asked = clean(text)
        if not any(c.isalnum() for c in asked):
            return NOTHING
        known = None if self._cache is None else self._cache.get(self._key(asked))
        if known is None:
            with SECONDS.time(), DOWN.count_exceptions(NluDown):
                known = _labels(self._ask(asked))
            if self._cache is not None:
                self._cache.set(self._key(asked), known)
        return _understanding(known)

    def is_ready(self) -> bool:
        """Tell whether the server answers and has a model loaded."""
        try:
            return self._http.get(f"{self.url}/status", params={"token": self.token}, timeout=TIMEOUT_SECONDS).is_success
        except httpx.HTTPError:
            return False

    def _key(self, text: str) -> str:
        """A parse belongs to the model that made it, which the server names in every answer: another one asks anew."""
        return f"{self._model}\n{text}" if self._model else text

    def _ask(self, text: str) -> Mapping[str, Any]:
        try:
            answer = self._http.post(
                f"{self.url}/model/parse", params={"token": self.token}, json={"text": text}, timeout=TIMEOUT_SECONDS
            )
            answer.raise_for_status()
            self._model = answer.headers.get("x-model", "")
            return answer.json()
        except httpx.HTTPStatusError as error:
            raise NluDown(f"the understanding server answered {error.response.status_code}") from None
        except (httpx.HTTPError, ValueError) as error:
            raise NluDown(f"no answer from the understanding server: {type(error).__name__}") from None


def _labels(parse: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of a parse what the dialogue uses: labels and confidences, not the text."""
    try:
        procedure = parse.get("procedure") or {}
        return {
            "intent": str(parse["intent"]["name"]),
            "confidence": float(parse["intent"]["confidence"]),
            "procedure": procedure.get("name"),
            "procedure_confidence": float(procedure.get("confidence") or 0.0) if procedure.get("name") else 0.0,
            "candidates": [[str(c["name"]), float(c["confidence"])] for c in parse.get("procedure_ranking") or []],
            "entities": [[str(e["entity"]), str(e["value"])] for e in parse.get("entities") or []],
            "intents": [[str(i["name"]), float(i["confidence"])] for i in parse.get("intent_ranking") or []],
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NluDown("the understanding server answered something else than a parse") from None


def _understanding(labels: Mapping[str, Any]) -> Understanding:
    pairs = {name: tuple(tuple(pair) for pair in labels.get(name, ())) for name in ("candidates", "entities", "intents")}
    return Understanding(**{**labels, **pairs})
