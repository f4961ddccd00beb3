"""Which model serves: the one the app has promoted, or the release's own; looked at every few seconds, changed while serving."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import model_files
from fetching import Source

EVERY_SECONDS = 5.0
AGAIN_SECONDS = 60.0
"""After a model that could not be fetched or loaded: an archive is twenty megabytes, asking every time would cost more than it helps."""


class Follower:
    """Keeps `agent` what the app wants it to be. `load` makes an agent of an archive; `source` None = only the release's own."""

    def __init__(
        self,
        own: Path,
        release: str,
        source: Source | None,
        load: Callable[[Path], Any],
        say: Callable[[str], None],
    ) -> None:
        self._own, self._release, self._source, self._load, self._say = own, release, source, load, say
        self._refused: dict[str, float] = {}
        self._complaint = ""
        self.agent: Any = None
        self.serving: str | None = None
        """SHA-256 of the promoted model that serves; None = the release's own."""

    @property
    def follows(self) -> bool:
        """Whether there is an app to ask."""
        return self._source is not None

    def begin(self) -> None:
        """Load what shall serve, with the release's own model where the app does not answer."""
        self.look()
        if self.agent is None:
            self.agent = self._load(self._own)

    def look(self) -> bool:
        """Change the agent if another model shall serve; tells whether it did. Whatever goes wrong, the present one serves on."""
        first = self.agent is None
        try:
            wanted = self._wanted()
            if not first and wanted == self.serving:
                return False
            self.agent = self._load(self._own) if wanted is None else self._promoted(wanted)
        except Exception as error:  # a broken archive, a full disk: no reason to stop answering
            self._complain(str(error) if isinstance(error, model_files.ModelError) else type(error).__name__)
            return False
        self.serving, self._complaint = wanted, ""
        if wanted or not first:
            self._say(f"now serving {'the own model of the release' if wanted is None else wanted[:12]}")
        return True

    def _complain(self, reason: str) -> None:
        """Say once why the model stays: an app that is away for an hour is no reason for a thousand lines."""
        if reason != self._complaint:
            self._complaint = reason
            self._say(f"model stays as it is: {reason}")

    def _wanted(self) -> str | None:
        named = self._source.current() if self._source else None
        if named is None or named.release != self._release:
            return None
        return self.serving if time.monotonic() < self._refused.get(named.sha256, 0.0) else named.sha256

    def _promoted(self, sha256: str) -> Any:
        try:
            with tempfile.TemporaryDirectory(prefix="motcua-model-") as folder:
                return self._load(model_files.checked(self._source.fetch(sha256, Path(folder))))
        except Exception:
            self._refused[sha256] = time.monotonic() + AGAIN_SECONDS
            raise


def source(url: str, token: str) -> Source | None:
    """Return where promoted models come from; None without an address."""
    return Source(url, token) if url else None


def tell(line: str) -> None:
    """One line into the log."""
    print(f"understanding server: {line}", file=sys.stderr, flush=True)
