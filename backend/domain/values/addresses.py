"""Reads the commune of an address: the code of the ward or commune in force, whatever old name was used."""

from __future__ import annotations

import re
from datetime import date

from backend.domain import places
from backend.domain.units import Unit, Units, load
from backend.domain.values.result import Ask, Candidate, Read, Refuse, Result
from backend.domain.values.text import bare, reader, says_unknown

MOST_OPTIONS = 4
"""A menu has no more; a district of nine communes is asked about in words."""
_HAMLET = re.compile(
    r"\b(?:thon|ban|to|xom|khu|tdp)\b|^(?:na|pac|khuoi|khau|coc|lung|thom|tong|phja|phia|phieng|vang|nam)\b"
)
_SOMEWHERE = re.compile(
    r"\b(?:thon|ban|to|xom|khu|xa|phuong|thi tran|huyen|o|nha|canh|gan|sau|truoc|tren|duoi|cho|truong|tram|duong|que"
    r"|dau|cuoi|doi dien|cach|ngo|ngach|so nha|km|tinh|thanh pho|dia chi)\b"
)


@reader
def read_address(text: str, today: date, *, units: Units | None = None, home: Unit | None = None) -> Result:
    """Value is the ward code of today, `shown` the hamlet and the commune's name.

    `details` {name, hamlet, old}: the commune's full name, what stood before it as typed, the old name it was called by.
    `home`: the commune served; a hamlet alone is then taken to lie in it, with the doubt "commune_assumed".
    """
    found = places.find(units or load(), text, today)
    if isinstance(found, places.Found):
        shown = ", ".join(filter(None, (found.hamlet, found.unit.name)))
        details = {
            "name": found.unit.name,
            "hamlet": found.hamlet,
            "old": found.old.name if found.old else "",
        }
        return Read(found.unit.code, shown, details=details)
    if found:
        return _ask(found)
    return _without_commune(text, home)


def _without_commune(text: str, home: Unit | None) -> Result:
    plain, unknown = bare(text), says_unknown(text)
    hamlet = bool(_HAMLET.search(plain))
    if home and hamlet and not unknown:
        details = {"name": home.name, "hamlet": text, "old": ""}
        return Read(home.code, f"{text}, {home.name}", "commune_assumed", details)
    if hamlet or (_SOMEWHERE.search(plain) and not unknown):
        return Ask("commune_missing", params={"hamlet": text})
    return Refuse("not_known" if unknown else "no_place")


def _ask(found: places.Ambiguous) -> Ask:
    keys = {
        "district": "commune_of_district",
        "several": "which_commune",
        "spelling": "commune_spelling",
        "elsewhere": "other_province",
    }
    options = tuple(_option(unit) for unit in found.units) if len(found.units) <= MOST_OPTIONS else ()
    return Ask(keys[found.reason], options, {"hamlet": found.hamlet})


def _option(unit: Unit) -> Candidate:
    return Candidate(unit.code, "commune", {"name": unit.name}, (unit.short,))
