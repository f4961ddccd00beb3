"""A pair of offices, on SQLite and on PostgreSQL."""

from __future__ import annotations

import secrets
from contextlib import ExitStack

import pytest

from tests.conftest import BOTH, _on_server
from tests.exchange.kit import COMMUNE, PROVINCE, copies, sides
from tests.office.kit import office_of


@pytest.fixture(params=BOTH)
def pair(request, vault, clock, tmp_path, sqlite_template):
    """(commune, province), each with its doors open and a database of its own."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            databases = copies(sqlite_template, tmp_path, COMMUNE, PROVINCE)
            for database in databases.values():
                stack.callback(database.close)
        else:
            server = request.getfixturevalue("postgres_server")
            databases = {id_: stack.enter_context(_on_server(server, f"t_{secrets.token_hex(6)}", server.template)) for id_ in (COMMUNE, PROVINCE)}
        made = stack.enter_context(sides(office_of(vault), databases, clock))
        yield made[COMMUNE], made[PROVINCE]
