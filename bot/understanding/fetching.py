"""Fetches the promoted model from the app. Standard library only.

A model archive is code (CVE-2024-49375): what is loaded is the archive whose SHA-256 the app named, and no other.
"""

from __future__ import annotations

import hashlib
import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from model_files import ModelError

LARGEST = 64_000_000
"""Bytes of an archive; ours have 20 million."""
SECONDS = 20.0
_HASH = re.compile(r"[0-9a-f]{64}")


class Named(NamedTuple):
    """The model that shall serve: its SHA-256, and the fingerprint of the release it was made with."""

    sha256: str
    release: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token is for the app alone: whoever sends us elsewhere is not followed."""

    def redirect_request(self, *_):
        return None


class Source:
    """The app at `url`, an inner address, opened by `token`."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url.rstrip("/"), token
        # No proxy: the environment of a container may name one, and this never leaves the inner network.
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect).open

    def current(self) -> Named | None:
        """Return what the app names, None where the release's own model shall serve. Raises ModelError."""
        try:
            answer = json.loads(self._get("/internal/models/current", 10_000))
            sha256, release = answer["sha256"], answer["release"]
        except (ValueError, KeyError, TypeError):
            raise ModelError("the app's answer names no model") from None
        if sha256 is None:
            return None
        if not isinstance(sha256, str) or not _HASH.fullmatch(sha256):
            raise ModelError("the app's answer names no SHA-256")
        return Named(sha256, str(release))

    def fetch(self, sha256: str, folder: Path) -> Path:
        """Put the archive with this SHA-256 into `folder`, listed beside it as `model_files.checked` wants; returns its path.

        Raises ModelError for any other archive.
        """
        archive = folder / f"{sha256}.tar.gz"
        content = self._get(f"/internal/models/{sha256}", LARGEST)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ModelError(f"the app gave an archive that is not {sha256[:12]}: refused")
        archive.write_bytes(content)
        (folder / f"{sha256}.json").write_text(json.dumps({"sha256": sha256}) + "\n", "utf-8")
        return archive

    def _get(self, path: str, largest: int) -> bytes:
        request = urllib.request.Request(self._url + path, headers={"Authorization": f"Bearer {self._token}"})
        try:
            with self._open(request, timeout=SECONDS) as answer:
                content = answer.read(largest + 1)
        except urllib.error.HTTPError as error:
            raise ModelError(f"the app answered {error.code}") from None
        except (OSError, ValueError) as error:
            raise ModelError(f"no answer from the app: {type(error).__name__}") from None
        if len(content) > largest:
            raise ModelError(f"the app's answer is larger than {largest} bytes")
        return content
