"""A volunteer enters for neighbours: one case each, switched by name, consent before anything is sent (rule 18)."""

from __future__ import annotations

import re
from typing import Any

from backend.domain.letters import fold, nfc
from backend.domain.procedure import Procedure
from bot.dialogue import forms, names, opening
from bot.dialogue.path import progress
from bot.dialogue.turn import Turn
from bot.dialogue.types import Case, Outcome

PEOPLE = 8
"""Neighbours in one sitting."""


def begin(t: Turn) -> None:
    """ "E nhập cho bác Pá (trợ cấp) với bác Mùi (hộ nghèo)": who helps, then whom."""
    opening.machine(t)
    for name, hint in names.names_in(t.heard.text):
        add(t, name, hint)
    if not t.state.helper or not t.state.helper.get("name"):
        t.state.helper = t.state.helper or _new()
        return t.ask("helper_name", "helper.ask_own_name")
    hello(t)


def _new() -> dict[str, Any]:
    return {"name": None, "people": [], "place": None}


def people(t: Turn) -> list[dict[str, Any]]:
    """The neighbours of this sitting: {name, procedure, case}."""
    return (t.state.helper or {}).get("people", [])


def add(t: Turn, name: str, hint: str = "") -> dict[str, Any] | None:
    """Write a neighbour down once; `hint` is what stood in brackets behind the name."""
    t.state.helper = t.state.helper or _new()
    t.state.helper.setdefault("people", [])
    known = find(t, name)
    if known or len(people(t)) >= PEOPLE:
        return known
    person = {"name": nfc(name).upper(), "procedure": _procedure_of(t, hint), "case": None}
    people(t).append(person)
    return person


def _procedure_of(t: Turn, hint: str) -> str | None:
    """The one procedure whose name the words in brackets hold, the longest name first; None asks later."""
    words = f" {fold(hint)} "
    held = {p.id: max((len(name) for name in _spoken(p) if f" {name} " in words), default=0) for p in t.catalogue.all(t.today)}
    best = [name for name, length in held.items() if length and length == max(held.values())]
    if len(best) != 1:
        return None
    whole = words.strip() in _spoken(t.catalogue.get(best[0], t.today))
    return best[0] if whole or not t.catalogue.cluster_of(best[0], hint) else None


def _spoken(procedure: Procedure) -> list[str]:
    return [fold(name) for name in (procedure.names.menu, procedure.names.plain, *procedure.names.folk)]


def find(t: Turn, text: str) -> dict[str, Any] | None:
    """The neighbour of this sitting whom the text names."""
    return names.named(people(t), text)


def hello(t: Turn) -> None:
    """Who helps, who stands in the paper, and whom to begin with."""
    listed = [p["name"] for p in people(t)]
    if not listed:
        return t.ask("helped_names", "helper.ask_names")
    t.state.active = None
    t.note("helper.hello", helper=t.state.helper["name"], count=len(listed), names=", ".join(listed))
    if len(listed) == 1:
        return switch(t, people(t)[0])
    t.ask("helped_who", "helper.who_first")


def own_name(t: Turn, name: str) -> None:
    """The helper's own name, asked once."""
    t.state.helper = {**(t.state.helper or _new()), "name": name}
    hello(t)


def switch(t: Turn, person: dict[str, Any]) -> None:
    """Go to a neighbour; the other one's form waits where it stands."""
    before = t.case
    if before and before.helped and before.ref != person["case"]:
        t.note("helper.left_at", other=before.helped["name"], at=progress(t, before))
    t.state.active = person["case"]
    if not person["procedure"]:
        return t.ask("helped_procedure", "helper.which_procedure", params={"name": person["name"]}, person=person["name"])
    case = t.case_of(person["case"]) or _open_case(t, person)
    go_on(t, case)


def _open_case(t: Turn, person: dict[str, Any]) -> Case:
    case = forms.start(t, person["procedure"], helped={"name": person["name"], "consent": "none", "phone": None})
    person["case"] = case.ref
    return case


def procedure_of(t: Turn, name: str, procedure_id: str) -> None:
    """What is to be made for this neighbour."""
    person = find(t, name)
    person["procedure"] = procedure_id
    switch(t, person)


def go_on(t: Turn, case: Case) -> None:
    """Consent first, then the form."""
    t.state.active = case.ref
    if case.helped["consent"] == "none":
        return t.ask("phone_of", "helper.ask_phone", case=case.ref)
    forms.next_question(t, case)


def who(t: Turn) -> None:
    """AI: where each neighbour's form stands."""
    lines = []
    for person in people(t):
        case = t.case_of(person["case"])
        lines.append(f"{person['name']} {progress(t, case)}" if case else person["name"])
    t.note("helper.list", lines=" · ".join(lines))
    t.ask_again() if t.open else t.ask("helped_who", "helper.who_next")


def phone_given(t: Turn, case: Case, phone: str) -> None:
    """The neighbour is asked on their own telephone; a helper's own number would be no consent."""
    if phone == t.heard.phone:
        t.note("helper.own_number")
        return t.ask_again()
    case.helped["phone"] = phone
    t.request("ask_consent", case=case.ref, phone=phone, helper=t.state.helper["name"])


def no_phone(t: Turn, case: Case) -> None:
    """No telephone of their own: the helper reads the sentence aloud and attests the answer."""
    t.ask("attest", "helper.attest", case=case.ref)


def attest(t: Turn, case: Case, text: str) -> bool:
    """ "ĐỒNG Ý" and the neighbour's name; False if either is missing. A nod or a sticker is no consent."""
    found = re.match(r"\s*(?:đồng ý|dong y|đông ý|dồng ý)[\s,.:;-]*(.*)$", nfc(text).strip(), re.IGNORECASE)
    if not found or len(found[1].split()) < 2:
        return False
    t.request("attest_consent", case=case.ref, name=found[1].strip())
    return True


def asked(t: Turn, outcome: Outcome) -> None:
    """The neighbour's phone has been texted; questions go on, sending waits."""
    case = t.case
    if not outcome.ok:
        case.helped["phone"] = None
        t.note(f"reason.{outcome.reason}", "helper.phone_failed")
        return t.ask_again()
    case.helped["consent"] = "asked"
    t.note("helper.consent_sent", last4=outcome.data["last4"])
    forms.next_question(t, case)


def attested(t: Turn, outcome: Outcome) -> None:
    """Attested by the helper: red for the clerk until the neighbour is met."""
    case = t.case
    if not outcome.ok:
        t.note(f"reason.{outcome.reason}", "reason.other")
        return t.ask_again()
    case.helped["consent"] = "attested"
    at = outcome.data["at"][11:16].replace(":", "h")
    t.note("helper.attested", helper=t.state.helper["name"], at=at)
    forms.next_question(t, case)


def forget(t: Turn, case: Case) -> None:
    """A neighbour's form is done or dropped: the name leaves the list."""
    t.state.helper["people"] = [p for p in people(t) if p["case"] != case.ref]
