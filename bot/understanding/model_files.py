"""Which model belongs to the present data and code, and whether an archive is the one that was listed.

Standard library only, so that `./run` and the app can ask without Rasa.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Iterator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODELS = HERE / "models"
_INPUTS = (
    "nlu_data/train/**/*.yml", "nlu_data/lookups/*.yml", "nlu_data/noise/*.tsv",
    "bot/understanding/config.yml", "bot/understanding/domain.yml", "bot/understanding/requirements.txt",
    "bot/understanding/components/*.py", "bot/text.py", "bot/spelling/*", "backend/domain/letters.py",
)  # fmt: skip


class ModelError(Exception):
    """A model is missing or is not the one that was listed; the text says what to do."""


def fingerprint(root: Path = ROOT) -> str:
    """Return the name of the model that the files under `root` make: 16 hex digits of their SHA-256."""
    digest = hashlib.sha256()
    for path in _inputs(root):
        digest.update(f"{path.relative_to(root).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        digest = hashlib.sha256()
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def is_ready(archive: Path) -> bool:
    """Tell whether `archive` exists and is the listed one."""
    try:
        return bool(checked(archive))
    except ModelError:
        return False


def checked(archive: Path) -> Path:
    """Return `archive`; a model archive is code (CVE-2024-49375), so any other than the listed one is refused.

    Raises ModelError where the archive or its list entry (`<name>.json` beside it) is missing, or the hash differs.
    """
    listing = archive.with_name(archive.name.removesuffix(".tar.gz") + ".json")
    if not archive.is_file() or not listing.is_file():
        raise ModelError(f"no trained model {archive.name} with its list entry {listing.name}: run train.py first")
    if json.loads(listing.read_text("utf-8")).get("sha256") != sha256(archive):
        raise ModelError(f"model {archive.name} is not the one listed in {listing.name}: delete both and train again")
    return archive


def present(root: Path = ROOT) -> Path:
    """Return the path of the model that belongs to the present files, whether it exists or not."""
    return MODELS / f"{fingerprint(root)}.tar.gz"


def _inputs(root: Path) -> Iterator[Path]:
    for pattern in _INPUTS:
        yield from sorted(p for p in root.glob(pattern) if p.is_file())
