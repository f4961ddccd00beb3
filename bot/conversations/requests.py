"""What the dialogue asks of the office, done in the turn's own transaction. One function per verb of `Request`."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.clock import local
from backend.office import complaints, consents, dossiers, drafts, satisfaction, tasks, tracking
from backend.office.kit import Office, Refused
from backend.store.tables import Attachment, Contact, Conversation, Dossier
from bot.conversations import neighbours
from bot.conversations.kit import Bot
from bot.dialogue.types import Heard, Outcome, Request

_PROMISED = {"withdraw": "withdraw", "update_contact": "contact", "postal": "postal"}
"""Verbs that become a task of a kind: nothing is decided by an intent alone."""


@dataclass(frozen=True)
class Ask:
    """One request with its surroundings."""

    session: Session
    bot: Bot
    conversation: Conversation
    contact: Contact
    args: dict[str, Any]
    heard: Heard | None
    now: datetime

    @property
    def office(self) -> Office:
        return self.bot.office

    def draft(self) -> Dossier:
        """The draft of the case that is meant. Raises Refused("gone") if it is no draft any more."""
        dossier = drafts.by_ref(self.session, self.args["case"])
        if dossier is None or dossier.conversation_id != self.conversation.id:
            raise Refused("gone")
        return dossier


def do(session: Session, bot: Bot, conversation: Conversation, contact: Contact, request: Request, heard: Heard | None, now: datetime) -> Outcome:
    """Do one request; a refusal of the office is an outcome like any other."""
    ask = Ask(session, bot, conversation, contact, request.args, heard, now)
    try:
        return Outcome(request.verb, True, _VERBS[request.verb](ask))
    except Refused as refused:
        return Outcome(request.verb, False, refused.params, refused.reason)


def _send(ask: Ask) -> dict[str, Any]:
    return {**dossiers.send(ask.session, ask.office, ask.draft(), ask.now), "place": ask.bot.place.desk}


def _track(ask: Ask) -> dict[str, Any]:
    code = ask.args.get("code")
    if code:
        stages = [tracking.by_code(ask.session, ask.office, ask.contact.id, code, ask.args.get("last4"), ask.now, contact=ask.contact)]
    else:
        stages = tracking.own(ask.session, ask.office, ask.contact, ask.now)
    return {"dossiers": [_told(stage) for stage in stages]}


def _told(stage: tracking.Stage) -> dict[str, Any]:
    due = local(stage.due_at).isoformat() if stage.due_at else None
    told = {"code": stage.code, "stage": stage.status, "due": due, "late": stage.late, "short": (stage.code or "")[-4:]}
    if stage.promised_at:
        told["promised"] = local(stage.promised_at).isoformat()
    return {**told, **({"holder": stage.holder.role, "cause": stage.cause.role} if stage.holder else {})}


def _person(ask: Ask) -> dict[str, Any]:
    urgent = bool(ask.args.get("urgent"))
    task = _task(ask, "urgent" if urgent else "person", reason=str(ask.args.get("reason", ""))[:40], urgent=urgent)
    return {"promise_at": local(task.promise_at).isoformat(), "on_duty": ask.bot.place.phone}


def _task(ask: Ask, kind: str, *, reason: str | None = None, urgent: bool = False, text: str | None = None):
    words = text or (ask.heard.text if ask.heard else None)
    return tasks.open_task(
        ask.session, ask.office, kind, ask.now, conversation=ask.conversation, reason=reason, text=words, urgent=urgent,
        dossier_id=_last_sent(ask),
    )  # fmt: skip


def _last_sent(ask: Ask) -> str | None:
    query = select(Dossier.id).where(Dossier.conversation_id == ask.conversation.id, Dossier.sent_at.is_not(None))
    return ask.session.scalars(query.order_by(Dossier.sent_at.desc()).limit(1)).first()


def _promised(kind: str) -> Callable[[Ask], dict[str, Any]]:
    def make(ask: Ask) -> dict[str, Any]:
        task = _task(ask, kind, text=ask.args.get("text"))
        return {"promise_at": local(task.promise_at).isoformat()}

    return make


def _complain(ask: Ask) -> dict[str, Any]:
    """A complaint gets a number and a day of its own; the task is the call that is promised meanwhile."""
    task = _task(ask, "complaint", text=ask.args.get("text"))
    words = ask.args.get("text") or (ask.heard.text if ask.heard else "")
    row = complaints.open_complaint(ask.session, ask.office, words, ask.now, conversation_id=ask.conversation.id, dossier_id=_last_sent(ask))
    return {"promise_at": local(task.promise_at).isoformat(), "number": row.number}


def _content(ask: Ask) -> dict[str, Any]:
    complaints.judge(ask.session, ask.conversation.id, ask.args["number"], ask.args["yes"])
    return {"yes": ask.args["yes"]}


def _supplement(ask: Ask) -> dict[str, Any]:
    """Put what came into the dossier that waits for papers, and tell the clerk."""
    dossier = _waiting_for_papers(ask)
    if media := ask.args.get("media"):
        ask.session.execute(update(Attachment).where(Attachment.id.in_(media)).values(dossier_id=dossier.id if dossier else None))
    task = tasks.open_task(
        ask.session, ask.office, "supplement", ask.now, conversation=ask.conversation, dossier_id=dossier.id if dossier else None,
        text=ask.args.get("text") or (ask.heard.text if ask.heard else None),
    )  # fmt: skip
    return {"promise_at": local(task.promise_at).isoformat()}


def _waiting_for_papers(ask: Ask) -> Dossier | None:
    query = select(Dossier).where(Dossier.conversation_id == ask.conversation.id, Dossier.status.in_(("supplement_intake", "supplement", "sent", "noted")))
    found = list(ask.session.scalars(query.order_by(Dossier.updated_at.desc())))
    code = ask.args.get("code")
    return next((d for d in found if d.code == code), next((d for d in found if d.status.startswith("supplement")), next(iter(found), None)))


def _rate(ask: Ask) -> dict[str, Any]:
    satisfaction.rate(ask.session, ask.office, ask.conversation.id, int(ask.args["score"]), ask.now)
    return {}


def _ask_consent(ask: Ask) -> dict[str, Any]:
    return neighbours.ask(ask.session, ask.bot, ask.conversation, ask.contact, ask.draft(), ask.args, ask.now)


def _attest_consent(ask: Ask) -> dict[str, Any]:
    consents.attest(ask.session, ask.office, ask.draft(), ask.conversation, ask.args["name"], ask.now)
    return {"at": local(ask.now).isoformat()}


def _answer_consent(ask: Ask) -> dict[str, Any]:
    return neighbours.answered(ask.session, ask.bot, ask.contact, ask.args["consent"], ask.args["yes"], ask.now)


def _revoke(ask: Ask) -> dict[str, Any]:
    return {"count": neighbours.revoked(ask.session, ask.bot, ask.contact, ask.now)}


def _transfer(ask: Ask) -> dict[str, Any]:
    digits = f"{secrets.randbelow(900_000) + 100_000}"
    drafts.transfer_code(ask.session, ask.office, ask.draft(), digits, ask.now)
    return {"code": digits}


def _claim(ask: Ask) -> dict[str, Any]:
    tracking.count_claim(ask.session, ask.office, ask.contact.id, ask.now)
    dossier = drafts.claim(ask.session, ask.office, ask.args["code"], ask.conversation, ask.now)
    return {"case": drafts.form_of(ask.office, dossier)}


def _drop(ask: Ask) -> dict[str, Any]:
    drafts.drop(ask.session, ask.draft())
    return {}


def _opt_out(ask: Ask) -> dict[str, Any]:
    ask.contact.opted_out_at = ask.now
    return {}


def _opt_in(ask: Ask) -> dict[str, Any]:
    ask.contact.opted_out_at = None
    return {}


_VERBS: dict[str, Callable[[Ask], dict[str, Any]]] = {
    "send": _send,
    "track": _track,
    "person": _person,
    **{verb: _promised(kind) for verb, kind in _PROMISED.items()},
    "complain": _complain,
    "content": _content,
    "supplement": _supplement,
    "rate": _rate,
    "ask_consent": _ask_consent,
    "attest_consent": _attest_consent,
    "answer_consent": _answer_consent,
    "revoke_helper": _revoke,
    "transfer": _transfer,
    "claim": _claim,
    "drop": _drop,
    "opt_out": _opt_out,
    "opt_in": _opt_in,
}
