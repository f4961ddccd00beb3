"""The adapter to a provincial system or the national portal, by the contract in docs/adapter.md. Off unless PORTAL_URL is set.

Out: every event of a dossier that came from there, as a job of kind "portal" written with the event. In: new dossiers, asked
for by the same kind of job that runs again and again. Both directions may be repeated without harm: what goes out carries
the event's id, what comes in the portal's number, and each number becomes one dossier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import httpx
from pydantic import BaseModel, Field, StringConstraints, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.clock import Clock, local
from backend.office import intake, jobs
from backend.office.kit import Office, Refused
from backend.store.db import Database
from backend.store.tables import Dossier, Event, PortalCase

EVERY = timedelta(minutes=1)
SECONDS = 20.0
_ASK = "portal.ask"
_NUMBER = re.compile(r"[A-Za-z0-9.-]{1,60}")


class Case(BaseModel):
    """A dossier as the portal brings it; fields we do not know are left alone."""

    procedure: str = Field(max_length=40)
    answers: dict[str, Annotated[str, StringConstraints(max_length=2000)]] = Field(max_length=80)
    unknown: list[str] = Field(default=[], max_length=40)
    phone: str | None = Field(default=None, max_length=20)


def begin(session: Session, unit: str, now: datetime) -> None:
    """Queue the asking for new dossiers, once; called at every start where the adapter is on."""
    jobs.put(session, "portal", "portal:in", unit, {"ask": True}, now, dedup=f"{_ASK}:{unit}")


class Portal:
    """Does the jobs of kind "portal". `url` None = off: what is queued is let go."""

    def __init__(self, database: Database, office: Office, clock: Clock, url: str | None, token: str, read: intake.Read, http: httpx.Client):
        self._database, self._office, self._clock, self._read, self._http = database, office, clock, read, http
        self._url, self._headers = (url or "").rstrip("/"), {"authorization": f"Bearer {token}"}

    def __call__(self, claim: jobs.Claim) -> None:
        """Tell one event, or take what is new. Raises jobs.Later."""
        if not self._url:
            with self._database.write() as session:
                return jobs.finish(session, claim)
        if "ask" in claim.ids:
            raise jobs.Later(self._ask(), EVERY)
        self._tell(claim)

    def _tell(self, claim: jobs.Claim) -> None:
        with self._database.read() as session:
            event = session.get(Event, claim.ids["event"])
            dossier = session.get(Dossier, event.dossier_id)
            case = session.scalar(select(PortalCase).where(PortalCase.dossier_id == dossier.id))
        if case is not None:
            self._call("PUT", f"/cases/{case.number}/events/{event.id}", _told(event, dossier))
        with self._database.write() as session:
            jobs.finish(session, claim)

    def _ask(self) -> str:
        """Take what is new; returns what came of it. It never fails for good: the next asking is in a minute."""
        try:
            for one in self._call("GET", "/cases", None).get("items", []):
                number = one.get("number") if isinstance(one, dict) else None
                if isinstance(number, str) and _NUMBER.fullmatch(number):
                    self._acknowledge(number, self._take(number, one))
        except jobs.Later as later:
            return later.reason
        return "asked"

    def _take(self, number: str, one: Mapping[str, Any]) -> PortalCase:
        """One number becomes one dossier: dossier and number are written together, so a lost acknowledgement doubles nothing."""
        try:
            with self._database.write() as session:
                return session.get(PortalCase, (self._office.unit, number)) or self._new(session, number, one)
        except ValidationError:
            reason = "unreadable"
        except intake.BadAnswers:
            reason = "answers"
        except Refused as refused:
            reason = refused.reason
        with self._database.write() as session:
            case = PortalCase(unit=self._office.unit, number=number, dossier_id=None, refused=reason, taken_at=self._clock.now())
            session.add(case)
            return case

    def _new(self, session: Session, number: str, one: Mapping[str, Any]) -> PortalCase:
        now = self._clock.now()
        case = Case.model_validate(one)
        order = intake.Request(case.procedure, "portal", case.answers, tuple(case.unknown), case.phone)
        dossier = intake.send(session, self._office, order, self._read, now)
        case = PortalCase(unit=self._office.unit, number=number, dossier_id=dossier.id, refused=None, taken_at=now)
        session.add(case)
        return case

    def _acknowledge(self, number: str, case: PortalCase) -> None:
        with self._database.read() as session:
            dossier = session.get(Dossier, case.dossier_id) if case.dossier_id else None
        said = {"dossier": dossier.code, "status": dossier.status} if dossier else {"refused": case.refused}
        self._call("PUT", f"/cases/{number}/acknowledgement", said)

    def _call(self, method: str, path: str, body: dict | None) -> dict:
        try:
            answer = self._http.request(method, self._url + path, json=body, headers=self._headers, timeout=SECONDS, follow_redirects=False)
            answer.raise_for_status()
            return answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise jobs.Later(f"portal: {type(error).__name__}") from None


def _told(event: Event, dossier: Dossier) -> dict[str, Any]:
    due = local(dossier.due_at).isoformat() if dossier.due_at else None
    return {"dossier": dossier.code, "seq": event.seq, "action": event.action, "status": event.to_status, "at": local(event.at).isoformat(), "due_at": due}
