"""Sealing personal data: AES-GCM with a key id, and blind indexes to find without reading.

The associated data names table, column and row, so a blob moved to another row does not open.
Price: about 4 µs a value.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_ID = 1
_NONCE = 12


class SealBroken(Exception):
    """A sealed value does not open: another SECRET_KEY, another row, or a changed byte."""


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


class Vault:
    """Seals and opens values under the installation's SECRET_KEY (at least 32 characters)."""

    def __init__(self, secret: str):
        if len(secret) < 32:
            raise ValueError("SECRET_KEY needs at least 32 characters")
        self._aead = AESGCM(_derive(secret, b"mot-cua seal 1"))
        self._index_key = _derive(secret, b"mot-cua index 1")
        self._mac_key = _derive(secret, b"mot-cua mac 1")

    def seal(self, value: bytes | str, where: str) -> bytes:
        """Return key id (1 byte) + nonce (12) + ciphertext. `where` = "table.column:row id"."""
        data = value.encode() if isinstance(value, str) else value
        nonce = os.urandom(_NONCE)
        return bytes([_KEY_ID]) + nonce + self._aead.encrypt(nonce, data, where.encode())

    def open_bytes(self, blob: bytes, where: str) -> bytes:
        """Return what was sealed for `where`. Raises SealBroken."""
        try:
            return self._aead.decrypt(blob[1 : 1 + _NONCE], blob[1 + _NONCE :], where.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"{where} does not open; is SECRET_KEY the one it was written with?") from error

    def open(self, blob: bytes, where: str) -> str:
        """Return the sealed text. Raises SealBroken."""
        return self.open_bytes(blob, where).decode()

    def seal_json(self, value: Any, where: str) -> bytes:
        """Seal a JSON value."""
        return self.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")), where)

    def open_json(self, blob: bytes, where: str) -> Any:
        """Open a JSON value. Raises SealBroken."""
        return json.loads(self.open_bytes(blob, where))

    def index(self, kind: str, value: str) -> str:
        """Return the blind index (32 hex characters) of an already normalised value of a kind ("phone", "word" …)."""
        return hmac.new(self._index_key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]

    def mac(self, purpose: str, value: str) -> str:
        """Return a keyed digest (64 hex) for tokens and cache keys."""
        return hmac.new(self._mac_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()
