"""The data in force, loaded and checked: procedures, calendar, units, workflow, the office's own address."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from backend.domain import deadline, workflow
from backend.domain.law_files import load_catalogue
from backend.office.kit import Office
from backend.settings import SettingsError
from backend.store.vault import Vault

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Desk:
    """Where a commune receives people: what the bot may say of it."""

    unit: str
    name: str
    desk: str
    hours: str
    phone: str | None
    ward: str


def desk(unit: str) -> Desk:
    """Return the address of the unit served. Raises SettingsError for a unit that has no line in offices.yaml."""
    lines = yaml.safe_load((HERE / "units" / "offices.yaml").read_text(encoding="utf-8"))
    if unit not in lines:
        raise SettingsError(f"UNIT {unit}: backend/units/offices.yaml has no line for it; known are {', '.join(lines)}")
    return Desk(unit=unit, **lines[unit])


def office(vault: Vault, unit: str) -> Office:
    """Return the office of `unit` with the law in force. Raises the data files' own errors, with file and line."""
    return Office(
        vault=vault,
        catalogue=load_catalogue(HERE / "procedures"),
        calendar=deadline.load_calendar(HERE / "calendar", unit),
        workflow=workflow.load(HERE / "workflow"),
        unit=unit,
    )
