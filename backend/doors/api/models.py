"""What the API says and takes. No field holds a citizen's name, number or words: those are told by `content` alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from backend.clock import local

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Moment = Annotated[datetime, AfterValidator(local)]
"""A moment in the time of Việt Nam, as the office counts."""
Match = dict[str, list[str]]


class Taken(BaseModel):
    """What comes in: a field nobody knows is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class ProcedureLine(BaseModel):
    """A procedure in a list."""

    id: str
    version: str = Field(description="The day from which this version holds.")
    name: str
    menu: str
    code: str = Field(description='The official code, "" where none was found.')
    field: str
    owner: str
    file_by_text: Literal["yes", "note", "no"]
    confidence: Literal["high", "medium", "low"]


class ProcedureList(BaseModel):
    """Every procedure in force today."""

    items: list[ProcedureLine]


class OptionOut(BaseModel):
    """One choice of a question."""

    id: str
    label: str


class QuestionOut(BaseModel):
    """A box of the form; `needed_if` = the answers that make it apply."""

    id: str
    label: str
    type: str
    source: str
    required: bool
    may_be_unknown: bool
    options: list[OptionOut]
    needed_if: Match


class PaperOut(BaseModel):
    """A paper of a case."""

    id: str
    name: str
    plain: str
    kind: str
    bring: bool
    when: Match
    verified: bool


class FeeOut(BaseModel):
    """A fee of a case; an amount of null is not known, never free."""

    amount: int | None
    per: str
    plain: str | None
    when: Match
    verified: bool


class TimeOut(BaseModel):
    """A time of a case."""

    value: int | None
    unit: str
    cutoff: str | None
    plain: str | None
    when: Match
    verified: bool


class ProcedureOut(ProcedureLine):
    """A procedure with all its cases, or with what fits the case that was asked about."""

    official_name: str
    result: str
    valid_from: date
    valid_to: date | None
    checked: date
    questions: list[QuestionOut]
    papers: list[PaperOut]
    fees: list[FeeOut]
    times: list[TimeOut]
    legal: list[str]


class UnitOut(BaseModel):
    """A commune or ward."""

    code: str
    name: str
    kind: str
    parts: list[str] = Field(description="Codes of the old communes it was made of.")


class UnitList(BaseModel):
    """The communes in force on a day."""

    items: list[UnitOut]


class OfficeOut(BaseModel):
    """A counter."""

    unit: str
    name: str
    desk: str
    hours: str
    phone: str | None


class OfficeList(BaseModel):
    """The counters of this installation."""

    items: list[OfficeOut]


class Send(Taken):
    """A dossier from another intake. Parties are made from the answers, as everywhere."""

    procedure: Id
    intake: Literal["counter", "portal"]
    answers: dict[Id, Text] = Field(max_length=80, description="Question -> text, as a clerk would write it; of a choice, the option's id.")
    unknown: list[Id] = Field(default=[], max_length=40, description="Questions left to the counter.")
    phone: Annotated[str, StringConstraints(max_length=20)] | None = Field(default=None, description="The number that is told what happens; without it a clerk is asked to call.")


class DossierOut(BaseModel):
    """Where a dossier stands."""

    id: str
    code: str
    unit: str
    procedure: str
    procedure_version: str
    intake: str
    kind: str
    status: str
    status_label: str
    waits_for: list[str]
    ended: bool
    version: int
    flags: list[str]
    review_by: Moment | None
    due_at: Moment | None
    promised_at: Moment | None
    sent_at: Moment | None
    received_at: Moment | None
    result_at: Moment | None
    returned_at: Moment | None
    updated_at: Moment


class SentOut(BaseModel):
    """A dossier as it was sent; `noted` = the law wants a signature at the desk first."""

    dossier: DossierOut
    noted: bool
    papers: list[str] = Field(description="What the person brings.")
    similar: bool = Field(description="It looks like another open one: a person decides.")


class DossierPage(BaseModel):
    """A page, in the order in which dossiers were made."""

    items: list[DossierOut]
    next: str | None = Field(description="Cursor of the next page, null at the end.")


class EventOut(BaseModel):
    """What happened, without its data, and its link in the chain."""

    id: str
    seq: int
    action: str
    from_status: str | None
    to_status: str
    clock: str
    role: str | None
    actor: str = Field(description="Id of a member of staff or of another system; citizen, system.")
    on_behalf: str | None
    at: Moment
    prev_hash: str
    hash: str


class EventList(BaseModel):
    """The history of a dossier; `intact` = every link fits."""

    items: list[EventOut]
    head: str
    intact: bool


class ActData(Taken):
    """What an action needs, by the workflow table; days end with the counter's hours."""

    reason: Line | None = None
    ground: Line | None = None
    papers: list[Line] | None = Field(default=None, max_length=20)
    got: list[Id] | None = Field(default=None, max_length=40)
    due_at: date | None = None
    new_due_at: date | None = None
    answer_by: date | None = None
    office: Line | None = None
    question: Line | None = None
    answer: Line | None = None
    consultation: Line | None = None
    result: Line | None = None
    part: Id | None = None
    number: Line | None = None
    collector: Line | None = None
    proof: Line | None = None
    staff: Line | None = None


class ElsewhereOut(BaseModel):
    """A question to another office, or a hand-over."""

    id: str
    office: str
    state: str
    at: Moment
    due_at: Moment
    closed_at: Moment | None
    late: bool


class PartOut(BaseModel):
    """One procedure of a bundle."""

    name: str
    procedure: str | None
    office: str
    state: str
    due_at: Moment | None
    done_at: Moment | None


class Elsewhere(BaseModel):
    """What is open or was done at other offices."""

    consultations: list[ElsewhereOut]
    hand_overs: list[ElsewhereOut]
    parts: list[PartOut]


class AttachmentOut(BaseModel):
    """A file of a dossier."""

    id: str
    mime: str
    size: int
    sha256: str
    paper: str | None


class Track(Taken):
    """A code and the last four digits of the sender's phone or of an identity number in the dossier."""

    code: Annotated[str, StringConstraints(min_length=3, max_length=60)]
    last_four: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]


class TrackOut(BaseModel):
    """The stage in plain words, without name and procedure."""

    code: str
    stage: str
    words: str
    sent_at: Moment | None
    due_at: Moment | None
    promised_at: Moment | None
    late: bool
    holder: str | None = Field(description="Of a late one: who has it now, by office.")


class TaskOut(BaseModel):
    """Work that waits for a person; what a citizen wrote is not told."""

    id: str
    kind: str
    urgent: bool
    dossier: str | None
    for_role: str | None
    taken: bool
    opened_at: Moment
    promise_at: Moment


class TaskList(BaseModel):
    """Open tasks, danger first."""

    items: list[TaskOut]


class HookIn(Taken):
    """An address that wants to be told."""

    url: Annotated[str, StringConstraints(min_length=8, max_length=500, pattern=r"^https?://[!-~]+$")]
    events: list[Annotated[str, StringConstraints(pattern=r"^(\*|[a-z_]{1,30})$")]] = Field(default=["*"], min_length=1, max_length=60)


class HookOut(BaseModel):
    """An address that is told."""

    id: str
    url: str
    events: list[str]
    fields: list[str] = Field(description="Procedure fields it is told of, those of the token that registered it; none = all.")
    active: bool
    created_at: Moment


class HookMade(HookOut):
    """A new one, with the secret of its signatures, which is shown once."""

    secret: str


class HookList(BaseModel):
    """The addresses of this unit."""

    items: list[HookOut]


class DeliveryOut(BaseModel):
    """How one event fared at one address."""

    event: str
    state: str
    attempts: int
    answer: str | None
    at: Moment
    settled_at: Moment | None


class DeliveryList(BaseModel):
    """The newest two hundred."""

    items: list[DeliveryOut]


class Problem(BaseModel):
    """An error, where it is an answer of its own and no exception."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    errors: list[dict[str, str]] = []
