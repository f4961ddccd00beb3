"""What the machine itself needs: jobs, numbers in sequence, short-lived codes and tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, kept


class Job(Base):
    """The queue: ids only. A lane runs in order, one at a time; a dead job frees its lane and stays visible."""

    __tablename__ = "job"
    __table_args__ = kept(
        "job",
        Index(
            "ix_job_lane_id_live",
            "lane",
            "id",
            postgresql_where=text("state <> 'dead'"),
            sqlite_where=text("state <> 'dead'"),
        ),
        Index("ix_job_state_run_at", "state", "run_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    lane: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(20))
    ids: Mapped[dict]
    dedup: Mapped[str | None] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(6), default="ready")
    """ready leased dead; a job that is done is gone."""
    run_at: Mapped[datetime]
    lease_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]


class Counter(Base):
    """Numbers in sequence, taken by UPDATE … RETURNING in the transaction that uses them."""

    __tablename__ = "counter"
    __table_args__ = kept("register")
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[int]


class LookupTry(Base):
    """Tries to see a dossier's stage by code: five a day per asker and code."""

    __tablename__ = "lookup_try"
    __table_args__ = kept("short")
    asker_index: Mapped[str] = mapped_column(String(32), primary_key=True)
    code_index: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    count: Mapped[int]


class TransferCode(Base):
    """Six digits that move a draft to another channel; once, for a day."""

    __tablename__ = "transfer_code"
    __table_args__ = kept("short")
    code_index: Mapped[str] = mapped_column(String(32), primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ProviderToken(Base):
    """A provider's rotating token pair; the refresh token works once, so the previous pair is kept until the new one served."""

    __tablename__ = "provider_token"
    __table_args__ = kept("setting")
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    pair_sealed: Mapped[bytes]
    previous_sealed: Mapped[bytes | None]
    expires_at: Mapped[datetime | None]
    lease_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]
