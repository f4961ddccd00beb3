"""What two offices' machines say to each other: the peers of an installation, a message, and how a request is signed.

The contract for another system stands in `docs/exchange.md`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["hand_over", "acknowledged", "result_back", "withdrawn", "file_lost"]
VERSION = 1
MESSAGES, SUMMARY, FILES = "/exchange/v1/messages", "/exchange/v1/summary", "/exchange/v1/files"
MOST_FILES, MOST_FILE, PIECE = 40, 10_000_000, 250_000
"""Files that follow a hand-over; bytes of a file; bytes of the piece that one request brings: a slow line (25 KB/s) needs ten seconds for it."""
MIME = r"[a-z]+/[a-z0-9.+-]+"
_NAMED = 10 * MOST_FILES
WINDOW = timedelta(minutes=5)
"""How far the clocks of two offices may be apart; every try is signed anew, so a message may be a day old."""
KEY_LENGTH = 32
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Peer:
    """Another office with a machine of its own. `unit` = code of the district or province it serves, as in the unit files."""

    id: str
    url: str
    key: str
    name: str
    unit: str = ""


@dataclass(frozen=True)
class Peers:
    """Every office this one exchanges dossiers with."""

    by_id: Mapping[str, Peer]

    def get(self, id: str) -> Peer | None:
        """Return the peer of an id."""
        return self.by_id.get(id)

    def called(self, office: str) -> Peer | None:
        """Return the peer a clerk named, by its id or its name."""
        return self.get(office) or next((peer for peer in self if peer.name.casefold() == office.strip().casefold()), None)

    def of_unit(self, code: str) -> Peer | None:
        """Return the peer that serves a district or province."""
        return next((peer for peer in self if peer.unit == code), None)

    def __iter__(self) -> Iterator[Peer]:
        return iter(self.by_id.values())


NOBODY = Peers({})


def read_peers(text: str) -> Peers:
    """Read the setting EXCHANGE_PEERS {"H55": {"url", "key", "name", "unit"}}. Raises ValueError with what to do; keys are never in it."""
    try:
        rows = json.loads(text or "{}")
    except ValueError:
        raise ValueError('it is no JSON; write {"H55": {"url": "https://…", "key": "…"}}') from None
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise ValueError('write {"H55": {"url": "https://…", "key": "…"}}: an office id, its address and the key you share with it')
    return Peers({id_: _peer(id_, row) for id_, row in rows.items()})


def _peer(id_: str, row: Mapping[str, Any]) -> Peer:
    if not 1 <= len(id_) <= 20:
        raise ValueError(f"{id_[:20]!r}: an office id has 1 to 20 characters, as in dossier codes")
    if unknown := set(row) - {"url", "key", "name", "unit"}:
        raise ValueError(f"{id_}: {', '.join(sorted(unknown))} is not known; there are url, key, name and unit")
    url, key = str(row.get("url", "")).rstrip("/"), str(row.get("key", ""))
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError(f"{id_}: url must begin with https:// (http:// only on this machine), for the message itself travels in clear inside TLS")
    if len(key) < KEY_LENGTH:
        raise ValueError(f"{id_}: key needs at least {KEY_LENGTH} characters, the same on both sides")
    return Peer(id_, url, key, str(row.get("name") or id_), str(row.get("unit", "")))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSent(_Strict):
    """A file that follows a hand-over, known by its hash. `lost` = it will not come: too large, one too many, or never fetched."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0, le=MOST_FILE)
    mime: str = Field(pattern=f"^{MIME}$", max_length=60)
    paper: str | None = Field(default=None, max_length=40)
    lost: bool = False


class HandedOver(_Strict):
    """A dossier with everything the other office needs to work. `due_at` = when we want it back, `own_due_at` = what the citizen was promised."""

    hand_over: str
    procedure: str
    version: str
    answers: dict[str, dict[str, Any]]
    left: list[str] = []
    papers: list[str] = []
    files: list[FileSent] = Field(default=[], max_length=_NAMED)
    parties: list[tuple[str, dict[str, str | None], str]] = []
    """(role, facts, how its name came to us)."""
    due_at: datetime
    own_due_at: datetime | None = None
    step: str
    """Status in which it left."""
    unit: str
    """Code of the commune that took it in, as of that day."""
    received_on: date | None = None


class Acknowledged(_Strict):
    """How far the other office has come: the data is there, a person has taken it, or it is refused for a reason."""

    hand_over: str
    state: Literal["received", "accepted", "refused"]
    reason: str | None = None


class ResultBack(_Strict):
    """The result: its number, its day, and a line about it."""

    hand_over: str
    number: str
    on: date
    note: str = ""


class Withdrawn(_Strict):
    """The dossier is wanted back: work on it ends."""

    hand_over: str
    reason: str


class FileLost(_Strict):
    """A file that the hand-over named will not come."""

    hand_over: str
    sha256: str


DATA: dict[str, type[_Strict]] = {
    "hand_over": HandedOver, "acknowledged": Acknowledged, "result_back": ResultBack, "withdrawn": Withdrawn, "file_lost": FileLost,
}  # fmt: skip


class Message(_Strict):
    """One message. `dossier` and `code` are the sender's; `seq` counts the sender's messages about that dossier to this office, from 1."""

    v: Literal[1]
    id: str = Field(min_length=1, max_length=26)
    kind: Kind
    sender: str
    to: str
    dossier: str = Field(max_length=26)
    code: str = Field(max_length=40)
    seq: int = Field(ge=1)
    at: datetime
    data: dict[str, Any]

    def content(self) -> Any:
        """Return the data in the shape of its kind. Raises pydantic's ValidationError."""
        return DATA[self.kind].model_validate(self.data)


def file_path(hand_over: str, sha256: str) -> str:
    """Return the path of a file of a hand-over: GET says how much of it is there, PUT with ?start= brings a piece."""
    return f"{FILES}/{hand_over}/{sha256}"


def file_id(hand_over: str, sha256: str) -> str:
    """Return how both sides name a file in their counts."""
    return f"{hand_over}:{sha256[:12]}"


def digest(body: bytes) -> str:
    """Return the hash by which a body is known (64 hex)."""
    return hashlib.sha256(body).hexdigest()


def signature(key: str, method: str, path: str, at: str, id: str, body: bytes) -> str:
    """Return HMAC-SHA256 over method, path with query, time, id and the body's hash, each on a line (64 hex)."""
    text = "\n".join((method, path, at, id, digest(body)))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(key: str, sender: str, method: str, path: str, now: datetime, id: str, body: bytes = b"") -> dict[str, str]:
    """Return the headers of a request."""
    at = now.isoformat(timespec="seconds")
    return {"x-motcua-office": sender, "x-motcua-time": at, "x-motcua-id": id, "x-motcua-signature": signature(key, method, path, at, id, body)}


def misfit(key: str, headers: Mapping[str, str], method: str, path: str, now: datetime, body: bytes) -> str | None:
    """Return what is wrong with a request's signature: "signature" or "clock"; None when it fits."""
    at = headers.get("x-motcua-time", "")
    wanted = signature(key, method, path, at, headers.get("x-motcua-id", ""), body)
    if not hmac.compare_digest(wanted.encode(), headers.get("x-motcua-signature", "").encode()):
        return "signature"
    try:
        apart = abs(now - datetime.fromisoformat(at))
    except (ValueError, TypeError):
        return "clock"
    return "clock" if apart > WINDOW else None


@dataclass(frozen=True)
class Entry:
    """A message as both sides count it. `state`: applied, refused, or open while its way is not ended."""

    id: str
    kind: str
    hash: str
    state: str
    code: str = ""


def day_hash(entries: Iterable[Entry]) -> str:
    """Return the hash of a day's messages: equal on both sides only when every one is there, the same, with the same end."""
    lines = sorted(f"{entry.id} {entry.hash} {entry.state}" for entry in entries)
    return digest("\n".join(lines).encode())


@dataclass(frozen=True)
class Problem:
    """What does not fit: `what` is waiting (not delivered yet), missing_there, missing_here, or different."""

    what: str
    entry: Entry


def compare(here: Iterable[Entry], there: Iterable[Entry], *, ours: bool) -> list[Problem]:
    """Return what does not fit between what we have and what they have of one way; `ours` = we are the sender."""
    mine, theirs = {e.id: e for e in here}, {e.id: e for e in there}
    found = [Problem("waiting" if ours and entry.state == "open" else "missing_there", entry) for id_, entry in mine.items() if id_ not in theirs]
    found += [_missing_here(entry, ours) for id_, entry in theirs.items() if id_ not in mine]
    both = [(entry, theirs[id_]) for id_, entry in mine.items() if id_ in theirs]
    return found + [_differ(entry, other) for entry, other in both if (entry.hash, entry.state) != (other.hash, other.state)]


def _differ(entry: Entry, other: Entry) -> Problem:
    """An answer that was lost on the way is asked for again; only two ends that are known can disagree."""
    open_ = "open" in (entry.state, other.state) and entry.hash == other.hash
    return Problem("waiting" if open_ else "different", entry)


def _missing_here(entry: Entry, ours: bool) -> Problem:
    return Problem("waiting" if not ours and entry.state == "open" else "missing_here", entry)
