"""The one clock. It is passed in, never imported by a rule; only the demo may move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def local(moment: datetime) -> datetime:
    """Return `moment` as Việt Nam time: the only conversion, used where people read."""
    return moment.astimezone(VIETNAM)


class Clock:
    """Tells UTC. `shift` exists for the demo's door "move the clock" and for tests."""

    def __init__(self) -> None:
        self._shift = timedelta(0)

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC) + self._shift

    def shift(self, by: timedelta) -> None:
        """Move the clock by `by`, from now on."""
        self._shift += by
