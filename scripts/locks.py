"""Rewrite the hashed locks from pyproject.toml: `python scripts/locks.py [--upgrade]`.

Three files, each holding the one before it at the same versions: the app (requirements.txt), the app with its
own PostgreSQL and Valkey (requirements-full.txt), and all of that with the tests' tools (requirements-test.txt).
They name no address, so that any mirror serves them; the hashes are those of the public packages.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements.txt": [],
    "requirements-full.txt": ["--extra", "full"],
    "requirements-test.txt": ["--extra", "full", "--extra", "test"],
}


def compile_lock(name: str, extras: list[str], base: str | None, more: list[str]) -> None:
    """Resolve one lock for Python 3.11 to 3.13; `base` is the lock whose versions it must repeat."""
    same_versions = ["--constraint", base] if base else more
    subprocess.run(
        ["uv", "--no-config", "pip", "compile", "pyproject.toml", *extras, *same_versions,
         "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
         "--no-emit-find-links", "--no-header", "--no-annotate", "--quiet", "--output-file", name],
        cwd=ROOT, check=True, env=_without_mirrors(),
    )


def _without_mirrors() -> dict[str, str]:
    """A mirror may serve rebuilt wheels, whose hashes no other machine would accept."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_INDEX"))}


def main() -> None:
    base = None
    for name, extras in LOCKS.items():
        compile_lock(name, extras, base, sys.argv[1:])
        base = base or name


if __name__ == "__main__":
    main()
