"""Bringing a database to the newest form: numbered migrations, one head, safe to repeat."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from backend.store.db import Database

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_270_001
"""Advisory lock number: two starting processes must not migrate at the same time."""


def config() -> Config:
    """Alembic's configuration without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(_FOLDER))
    return made


def heads() -> list[str]:
    """Return the revisions nothing builds on; more than one is a mistake."""
    return list(ScriptDirectory.from_config(config()).get_heads())


def migrate(database: Database) -> None:
    """Bring `database` to the newest revision."""
    made = config()
    with database.engine.begin() as connection:
        if not database.embedded:
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        made.attributes["connection"] = connection
        command.upgrade(made, "head")
