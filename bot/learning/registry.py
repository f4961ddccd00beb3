"""The models: what was made of which lines, which one serves, and the way back. A promoted archive lies in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.office.kit import Refused
from backend.store.tables import Model, ModelArchive


def add(
    session: Session,
    hash: str,
    release: str,
    made_of: str,
    lines: int,
    figures: dict[str, Any],
    now: datetime,
    *,
    base: bool = False,
) -> Model:
    """Write a model into the register, once."""
    row = session.get(Model, hash)
    if row is None:
        row = Model(
            hash=hash, release=release, made_of=made_of, base=base, lines=lines, figures=figures, made_at=now
        )
        session.add(row)
    return row


def every(session: Session) -> list[Model]:
    """Return all models, the newest first."""
    return list(session.scalars(select(Model).order_by(Model.made_at.desc(), Model.hash)))


def found(session: Session, hash: str) -> Model:
    """Return a model. Raises Refused("model_unknown")."""
    row = session.get(Model, hash)
    if row is None:
        raise Refused("model_unknown")
    return row


def current(session: Session) -> Model | None:
    """Return the promoted model that serves; None = the release's own one does."""
    return session.scalars(select(Model).where(Model.serving)).first()


def served(session: Session, release: str) -> Model | None:
    """Return the promoted model that servers of a release do serve; None = their own: they load no model of another release."""
    row = current(session)
    return row if row is not None and row.release == release else None


def candidate(session: Session) -> Model | None:
    """Return the newest trained model unless it serves; after a rollback it is one again."""
    row = session.scalars(select(Model).where(~Model.base).order_by(Model.made_at.desc(), Model.hash)).first()
    return row if row is not None and not row.serving else None


def archive(session: Session, hash: str) -> bytes | None:
    """Return the bytes of a model that serves or has served: no other is ever given out."""
    return session.scalar(
        select(ModelArchive.content)
        .join(Model, Model.hash == ModelArchive.hash)
        .where(Model.hash == hash, Model.promoted_at.is_not(None))
    )


def promote(session: Session, hash: str, content: bytes, by: str, now: datetime) -> Model:
    """Let a model serve that was tested against the one that serves now.

    Raises Refused: "model_unknown", "model_untested", "model_test_old" (another model serves since), "model_worse" (reasons).
    """
    serving = _locked_current(session)
    row = found(session, hash)
    report = row.report
    if report is None:
        raise Refused("model_untested")
    if report["against"] != (serving.hash if serving and serving.release == row.release else None):
        raise Refused("model_test_old")
    if not report["promotable"]:
        raise Refused("model_worse", reasons=report["reasons"])
    _switch(session, serving, row)
    row.promoted_at, row.promoted_by, row.previous = now, by, serving.hash if serving else None
    if session.get(ModelArchive, hash) is None:
        session.add(ModelArchive(hash=hash, content=content))
    return row


def rollback(session: Session) -> Model | None:
    """Go back to what served before; returns it, None = the release's own one. Raises Refused("model_none") where that serves already."""
    serving = _locked_current(session)
    if serving is None:
        raise Refused("model_none")
    before = session.get(Model, serving.previous) if serving.previous else None
    _switch(session, serving, before)
    return before


def _locked_current(session: Session) -> Model | None:
    """The serving model, with every row held: two promotions at once would leave two of them."""
    rows = session.scalars(select(Model).order_by(Model.hash).with_for_update()).all()
    return next((row for row in rows if row.serving), None)


def _switch(session: Session, old: Model | None, new: Model | None) -> None:
    if old is not None:
        old.serving = False
    if new is not None:
        new.serving = True
    session.flush()
