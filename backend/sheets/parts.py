"""Which part of a procedure stands in which columns of the sheet: one row for a paper, a fee, a time, a question."""

from __future__ import annotations

Fields = dict[str, tuple[str, str]]
"""Field of the procedure file, with a dot where it stands inside another, -> (column, kind of cell of `cells.CELLS`)."""

FACTS = {
    "official": "text", "plain": "text", "menu": "text", "field": "text", "owner": "owner", "file_by_text": "file_by_text", "sign_what": "text",
    "valid_from": "date", "valid_to": "date", "checked": "date", "confidence": "confidence", "result": "text", "notes": "text", "source": "text",
}  # fmt: skip
"""Facts of the whole procedure, one row each: the fact's name in column `id`, its value in column `text`."""

NAMES = ("official", "plain", "menu")
"""Facts that stand under `names` in the file."""

LISTS = ("folk", "legal", "confused_with")
"""Parts of one text a row, in column `text`."""

PARTS: dict[str, Fields] = {
    "codes": {"code": ("id", "code"), "valid_from": ("begins", "date"), "valid_to": ("ends", "date"), "replaced_by": ("text", "code")},
    "questions": {"id": ("id", "text"), "label": ("text", "text"), "type": ("kind", "type"), "from": ("source", "source"), "only_if": ("when", "match"), "role": ("role", "person")},
    "options": {"id": ("id", "text"), "label": ("text", "text"), "words": ("plain", "list")},
    "papers": {"id": ("id", "text"), "name": ("text", "text"), "plain": ("plain", "text"), "kind": ("kind", "kind"), "when": ("when", "match"), "note": ("note", "text"), "verified": ("verified", "verified")},
    "fee": {"when": ("when", "match"), "amount": ("number", "whole"), "per": ("unit", "per"), "plain": ("plain", "text"), "valid_from": ("begins", "date"), "valid_to": ("ends", "date"), "verified": ("verified", "verified")},
    "time": {"when": ("when", "match"), "value": ("number", "whole"), "mountain": ("mountain", "whole"), "unit": ("unit", "unit"), "cutoff": ("cutoff", "hour"), "plain": ("plain", "text"), "verified": ("verified", "verified")},
    "supplement": {"stage": ("id", "stage"), "most": ("number", "whole"), "ground": ("text", "text"), "valid_from": ("begins", "date"), "valid_to": ("ends", "date"), "verified": ("verified", "verified")},
    "route": {"role": ("role", "step"), "task": ("text", "text"), "share": ("number", "share"), "office": ("office", "text")},
    "bundle": {
        "id": ("id", "text"), "label": ("text", "text"), "procedure": ("kind", "text"), "owner": ("office", "owner"), "after": ("after", "list"),
        "when": ("when", "match"), "time.value": ("number", "whole"), "time.mountain": ("mountain", "whole"), "time.unit": ("unit", "unit"),
        "time.cutoff": ("cutoff", "hour"), "time.plain": ("plain", "text"), "time.verified": ("verified", "verified"),
    },
    "stops": {"when": ("when", "match"), "text": ("text", "text")},
}  # fmt: skip

MARKS = {"questions": {"required": False, "may_be_unknown": True, "recent": True, "sensitive": True}, "papers": {"bring": False}}
"""Flags that most rows do not have: written as words in column `marks`, with the value such a word gives."""
