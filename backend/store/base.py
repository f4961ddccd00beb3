"""What every table has: naming of constraints, column types, a retention class."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase

from backend.store.types import Json, Utc

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {datetime: Utc, dict: Json, list: Json, bytes: LargeBinary}


def kept(retention: str, *constraints) -> tuple:
    """Table arguments with the retention class of the table; a number is never used twice, also on SQLite."""
    return (*constraints, {"info": {"retention": retention}, "sqlite_autoincrement": True})
