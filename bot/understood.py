"""What a text means: by the understanding server, or by a search of the catalogue while that is away."""

from __future__ import annotations

import structlog

from backend.domain.catalogue import Catalogue
from bot.dialogue.types import Understanding
from bot.nlu import NluClient, NluDown

log = structlog.get_logger()
GUESS = 0.5
"""Confidence of a guess by words: inside the unsure band, so that it is always asked back."""


class Understander:
    """Text -> Understanding. `client` None = no server in this installation."""

    def __init__(self, client: NluClient | None, catalogue: Catalogue):
        self.client, self._catalogue = client, catalogue

    def __call__(self, text: str) -> Understanding:
        if self.client is not None:
            try:
                return self.client.parse(text)
            except NluDown as error:
                log.warning("nlu.down", reason=str(error))
        return self._search(text)

    def _search(self, text: str) -> Understanding:
        found = self._catalogue.search(text)[:4]
        candidates = tuple((procedure.id, GUESS) for procedure, _ in found)
        intent = "ask_procedure" if found else "out_of_scope"
        return Understanding(intent, GUESS, candidates[0][0] if found else None, GUESS if found else 0.0, candidates, degraded=True)
