"""Where a dossier stands (design §2.9): the sender's phone gets the stage without name or procedure; anyone else needs
the code and four digits, and gets the same answer whether the code is wrong or unknown.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from backend.domain.values.codes import read_dossier_code
from bot.dialogue import menus
from bot.dialogue.turn import Turn, in_groups, ref
from bot.dialogue.types import Option, Outcome

PER_TEXT = 3
"""Dossiers in one text; the fourth choice is "xem tiếp"."""


def track(t: Turn, text: str) -> None:
    """Ask the office; the code and the four digits may already stand in the text."""
    code = code_in(t, text)
    last4 = last4_in(text, code) if code else None
    t.memory["tracking"] = code
    t.request("track", **({"code": code} if code else {}), **({"last4": last4} if last4 else {}))


def code_in(t: Turn, text: str) -> str | None:
    """A dossier code in any spelling, in capitals with dot and hyphens; None when there is none."""
    read = read_dossier_code(text, t.today)
    return getattr(read, "value", None)


def last4_in(text: str, code: str | None) -> str | None:
    """Four digits that stand apart from the code."""
    groups = re.findall(r"(?<![\d-])\d{4}(?![\d-])", text)
    return groups[-1] if groups and not (code or "").endswith(groups[-1]) else None


def answer(t: Turn, outcome: Outcome, code: str | None) -> None:
    """Say what the office knows, or ask for what is missing."""
    if outcome.reason == "need_key":
        return t.ask("track_key", "track.key", code=code)
    if not outcome.ok:
        t.note(f"track.{outcome.reason}", "track.unknown", phone=t.place.phone or t.place.desk)
        return t.ask_again()
    found = outcome.data["dossiers"]
    if not found:
        return _none(t)
    if len(found) == 1:
        t.note("track.one", **line(found[0]))
        return t.ask_again()
    if t.open:
        t.note("track.one", **line(found[0]))
        t.note("track.others", count=len(found) - 1)
        return t.ask_again()
    offer(t, found)


def _none(t: Turn) -> None:
    if t.open:
        t.note("track.none_short")
        return t.ask_again()
    t.ask("track_code", "track.none")


def offer(t: Turn, found: list[dict[str, Any]]) -> None:
    """Several dossiers of one phone, chosen by digit, three a text."""
    shown, rest = found[:PER_TEXT], found[PER_TEXT:]
    options = tuple(Option(d["code"], d.get("short") or d["code"]) for d in shown)
    t.ask("dossier", "track.which", (*options, menus.MORE) if rest else options, found=found[: PER_TEXT * 4])


def line(dossier: dict[str, Any]) -> dict[str, Any]:
    """Parameters of one dossier's sentence: code in groups, stage in plain words, the promised day."""
    return {
        "code": in_groups(dossier["code"]),
        "stage": ref(f"stage.{dossier['stage']}", "stage.other"),
        "due": _due(dossier) if dossier.get("due") else None,
    }


def _due(dossier: dict[str, Any]) -> dict[str, Any]:
    """The promised day; of a late one also who has it and who kept it, by office and step; the new day of an apology."""
    days = {"day": _short_day(dossier["due"]), "new_day": _short_day(dossier["promised"]) if dossier.get("promised") else None}
    if not dossier.get("late"):
        return ref("track.promised" if days["new_day"] else "track.due", **days)
    holder, cause = dossier.get("holder"), dossier.get("cause")
    if holder and cause and holder != cause:
        return ref("track.late", **days, cause=ref(f"held.{cause}"), now_at=ref(f"held.{holder}"))
    return ref("track.late", **days, holder=ref(f"held.{holder}") if holder else None)


def _short_day(iso: str) -> str:
    at = date.fromisoformat(iso[:10])
    return f"{at.day}/{at.month}"
