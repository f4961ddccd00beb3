"""The processes of one side, and what they cost: CPU time and memory as the kernel counts them (/proc, Linux)."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx

_TICK = os.sysconf("SC_CLK_TCK")
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL": "ERROR"}


def quiet_environment() -> dict[str, str]:
    """Return the environment for a process of the understanding environment: none of the app's own Python settings."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    return {**kept, **QUIET}


class Processes(AbstractContextManager["Processes"]):
    """Child processes by name, each ended when the block ends."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen] = {}
        self._http = httpx.Client(timeout=60)

    def start(self, name: str, command: list, folder: Path, environment: dict[str, str]) -> subprocess.Popen:
        """Start one; its output is thrown away."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return self.add(name, subprocess.Popen(command, cwd=folder, env=environment, **quiet))

    def add(self, name: str, process: subprocess.Popen) -> subprocess.Popen:
        """Take over one that runs already."""
        self._running[name] = process
        return process

    def meter(self, *names: str) -> Callable[[], float]:
        """Return how to read the CPU seconds the named processes, with their children of this moment, have used so far."""
        pids = [pid for name in names for pid in _family(self._running[name].pid)]
        return lambda: sum(_cpu(pid) for pid in pids)

    def memory(self, name: str) -> float:
        """Return the resident megabytes of a process and its children."""
        return sum(_resident(pid) for pid in _family(self._running[name].pid)) / 1e6

    def answers(self, url: str, body: dict) -> bool:
        """Tell whether the server behind `url` answers a POST with a success."""
        try:
            return self._http.post(url, json=body).is_success
        except httpx.HTTPError:
            return False

    @staticmethod
    def free_port() -> int:
        """Return a port nobody uses now."""
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            return trial.getsockname()[1]

    def stop(self, name: str) -> None:
        """End one process."""
        process = self._running.pop(name)
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __exit__(self, *_: object) -> None:
        for name in list(self._running):
            self.stop(name)
        self._http.close()


def _family(pid: int) -> list[int]:
    """Return the process and all that descend from it; those that ended are left out."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents.setdefault(int(_fields(stat)[1]), []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found.extend(parents.get(each, []))
    return found


def _fields(stat: Path) -> list[str]:
    """The fields after the name, which may hold spaces: state, parent, ..."""
    return stat.read_text().rpartition(")")[2].split()


def _cpu(pid: int) -> float:
    """User and system seconds: the 14th and 15th field of /proc/<pid>/stat, in ticks."""
    user, system = _fields(Path(f"/proc/{pid}/stat"))[11:13]
    return (int(user) + int(system)) / _TICK


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
