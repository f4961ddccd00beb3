"""One turn at work: a copy of the state, what is being said, and what the office is asked.

Every sentence goes through `say` or `ask`. `ask` opens a question: what a digit of the next turn answers, and what comes
back, unchanged, after any digression.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from backend.domain.procedure import Procedure
from backend.domain.procedure import Question as Asked
from bot.dialogue.types import Case, Decision, Heard, MessageClass, Option, Place, Request, Say, State

LIST_ROOM = {True: 300, False: 95}
"""Characters a list may take in one text: on Zalo, and on SMS beside its sentence (the gate proves that it fits)."""


_OWN = ("kind", "key", "params", "options", "asked_at", "turn", "stale")
"""What `ask` itself writes into an open question; the rest is the asker's."""


SOFT = {
    "start", "wish", "procedure", "kind", "sure", "papers", "offer_person", "menu", "dossier", "track_code", "track_key", "claim", "draft", "rate", "content", "withdraw",
}  # fmt: skip
"""Open questions that are only offers: a new wish takes their place."""


def ref(key: str, otherwise: str | None = None, **params: Any) -> dict[str, Any]:
    """A text inside a text, as plain values; `otherwise` is used when a procedure has no text of its own."""
    return {"text": key, "otherwise": otherwise, "params": params}


def own_text(procedure: str, question: str, part: str) -> str:
    """Key of a procedure's own text: `khai_sinh.questions.child_dob.ask`."""
    return f"{procedure}.questions.{question}.{part}"


def day(value: date | datetime) -> str:
    """5/11/2026: day, month, year, as people write it."""
    return f"{value.day}/{value.month}/{value.year}"


def hour(value: datetime) -> str:
    """17h, 9h30."""
    return f"{value.hour}h{value.minute:02d}" if value.minute else f"{value.hour}h"


def moment(iso: str) -> dict[str, Any]:
    """ "17h ngày 25/11", from an ISO time of the commune's clock."""
    at = datetime.fromisoformat(iso)
    return ref("when.hour_day", hour=hour(at), day=f"{at.day}/{at.month}")


def in_groups(code: str) -> str:
    """H55.242 - 261123 - 0007: a code is read aloud and copied by hand."""
    return code.replace("-", " - ")


class Turn:
    """The working table of one `decide`, `resume` or `tell`; `done` hands out the decision."""

    def __init__(self, state: State, heard: Heard | None, catalogue, place: Place, now: datetime, resuming: bool = False):
        self.state = State.from_json(state.to_json())
        if not still_open(self.state, catalogue):
            self.state.open = None
        self.heard, self.catalogue, self.place, self.now = heard, catalogue, place, now
        self.resuming = resuming
        self.lead: list[dict[str, Any]] = []
        self.says: list[Say] = []
        self.requests: list[Request] = []

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def on_zalo(self) -> bool:
        return bool(self.heard and self.heard.channel == "zalo")

    @property
    def memory(self) -> dict[str, Any]:
        return self.state.memory

    @property
    def open(self) -> dict[str, Any] | None:
        return self.state.open

    @property
    def holding(self) -> bool:
        """A question is open that a new wish must not push aside: part of a form, of a consent."""
        return bool(self.open) and self.open["kind"] not in SOFT

    @property
    def case(self) -> Case | None:
        """The case in hand."""
        return self.case_of(self.state.active)

    def case_of(self, name: str | None) -> Case | None:
        return next((case for case in self.state.cases if case.ref == name), None)

    def procedure(self, case: Case) -> Procedure:
        return self.catalogue.by_version(case.procedure, case.version)

    def question(self, case: Case, name: str) -> Asked:
        return next(q for q in self.procedure(case).questions if q.id == name)

    def note(self, key: str, otherwise: str | None = None, **params: Any) -> None:
        """Put a sentence before whatever is said next."""
        self.lead.append(ref(key, otherwise, **params))

    def note_ref(self, sentence: dict[str, Any], spare: int = 0) -> None:
        """Note a sentence made elsewhere; spare ones are left out where they would cost another SMS, the highest first."""
        self.lead.append({**sentence, "spare": spare} if spare else sentence)

    def say_noted(self) -> None:
        """Say what was noted as a text of its own."""
        if self.lead:
            self.say("shared.only")

    def say(self, key: str, options: tuple[Option, ...] = (), cls: MessageClass = "answer", **params: Any) -> None:
        """Say a text, after the sentences noted before it."""
        case = self.case
        if case and case.helped:
            params.setdefault("name", case.helped["name"])
        if self.memory.get("you"):
            params["you"] = self.memory["you"]
        if self.lead:
            params["lead"] = self.lead
        self.lead = []
        self.says.append(Say(key, params, options, cls))

    def say_first(self, key: str, **params: Any) -> None:
        """Put a sentence before the text said last in this turn, so that two texts stay two."""
        last = self.says[-1]
        self.says[-1] = replace(last, params={**last.params, "lead": [ref(key, **params), *last.params.get("lead", [])]})

    def take_back(self) -> None:
        """Make the last text the beginning of the next one, so that two texts stay two."""
        last = self.says.pop()
        inner = {k: v for k, v in last.params.items() if k not in ("lead", "you", "name")}
        self.lead = [*last.params.get("lead", []), ref(last.key, **inner), *self.lead]

    def ask(self, kind: str, key: str, options: tuple[Option, ...] = (), *, params=None, **payload: Any) -> None:
        """Say a text and open it as the question that the next turn answers."""
        params = params or {}
        self.state.open = {
            "kind": kind,
            "key": key,
            "params": params,
            "options": [{**asdict(o), "words": list(o.words)} for o in options],
            "asked_at": self.now.isoformat(),
            "turn": self.heard.id if self.heard else "",
            **payload,
        }
        self.say(key, options, **params)

    def ask_again(self) -> None:
        """The open question once more, after what was noted; only the note if it was asked in this very turn."""
        if self.open and not (self.resuming and self.open["turn"] == self.heard.id):
            again = {k: v for k, v in self.open.items() if k not in _OWN}
            self.ask(self.open["kind"], self.open["key"], options_of(self.open), params=self.open["params"], **again)
        else:
            self.say_noted()

    def close(self) -> None:
        """No question is open any more."""
        self.state.open = None

    def request(self, verb: str, **args: Any) -> None:
        self.requests.append(Request(verb, args))

    def new_ref(self) -> str:
        """A ref for a case made in this turn: the same turn run twice makes the same one."""
        return f"{self.heard.id}-{len(self.state.cases) + 1}"

    def done(self) -> Decision:
        """The decision; what was noted and not yet said is said."""
        self.say_noted()
        return Decision(self.state, tuple(self.says), tuple(self.requests))


def still_open(state: State, catalogue) -> bool:
    """Whether the open question can still be answered: its draft may have moved to another telephone or been let go."""
    if state.open is None or "case" not in state.open:
        return state.open is not None
    case = next((case for case in state.cases if case.ref == state.open["case"]), None)
    if case is None:
        return False
    asked = state.open.get("question")
    return asked is None or any(question.id == asked for question in catalogue.by_version(case.procedure, case.version).questions)


def options_of(question: dict[str, Any] | None) -> tuple[Option, ...]:
    """The choices of an open question."""
    return tuple(Option(o["value"], o["label"], tuple(o["words"]), o["params"]) for o in (question or {}).get("options", ()))


def fingerprint(says: tuple[Say, ...]) -> str:
    """Short hash of what was said, to notice the same sentence twice in a row."""
    content = json.dumps([[say.key, say.params, [o.label for o in say.options]] for say in says], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:10]
