"""The paper a person takes home: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" (Mẫu 01, TT 03/2025/TT-VPCP Phụ lục I).

Nothing is printed that nobody knows: a name whose accents are not sure, a date without a ground, a fee the catalogue
does not have are left as dotted lines for the pen.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
import yaml
from sqlalchemy.orm import Session

from backend.clock import local
from backend.domain import catalogue
from backend.domain.letters import nfc, strip_accents
from backend.domain.procedure import FeeCase, Paper, Procedure, TimeCase
from backend.domain.values.phones import home
from backend.office import chain, contacts, drafts, pauses, people, staff
from backend.office.dossiers import values_of
from backend.office.kit import Office, Refused, today
from backend.store.tables import Contact, Conversation, Dossier

FORMS = Path(__file__).parent / "forms"
_FONTS = {"font_paths": [FORMS / "fonts"], "ignore_system_fonts": True}
@cache
def _words() -> dict[str, Any]:
    return yaml.safe_load((FORMS / "words.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Place:
    """Who receives: as `backend.law.Desk` knows it, with the address at which a code can be followed."""

    ward: str
    desk: str
    phone: str | None
    track_url: str


def render(facts: dict[str, Any], format: str = "pdf") -> bytes:
    """Return the form with facts as `facts_of` makes them: "pdf", or "png" at 144 dots an inch for a look on the screen."""
    text = nfc(json.dumps(facts, ensure_ascii=False))
    return typst.compile(FORMS / "receipt.typ", format=format, **_FONTS, sys_inputs={"facts": text})


def receipt(session: Session, office: Office, place: Place, dossier: Dossier, now: datetime) -> bytes:
    """Return the receipt of a received dossier as a PDF. Raises Refused("not_received") before reception."""
    if dossier.received_at is None:
        raise Refused("not_received")
    return render(facts_of(session, office, place, dossier, now))


def facts_of(session: Session, office: Office, place: Place, dossier: Dossier, now: datetime) -> dict[str, Any]:
    """Return what the form says, as texts; empty where nobody knows it."""
    procedure, form, day = office.procedure(dossier), drafts.form_of(office, dossier), today(dossier.received_at)
    values = values_of(form)
    received = _reception(session, office, dossier)
    due = pauses.due_now(session, office, dossier)
    name, sure = _name(session, office, dossier)
    return {
        "ward": place.ward,
        "desk": place.desk,
        "hotline": place.phone or "",
        "code": dossier.code,
        "qr": qr(f"{place.track_url}?code={dossier.code}"),
        "signed_on": _moment(now, "long_day"),
        "name": name if sure else "",
        "warning": _words()["name_unsure"] if name and not sure else "",
        "address": _address(procedure, form),
        "phone": _phone(session, office, dossier),
        "email": "",
        "procedure": procedure.names.official,
        "procedure_code": procedure.code,
        "papers": [{"name": paper.name, "form": _words()["paper_forms"][paper.kind]} for paper in _papers(procedure, values, day, received.get("got"))],
        "time": _time(catalogue.time_for(procedure, values, day)),
        "received": _moment(dossier.received_at),
        "due": _moment(due) if due else "",
        "due_ground": (dossier.due_ground or "") if due and dossier.due_ground != procedure.code else "",
        "result_at": _words()["results"].get(values.get("result_channel", ""), place.desk),
        "fee": _fee(catalogue.fee_for(procedure, values, day)),
        "receiver": staff.names(session, office.unit).get(received.get("actor"), ""),
    }


def qr(text: str) -> str:
    """Return a QR code as SVG, error correction M: a receipt is folded and gets wet."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, scale=4)
    return out.getvalue().decode()


def _reception(session: Session, office: Office, dossier: Dossier) -> dict[str, Any]:
    """What the clerk noted when receiving: {got: ids of the papers handed over, actor}."""
    found = [data | {"actor": event.actor} for event, data in chain.events(session, office.vault, dossier.id) if event.action == "receive"]
    return found[-1] if found else {}


def _papers(procedure, values: dict[str, str], day, got: list[str] | None) -> list[Paper]:
    papers = [paper for paper in catalogue.papers_for(procedure, values, day) if paper.verified]
    return papers if got is None else [paper for paper in papers if paper.id in got]


def _name(session: Session, office: Office, dossier: Dossier) -> tuple[str, bool]:
    """Return the applicant's name and whether its accents are sure enough for a paper."""
    found = {role: (person, facts) for role, person, facts in people.parties(session, office.vault, dossier.id)}
    person, facts = found.get("applicant") or found.get("subject") or (None, {})
    if not facts.get("name"):
        return "", False
    return facts["name"], person.name_source != "typed_bare"


def _address(procedure: Procedure, form: dict[str, Any]) -> str:
    """Return where the applicant lives, as far as its spelling is sure: the commune's name is ours, a hamlet's may lack its accents."""
    found = {q.role: form["answers"][q.id] for q in procedure.questions if q.type == "address" and q.id in form["answers"]}
    given = next((found[role] for role in ("applicant", "subject", "mother") if role in found), None)
    if given is None:
        return ""
    hamlet, _, commune = given["shown"].rpartition(", ")
    sure = given["via"] in ("counter", "photo") or nfc(hamlet) != strip_accents(hamlet)
    return given["shown"] if sure or not hamlet else commune


def _phone(session: Session, office: Office, dossier: Dossier) -> str:
    if dossier.conversation_id is None:
        return ""
    contact = session.get(Contact, session.get(Conversation, dossier.conversation_id).contact_id)
    phone = contacts.phone_of(office.vault, contact)
    return home(phone) if phone else ""


def _time(case: TimeCase | None) -> str:
    if case is None or not case.verified or (case.value is None and case.unit != "same_day"):
        return ""
    if case.unit != "same_day":
        return _words()[case.unit].format(value=case.value)
    return _words()["after_cutoff"].format(cutoff=f"{case.cutoff:%H:%M}") if case.cutoff else _words()["same_day"]


def _fee(case: FeeCase | None) -> str:
    if case is None or case.amount is None or not case.verified:
        return ""
    return _words()["fee"][case.per].format(amount=f"{case.amount:,}".replace(",", ".")) if case.amount else _words()["free"]


def _moment(at: datetime, form: str = "moment") -> str:
    return local(at).strftime(_words()[form])
