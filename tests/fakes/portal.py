"""A stand-in for a provincial system or the national portal, by docs/adapter.md: cases to be taken, what we say of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from bot.channels.base import RawRequest
from tests.fakes.loopback import Served, as_json

TOKEN = "invented-portal-token"


@dataclass
class PretendPortal:
    """`cases` wait until they are acknowledged; `events` holds what was told, each id once; `deaf` acknowledgements are lost."""

    cases: dict[str, dict] = field(default_factory=dict)
    acknowledged: dict[str, dict] = field(default_factory=dict)
    events: dict[str, dict[str, dict]] = field(default_factory=dict)
    down: bool = False
    deaf: int = 0

    def __call__(self, request: RawRequest) -> Served:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return as_json(401, {"error": "token"})
        if self.down:
            return as_json(503, {"error": "later"})
        parts = request.path.strip("/").split("/")
        if request.method == "GET" and parts == ["cases"]:
            return as_json(200, {"items": [case for number, case in self.cases.items() if number not in self.acknowledged]})
        body = json.loads(request.body)
        if parts[2:] == ["acknowledgement"] and parts[1] in self.cases:
            return self._acknowledge(parts[1], body)
        if parts[2:3] == ["events"] and parts[1] in self.cases:
            self.events.setdefault(parts[1], {}).setdefault(parts[3], body)
            return as_json(200, {})
        return as_json(404, {"error": "unknown"})

    def _acknowledge(self, number: str, body: dict) -> Served:
        if self.deaf:
            self.deaf -= 1
            return as_json(503, {"error": "lost"})
        self.acknowledged.setdefault(number, body)
        return as_json(200, {})
