"""The training lines: every intent and procedure has enough of them, and none gives a held-out line away."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from math import ceil
from pathlib import Path

import pytest
import yaml

from backend.domain.letters import fold, nfc
from bot.understanding.components.patterns import sentences

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "nlu_data"
INTENTS = set(
    "greet goodbye thank ask_help ask_procedure ask_eligibility ask_benefit ask_documents ask_fee ask_duration ask_where "
    "start_dossier resume_dossier track_dossier submit_supplement complain rate_service withdraw_dossier update_contact "
    "request_postal pay_fee assist_other revoke_consent talk_to_human affirm deny go_back correct_answer pause cancel repeat "
    "inform bot_challenge opt_out out_of_scope abuse urgent".split()
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LEAST_PER_INTENT, LEAST_PER_PROCEDURE, LEAST_HELD_OUT, NEAR = 60, 40, 1500, 0.7


@lru_cache(maxsize=1)
def blocks() -> list[tuple[Path, dict]]:
    files = sorted((DATA / "train").rglob("*.yml"))
    return [(file, block) for file in files for block in yaml.load(file.read_text("utf-8"), _LOADER)["nlu"]]


def lines(patterns: bool = False) -> list[tuple[str, str, str | None]]:
    """(text, intent, procedure) of every hand-written line, or of every pattern."""
    found = []
    for _, block in blocks():
        about = block.get("metadata") or {}
        if bool(about.get("pattern")) == patterns:
            texts = [line.removeprefix("- ") for line in block["examples"].splitlines()]
            found += [(text, block["intent"], about.get("procedure")) for text in texts]
    return found


def procedures() -> set[str]:
    return set(yaml.safe_load((DATA / "lookups" / "procedures.yml").read_text("utf-8")))


def held_out() -> list[str]:
    rows = [row for file in sorted((DATA / "test").rglob("*.tsv")) for row in file.read_text("utf-8").splitlines()[1:]]
    return [row.split("\t")[0] for row in rows if row.strip()]


def test_the_labels_are_those_of_the_contract():
    assert {intent for _, intent, _ in lines()} == INTENTS
    assert {procedure for _, _, procedure in lines() if procedure} == procedures()
    assert len(procedures()) == 49
    domain = yaml.safe_load((ROOT / "bot/understanding/domain.yml").read_text("utf-8"))
    assert set(domain["intents"]) == INTENTS


def test_every_line_is_a_plain_example():
    """A bracket would be read by Rasa as an entity, a line without a dash is dropped silently."""
    for file, block in blocks():
        for line in block["examples"].splitlines():
            assert line.startswith("- "), f"{file.name}: {line}"
            assert not set("[]") & set(line), f"{file.name}: {line}"


def test_no_intent_and_no_procedure_is_thin():
    intents = Counter(intent for _, intent, _ in lines())
    named = Counter(procedure for _, _, procedure in lines() if procedure)
    assert {i: n for i, n in intents.items() if n < LEAST_PER_INTENT} == {}
    assert {p: n for p, n in named.items() if n < LEAST_PER_PROCEDURE} == {}


def test_no_line_has_two_labels():
    """The same words may be a bare wish and the start of a dossier; the contract leaves that open, nothing else.

    Compared with their accents: "đúng", "dừng" and "đừng" are three answers, and without accents nobody can tell.
    """
    labels = defaultdict(set)
    for text, intent, procedure in lines():
        labels[" ".join(nfc(text).lower().split())].add((intent.replace("start_dossier", "ask_procedure"), procedure))
    assert {text: found for text, found in labels.items() if len(found) > 1} == {}


@pytest.mark.parametrize(("pattern", "intent"), [(text, intent) for text, intent, _ in lines(patterns=True)])
def test_every_pattern_can_be_read(pattern, intent):
    assert intent in INTENTS
    assert sentences(pattern, 3, seed=1)


@pytest.mark.parametrize("table", ["procedures.yml", "situations.yml"])
def test_every_procedure_has_names_and_situations(table):
    names = yaml.safe_load((DATA / "lookups" / table).read_text("utf-8"))
    assert set(names) == procedures()
    assert min(map(len, names.values())) >= 5


def test_the_held_out_set_is_large():
    assert len(held_out()) >= LEAST_HELD_OUT


def test_no_training_line_is_near_a_held_out_line():
    """Folded character-3-grams; where the two are near, the training line goes: the held-out set was there first."""
    trained = {text: _grams(text) for text, _, _ in lines()}
    asked = {text: _grams(text) for text in held_out()}
    common = Counter(gram for grams in [*trained.values(), *asked.values()] for gram in grams)
    holders = defaultdict(set)
    for text, grams in trained.items():
        for gram in _telling(grams, common):
            holders[gram].add(text)
    near = []
    for text, grams in asked.items():
        candidates = set().union(*(holders[gram] for gram in _telling(grams, common)))
        near += [(text, other) for other in candidates if _is_near(grams, trained[other])]
    assert near == []


def _is_near(one: frozenset[str], other: frozenset[str]) -> bool:
    if not NEAR <= len(one) / len(other) <= 1 / NEAR:
        return False
    shared = len(one & other)
    return shared >= NEAR * (len(one) + len(other) - shared)


def _telling(grams: frozenset[str], common: Counter) -> list[str]:
    """The rarest grams of a text: two that share `NEAR` of all their grams share at least one of these."""
    return sorted(grams, key=lambda gram: (common[gram], gram))[: len(grams) - ceil(NEAR * len(grams)) + 1]


def _grams(text: str) -> frozenset[str]:
    line = " ".join(fold(text).split())
    return frozenset(line[i : i + 3] for i in range(max(1, len(line) - 2)))
