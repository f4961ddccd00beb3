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
_SOMEWHERE = re.compile(
    r"\b(?:thon|ban|to|xom|khu|xa|phuong|huyen|o|nha|canh|gan|sau|truoc|tren|duoi|cho|truong|tram|duong|que|dau|cuoi|doi dien|cach|ngo|ngach|so nha|km|tinh|thanh pho|dia chi)\b"
)


@reader
def read_address(text: str, today: date, *, units: Units | None = None) -> Result:
    """Value is the ward code of today, `shown` the hamlet and the commune's name.

    `details` {name, hamlet, old}: the commune's full name, what stood before it as typed, the old name it was called by.
    """
    found = places.find(units or load(), text, today)
    if isinstance(found, places.Found):
        shown = ", ".join(filter(None, (found.hamlet, found.unit.name)))
        details = {"name": found.unit.name, "hamlet": found.hamlet, "old": found.old.name if found.old else ""}
        return Read(found.unit.code, shown, details=details)
    if found:
        return _ask(found)
    if _SOMEWHERE.search(bare(text)) and not (says_unknown(text) and not re.search(r"\b(?:thon|ban|to|xom|khu)\b", bare(text))):
        return Ask("commune_missing", params={"hamlet": text})
    return Refuse("not_known" if says_unknown(text) else "no_place")


def _ask(found: places.Ambiguous) -> Ask:
    keys = {"district": "commune_of_district", "several": "which_commune", "spelling": "commune_spelling", "elsewhere": "other_province"}
    options = tuple(_option(unit) for unit in found.units) if len(found.units) <= MOST_OPTIONS else ()
    return Ask(keys[found.reason], options, {"hamlet": found.hamlet})


def _option(unit: Unit) -> Candidate:
    return Candidate(unit.code, "commune", {"name": unit.name}, (unit.short,))
