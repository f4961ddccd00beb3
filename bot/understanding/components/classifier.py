"""Two questions to one message: which wish (intent) and which procedure. Tf-idf n-grams, two logistic regressions."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Text
from zlib import crc32

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.text import is_vague

from . import heads, noise, patterns
from .features import Grams, Vectoriser, grams
from .heads import Head

NONE = "none"
"""The procedure label of a message that names none."""
VAGUE_CONFIDENCE = 0.2
"""Ceiling for a message of single letters and many-meaning signs: below every bar of the dialogue."""
TRIAL = 5
"""One in so many lines teaches the head that the confidences are fitted on: it knows less than the one that serves, and errs to the safe side."""
MANY, MOST_VARIANTS = 30_000, 3
"""Lines from which on one noisy spelling of each is enough; spellings of each where there are a third as many."""
FEW = 12_000
"""For every so many texts an n-gram must be seen in one text more, up to `least`."""
_HEADS = ("intent", "procedure")


class _Line(NamedTuple):
    """One training text with its labels; `held` keeps every spelling of a line on one side of the calibration."""

    seen: Grams
    intent: str
    procedure: str
    held: bool


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentAndProcedureClassifier(IntentClassifier, GraphComponent):
    """Writes `intent`, `intent_ranking`, `procedure` and `procedure_ranking` into the parse.

    `procedure` is `{"name": id or None, "confidence": float}`; the ranking leaves "none" out. The procedure of a
    training line stands in its block: `metadata: {procedure: khai_sinh}`; a block with `metadata: {pattern: true}`
    holds patterns (`components.patterns`), of which `readings` are taken each. `variants` = noisy spellings of a line at
    least, `least` = texts in which an n-gram must be seen at most: both fit many lines, and give way where there are few.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"variants": 1, "readings": 10, "least": 5, "strength": 0.7, "seed": 766, "ranking": 5}

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        self.config, self._storage, self._resource = config, storage, resource
        self.vectoriser: Optional[Vectoriser] = None
        self.heads: Dict[str, Head] = {}
        self.figures: Dict[str, float] = {}
        self._variants = config["variants"]

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> IntentAndProcedureClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn both heads from the lines and their noisy spellings; calibrate on a fifth of the lines."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        # A set of few lines learns from more spellings of each, and keeps n-grams that a large set can do without.
        self._variants = max(self.config["variants"], min(MOST_VARIANTS, MANY // len(examples)))
        lines = [line for m in examples for line in self._lines(m)]
        least = min(self.config["least"], 2 + len(lines) // FEW)
        self.vectoriser = Vectoriser.fit([line.seen for line in lines], least)
        rows = self.vectoriser.matrix([line.seen for line in lines])
        held = np.array([line.held for line in lines])
        for name in _HEADS:
            labels = [getattr(line, name) for line in lines]
            self.heads[name] = self._learn(name, rows, labels, held)
        self._persist()
        return self._resource

    def _lines(self, message: Message) -> Iterator[_Line]:
        text, intent, about, seed = message.get(TEXT), message.get(INTENT), _about(message), self.config["seed"]
        procedure = about.get("procedure", NONE)
        if about.get("pattern"):
            for sentence in patterns.sentences(text, about.get("readings", self.config["readings"]), seed):
                yield _Line(grams(noise.one(sentence.text, seed)), intent, sentence.procedure or procedure, False)
            return
        held = crc32(text.encode()) % 5 == 0
        for spelling in dict.fromkeys(map(grams, [text, *noise.variants(text, self._variants, seed)])):
            yield _Line(spelling, intent, procedure, held)

    def _learn(self, name: str, rows: Any, labels: List[str], held: np.ndarray) -> Head:
        strength = self.config["strength"]
        head = heads.fit(rows, labels, strength)
        unseen = [label for label, out in zip(labels, held) if out]
        if unseen and len(set(labels)) > 1:
            some = np.flatnonzero(~held)[::TRIAL]
            trial = heads.fit(rows[some], [labels[i] for i in some], strength)
            head.temperature = heads.calibrate(trial, rows[held], unseen)
            guessed = trial.scores(rows[held]).argmax(axis=1)
            right = [trial.labels[g] == label for g, label in zip(guessed, unseen)]
            self.figures[f"{name}_held_out_fifth"] = round(float(np.mean(right)), 4)
        return head

    def process(self, messages: List[Message]) -> List[Message]:
        """Label each message; a vague one keeps its ranking but no confidence to act on."""
        for message in messages:
            columns, values = self.vectoriser.row(grams(message.get(TEXT) or ""))
            ceiling = VAGUE_CONFIDENCE if is_vague(message.get(TEXT) or "") else 1.0
            for name in _HEADS:
                ranking = self._rank(self.heads[name], columns, values, ceiling)
                message.set(name, _best(name, ranking), add_to_output=True)
                kept = [r for r in ranking if r["name"] != NONE][: self.config["ranking"]]
                message.set(f"{name}_ranking", kept, add_to_output=True)
        return messages

    @staticmethod
    def _rank(head: Head, columns: np.ndarray, values: np.ndarray, ceiling: float) -> List[Dict[Text, Any]]:
        confidence = head.confidences(columns, values)
        order = confidence.argsort()[::-1][:8]
        return [{"name": head.labels[i], "confidence": min(float(confidence[i]), ceiling)} for i in order]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing after this component learns from its output."""
        return training_data

    def _persist(self) -> None:
        arrays = {"ids": self.vectoriser.ids, "idf": self.vectoriser.idf}
        for name, head in self.heads.items():
            arrays[f"{name}_weights"] = head.weights.astype(np.float16)
            arrays[f"{name}_bias"] = head.bias
        about = {
            "heads": {n: {"labels": h.labels, "temperature": h.temperature} for n, h in self.heads.items()},
            "figures": self.figures,
        }
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / "weights.npz", **arrays)
            (folder / "heads.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")

    @classmethod
    def load(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> IntentAndProcedureClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            about = json.loads((folder / "heads.json").read_text("utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
                component.vectoriser = Vectoriser(arrays["ids"], arrays["idf"])
                for name, head in about["heads"].items():
                    weights, bias = arrays[f"{name}_weights"], arrays[f"{name}_bias"]
                    component.heads[name] = Head(head["labels"], weights, bias, head["temperature"])
        return component


def _about(message: Message) -> Dict[Text, Any]:
    """Return the metadata of a training line: its own over its block's."""
    metadata = message.get("metadata") or {}
    return {**(metadata.get(INTENT) or {}), **(metadata.get("example") or {})}


def _best(name: str, ranking: List[Dict[Text, Any]]) -> Dict[Text, Any]:
    best = dict(ranking[0])
    if name == "procedure" and best["name"] == NONE:
        best["name"] = None
    return best
