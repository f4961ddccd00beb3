"""Trains and starts the understanding server, which lives in its own environment and process."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import httpx

from bot.nlu import NluClient, NluDown
from bot.nlu_evaluate import evaluate as evaluate_file
from bot.nlu_evaluate import read_lines

START_SECONDS = 90.0
_POLL_SECONDS = 0.2


class NluServerError(ValueError):
    """The server cannot be made or started; the text says what to do."""


def python(root: Path) -> Path:
    """Return the Python of the understanding environment; raises NluServerError where `./run` has not made it."""
    found = root / "bot" / "understanding" / ".venv" / "bin" / "python"
    if not found.exists():
        raise NluServerError("the understanding environment bot/understanding/.venv is missing: ./run makes it")
    return found


def train(root: Path, progress: TextIO | None = None, options: tuple[object, ...] = ()) -> int:
    """Train the model of the present data and code unless it is there; returns the exit code.

    Progress goes to `progress`, by default to standard output. `options` of `train.py` make a candidate instead.
    """
    command = [python(root), "train.py", *map(str, options)]
    return subprocess.run(command, cwd=_folder(root), env=_environment(), stdout=progress, check=False).returncode


def own_model(root: Path) -> Path:
    """Return the archive of the present data and code, whether it exists or not. Raises NluServerError."""
    command = [python(root), "-c", "import model_files; print(model_files.present())"]
    asked = subprocess.run(command, cwd=_folder(root), env=_environment(), capture_output=True, text=True, check=False)
    if asked.returncode:
        raise NluServerError("the understanding environment does not start: ./run makes it anew")
    return Path(asked.stdout.strip())


def start(
    root: Path, host: str, port: int, token: str, *, model: Path | None = None, app_url: str = "", **streams: Any
) -> subprocess.Popen:
    """Start the server with `model`, or that of the present data and code, or what the app at `app_url` has promoted.

    It says in one line why it ends, if it ends.
    """
    command = [python(root), "serve.py", "--host", host, "--port", str(port), *(["--model", str(model)] if model else [])]
    environment = {**_environment(), "NLU_TOKEN": token, "MODEL_URL": app_url}
    return subprocess.Popen(command, cwd=_folder(root), env=environment, **streams)


@contextmanager
def client(root: Path, url: str | None, token: str | None, model: Path | None = None) -> Iterator[NluClient]:
    """Give a client of the server at `url`, or of one that is started (with `model`, or a model trained if need be) and stopped afterwards."""
    with httpx.Client() as http:
        if url:
            yield NluClient(url, token or "", http)
            return
        if model is None and train(root, sys.stderr) != 0:
            raise NluServerError("the understanding model could not be trained; the lines above say why")
        port, secret = _free_port(), secrets.token_urlsafe(24)
        process = start(root, "127.0.0.1", port, secret, model=model, stdout=sys.stderr)
        try:
            asking = NluClient(f"http://127.0.0.1:{port}", secret, http)
            _wait(process, asking)
            yield asking
        finally:
            process.terminate()
            process.wait(timeout=20)


def evaluate(root: Path, settings: Any, path: Path) -> dict[str, Any]:
    """Measure `path` with the server of `settings.NLU_URL`, or with one started for it; never the degraded search.

    The file is read before anything is started, so that a mistake in it is told at once.
    """
    read_lines(path)
    with client(root, settings.NLU_URL, settings.NLU_TOKEN) as asking:
        try:
            return evaluate_file(path, asking.parse)
        except NluDown as error:
            raise NluServerError(str(error)) from None


def _wait(process: subprocess.Popen, asking: NluClient) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not asking.is_ready():
        if process.poll() is not None:
            raise NluServerError("the understanding server ended at its start; the line above says why")
        if time.monotonic() > deadline:
            raise NluServerError(f"the understanding server was not ready within {START_SECONDS:.0f} seconds")
        time.sleep(_POLL_SECONDS)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def _folder(root: Path) -> Path:
    return root / "bot" / "understanding"


def _environment() -> dict[str, str]:
    """Keep the app's own Python settings out of the other environment."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    return {**kept, "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"}
