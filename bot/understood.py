"""What a text means: by the understanding server, or by a search of the procedures' names while that is away."""

from __future__ import annotations

import structlog

from backend.domain.catalogue import Catalogue
from bot.dialogue.types import Understanding
from bot.name_search import NameSearch, load_names
from bot.nlu import NluClient, NluDown

log = structlog.get_logger()


class Understander:
    """Text -> Understanding. `client` None = no server in this installation."""

    def __init__(self, client: NluClient | None, catalogue: Catalogue):
        self.client, self._search = client, NameSearch(_names(catalogue))

    def __call__(self, text: str) -> Understanding:
        if self.client is not None:
            try:
                return self.client.parse(text)
            except NluDown as error:
                log.warning("nlu.down", reason=str(error))
        return self._search.understand(text)


def _names(catalogue: Catalogue) -> dict[str, list[str]]:
    """The folk names of all procedures, and what the catalogue itself calls its own."""
    names = load_names()
    for procedure in catalogue.all():
        own = procedure.names
        names[procedure.id] = [*names.get(procedure.id, ()), own.official, own.plain, own.menu, *own.folk]
    return names
