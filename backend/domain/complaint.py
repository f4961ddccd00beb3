"""How long an answer to a complaint may take: data of the law, as an officer keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from backend.domain.law_lines import Lines
from backend.domain.procedure import Strict, TimeCase


class AnswerTime(Strict):
    """The period, with where it stands; `verified` False = no one has compared it, so it is not promised to anybody."""

    value: int = Field(ge=1, le=90)
    unit: Literal["working_day", "calendar_day"]
    source: str
    verified: bool

    @property
    def case(self) -> TimeCase:
        """The period as `deadline.due` counts it."""
        return TimeCase(value=self.value, unit=self.unit)


def load(folder: Path) -> AnswerTime:
    """Read `complaint.yaml`. Raises LawError with file and line."""
    return Lines(folder / "complaint.yaml").read(AnswerTime)
