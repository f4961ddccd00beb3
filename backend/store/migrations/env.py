"""Alembic's entry: runs on the connection that `backend.store.migrate` hands over."""

from alembic import context

from backend.store.tables import Base
from backend.store.types import Json, Utc

_PLAIN = "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"


def _render(kind, item, autogen):
    """A migration names plain column types, so that it still runs when our own types move."""
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, type(Json)):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return _PLAIN
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
