"""Finds Pythons by running them, and uv by whichever way this machine has. Standard library only, Python 3.10."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from glob import glob
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".work"
OWN_PYTHONS = WORK / "python"
_VERSION_FOLDERS = (
    str(OWN_PYTHONS / "*/bin"),
    "~/.pyenv/versions/*/bin",
    "~/.local/share/uv/python/*/bin",
    "~/.local/share/mise/installs/python/*/bin",
    "~/.asdf/installs/python/*/bin",
)
# A home-built Python may lack the modules whose headers were missing; the app needs these.
_PROBE = "import ctypes, sqlite3, ssl, sys; print(*sys.version_info[:2])"


class Refusal(Exception):
    """The start is not possible; the text is one line saying what to do."""


def find_python(versions: list[str]) -> Path | None:
    """Return the first Python of `versions` ("3.13", best first) that starts and has the modules we need."""
    for version in versions:
        for program in _candidates(version):
            if version_of(program) == version:
                return program
    return None


def version_of(program: Path) -> str | None:
    """Run a Python and return "3.11", or None if it does not run or lacks a module."""
    try:
        done = subprocess.run([program, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ".".join(done.stdout.split()) if done.returncode == 0 else None


def _candidates(version: str) -> Iterator[Path]:
    names = (f"python{version}", "python3")
    managed = [folder for pattern in _VERSION_FOLDERS for folder in sorted(glob(os.path.expanduser(pattern)))]
    for folder in [*os.get_exec_path(), *managed]:
        for name in names:
            program = Path(folder, name)
            if program.is_file() and os.access(program, os.X_OK):
                yield program


def fetch_python(version: str, uv: Path) -> Path:
    """Have uv bring a Python into .work/python. Raises Refusal where no network gives one."""
    print(f"fetching Python {version} ...", file=sys.stderr, flush=True)
    places = {"UV_PYTHON_INSTALL_DIR": str(OWN_PYTHONS), "UV_PYTHON_INSTALL_BIN": "0"}
    subprocess.run([uv, "python", "install", version], env={**uv_environment(), **places}, stderr=subprocess.DEVNULL)
    found = find_python([version])
    if not found:
        raise Refusal(f"no Python {version} on this machine, and none could be fetched: install Python {version}, "
                      "or connect to the internet once, then start again")
    return found


def find_uv(lock: Path) -> Path:
    """Return a uv that starts: one that is here, or the one that `lock` names, put into .work. Raises Refusal."""
    here = [ROOT / ".venv/bin", WORK / "uv/bin", *os.get_exec_path(), *map(os.path.expanduser, ("~/.local/bin", "~/.cargo/bin"))]
    for folder in here:
        if _starts(Path(folder, "uv")):
            return Path(folder, "uv")
    complaint = ""
    for pip in _pips():
        complaint = _install_uv(pip, lock)
        if not complaint:
            return WORK / "uv/bin/uv"
    raise Refusal("no pip here could bring uv: install one (on Debian and Ubuntu: apt install python3-venv), or connect "
                  f"to the internet once, then start again ({complaint or 'this Python has neither pip nor venv'})")


def uv_environment() -> dict[str, str]:
    """Keep uv's cache in the clone where the user has no home to write in."""
    if os.access(os.path.expanduser("~"), os.W_OK):
        return dict(os.environ)
    return {**os.environ, "UV_CACHE_DIR": str(WORK / "cache")}


def _starts(program: Path) -> bool:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.match(r"uv (\d+)\.(\d+)", done.stdout)
    return done.returncode == 0 and bool(found) and tuple(map(int, found.groups())) >= (0, 5)


def _pips() -> Iterator[list[str]]:
    """The ways to a pip, the cheapest first; each is made only when the one before has failed."""
    yield [sys.executable, "-m", "pip"]
    helper = WORK / "pip"
    yield from _pip_of_a_venv(helper)
    if os.geteuid() == 0 and apt_install("python3-venv"):
        yield from _pip_of_a_venv(helper)


def _pip_of_a_venv(folder: Path) -> Iterator[list[str]]:
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", folder], capture_output=True)
    if done.returncode == 0:
        yield [str(folder / "bin/python"), "-m", "pip"]


def _install_uv(pip: list[str], lock: Path) -> str:
    """Install the uv of the lock, and nothing else, by its hash; returns the last complaint, empty if it worked."""
    entry = re.search(r"^uv==(?:.*\\\n)*.*", lock.read_text(), re.MULTILINE)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(entry.group())
        file.flush()
        done = subprocess.run(
            [*pip, "install", "--quiet", "--target", WORK / "uv", "--upgrade", "--no-deps", "--require-hashes", "-r", file.name],
            env={**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}, capture_output=True, text=True,
        )
    if done.returncode == 0:
        return "" if _starts(WORK / "uv/bin/uv") else "the uv that was fetched does not start"
    return (done.stderr.strip().splitlines() or ["pip failed"])[-1]


def apt_install(*packages: str) -> bool:
    """As root on Debian or Ubuntu: install packages; tells whether it worked."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, capture_output=True)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        return subprocess.run(command, env=quiet, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False
