"""What a transition costs the database: event, audit link, notice and job together in at most eight statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from backend.office import dossiers, hooks
from backend.store.tables import Dossier
from tests.office.kit import CHIEN, office_of
from tests.office.lives import NEEDS, ROAD, WHO, at

MOST = 8


@contextmanager
def counted(database) -> Iterator[list[str]]:
    """The statements that go to the database within the block; BEGIN and COMMIT are not counted."""
    said: list[str] = []

    def heard(_connection, _cursor, statement, *_rest) -> None:
        said.append(" ".join(statement.split()))

    event.listen(database.engine, "before_cursor_execute", heard)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", heard)


@pytest.mark.parametrize("told", [0, 3])
@pytest.mark.parametrize("action", ROAD)
def test_an_act_takes_at_most_eight_statements_also_when_others_are_told(database, vault, clock, action, told):
    office, now = office_of(vault), clock.now()
    with database.write() as session:
        for number in range(told):
            hooks.register(session, office, f"http://127.0.0.1:9/{number}", ["*"], ["http://127.0.0.1:9"], "api:1", now)
        before = ROAD.index(action)
        made = at(session, office, now, last=ROAD[before - 1] if before else "")
        version = made.version
    with counted(database) as said, database.write() as session:
        dossiers.act(session, office, made.id, action, WHO.get(action, CHIEN), version, NEEDS.get(action, {}), now)
    with database.read() as session:
        assert session.get(Dossier, made.id).version == version + 1
    # The embedded database gives back one new row's number a statement, so that each address there costs an INSERT.
    assert len(said) <= MOST + (told if database.embedded else 0), "\n".join(said)
