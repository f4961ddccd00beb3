"""YAML of the law with the line of every value, so that an error says where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)


class LawError(ValueError):
    """Data files that cannot be used; `lines` holds one sentence per error with file and line."""

    def __init__(self, lines: list[str]):
        super().__init__("\n".join(lines))
        self.lines = lines


FAST: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where the library has it: the whole law is read in 0.3 s instead of 2 s."""


class _Loader(FAST):
    """YAML without its traps: `yes` is a text and no truth, `15:00` is not 900, and 2026-02-30 is told with its line."""


_KINDS = {"tag:yaml.org,2002:null", "tag:yaml.org,2002:float", "tag:yaml.org,2002:merge"}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag in _KINDS] for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789"))


def _read(text: str) -> tuple[yaml.Node | None, Any]:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        return root, loader.construct_document(root) if root else None
    finally:
        loader.dispose()


class Lines:
    """One YAML file: `data`, and `at` for the line of a value. Raises LawError for what is not YAML."""

    def __init__(self, path: Path):
        self.path = path
        try:
            text = path.read_text(encoding="utf-8")
            self._root, self.data = _read(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise LawError([f"{path.name}:{mark.line + 1 if mark else 1}: not YAML: {getattr(error, 'problem', error)}"]) from error
        except (UnicodeDecodeError, OSError) as error:
            raise LawError([f"{path.name}:1: cannot be read as UTF-8 text; save it as UTF-8"]) from error
        if doubles := [f"{path.name}:{line}: {key} stands twice; the first would be lost" for key, line in _doubles(self._root)]:
            raise LawError(doubles)

    def at(self, where: tuple[Any, ...], said: str) -> str:
        """Return "khai_sinh.yaml:12: what is wrong" for the value at `where`, or for the nearest one above it."""
        node = self._root
        for step in where:
            node = _child(node, step) or node
        return f"{self.path.name}:{node.start_mark.line + 1 if node else 1}: {said}"

    def read(self, model: type[M]) -> M:
        """Return the file as `model`. Raises LawError with every field that does not fit."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            raise LawError([self.at(e["loc"], f"{'.'.join(map(str, e['loc']))}: {e['msg']}") for e in error.errors()]) from error


def _child(node: yaml.Node | None, step: Any) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None


def _doubles(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Yield (key, line) of keys that stand twice in one mapping: YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _doubles(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubles(item)
