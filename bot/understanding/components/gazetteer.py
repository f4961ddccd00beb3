"""Finds places, offices and papers by name, and numbers by shape. Nothing is learnt, no sentence is kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Text, Tuple

import rasa.shared.utils.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.text import folded

_LOOKUPS = Path(__file__).resolve().parents[3] / "nlu_data" / "lookups"
LISTS = ("place", "office", "paper")
LONGEST = 6
"""Words in the longest name looked up."""
_DIGIT = r"[\doO]"
# In this order: a longer number is not read as a shorter kind.
PATTERNS = {
    "dossier_code": r"\b(?:H\d\d|\d{3}\.\d\d\.\d\d\.H\d\d)[.\-]?\d{2,3}\s*-\s*\d{6}\s*-\s*\d{4}\b|\b(?:\d{3}\.\d\d\.\d\d\.)?H\d\d-\d{6}-\d{4}\b",
    "citizen_id": rf"(?<!\d)0(?:[ .]?{_DIGIT}){{11}}(?!\d)",
    "phone": rf"(?<!\d)(?:\+?84|[0oO])[ .]?[35789](?:[ .]?{_DIGIT}){{8}}(?!\d)",
    "date": r"(?<!\d)\d{1,2}[/.\-]\d{1,2}(?:[/.\-](?:\d{4}|\d{2}))?(?!\d)",
    "money": r"(?<!\d)\d+(?:[.,]\d+)*\s*(?:k|tr\d?|củ|nghìn|nghin|ngàn|ngan|triệu|trieu|đồng|dong|đ)\b",
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class Gazetteer(EntityExtractorMixin, GraphComponent):
    """Entities from the lists of `nlu_data/lookups` (compared folded, longest first) and from patterns.

    `value` is the name as the list spells it, with its accents; for numbers it is what the person typed. The lists
    are read when the model is trained and go into its archive.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {}

    def __init__(self, storage: ModelStorage, resource: Resource, names: Dict[str, List[List[str]]]) -> None:
        """`names`: folded name -> [[kind, name as written], …]; one name may be a place and an office."""
        self._storage, self._resource, self.names = storage, resource, names
        self._patterns = {kind: re.compile(p, re.IGNORECASE) for kind, p in PATTERNS.items()}

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> Gazetteer:
        return cls(model_storage, resource, {})

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the lists."""
        for kind in LISTS:
            for name in rasa.shared.utils.io.read_yaml_file(_LOOKUPS / f"{kind}.yml"):
                self.names.setdefault(folded(name), []).append([kind, name])
        with self._storage.write_to(self._resource) as folder:
            (folder / "names.json").write_text(json.dumps(self.names, ensure_ascii=False), "utf-8")
        return self._resource

    @classmethod
    def load(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> Gazetteer:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, json.loads((folder / "names.json").read_text("utf-8")))

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entities found to each message."""
        for message in messages:
            found = [*self._numbers(message.get(TEXT) or ""), *self._named(message)]
            known = message.get(ENTITIES, [])
            message.set(ENTITIES, known + self.add_extractor_name(found), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def _numbers(self, text: str) -> Iterator[Dict[Text, Any]]:
        taken: List[Tuple[int, int]] = []
        for kind, pattern in self._patterns.items():
            for m in pattern.finditer(text):
                if all(m.end() <= start or m.start() >= end for start, end in taken):
                    taken.append(m.span())
                    yield {"entity": kind, "value": m.group(), "start": m.start(), "end": m.end()}

    def _named(self, message: Message) -> Iterator[Dict[Text, Any]]:
        tokens = message.get(TOKENS_NAMES[TEXT]) or []
        i = 0
        while i < len(tokens):
            size = next((n for n in range(LONGEST, 0, -1) if self._name(tokens[i:i + n]) in self.names), 0)
            if size and i + size <= len(tokens):
                span = {"start": tokens[i].start, "end": tokens[i + size - 1].end}
                for kind, name in self.names[self._name(tokens[i:i + size])]:
                    yield {"entity": kind, "value": name, **span}
            i += max(size, 1)

    @staticmethod
    def _name(tokens: List[Any]) -> str:
        return " ".join(t.text for t in tokens)
