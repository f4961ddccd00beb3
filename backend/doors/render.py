"""Pages from templates: one environment, a few filters, and the words of refusals. Autoescaping is always on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import FormData

from backend.clock import local
from backend.doors.access import SignedIn, pages_of, parts_of
from backend.domain.values.phones import home
from backend.office import access
from backend.office.kit import Refused

HERE = Path(__file__).parent
PAGES, STATIC = HERE / "pages", HERE / "static"


@cache
def words() -> dict[str, Any]:
    """Return the sentences of the screens, by kind and key."""
    return yaml.safe_load((PAGES / "words.yaml").read_text(encoding="utf-8"))


def word(kind: str, key: str) -> str:
    """Return a sentence, or the key itself where nobody has worded it."""
    return words()[kind].get(key, key)


def clock_time(at: datetime | None) -> str:
    """ "09:05 23/11"; the year only where it is not this moment's business."""
    return local(at).strftime("%H:%M %d/%m") if at else ""


def full_time(at: datetime | None) -> str:
    return local(at).strftime("%H:%M %d/%m/%Y") if at else ""


def in_groups(code: str | None) -> str:
    """A dossier code as it is read aloud."""
    return (code or "").replace("-", " - ")


def spent_hours(time: timedelta) -> str:
    """ "5 giờ 30 phút" of an open desk."""
    minutes = round(time.total_seconds() / 60)
    whole, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{whole} giờ" if whole else "", f"{rest} phút" if rest or not whole else "") if part)


def named_day(day: date) -> str:
    """ "thứ Hai 30/11/2026"."""
    return f"{word('weekdays', day.weekday())} {day.strftime('%d/%m/%Y')}"


@cache
def static(name: str) -> str:
    """Return the address of a file of ours; its hash makes a browser keep it for ever and never too long."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"


@cache
def environment(*more: Path) -> Environment:
    """Return the templates of this folder and of `more`."""
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in (PAGES, *more)]),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(clock=clock_time, fulltime=full_time, groups=in_groups, home=home, hours=spent_hours)
    env.globals.update(static=static, word=word)
    return env


def page(request: Request, template: str, person: SignedIn | None = None, *, status: int = 200, folders: tuple[Path, ...] = (), **shown: Any) -> HTMLResponse:
    """Return a page, or a fragment of one, with what every template may use."""
    parts = parts_of(request)
    unit = parts.office.unit
    may = (lambda permission: access.may(person.actor, permission, unit)) if person else (lambda _: False)
    common = {
        "person": person,
        "csrf": person.csrf if person else "",
        "may": may,
        "navigation": pages_of(lambda permission: may(permission) and (parts.settings.demo or permission != "clock.move")),
        "here": request.url.path,
        "desk": parts.desk,
        "demo": parts.settings.demo,
        "now": parts.clock.now(),
        "roles": access.ROLES,
        "peers": parts.office.peers,
    }
    text = environment(*folders).get_template(template).render({**common, **shown})
    return HTMLResponse(text, status)


def form_page(
    request: Request, template: str, person: SignedIn, refused: Refused | None, typed: FormData | None, names: Mapping[str, str], **shown: Any
) -> HTMLResponse:
    """Return a page with a form on it: after a refusal with the reason as `sentence`, what was typed as `typed`, and status 409."""
    said = {"sentence": refusal(refused, names) if refused else None, "typed": typed or FormData(), "names": names}
    return page(request, template, person, status=409 if refused else 200, **said, **shown)


def refusal(refused: Refused, names: Mapping[str, str] | None = None) -> str:
    """Return one sentence that says why not and what to do; for a stale page, who acted before and when."""
    sentence = words()["refusals"].get(refused.reason, words()["refusals"]["other"])
    params = {**refused.params}
    params["by"] = (names or {}).get(params.get("by"), words()["refusals"]["somebody"])
    if params.get("at"):
        params["at"] = clock_time(datetime.fromisoformat(params["at"]))
    if params.get("roles"):
        params["roles"] = ", ".join(access.ROLES.get(role, role) for role in params["roles"].split(", "))
    if params.get("next"):
        params["next"] = named_day(date.fromisoformat(params["next"]))
    if params.get("what"):
        params["what"] = word("needs", params["what"])
    try:
        return sentence.format_map(params)
    except KeyError:
        return words()["refusals"]["other"]
