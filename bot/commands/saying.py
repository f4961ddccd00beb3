"""How a command says that it cannot go on."""

from __future__ import annotations

import sys


def stop(line: str) -> int:
    """Say one clear line and return exit code 1."""
    print(f"mot-cua: {line}", file=sys.stderr)
    return 1
