"""Two whole installations, wired by their settings alone: the commune's console hands over, the province's console sees it."""

from __future__ import annotations

import json
import time

import pytest
from sqlalchemy import select

from backend.settings import SettingsError, load_settings
from backend.store.tables import Dossier
from main import main, wire
from tests.conftest import StillClock
from tests.doors.kit import Desk
from tests.exchange.kit import COMMUNE, KEY, PROVINCE
from tests.journeys.kit import free_port, house


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """(commune, province) as their staff see them."""
    ports, clock = {COMMUNE: free_port(), PROVINCE: free_port()}, StillClock()
    names = {COMMUNE: "xã Na Rì", PROVINCE: "Trung tâm tỉnh"}

    def at(unit: str):
        other = next(id_ for id_ in ports if id_ != unit)
        peers = {other: {"url": f"http://127.0.0.1:{ports[other]}", "key": KEY, "name": names[other]}}
        return house(tmp_path_factory.mktemp(unit), clock, UNIT=unit, PORT=ports[unit], EXCHANGE_PEERS=json.dumps(peers))

    with at(COMMUNE) as commune, at(PROVINCE) as province:
        yield Desk(commune), Desk(province)


def until(look, seconds: float = 20):
    """Wait for a worker: return what `look` finds."""
    end = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_a_clerk_hands_over_by_the_form_and_the_province_finds_it_in_its_list(houses):
    commune, province = houses
    row = commune.sent()
    commune.act("tiepnhan", row, "receive")
    page = commune.client("tiepnhan").get(f"/console/dossiers/{row.id}").text
    assert '<option value="Trung tâm tỉnh">máy nối máy</option>' in page
    commune.act("tiepnhan", row, "hand_over", office="Trung tâm tỉnh", answer_day="2026-11-27")
    seen = until(lambda: "Cơ quan khác chuyển" in province.client("tiepnhan").get("/console/dossiers").text)
    assert seen and "H55-261123-0001" in province.client("tiepnhan").get("/console/dossiers").text
    with province.home.wired.database.read() as session:
        there = session.scalars(select(Dossier)).one()
    assert "xã Na Rì chuyển đến, mã bên ấy" in province.client("tiepnhan").get(f"/console/dossiers/{there.id}").text
    assert until(lambda: "nơi nhận đã nhận" in commune.client("tiepnhan").get(f"/console/dossiers/{row.id}").text)


def test_the_leader_compares_both_sides_and_a_clerk_may_not(houses):
    commune, _ = houses
    text = commune.client("lanhdao").get("/console/exchange").text
    assert "khớp" in text and PROVINCE in text
    assert commune.client("tiepnhan").get("/console/exchange").status_code == 403


def test_the_command_prints_the_report_and_fails_where_nobody_answers(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert main(["migrate"]) == 0
    assert main(["exchange", "report"]) == 0
    assert "both sides hold the same" in capsys.readouterr().out


def test_a_wrong_peer_stops_the_start_with_one_line(tmp_path):
    with pytest.raises(SettingsError, match="EXCHANGE_PEERS: H55: url must begin with https"):
        wire(load_settings(DATA_DIR=tmp_path, EXCHANGE_PEERS='{"H55": {"url": "ftp://x", "key": "k"}}'))
