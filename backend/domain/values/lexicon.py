"""Loads the word lists that lie beside the readers; they are data, for people who know the language to add to."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def lexicon(name: str) -> dict[str, Any]:
    """The content of `<name>.yaml` beside this module."""
    return yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def word_set(name: str, key: str) -> frozenset[str]:
    """A list of `<name>.yaml`, written as one text of words or as a list, as a set."""
    content = lexicon(name)[key]
    return frozenset(content.split() if isinstance(content, str) else map(str, content))
