"""The locks: every package by its hash, no address, and nothing missing that the project asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
APP = ["requirements.txt", "requirements-full.txt", "requirements-test.txt"]
ALL = [*APP, "bot/understanding/requirements.txt"]
PINNED = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(\[[\w,-]+\])?==(?P<version>\S+)( ;[^\\]+)?( --hash=sha256:[0-9a-f]{64})+"
)


def entries(lock: str) -> list[str]:
    """Return the lock's requirements, each on one line, without comments."""
    lines = [line for line in (ROOT / lock).read_text().splitlines() if line and not line.lstrip().startswith("#")]
    return [re.sub(r"\s+", " ", entry) for entry in "\n".join(lines).replace("\\\n", " ").splitlines()]


def pinned(lock: str) -> dict[str, set[str]]:
    """Return name -> versions; more than one where they differ by Python."""
    found: dict[str, set[str]] = {}
    for entry in entries(lock):
        match = PINNED.fullmatch(entry)
        found.setdefault(canonicalize_name(match["name"]), set()).add(match["version"])
    return found


def asked_for() -> dict[str, list[Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    base = project["dependencies"]
    return {
        "requirements.txt": [Requirement(line) for line in base],
        "requirements-full.txt": [Requirement(line) for line in [*base, *extras["full"]]],
        "requirements-test.txt": [Requirement(line) for line in [*base, *extras["full"], *extras["test"]]],
    }


@pytest.mark.parametrize("lock", ALL)
def test_every_entry_is_a_version_with_its_hashes_and_nothing_else(lock):
    assert [entry for entry in entries(lock) if not PINNED.fullmatch(entry)] == []
    assert len(entries(lock)) > 50


@pytest.mark.parametrize("lock", ALL)
def test_a_lock_names_no_address(lock):
    assert re.findall(r"https?:|file:|^\s*-", (ROOT / lock).read_text().replace("    --hash=", ""), re.MULTILINE) == []


@pytest.mark.parametrize("lock", APP)
def test_a_lock_holds_what_the_project_asks_for(lock):
    have = pinned(lock)
    wrong = [
        str(wanted)
        for wanted in asked_for()[lock]
        if not all(wanted.specifier.contains(version) for version in have.get(canonicalize_name(wanted.name), {"0"}))
    ]
    assert wrong == []


@pytest.mark.parametrize("smaller, larger", list(zip(APP, APP[1:], strict=False)))
def test_a_larger_lock_repeats_the_smaller_at_the_same_versions(smaller, larger):
    assert set(entries(smaller)) <= set(entries(larger))


def test_the_understanding_lock_holds_the_rasa_of_its_source():
    source = (ROOT / "bot/understanding/requirements.in").read_text().splitlines()
    wanted = [Requirement(line) for line in source if line and not line.startswith("#")]
    have = pinned("bot/understanding/requirements.txt")
    assert [str(w) for w in wanted if not any(w.specifier.contains(v) for v in have[canonicalize_name(w.name)])] == []
    assert have["rasa"] == {"3.6.21"}
