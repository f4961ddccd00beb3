"""A running office for the tests of doors: staff who are signed in, and dossiers made by the office's own verbs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from sqlalchemy import select

from backend.office import contacts, dossiers, drafts, staff
from backend.store.tables import Contact, Conversation, Dossier, Staff, StaffSession
from tests.journeys.kit import House

PEOPLE = {"text/html": {"accept": "text/html"}}


def answer(value: str, shown: str = "", via: str = "text", doubt: str | None = None) -> dict:
    return {"value": value, "shown": shown or value, "via": via, "at": "2026-11-23T09:00:00+07:00", "doubt": doubt}


BIRTH = {
    "relation": answer("mother", "mẹ", "digit"),
    "parents_married": answer("yes", "rồi", "digit"),
    "child_birthplace": answer("home", "ở nhà", "digit"),
    "child_dob": answer("2026-11-13", "13/11/2026"),
    "child_sex": answer("female", "gái", "digit"),
    "child_name": answer("Bàn Thị Mai"),
    "mother": answer("Triệu Mùi Nải"),
    "father": answer("006096004512", "số cuối 4512"),
    "place": answer("02155", "Thôn Khuổi Slúng, Xã Na Rì"),
    "requester_phone": answer("+84981110011", via="default"),
}
POVERTY = {
    "head": answer("Triệu Thị Mùi"),
    "place": answer("02155", "Thôn Nà Mơ, Xã Na Rì"),
}


@dataclass
class Desk:
    """An installation with clients of its staff; `client(role)` is signed in as that role."""

    home: House
    clients: dict[str, httpx.Client] = field(default_factory=dict)
    numbers: int = 1000

    @property
    def office(self):
        return self.home.wired.office

    def now(self) -> datetime:
        return self.home.wired.clock.now()

    def stranger(self) -> httpx.Client:
        """Somebody who is not signed in."""
        return httpx.Client(base_url=self.home.url, headers={"accept": "text/html"}, timeout=30)

    def client(self, role: str) -> httpx.Client:
        """A browser of this role, signed in by the office's own verb (the password costs half a second)."""
        if role not in self.clients:
            client, database = self.stranger(), self.home.wired.database
            with database.write() as session:
                row = session.scalars(select(Staff).where(Staff.login == role)).one()
                client.cookies.set("motcua", staff.sign_in(session, row, self.now()))
            self.clients[role] = client
        return self.clients[role]

    def csrf(self, role: str) -> str:
        """The token that this role's forms carry."""
        with self.home.wired.database.read() as session:
            row = session.scalars(select(Staff).where(Staff.login == role)).one()
            return session.scalars(select(StaffSession.csrf).where(StaffSession.staff_id == row.id)).first()

    def post(self, role: str, path: str, follow: bool = True, /, **form) -> httpx.Response:
        """Send a form as this role, with its token."""
        return self.client(role).post(path, data={"csrf": self.csrf(role), **form}, follow_redirects=follow)

    def sent(self, procedure: str = "khai_sinh", answers: dict | None = None, phone: str = "") -> Dossier:
        """A dossier as a phone has sent it."""
        self.numbers += 1
        phone, database = phone or f"+8498222{self.numbers:04d}", self.home.wired.database
        with database.write() as session:
            version = self.office.catalogue.version(self.office.catalogue.get(procedure))
            contact, conversation = contacts.conversation_with(session, self.office, "sms", phone, self.now())
            contact.last_inbound_at = self.now()
            form = {"ref": f"t-{self.numbers}", "procedure": procedure, "version": version, "answers": answers or BIRTH, "left": [], "media": [], "helped": None, "of": 9, "misses": 0}
            asked = {q.id for q in self.office.catalogue.get(procedure).questions if q.source == "text"}
            form["left"] = sorted(asked - set(form["answers"]))
            row = drafts.save(session, self.office, conversation, "sms", form, self.now())
            dossiers.send(session, self.office, row, self.now())
        return self.again(row)

    def again(self, row: Dossier) -> Dossier:
        """The dossier as it is now."""
        with self.home.wired.database.read() as session:
            return session.get(Dossier, row.id)

    def act(self, role: str, row: Dossier, action: str, **form) -> httpx.Response:
        """Press a button as this role on the page as it is now."""
        return self.post(role, f"/console/dossiers/{row.id}/actions/{action}", version=self.again(row).version, **form)

    def conversation(self, phone: str) -> Conversation:
        with self.home.wired.database.read() as session:
            contact = session.scalars(select(Contact).where(Contact.address_index == self.office.vault.index("address.sms", phone))).one()
            return session.scalars(select(Conversation).where(Conversation.contact_id == contact.id)).one()


def alert(response: httpx.Response) -> str:
    """The sentence that a page shows after a refusal."""
    found = re.search(r'role="alert">([^<]+)<', response.text)
    return found[1] if found else ""
