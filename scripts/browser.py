"""Finds a Chromium for the browser tests by running it, or fetches one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from scripts.interpreters import apt_install

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def browser() -> str | None:
    """Return the path of a browser that starts, fetched if need be, or None where none can be had."""
    return _here() or _from_debian() or _from_playwright()


def _here() -> str | None:
    return next((program for program in _candidates() if program and _starts(program)), None)


def _candidates() -> Iterator[str | None]:
    yield from map(shutil.which, NAMES)
    yield _playwrights_own()


def _from_debian() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("fetching a browser for the tests (apt install chromium) ...", file=sys.stderr, flush=True)
    # Without a font that has the Vietnamese letters, screenshots show boxes.
    return _here() if apt_install("chromium", "fonts-dejavu-core") else None


def _from_playwright() -> str | None:
    print("fetching a browser for the tests (playwright install chromium) ...", file=sys.stderr, flush=True)
    with_libraries = ["--with-deps"] if os.geteuid() == 0 else []
    command = [sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"]
    subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    return _here()


def _playwrights_own() -> str | None:
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as it: print(it.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True)
    return done.stdout.strip() or None


def _starts(program: str) -> bool:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "Chrom" in done.stdout
