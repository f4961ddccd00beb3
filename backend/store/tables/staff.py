"""Members of staff, their sign-ins, and what they looked at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base, kept
from backend.store.types import Id


class Staff(Base):
    """A member of staff of one unit, with roles (`backend.office.access`)."""

    __tablename__ = "staff"
    __table_args__ = kept("staff")
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20), index=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[str] = mapped_column(String(80))
    roles: Mapped[list]
    fields: Mapped[list] = mapped_column(default=list, server_default="[]")
    """Procedure fields the roles hold in ("Hộ tịch"); none named = all."""
    password_hash: Mapped[str] = mapped_column(String(120))
    demo: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffSession(Base):
    """A signed-in browser; the token itself is only in the cookie."""

    __tablename__ = "staff_session"
    __table_args__ = kept("session")
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class ReadLog(Base):
    """Who opened which dossier or conversation: commune staff know everyone, curiosity is the main leak."""

    __tablename__ = "read_log"
    __table_args__ = kept("audit", Index("ix_read_log_dossier_id", "dossier_id"))
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    unit: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    dossier_id: Mapped[str | None] = mapped_column(String(32))
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime]
