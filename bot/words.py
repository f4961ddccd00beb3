"""Texts as data: loads `bot/texts/<language>` and turns a `Say` into the pages a channel sends.

A text is a template under a key (`form.question` = file `form.yaml`, path `question`; files in `procedures/` begin with
the procedure's id). A parameter may itself be a text: `{"text": key, "otherwise": key, "params": {...}}`, so that a
sentence is put together in data and never in Python. `lead` is such a list and always comes first.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from backend.domain.law_lines import FAST
from backend.domain.letters import nfc, strip_accents
from bot.dialogue.types import Option, Say

SMS_LENGTH = 160
"""GSM-7 characters of one segment; a sender pays per segment."""
ZALO_LENGTH = 400
"""What fits a small screen without scrolling; Zalo itself allows 2,000."""
IN_A_ROW = 2
"""Pages of one text that a person reads in a row (rule 10): rather a cut sentence than a third page."""
RULES_FILE = "gate.yaml"
"""What the gate knows (longest values, forbidden words): no sentences, so it is not loaded as texts."""

_HOLE = re.compile(r"\{(\w+)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
_GSM_TWICE = set("[]{}\\~^|")
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "·": "-", "\u00a0": " "})


class WordsError(ValueError):
    """A text file cannot be used; the message names file and line and says what to do."""


@dataclass(frozen=True)
class Text:
    """One text: its parts (a plain text has one), and where it stands."""

    parts: tuple[str, ...]
    where: str

    def holes(self) -> set[str]:
        """Names of the placeholders in all parts."""
        return {hole for part in self.parts for hole in _HOLE.findall(part)}


def sms_length(text: str) -> int:
    """Length of an unaccented text in GSM-7 septets: brackets and braces cost two."""
    return sum(2 if char in _GSM_TWICE else 1 for char in text)


def bare(text: str) -> str:
    """The text as an SMS carries it: no accents, ASCII only (one accent makes a segment 70 characters)."""
    plain = strip_accents(text.translate(_PLAIN))
    return "".join(char if " " <= char < "\x7f" and char != "`" else "?" for char in plain)


class Words:
    """All texts of one language, by key."""

    def __init__(self, texts: dict[str, Text], version: str):
        self.texts = texts
        self.version = version
        """Hash of all files: stored with each message, so that what was said can be shown years later."""

    @classmethod
    def load(cls, folder: Path | str) -> Words:
        """Read every `*.yaml` of `folder` and of `folder/procedures`. Raises `WordsError` with file and line."""
        folder = Path(folder)
        files = [file for file in sorted(folder.rglob("*.yaml")) if file.name != RULES_FILE]
        if not files:
            raise WordsError(f"{folder}: no texts here; a language is a folder of *.yaml files")
        digest, texts = hashlib.sha256(), {}
        for file in files:
            content = file.read_bytes()
            digest.update(file.name.encode() + b"\0" + content)
            for key, text in _read(file, content):
                if key in texts:
                    raise WordsError(f"{text.where}: '{key}' already stands at {texts[key].where}; keep one")
                texts[key] = text
        return cls(texts, digest.hexdigest()[:12])

    def has(self, key: str) -> bool:
        return key in self.texts

    def render(self, say: Say, channel_accents: bool) -> list[str]:
        """Return the pages to send, in order: SMS pages of ≤ 160 GSM characters, Zalo pages of ≤ 400.

        Raises `KeyError` for a key that has no text (the gate proves that there is none).
        """
        you = say.params.get("you") or self.texts["pronoun.default"].parts[0]
        shared = {"you": you, "You": you[:1].upper() + you[1:]}
        params = {**shared, **say.params}
        lead = [(self._value(part, shared), part.get("spare", 0)) for part in say.params.get("lead") or []]
        body = self._fill(say.key, None, params)
        body = body[:1].upper() + body[1:]
        page = _Page(f"[{say.params['name']}] " if say.params.get("name") else "", channel_accents)
        return page.pack(lead, body, _numbered([self.label(option) for option in say.options], channel_accents))

    def label(self, option: Option) -> str:
        """A choice as it is shown."""
        return self.plain(option.label, option.params)

    def plain(self, label: str, params: dict[str, Any] | None = None) -> str:
        """A label with its accents: `@key` names a text, anything else comes from a procedure's file."""
        return self._value(label, params or {})

    def _fill(self, key: str, otherwise: str | None, params: dict[str, Any]) -> str:
        text = self.texts.get(key) or self.texts[otherwise or key]
        parts = text.parts
        if len(parts) > 1:
            parts = tuple(part for part in parts if all(params.get(h) for h in _HOLE.findall(part)))
        return " ".join(" ".join(_HOLE.sub(lambda m: self._value(params.get(m[1]), params), part) for part in parts).split())

    def _value(self, value: Any, shared: dict[str, Any]) -> str:
        if value is None:
            return ""
        if isinstance(value, dict):
            inner = {"you": shared.get("you"), "You": shared.get("You"), **value.get("params", {})}
            return self._fill(value["text"], value.get("otherwise"), inner)
        if isinstance(value, (list, tuple)):
            glue = " " if any(isinstance(item, dict) for item in value) else "; "
            return glue.join(filter(None, (self._value(item, shared) for item in value)))
        if isinstance(value, str) and value.startswith("@") and value[1:] in self.texts:
            return self._fill(value[1:], None, shared)
        return nfc(str(value))


def _numbered(labels: list[str], accents: bool) -> str:
    if accents:
        return "".join(f"\n{n}. {label}" for n, label in enumerate(labels, 1))
    return "".join(f" {n} {label}" for n, label in enumerate(labels, 1))


class _Page:
    """Packs sentences into pages; a question is never cut from its choices."""

    def __init__(self, prefix: str, accents: bool):
        self.prefix, self.accents = prefix, accents
        self.room = ZALO_LENGTH if accents else SMS_LENGTH

    def pack(self, leads: list[tuple[str, int]], body: str, choices: str) -> list[str]:
        """One page if it can be: spare sentences are left out, the highest mark first, the last of equals."""
        lead = " ".join(text for text, _ in leads if text)
        whole = f"{lead} {body}".strip() + choices
        if self._fits(whole):
            return [self._shown(whole)]
        most, at = max(((mark, n) for n, (_, mark) in enumerate(leads)), default=(0, 0))
        if most:
            return self.pack(leads[:at] + leads[at + 1 :], body, choices)
        if lead and self._fits(lead) and self._fits(body + choices):
            return [self._shown(lead), self._shown(body + choices)]
        sentences = _SENTENCE_END.split(f"{lead} {body}".strip())
        sentences[-1] += choices
        pages = self._greedy(sentences)
        if len(pages) > IN_A_ROW:
            words = f"{lead} {body}".split()
            pages = min(pages, self._greedy([*words[:-1], words[-1] + choices]), key=len)
        return [self._shown(page) for page in pages]

    def _greedy(self, sentences: list[str]) -> list[str]:
        pages: list[str] = []
        for sentence in (piece for whole in sentences for piece in self._pieces(whole)):
            if pages and self._fits(f"{pages[-1]} {sentence}"):
                pages[-1] = f"{pages[-1]} {sentence}"
            else:
                pages.append(sentence)
        return pages

    def _pieces(self, sentence: str) -> list[str]:
        """A sentence longer than a page, cut at spaces, or anywhere if it has none."""
        pieces = []
        while not self._fits(sentence):
            end = max(n for n in range(1, len(sentence) + 1) if n == 1 or self._fits(sentence[:n]))
            cut = sentence.rfind(" ", 1, end)
            cut = cut if cut > 0 else end
            pieces.append(sentence[:cut])
            sentence = sentence[cut:].lstrip()
        return [*pieces, sentence] if sentence else pieces

    def _fits(self, text: str) -> bool:
        shown = self._shown(text)
        return (len(shown) if self.accents else sms_length(shown)) <= self.room

    def _shown(self, text: str) -> str:
        text = self.prefix + text
        return text if self.accents else bare(text)


def _read(file: Path, content: bytes):
    """Yield (key, Text) of one file, with the line of each."""
    try:
        root = yaml.compose(content.decode("utf-8"), Loader=FAST)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise WordsError(f"{file}{line}: not readable as YAML in UTF-8; check quotes and indentation") from error
    if not isinstance(root, yaml.MappingNode):
        raise WordsError(f"{file}:1: a text file is a mapping of keys to texts")
    yield from _flatten(file, file.stem, root)


def _flatten(file: Path, prefix: str, node: yaml.Node):
    where = f"{file}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _flatten(file, f"{prefix}.{key.value}", value)
    elif isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        yield prefix, Text(tuple(nfc(item.value) for item in node.value), where)
    elif isinstance(node, yaml.ScalarNode) and node.value.strip():
        yield prefix, Text((nfc(node.value),), where)
    else:
        raise WordsError(f"{where}: '{prefix}' must be a text or a list of texts, and not empty")
