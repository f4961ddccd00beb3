"""Personal data is sealed to its row; an index finds without reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.store.vault import SealBroken, Vault

VAULT = Vault("one secret, thirty-two characters long")
OTHER = Vault("another secret, also thirty-two chars")


@given(st.text(max_size=300))
def test_what_is_sealed_opens_in_its_own_row_only(text):
    blob = VAULT.seal(text, "person.facts:1")
    assert VAULT.open(blob, "person.facts:1") == text
    with pytest.raises(SealBroken):
        VAULT.open(blob, "person.facts:2")


@pytest.mark.parametrize("place", [5, 13, -1])
def test_one_changed_byte_is_seen(place):
    blob = bytearray(VAULT.seal("Nông Thị Mai", "person.facts:1"))
    blob[place] ^= 1
    with pytest.raises(SealBroken):
        VAULT.open(bytes(blob), "person.facts:1")


def test_another_secret_opens_nothing_and_indexes_otherwise():
    blob = VAULT.seal("x", "a")
    with pytest.raises(SealBroken):
        OTHER.open(blob, "a")
    assert VAULT.index("phone", "+84981110077") != OTHER.index("phone", "+84981110077")


def test_the_same_value_has_another_index_in_another_kind():
    assert VAULT.index("phone", "1234") != VAULT.index("citizen_id", "1234")
    assert VAULT.index("phone", "1234") == VAULT.index("phone", "1234")


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="at least 32"):
        Vault("short")
