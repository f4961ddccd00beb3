"""Pieces of a file in any order, doubled, torn or wrong: it becomes whole exactly when every byte came, and never anything else."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.domain import exchange
from backend.office import case, exchange_files
from backend.store.tables import Attachment, Dossier, ExchangeFileIn, ExchangePiece
from backend.store.types import new_id
from tests.office.kit import draft, office_of

PEER, HAND_OVER, ID = "H55.242", "h" * 26, "f1"
CONTENT = bytes(range(60))
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def awaited(sqlite_database, vault, clock):
    """(session maker, office, now, a way to await the file anew)."""
    office = office_of(vault)
    with sqlite_database.write() as session:
        _, _, dossier = draft(session, office, clock.now())
        dossier_id = dossier.id

    def again(session):
        for table in (ExchangePiece, ExchangeFileIn, Attachment):
            for row in session.scalars(select(table)):
                session.delete(row)
            session.flush()
        row = ExchangeFileIn(id=new_id(), unit=office.unit, peer=PEER, dossier_id=dossier_id, hand_over=HAND_OVER, foreign_code="x", sha256=SHA, size=len(CONTENT))
        row.mime, row.state, row.sent_at, row.have = "image/png", "awaited", clock.now(), 0
        session.add(row)
        session.flush()
        assert session.get(Dossier, dossier_id) is not None
        return row

    return sqlite_database, office, clock.now(), again


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40)), max_size=12))
def test_any_pieces_of_the_right_file_in_any_order(awaited, tries):
    database, office, now, again = awaited
    with database.write(durable=False) as session:
        row, have = again(session), 0
        for start, length in tries:
            status, said = exchange_files.take(session, office, PEER, ID, HAND_OVER, SHA, start, CONTENT[start : start + length], now)
            have += len(CONTENT[start : start + length]) if start == have else 0
            assert (status, said["have"], said["state"]) == (200, have, "complete" if have == len(CONTENT) else "partial")
        while row.state == "awaited":
            exchange_files.take(session, office, PEER, ID, HAND_OVER, SHA, row.have, CONTENT[row.have : row.have + 25], now)
        [made] = session.scalars(select(Attachment))
        assert (case.attachment(session, office, made.id)[1], list(session.scalars(select(ExchangePiece)))) == (CONTENT, [])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=8))
def test_no_other_bytes_ever_become_the_file(awaited, pieces):
    database, office, now, again = awaited
    with database.write(durable=False) as session:
        row = again(session)
        for piece in pieces:
            exchange_files.take(session, office, PEER, ID, HAND_OVER, SHA, row.have, piece, now)
        assert row.state != "complete" or b"".join(pieces) == CONTENT
        assert (list(session.scalars(select(Attachment))) != []) == (row.state == "complete")
        assert row.state != "lost" or list(session.scalars(select(ExchangePiece))) == []


def test_a_file_larger_than_agreed_or_with_another_name_is_no_message():
    for wrong in ({"size": exchange.MOST_FILE + 1}, {"sha256": "x"}, {"mime": "text/html; x"}, {"mime": "?"}):
        with pytest.raises(ValueError):
            exchange.FileSent(**({"sha256": SHA, "size": 1, "mime": "image/png"} | wrong))
