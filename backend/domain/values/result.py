"""What a value reader answers: a value, a question to ask back, or a refusal. Keys only: the words live with the bot.

A test holds the keys to the texts: `doubt.<key>` or `bad.<key>` for a question, `bad.<key>` for a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Candidate:
    """One thing the person may have meant. `key` and `params` say how to word it, `words` choose it in an answer."""

    value: str
    key: str
    params: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Read:
    """A value that is sure.

    `value` is the canonical text: ISO date, E.164 phone, `male`, `yes`, integer VND, ward code …
    `shown` is how it is read back. `doubt` is a mark for the clerk that does not stop the person ("no_accents").
    `details` depend on the type and are named in each reader.
    """

    value: str
    shown: str = ""
    doubt: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """The text is partial or doubtful: ask back. `options` are what may have been meant, best first, often none."""

    key: str
    options: tuple[Candidate, ...] = ()
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refuse:
    """There is no such value in the text; `params` hold what a helpful sentence needs, such as one right example."""

    key: str
    params: dict[str, str] = field(default_factory=dict)


Result = Read | Ask | Refuse
