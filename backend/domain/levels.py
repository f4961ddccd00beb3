"""The levels of government of a day, and which offices stand above a place then: three levels until 30 June 2025, two since.

Both come from `backend/units/levels.yaml` and the dated units; no level is written in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.domain.letters import fold
from backend.domain.units import FOLDER, Unit, Units, UnitsError


class Period(BaseModel):
    """The levels from one day to another, from below, and the provinces of that time by code."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    levels: list[str] = Field(min_length=2)
    valid_from: date = date.min
    valid_to: date = date.max
    provinces: Mapping[str, str]


@dataclass(frozen=True)
class Above:
    """An office above another: `level` as in the file, code and name of what it governs."""

    level: str
    code: str
    name: str


@cache
def load(folder: Path = FOLDER) -> tuple[Period, ...]:
    """Read `levels.yaml`. Raises UnitsError naming the file."""
    file = folder / "levels.yaml"
    try:
        return tuple(Period.model_validate(row) for row in yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, TypeError, yaml.YAMLError, ValidationError) as error:
        raise UnitsError(f"{file}: must list periods of levels, valid_from, valid_to and provinces ({type(error).__name__})") from error


def period(periods: tuple[Period, ...], on: date) -> Period:
    """Return the period of a day. Raises UnitsError for a day that none covers."""
    found = next((one for one in periods if one.valid_from <= on <= one.valid_to), None)
    if found is None:
        raise UnitsError(f"levels.yaml: no period covers {on}; add one")
    return found


def above(units: Units, periods: tuple[Period, ...], place: str, since: date, on: date) -> tuple[Above, ...]:
    """Return who stands above a place on a day, the nearest first.

    `place` = code of a commune, as it was on the day `since` of the reception, or of a district or a province. What was merged
    meanwhile stands under what it became. Nothing for a province and for a code that is not known.
    """
    now, at = period(periods, on), _standing(units, place, since, on)
    if at is None:
        return ()
    district = next((d for d in units.districts if d.code == at.parent and d.in_force(on)), None)
    province = district.parent if district else _present_province(units, periods, at.parent, on)
    found = {"district": district and Above("district", district.code, district.name), "province": Above("province", province, now.provinces[province])}
    return tuple(found[level] for level in now.levels if found.get(level))


def _standing(units: Units, place: str, since: date, on: date) -> Unit | None:
    district = next((d for d in units.districts if d.code == place), None)
    if district:
        return district
    unit = units.present(place, since)
    return next(iter(units.successors(unit, on)), None) if unit else None


def _present_province(units: Units, periods: tuple[Period, ...], code: str, on: date) -> str:
    """The province of that day a code stands for: itself, or what it was merged into."""
    if code in period(periods, on).provinces:
        return code
    name = next(name for one in periods for known, name in one.provinces.items() if known == code)
    return units.provinces[name.removeprefix("Tỉnh ")]


def gone(units: Units, periods: tuple[Period, ...], named: str, code: str, on: date) -> str | None:
    """Return the name of the district or province that an office `named`, or serving `code`, belongs to and that is no more on that day."""
    words = f" {fold(named)} "
    for district in units.districts:
        if not district.in_force(on) and (district.code == code or words.endswith(f" {fold(district.name)} ")):
            return district.name
    if code in period(periods, on).provinces:
        return None
    return next((one.provinces[code] for one in periods if code in one.provinces), None)
