"""Runs every test: what `./test` does once the environments stand. Arguments go to pytest.

Starts a PostgreSQL and a Valkey of its own, trains the model if there is none for the present data, finds a browser,
runs pytest with these in its environment, and leaves no process behind, however it ends.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scripts.browser import browser
from scripts.processes import adopt_orphans, end_all_children, run_guarded
from scripts.servers import ServerError, postgres, valkey

ROOT = Path(__file__).resolve().parent.parent
UNDERSTANDING = ROOT / "bot" / "understanding"
SMALL = {"shared_buffers": "16MB", "max_wal_size": "256MB"}


def main(arguments: list[str]) -> int:
    """Run the tests; returns pytest's exit code."""
    adopt_orphans()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _surroundings() as found:
            command = [sys.executable, "-m", "pytest", "-p", "scripts.pytest_noskip", *arguments]
            return run_guarded(command, {**os.environ, **found}, ROOT)
    except KeyboardInterrupt:
        return 130
    finally:
        end_all_children()


@contextmanager
def _surroundings() -> Iterator[dict[str, str]]:
    """Yield the variables that tell the tests where servers and browser are; what is missing stays unset."""
    _train()
    found = {}
    if program := os.environ.get("MOTCUA_TEST_BROWSER") or browser():
        found["MOTCUA_TEST_BROWSER"] = program
    with ExitStack() as servers:
        folder = Path(servers.enter_context(_temporary_folder()))
        try:
            found["MOTCUA_TEST_POSTGRES"] = servers.enter_context(postgres(folder / "postgres", settings=SMALL))
            found["MOTCUA_TEST_REDIS"] = servers.enter_context(valkey(folder / "valkey"))
        except ServerError as error:
            print(f"mot-cua: left out, the servers: {error}", file=sys.stderr)
        yield found


def _train() -> None:
    """Train the model of the present data unless it is there."""
    command = [UNDERSTANDING / ".venv/bin/python", "-E", "train.py"]
    if subprocess.run(command, cwd=UNDERSTANDING, stdout=sys.stderr, stdin=subprocess.DEVNULL).returncode != 0:
        raise SystemExit("mot-cua: the understanding model could not be trained; the lines above say why")


@contextmanager
def _temporary_folder() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="motcua-test-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
