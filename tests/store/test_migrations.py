"""Migrations are numbered, have one head, can be repeated, and make the tables that the code knows."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from backend.store import migrate as module
from backend.store.migrate import heads, migrate
from backend.store.tables import Base


def test_there_is_one_head():
    assert len(heads()) == 1


def test_migrations_are_numbered_in_a_row():
    names = sorted(p.name for p in (Path(module.__file__).parent / "migrations" / "versions").glob("*.py"))
    assert [int(re.match(r"\d+", name)[0]) for name in names] == list(range(1, len(names) + 1))


def test_migrating_twice_changes_nothing_and_matches_the_code(database):
    migrate(database)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_number_is_never_used_twice_also_where_a_migration_has_copied_a_table(sqlite_database):
    with sqlite_database.engine.connect() as connection:
        made = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    counted = [table.name for table in Base.metadata.tables.values() if table.autoincrement_column is not None and "id" in table.c]
    assert counted and [name for name in counted if "AUTOINCREMENT" not in made[name]] == []


def test_every_table_names_its_retention_class():
    assert [t.name for t in Base.metadata.tables.values() if not t.info.get("retention")] == []
