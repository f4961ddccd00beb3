from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import twilio_codes, zalo_codes
from bot.channels.base import (
    MEANINGS,
    RANK,
    ChannelError,
    Receipt,
    advances,
    clean,
    e164,
    same_secret,
    tidy_id,
)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0912345678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("+84912345678", "+84912345678"),
        ("0084912345678", "+84912345678"),
        ("912345678", "+84912345678"),
        ("0912 345.678", "+84912345678"),
        ("(091)234-5678", "+84912345678"),
        ("02093870123", "+842093870123"),
        ("+15005550006", "+15005550006"),
        ("8088", None),
        ("VIETTEL", None),
        ("", None),
        ("٠٩١٢٣٤٥٦٧٨", None),
        ("+84912345678; DROP TABLE", None),
    ],
)
def test_it_reads_a_number_as_the_networks_write_it(written, number):
    assert e164(written) == number


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("xin cha\u0300o", "xin chào"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("dòng 1\r\ndòng 2\rdòng 3", "dòng 1\ndòng 2\ndòng 3"),
        ("nửa \ud83d cặp", "nửa  cặp"),
        ("👍", "👍"),
        ("", ""),
        ("'; DROP TABLE dossier; --<script>", "'; DROP TABLE dossier; --<script>"),
    ],
)
def test_it_keeps_what_was_written_and_drops_what_no_table_can_hold(sent, kept):
    assert clean(sent) == kept


@given(st.text(st.characters()))
def test_a_cleaned_text_is_clean_and_can_be_stored(text):
    assert clean(clean(text)) == clean(text)
    assert "\x00" not in clean(text)
    assert clean(text).encode().decode() == clean(text)


def test_a_long_id_becomes_a_short_one_that_stays_the_same():
    assert tidy_id("SM1") == "SM1"
    assert len(tidy_id("x" * 5000)) == 32
    assert tidy_id("x" * 5000) == tidy_id("x" * 5000) != tidy_id("x" * 5001)


def test_a_secret_nobody_has_set_matches_nothing():
    assert same_secret("mật", "mật")
    assert not same_secret("", "")
    assert not same_secret("a", "b")


@pytest.mark.parametrize("order", list(itertools.permutations(["accepted", "sent", "delivered"])))
def test_receipts_in_any_order_end_in_the_same_status(order):
    status = "unknown"
    for word in order:
        status = word if advances(status, word) else status
    assert status == "delivered"


def test_the_first_end_holds_and_only_being_seen_says_more():
    assert not advances("delivered", "failed")
    assert not advances("failed", "delivered")
    assert advances("failed", "seen")
    assert not any(advances(status, status) for status in RANK)


@pytest.mark.parametrize("codes", [twilio_codes.CODES, zalo_codes.CODES])
def test_every_code_has_the_providers_words_and_a_known_reason(codes):
    assert all(words and reason in MEANINGS for words, reason in codes.values())


def test_a_refusal_to_be_messaged_never_moves_to_another_channel():
    refused = ChannelError("refused", "21610")
    assert (refused.retry, refused.fallback, refused.stop_contact) == ("never", False, True)
    assert all(meaning.fallback for key, meaning in MEANINGS.items()
               if meaning.retry == "never" and key not in ("refused", "media_gone", "media_refused"))  # fmt: skip


def test_a_receipt_says_whether_another_try_would_help():
    assert Receipt("delivered", "x").permanent is None
    assert Receipt("failed", "x", failure=ChannelError("unreachable")).permanent is False
    assert Receipt("failed", "x", failure=ChannelError("bad_number")).permanent is True
