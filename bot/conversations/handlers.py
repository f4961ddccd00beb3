"""Which function does which kind of job."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from backend.office.jobs import Claim
from bot.conversations import chores, deliver, photos, reply, settle, tell
from bot.conversations.kit import Bot


def handlers(bot: Bot) -> dict[str, Callable[[Claim], None]]:
    """Return kind -> handler for the worker."""
    by_kind = {
        "turn": reply.turn,
        "fetch": photos.fetch,
        "send": deliver.send,
        "settle": settle.again,
        "notice": tell.notice,
        "duty": tell.on_duty,
        "periodic": chores.chores,
    }
    return {kind: partial(function, bot) for kind, function in by_kind.items()}
