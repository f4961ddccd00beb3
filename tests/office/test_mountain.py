"""The commune served lies in the mountains: what it promises for a land dispute is the mountain's time."""

from __future__ import annotations

from datetime import date

from backend.domain import catalogue
from tests.office.kit import office_of


def test_na_ri_promises_forty_days_for_a_land_dispute(vault):
    procedure = office_of(vault).catalogue.get("hoa_giai_dat")
    assert catalogue.time_for(procedure, {}, date(2026, 11, 23)).value == 40
