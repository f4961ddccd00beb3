"""Rewrite the hashed locks: `python scripts/locks.py [--upgrade]`.

The app's three come from pyproject.toml, each holding the one before it at the same versions: the app
(requirements.txt), with its own PostgreSQL and Valkey (requirements-full.txt), with the tests' tools
(requirements-test.txt). The understanding's comes from bot/understanding/requirements.in. They name no address, so
that any mirror serves them; the hashes are those of the public packages.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = {
    "requirements.txt": [],
    "requirements-full.txt": ["--extra", "full"],
    "requirements-test.txt": ["--extra", "full", "--extra", "test"],
}
UNDERSTANDING = "bot/understanding/requirements"


def compile_lock(source: str, lock: str, oldest_python: str, *more: str) -> None:
    """Resolve `source` for every platform and every Python from `oldest_python` on into `lock`."""
    subprocess.run(
        ["uv", "--no-config", "pip", "compile", source, *more, "--universal", "--python-version", oldest_python,
         "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate", "--quiet",
         "--output-file", lock],
        cwd=ROOT, check=True, env=_without_mirrors(),
    )  # fmt: skip


def _without_mirrors() -> dict[str, str]:
    """A mirror may serve rebuilt wheels, whose hashes no other machine would accept."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_INDEX"))}


def main() -> None:
    upgrade = sys.argv[1:]
    same_versions: list[str] = []
    for lock, extras in APP.items():
        compile_lock("pyproject.toml", lock, "3.11", *extras, *(same_versions or upgrade))
        same_versions = ["--constraint", "requirements.txt"]
    compile_lock(f"{UNDERSTANDING}.in", f"{UNDERSTANDING}.txt", "3.10", *upgrade)


if __name__ == "__main__":
    main()
