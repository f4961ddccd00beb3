"""What /metrics shows of messages: counted in this process, by names only."""

from __future__ import annotations

from prometheus_client import Counter

SENDS = Counter(
    "motcua_sends", "Messages handed to a provider, by channel and outcome", ["channel", "outcome"]
)
"""Outcome: sent, later (tried again), failed, unknown (seen by a person, never resent by itself), dropped."""
RECEIPTS = Counter(
    "motcua_receipts", "What providers said became of a message, by channel and status", ["channel", "status"]
)
"""Status: accepted sent delivered seen failed expired unknown; repeats and stragglers are not counted."""
