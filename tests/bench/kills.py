"""kill -9 of app, worker and understanding server under 30 people: the long form of the journey test, and what it counted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PEOPLE = 30
_LINE = re.compile(
    r"(?P<kind>[a-z][^:\n]*): (?P<messages>\d+) messages, (?P<dossiers>\d+) dossiers, kills \{(?P<kills>[^}]*)\}, repeats (?P<repeats>\d+), unknown (?P<unknown>\d+)"
)


def measure(root: Path) -> dict:
    """Run the test for PEOPLE on both databases. Raises RuntimeError with pytest's last line when anything was lost."""
    command = [sys.executable, "-m", "scripts.suite", "tests/journeys/test_kill.py", "-q", "-s"]
    done = subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "MOTCUA_KILL_PHONES": str(PEOPLE)},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the kill test failed: {done.stdout.strip().splitlines()[-1]}")
    return {"people": PEOPLE, "runs": read(done.stdout)}


def read(printed: str) -> list[dict[str, str]]:
    """Return the runs of a printed test: kind, messages, dossiers, kills, repeats, unknown."""
    return [
        {**found.groupdict(), "kills": found["kills"].replace("'", "")} for found in _LINE.finditer(printed)
    ]
