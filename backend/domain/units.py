"""The commune, district and province units of Bắc Kạn, old and present, from `backend/units/*.yaml`.

A code alone does not name a unit: a present commune keeps the code of one of its parts, often under another name
(`02155` was Thị trấn Yến Lạc, and is Xã Na Rì since 1 July 2025). Say the day, or hold the `Unit`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from backend.domain.law_lines import FAST
from backend.domain.letters import fold

FOLDER = Path(__file__).parents[1] / "units"
TYPE_WORDS = ("Thị trấn", "Thành phố", "Phường", "Huyện", "Tỉnh", "Xã")


class UnitsError(ValueError):
    """A unit file cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True)
class Unit:
    """A commune, ward, town or district. `kind`: xa, phuong, thi_tran, huyen, thanh_pho."""

    code: str
    name: str
    kind: str
    parent: str
    """Code of its district (old communes) or province."""
    valid_from: date | None = None
    """None: before these records begin."""
    valid_to: date | None = None
    became: str | None = None
    """Code of the present commune that it is part of."""
    parts: tuple[str, ...] = ()
    """Codes of the old communes it was made of."""

    @property
    def short(self) -> str:
        """The name without its type: "Na Rì"."""
        return short_name(self.name)

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True, eq=False)
class Units:
    """All units; `find` for texts is in `backend.domain.places`."""

    communes: tuple[Unit, ...]
    districts: tuple[Unit, ...]
    provinces: dict[str, str]
    """Name without type -> code of the province that it is today."""
    identifiers: dict[str, str] = field(default_factory=dict)
    spellings: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def present(self, code: str, on: date) -> Unit | None:
        """The commune in force on that day that a code stands for: itself, or what the old one with this code became."""
        own = [u for u in self.communes if u.code == code]
        valid = [u for u in own if u.in_force(on)]
        heirs = [
            self.present(u.became, on) for u in own if u.became and u.became != code and not u.in_force(on)
        ]
        return next(iter([*valid, *filter(None, heirs)]), None)

    def in_force(self, on: date) -> tuple[Unit, ...]:
        """All communes of that day."""
        return tuple(u for u in self.communes if u.in_force(on))

    def successors(self, unit: Unit, on: date) -> tuple[Unit, ...]:
        """What stands on that day where the unit stands: itself, the commune it became, or the parts it will be made of."""
        if unit.in_force(on):
            return (unit,)
        codes = [unit.became] if unit.became else unit.parts
        return tuple(u for u in self.communes if u.code in codes and u.in_force(on))

    def of_district(self, district: Unit, on: date) -> tuple[Unit, ...]:
        """Communes of that day which lie, with any part, in an old district."""
        old = [u for u in self.communes if u.parent == district.code]
        return tuple(dict.fromkeys(s for u in old for s in self.successors(u, on)))

    def agency(self, code: str) -> str | None:
        """The agency identifier of a commune ("H55.242"), the part of its dossier codes before the first hyphen."""
        return self.identifiers.get(code)

    @cached_property
    def folded_names(self) -> frozenset[str]:
        """Folded names of all communes and districts without their types, for telling a place from a person."""
        return frozenset(fold(u.short) for u in (*self.communes, *self.districts))


def short_name(name: str) -> str:
    """ "Thị trấn Yến Lạc" -> "Yến Lạc"."""
    return next((name[len(word) + 1 :] for word in TYPE_WORDS if name.startswith(word + " ")), name)


@cache
def load(folder: Path = FOLDER) -> Units:
    """Read the unit files of a folder. Raises `UnitsError` naming the file and the row."""
    old = [_unit(row, "communes_2022.yaml", "district") for row in _rows(folder / "communes_2022.yaml")]
    new = [_unit(row, "communes.yaml", "province") for row in _rows(folder / "communes.yaml")]
    districts = [_unit(row, "districts.yaml", "province") for row in _rows(folder / "districts.yaml")]
    provinces = {short_name(row["name"]): row["became"] for row in _rows(folder / "provinces.yaml")}
    identifiers = {row["unit"]: row["identifier"] for row in _rows(folder / "agencies.yaml")}
    spellings = {name: tuple(others) for name, others in _yaml(folder / "spellings.yaml").items()}
    units = Units((*old, *new), tuple(districts), provinces, identifiers, spellings)
    _checked(units)
    return units


def _yaml(file: Path) -> Any:
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=FAST)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnitsError(
            f"{file}: cannot be read as YAML in UTF-8 ({type(error).__name__}); restore it or run regenerate.py"
        ) from error


def _rows(file: Path) -> list[dict[str, Any]]:
    rows = _yaml(file)
    if not isinstance(rows, list):
        raise UnitsError(f"{file}: must be a list of units; run regenerate.py")
    return rows


def _unit(row: dict[str, Any], file: str, parent: str) -> Unit:
    try:
        since, until = (date.fromisoformat(row[k]) if k in row else None for k in ("valid_from", "valid_to"))
        return Unit(
            row["code"],
            row["name"],
            row["kind"],
            row[parent],
            since,
            until,
            row.get("became"),
            tuple(row.get("parts", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnitsError(f"{file}: row {row!r} lacks or spoils {error}; run regenerate.py") from error


def _checked(units: Units) -> None:
    """Every old commune has an heir, and every present one its parts."""
    codes = {u.code for u in units.communes if u.valid_to is None}
    orphans: Iterable[str] = [u.name for u in units.communes if u.became and u.became not in codes]
    parts = {u.code for u in units.communes if u.became}
    orphans = [*orphans, *(u.name for u in units.communes if not u.became and not set(u.parts) <= parts)]
    if orphans:
        raise UnitsError(f"communes.yaml: no unit in force for {', '.join(orphans)}; run regenerate.py")
