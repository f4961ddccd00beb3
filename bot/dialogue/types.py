"""The words that pass between the dialogue and its neighbours. All of them are plain values, and JSON can carry them.

heard --read--> (offered thing | NLU) --decide--> Decision(state, says, requests)
request --office--> Outcome --resume--> Decision      (at most three rounds)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["text", "photo", "voice", "sticker", "location", "contact", "follow", "other"]
MessageClass = Literal["answer", "status", "reminder"]


@dataclass(frozen=True)
class Card:
    """What the QR of a citizen's card says: number, name with accents, birth date, sex, address."""

    citizen_id: str
    name: str
    birth_date: str
    sex: Literal["male", "female"]
    address: str


@dataclass(frozen=True)
class Heard:
    """One turn of a person: fragments that came within the channel's window are joined by a line break."""

    id: str
    """Id of the last inbound message; makes the refs of what this turn creates."""
    text: str
    at: datetime
    channel: str
    kind: Kind = "text"
    media: tuple[str, ...] = ()
    """Attachment ids, already stored."""
    card: Card | None = None
    """Read from the QR of a photo, when there was one."""
    phone: str | None = None
    """E.164 of the sender where the channel knows it (SMS; Zalo once shared)."""
    interrupted: bool = False
    """A notice of ours, or another channel, came between the open question and this turn."""


@dataclass(frozen=True)
class Understanding:
    """What a text meant. Confidences are 0..1 and calibrated; candidates are best first."""

    intent: str
    confidence: float
    procedure: str | None = None
    procedure_confidence: float = 0.0
    candidates: tuple[tuple[str, float], ...] = ()
    entities: tuple[tuple[str, str], ...] = ()
    degraded: bool = False
    """NLU was down: procedure candidates come from a search of names, the intent is a guess."""
    second: Understanding | None = None
    """Another wish in the same message (`bot.dialogue.wishes` finds it); served beside, or kept and offered afterwards."""
    said: str = ""
    """The part of the message it was read from, where that is not the whole of it."""
    intents: tuple[tuple[str, float], ...] = ()
    """The likeliest intents, best first: what a question about a procedure is about is asked back by them, and the inbox of unsure lines shows them."""


@dataclass(frozen=True)
class Reading:
    """What the dialogue itself could read of a turn, without NLU.

    kind: option | answer | kept | doubt | bad | unknown | command | name_word | more_story | stale | digit | claim | switch | lines | media.
    `value`: the option's value, the answer, the name of the command, or why it is bad. `shown`: how it is read back.
    """

    kind: str
    value: str = ""
    shown: str = ""
    doubt: str | None = None
    """A mark kept with the answer for the clerk ("no_accents"), or the text key of the question to ask back."""
    options: tuple[Option, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    arg: str = ""
    via: str = "text"
    rest: str | None = None
    """What stands behind the answer in the same text ("…, mà có mất tiền không"): NLU reads it into `also`."""
    also: Understanding | None = None


@dataclass(frozen=True)
class Option:
    """A choice offered with the number of its place. `label` is shown (`@key` = a text), `words` are also understood."""

    value: str
    label: str
    words: tuple[str, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    """Parameters of the label, where it names a text (`@key`)."""


@dataclass(frozen=True)
class Say:
    """A sentence to send: a key of `bot/texts/vi` with its parameters, never the sentence itself."""

    key: str
    params: dict[str, Any] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    cls: MessageClass = "answer"


@dataclass(frozen=True)
class Request:
    """Something the office is asked to do.

    Verbs and their `args` -> `Outcome.data`:
      send {case}                      -> {code, noted: bool, review_by: iso, papers: [plain], sign_what, place, similar?: bool}
                                          similar = somebody has sent the like: told without who, a person decides
                                          reason consent|missing (question)|gone|sent_already|guide_only
      track {code?, last4?}            -> {dossiers: [{code, stage, due: iso|None, late: bool, short, promised?: iso, holder?, cause?}]}; reason unknown|locked|need_key
      person {reason, urgent: bool, case?} -> {promise_at: iso, on_duty: phone|None}
      complain {text} / withdraw {} / update_contact {text} / supplement {media, text?, code?} / postal {} / rate {score}
                                       -> {promise_at: iso}  (a task for a clerk; nothing is decided by an intent)
                                          complain also {number}, the receipt number of the complaint
      content {number, yes: bool}      -> {yes}              (whether the answer to a complaint satisfied)
      ask_consent {case, phone, helper} -> {last4}          (texts the neighbour's own phone)
      attest_consent {case, name}      -> {at: iso}
      answer_consent {consent, yes}    -> {helper}
      revoke_helper {}                 -> {count}
      transfer {case}                  -> {code}            (six digits, to go on on another channel)
      claim {code}                     -> {case: Case JSON} ; reason unknown
      drop {case}                      -> {}
      opt_out {} / opt_in {}           -> {}
    """

    verb: str
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What the office says of a request: done, or refused with a reason key."""

    verb: str
    ok: bool
    data: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None


@dataclass
class Case:
    """One form being filled in for one person; stored as a draft dossier, its answers nowhere else.

    `answers`: question id -> {"value": str, "shown": str, "via": "text|digit|photo|default", "at": iso, "doubt": key|None},
    with "card": the QR's data beside a key that was read from a card. A birth date may be partial ("1949", "1949-06").
    `left`: questions the person does not know, left to the counter.
    `helped`: None for oneself, else {"name": "PÁ", "consent": "none|asked|given|refused|attested", "phone": E.164|None}.
    """

    ref: str
    procedure: str
    version: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    helped: dict[str, Any] | None = None
    of: int = 0
    """How many questions were announced; may shrink, never grow."""
    misses: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain values, for the draft dossier's form and for `claim`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Case:
        return cls(**data)


@dataclass
class State:
    """Where a conversation stands. `cases` come from draft dossiers, the rest is the conversation's own row."""

    cases: list[Case] = field(default_factory=list)
    active: str | None = None
    """Ref of the case in hand."""
    open: dict[str, Any] | None = None
    """The open question: what a digit answers. {kind, case?, question?, options, asked_at, ...}."""
    misses: int = 0
    helper: dict[str, Any] | None = None
    memory: dict[str, Any] = field(default_factory=dict)
    """Small facts between turns: pronoun, last procedure asked about, kept second wish, pages still to show."""

    def to_json(self) -> dict[str, Any]:
        """As plain values; its size does not grow with the number of turns."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> State:
        """A state from `to_json`; None is a conversation that has not begun."""
        data = dict(data or {})
        return cls(**{**data, "cases": [Case.from_json(case) for case in data.get("cases", [])]})


@dataclass(frozen=True)
class Decision:
    """The state after this turn, what is said, and what the office is asked."""

    state: State
    says: tuple[Say, ...] = ()
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True)
class Place:
    """The commune the conversation belongs to, as sentences need it."""

    unit: str
    name: str
    """"xã Na Rì"."""
    desk: str
    hours: str
    phone: str | None
    sms_cost: str | None = None
    """What a text costs, as words behind a comma: "nhắn tin không mất tiền", "mỗi tin 350đ"."""
