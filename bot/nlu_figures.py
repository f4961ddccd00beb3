"""The figures of docs/understanding.md from one file of lines: as written and in six spellings, with what the dialogue would do.

`main.py nlu evaluate FILE.tsv --spellings`. Every line is taken as the first message of a conversation.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from backend.domain.catalogue import Catalogue
from backend.domain.law_files import load_catalogue
from bot import dialogue, nlu_server
from bot.dialogue.choosing import ABOUT_PROCEDURE
from bot.dialogue.types import Heard, Place, State, Understanding
from bot.nlu import NluDown
from bot.nlu_evaluate import Line, best_procedure, measure, read_lines

FIGURES = ("intent_accuracy", "procedure_accuracy", "answered", "wrong_and_sure")
_WISHES = frozenset({"ask_procedure", "start_dossier"})
_NOWHERE = Place("", "", "", "", None)


def evaluate(root: Path, settings: Any, path: Path, now: datetime) -> dict[str, Any]:
    """Return the measurement of `path` with its shares, and under `spellings` the figures of each spelling and their mean.

    `now` decides which law is in force. Raises ValueError for a bad file, NluServerError where the server cannot be asked.
    """
    lines = read_lines(path)
    acts = acts_on(load_catalogue(root / "backend" / "procedures"), now)
    texts = spellings(root, [text for text, _, _ in lines])
    with nlu_server.client(root, settings.NLU_URL, settings.NLU_TOKEN) as asking:
        try:
            result = figures(lines, asking.parse, acts)
            spelt = {name: figures(respelt(lines, made), asking.parse, acts) for name, made in texts.items()}
        except NluDown as error:
            raise nlu_server.NluServerError(str(error)) from None
    each = {name: {figure: _short(found[figure]) for figure in FIGURES} for name, found in spelt.items()}
    return {**result, "spellings": {**each, "mean": mean(list(each.values()))}}


def spellings(root: Path, texts: list[str]) -> dict[str, list[str]]:
    """Return the texts as people type them, by name of the spelling; the same every time. Raises NluServerError."""
    command = [sys.executable, "spell.py"]
    made = subprocess.run(command, cwd=root / "bot/understanding", input=json.dumps(texts), capture_output=True, text=True, check=False)
    if made.returncode:
        raise nlu_server.NluServerError("the spellings need nlu_data/noise, which is missing here: measure in a whole checkout")
    return json.loads(made.stdout)


def respelt(lines: Sequence[Line], texts: Sequence[str]) -> list[Line]:
    """Return the lines with other texts and their own labels."""
    return [(text, intents, procedures) for text, (_, intents, procedures) in zip(texts, lines, strict=True)]


def mean(found: Sequence[dict[str, Any]]) -> dict[str, float | None]:
    """Return the mean of each figure; None where there is nothing to count."""
    kept = {figure: [one[figure] for one in found if one[figure] is not None] for figure in FIGURES}
    return {figure: _short(fmean(values)) if values else None for figure, values in kept.items()}


def _short(value: float | None) -> float | None:
    """To a hundredth of a percent: the rows are some thousands."""
    return None if value is None else round(value, 4)


def figures(lines: Sequence[Line], parse: Callable[[str], Understanding], acts: Callable[[str, Understanding], bool]) -> dict[str, Any]:
    """Return the measurement of `lines` and of all lines the shares `answered` (without asking back) and `wrong_and_sure`."""
    meant = {text: parse(text) for text, _, _ in lines}
    acted = [(line, meant[line[0]]) for line in lines if acts(line[0], meant[line[0]])]
    wrong = sum(is_wrong(line, understood) for line, understood in acted)
    result = measure(lines, meant.__getitem__)
    rows = result.pop("rows")
    return {**result, "answered": len(acted) / len(lines), "wrong_and_sure": wrong / len(lines), "rows": rows}


def is_wrong(line: Line, meant: Understanding) -> bool:
    """Whether acting on `meant` does something else than was asked: the two words for a wish lead to the same answer."""
    _, intents, procedures = line
    allowed = intents | _WISHES if intents & _WISHES else intents
    if meant.intent not in allowed:
        return True
    return bool(procedures) and meant.intent in ABOUT_PROCEDURE and best_procedure(meant) not in procedures


def acts_on(catalogue: Catalogue, now: datetime) -> Callable[[str, Understanding], bool]:
    """Return a test: does the dialogue, with its own thresholds, act on a first message as understood, or ask back?"""

    def acts(text: str, meant: Understanding) -> bool:
        decision = dialogue.decide(State(), Heard("first", text, now, "sms"), meant, catalogue, _NOWHERE, now)
        return decision.state.misses == 0 and not any(say.key.startswith("choose.") for say in decision.says)

    return acts
