"""The data in force, loaded and checked: procedures, calendar, units, workflow, the office's own address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from backend.domain import complaint, deadline, workflow
from backend.domain.law_files import load_catalogue
from backend.office.calendar_book import CalendarBook, Line
from backend.office.kit import Office
from backend.settings import SettingsError
from backend.store.vault import Vault

HERE = Path(__file__).resolve().parent
OFFICES = HERE / "units" / "offices.yaml"


@dataclass(frozen=True)
class Desk:
    """Where a commune receives people: what the bot may say of it."""

    unit: str
    name: str
    desk: str
    hours: str
    phone: str | None
    ward: str
    mountain: bool
    """Whether the law counts it among the communes of the mountains: some land procedures may then take longer."""
    place: str = ""
    """Code of what it serves in the unit files; the offices above it are found by this."""


def desk(unit: str, offices: Path = OFFICES) -> Desk:
    """Return the address of the unit served. Raises SettingsError for a unit that has no line in offices.yaml."""
    lines = yaml.safe_load(offices.read_text(encoding="utf-8"))
    if unit not in lines:
        raise SettingsError(f"UNIT {unit}: backend/units/offices.yaml has no line for it; known are {', '.join(lines)}")
    return Desk(unit=unit, **lines[unit])


def office(vault: Vault, unit: str, days: Callable[[], Sequence[Line]] = tuple) -> Office:
    """Return the office of `unit` with the law in force; `days` reads what an officer wrote into the calendar. Raises the data files' own errors, with file and line."""
    return Office(
        vault=vault,
        catalogue=load_catalogue(HERE / "procedures", mountain=desk(unit).mountain),
        book=CalendarBook(deadline.load_calendar(HERE / "calendar", unit), days),
        workflow=workflow.load(HERE / "workflow"),
        complaints=complaint.load(HERE / "workflow"),
        unit=unit,
        place=desk(unit).place,
    )
