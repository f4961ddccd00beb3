"""A citizen, a telephone and a fake office: enough to hold a conversation without a database or a model."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from backend.domain.catalogue import Catalogue
from backend.domain.letters import fold
from bot import dialogue
from bot.dialogue.types import Decision, Heard, Outcome, Place, Request, Say, State, Understanding
from bot.words import Words
from tests.dialogue.law import LAW

ROOT = Path(__file__).parents[2]
PLACE = Place("H55.242", "xã Na Rì", "một cửa xã Na Rì", "sáng 7h30-11h30, chiều 13h30-17h", "02093888888", "nhắn tin không mất tiền")
EVENING = datetime.fromisoformat("2026-11-23T19:10:00+07:00")
CODE = "H55.242-261123-0007"


def all_words() -> Words:
    """The common texts as they are, with the questions of the tests' own procedures."""
    common, own = Words.load(ROOT / "bot/texts/vi"), Words.load(Path(__file__).parent / "texts")
    real = {p.name.removesuffix(".yaml") for p in (ROOT / "bot/texts/vi/procedures").glob("*.yaml")}
    kept = {key: text for key, text in common.texts.items() if key.split(".")[0] not in real}
    return Words({**kept, **own.texts}, common.version)


WORDS = all_words()


def meant(intent: str, procedure: str | None = None, confidence: float = 0.98, **more) -> Understanding:
    """What NLU would say, given by hand."""
    return Understanding(intent, confidence, procedure, confidence if procedure else 0.0, **more)


def office(request: Request, at: datetime) -> Outcome:
    """An office that agrees to everything, at 16h the next day."""
    promise = {"promise_at": "2026-11-24T16:00:00+07:00"}
    data = {
        "send": {"code": CODE, "noted": False, "review_by": "2026-11-25T17:00:00+07:00", "papers": ["căn cước của mình và bố mẹ cháu", "giấy làm chứng"]},
        "person": {**promise, "on_duty": "0912000113"},
        "track": {"dossiers": [{"code": CODE, "stage": "processing", "due": "2026-11-27T17:00:00+07:00", "late": False, "short": "0007"}]},
        "ask_consent": {"last4": request.args.get("phone", "")[-4:]},
        "attest_consent": {"at": at.isoformat()},
        "answer_consent": {"helper": "NÔNG THỊ LINH"},
        "revoke_helper": {"count": 1},
        "transfer": {"code": "482913"},
        "claim": {"case": {"ref": "m0-1", "procedure": "khai_sinh", "version": "2025-07-01"}},
    }  # fmt: skip
    return Outcome(request.verb, True, data.get(request.verb, promise))


@dataclass
class Phone:
    """One telephone in conversation with the commune; `pages` are the texts it got last."""

    channel: str = "sms"
    number: str | None = "+84981110077"
    now: datetime = EVENING
    state: State = field(default_factory=State)
    pages: list[str] = field(default_factory=list)
    says: list[Say] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    law: Catalogue = LAW
    words: Words | None = None
    office = staticmethod(office)
    turns: int = 0

    def __call__(self, text: str = "", means: Understanding | None = None, after: timedelta = timedelta(minutes=1), **heard) -> str:
        """Say something; returns all texts of the answer joined, as this telephone shows them."""
        self.turns += 1
        self.now += after
        turn = Heard(f"m{self.turns}", text, self.now, self.channel, phone=self.number, **heard)
        self.pages, self.says, self.asked = [], [], []
        understood = dialogue.read(self.state, turn, self.law, self.now)
        if understood is None:
            understood = means or meant("inform", confidence=0.2)
        elif understood.rest:
            understood = replace(understood, also=means or meant("inform", confidence=0.2))
        self._take(dialogue.decide(self.state, turn, understood, self.law, PLACE, self.now), turn)
        return "\n".join(self.pages)

    def _take(self, decision: Decision, turn: Heard | None) -> None:
        self.state = State.from_json(decision.state.to_json())
        self.says += decision.says
        self.pages += [page for say in decision.says for page in (self.words or WORDS).render(say, self.channel == "zalo")]
        for request in decision.requests:
            self.asked.append(request)
            outcome = self.office(request, self.now)
            self._take(dialogue.resume(self.state, outcome, turn, self.law, PLACE, self.now), turn)

    def told(self, kind: str, **params) -> str:
        """A notice of the office arrives."""
        return self._arrives(dialogue.tell(self.state, kind, params, self.law, PLACE, self.now))

    def asked_for_consent(self, helper: str) -> str:
        """A volunteer wants to enter for this person."""
        return self._arrives(dialogue.offer_consent(self.state, "c1", {"helper": helper}, self.law, PLACE, self.now))

    def _arrives(self, decision: Decision) -> str:
        self.pages, self.says, self.asked = [], [], []
        self._take(decision, None)
        return "\n".join(self.pages)

    @property
    def open(self) -> str | None:
        """Id of the open question of the form, or the kind of another open question."""
        return (self.state.open or {}).get("question") or (self.state.open or {}).get("kind")

    @property
    def answers(self) -> dict[str, str]:
        """What the case in hand holds."""
        case = next((c for c in self.state.cases if c.ref == self.state.active), None)
        return {k: v["value"] for k, v in case.answers.items()} if case else {}

    @property
    def verbs(self) -> list[str]:
        """What the office was asked in the last turn."""
        return [request.verb for request in self.asked]


def birth(phone: Phone, *answers: str) -> Phone:
    """Open the birth form and answer its first questions."""
    phone("lam giay khai sinh the nao", meant("ask_procedure", "khai_sinh"))
    for answer in answers:
        phone(answer)
    return phone


WALK = ("3", "1", "2", "13/11/2026", "2", "Bàn Thị Mai", "Triệu Mùi Nải", "006096004512", "thôn Khuổi Slưng, xã Na Rì", "Bàn Thị Pá")
"""Answers to the ten questions of the birth form for a grandmother."""


def noise(seed: int) -> str:
    """Something a person may send: letters of many scripts, digits, commands, control characters."""
    rng = random.Random(seed)
    alphabet = "abđôơ 0123456789.,?!\n\x00\u200b'\"<>%;ạầ語🙂"
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(0, 40)))


__all__ = ["CODE", "LAW", "PLACE", "Phone", "WALK", "WORDS", "birth", "fold", "meant", "noise"]
