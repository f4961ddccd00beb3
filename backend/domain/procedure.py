"""What a procedure file may say: the strict schema of `backend/procedures/*.yaml`.

A procedure is data; data has no `if`. A condition is a `Match`: names of questions or of facts, each with the values
that fit. A rule that needs an expression gets a name in `backend.domain.facts` and is matched like an answer.
"""

from __future__ import annotations

from datetime import date, time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Match = dict[str, list[str]]
"""Question or fact id -> values that fit; all names must fit, an empty match always fits."""

QuestionType = Literal[
    "choice", "yes_no", "date", "birth_date", "person_name", "person_key", "citizen_id", "phone", "address", "number", "text", "story"
]
"""`person_key` = 12 digits or a full name; `story` = as many texts as needed, ended by XONG.

`citizen_id` is never asked by text: it comes from a key that was a number, or at the counter.
"""

Owner = Literal["commune", "commune_police", "province", "land_registry", "social_insurance", "forest_rangers", "school"]
FileByText = Literal["yes", "note", "no"]
"""`yes`: sending from the phone is an intake request; `note`: noted, must be signed at the desk; `no`: guide only."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Names(Strict):
    official: str
    plain: str
    """In a sentence: "làm giấy khai sinh"."""
    menu: str = Field(max_length=22)
    """In a numbered list: "Khai sinh"."""
    folk: list[str] = []


class Code(Strict):
    code: str
    valid_from: date
    valid_to: date | None = None
    replaced_by: str | None = None


class Option(Strict):
    id: str
    label: str
    words: list[str] = []
    """Other words by which people choose it, folded or not."""


class Question(Strict):
    id: str
    label: str
    """The office's words, as on its form."""
    type: QuestionType
    source: str = Field(alias="from", pattern=r"^(text|phone|counter|(number|paper|default)\([a-z0-9_]+\))$")
    options: list[Option] = Field(default=[], max_length=54)
    only_if: Match = {}
    required: bool = True
    may_be_unknown: bool = False
    """"không nhớ" leaves it to the counter."""
    recent: bool = False
    """A day of these weeks: "5/11" needs no year (a birth, a death that is being registered)."""
    role: Literal["applicant", "subject", "mother", "father", "spouse", "other"] | None = None
    """Whose fact this is: parties are made from `person_name` and `person_key` answers with a role."""
    sensitive: bool = False
    """Touches shame: asked by digit only, never echoed."""


class Paper(Strict):
    id: str
    name: str
    """As the law names it."""
    plain: str
    """As a farmer names it, short."""
    kind: Literal["original", "copy", "shown", "form", "statement"]
    when: Match = {}
    note: str | None = None
    bring: bool = True
    """False: the office has or makes it (prints the form, looks up the register); never asked of the citizen."""
    verified: bool = True


class Dated(Strict):
    """What holds from a day to a day, both counted; where one of them is not named, as long as the file holds."""

    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        """Return whether this is in force on a day."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


class FeeCase(Dated):
    when: Match = {}
    amount: int | None = None
    """VND; None = the catalogue does not know. An empty cell is never free of charge."""
    per: Literal["dossier", "copy", "page"] = "dossier"
    plain: str | None = None
    """A condition or exemption in plain words."""
    verified: bool = True


class TimeCase(Strict):
    when: Match = {}
    value: int | None
    unit: Literal["working_day", "calendar_day", "same_day"]
    mountain: int | None = Field(default=None, gt=0)
    """The value in a commune of the mountains, where the law gives it more time."""
    cutoff: time | None = None
    plain: str | None = None
    verified: bool = True


class SupplementCase(Dated):
    """How often a citizen may be asked for more papers at a stage, and by which law. `defaults.yaml` says it for whoever does not."""

    stage: Literal["intake", "processing"]
    """Before reception, or while the dossier is processed."""
    most: int = Field(ge=1, le=99)
    ground: str = Field(min_length=1)
    """As an officer quotes it: "Nghị định 61/2018/NĐ-CP, Điều 19"."""
    verified: bool = True


class Step(Strict):
    role: Literal["tiepnhan", "chuyenmon", "lanhdao", "vanthu", "partner"]
    task: str
    share: float = Field(ge=0, le=1)
    office: str | None = None


class BundlePart(Strict):
    """One procedure of a bundle (*liên thông*), at its own office; it begins when the parts in `after` are done.

    A part that does not exist in a case (`when`) is waited for by none.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str
    """In the office's words: "Đăng ký thường trú"."""
    procedure: str | None = None
    """Id in the catalogue; none where the part is no procedure of ours (a health insurance card)."""
    owner: Owner
    after: list[str] = []
    when: Match = {}
    """Answers of the bundle with which this part exists; looked at once, at reception."""
    time: TimeCase | None = None
    """How long this office has; without it, what `procedure` says."""


class Stop(Strict):
    """Where a form ends because nothing needs to be filed: "no paper is needed for a wedding here"."""

    when: Match
    text: str
    """Id under `stops` in the procedure's texts."""


class Procedure(Strict):
    """One procedure in force; see the README, "how to add a procedure"."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    names: Names
    codes: list[Code]
    """Empty where no official code was found: then `confidence` is low, and nothing prints one."""
    field: str
    owner: Owner = "commune"
    file_by_text: FileByText
    sign_what: str | None = None
    """What has to be signed at the desk, for `note`: "đơn"."""
    valid_from: date
    valid_to: date | None = None
    checked: date
    """When a person last compared this file with its source."""
    confidence: Literal["high", "medium", "low"]
    result: str
    questions: list[Question]
    papers: list[Paper]
    fee: list[FeeCase]
    time: list[TimeCase]
    supplement: list[SupplementCase] = []
    """Only where this procedure's own law differs from `defaults.yaml`."""
    route: list[Step] = []
    bundle: list[BundlePart] = []
    """The parts of an interlinked procedure, in an order in which each hangs only on those before it."""
    stops: list[Stop] = []
    legal: list[str] = []
    notes: str | None = None
    confused_with: list[str] = []
    source: str

    @property
    def code(self) -> str:
        """The code that holds today, "" where none was found: an old code names its heir and is not printed any more."""
        return next((code.code for code in self.codes if code.replaced_by is None), "")
