"""A thousand jobs that are due at once: the claim finds its lane by the index, whatever the number."""

from __future__ import annotations

from sqlalchemy import event

from backend.office import jobs


def test_a_claim_uses_the_index_of_the_lanes(sqlite_database, clock):
    said = []
    event.listen(sqlite_database.engine, "before_cursor_execute", lambda _c, _k, statement, params, *_: said.append((statement, params)))
    with sqlite_database.write() as session:
        jobs.claim(session, "host:1:1", clock.now())
    statement, params = next(pair for pair in said if "EXISTS" in pair[0])
    with sqlite_database.engine.connect() as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, params).fetchall()
    assert any("ix_job_lane_id_live (lane=? AND id<?)" in row[-1] for row in plan)
