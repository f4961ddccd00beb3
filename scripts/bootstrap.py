"""Makes the two environments from their locks and goes on in the app's: `bootstrap.py run|test ARGUMENTS`.

Standard library only, Python 3.10 or newer. A second start finds the locks' hashes in the environments, touches
neither network nor disk, and goes straight on.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interpreters import ROOT, WORK, Refusal, fetch_python, find_python, find_uv, uv_environment, version_of

APP_LOCKS = ["requirements.txt", "requirements-full.txt", "requirements-test.txt"]  # each holds the one before


@dataclass(frozen=True)
class Environment:
    """A virtual environment: where, with which Pythons (best first), and the locks it shall hold."""

    folder: Path
    versions: list[str]
    locks: list[Path]

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def _stamp(self) -> Path:
        return self.folder / "installed-locks"

    def usable(self) -> bool:
        """Tell whether its Python still starts; the one it was made from may have gone."""
        return version_of(self.python) in self.versions

    def complete(self) -> bool:
        """Tell whether the last lock, or one that holds it, was installed as it is today."""
        try:
            installed = self._stamp.read_text().split()
        except OSError:
            return False
        return self.usable() and _hash(self.locks[-1]) in installed

    def create(self, uv: Path) -> None:
        """Make the empty environment, unless it stands. Raises Refusal where there is no Python for it."""
        if self.usable():
            return
        base = find_python(self.versions) or fetch_python(self.versions[0], uv)
        _say(f"making {self.folder.relative_to(ROOT)} with {base} ...")
        _uv(uv, "venv", "--quiet", "--clear", "--no-project", "--python", base, self.folder)

    def install(self, uv: Path) -> None:
        """Make its packages what its last lock says, none more or less. Raises Refusal."""
        _say(f"installing {self.locks[-1].relative_to(ROOT)} into {self.folder.relative_to(ROOT)} ...")
        self._stamp.unlink(missing_ok=True)
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        # Compiled here, not at the first start, which would be slow, and for users who may read but not write it.
        settings = ["--compile-bytecode", "--require-hashes", "--python", self.python]
        _uv(uv, "pip", "sync", *quiet, *settings, self.locks[-1])
        self._stamp.write_text("\n".join(map(_hash, self.locks)) + "\n")


def environments(last_app_lock: str) -> list[Environment]:
    """The app's environment up to a lock, and the understanding's, which needs the older Python of Rasa."""
    app = APP_LOCKS[: APP_LOCKS.index(last_app_lock) + 1]
    rasa = ROOT / "bot" / "understanding"
    return [
        Environment(ROOT / ".venv", ["3.13", "3.12", "3.11"], [ROOT / name for name in app]),
        Environment(rasa / ".venv", ["3.10"], [rasa / "requirements.txt"]),
    ]


def prepare(last_app_lock: str) -> None:
    """Make what is not complete; several starts at once wait for one another. Raises Refusal."""
    wanted = environments(last_app_lock)
    if all(environment.complete() for environment in wanted):
        return
    with _alone():
        missing = [environment for environment in wanted if not environment.complete()]
        uv = find_uv(ROOT / APP_LOCKS[0])
        for environment in missing:  # all of them first: a missing Python is told before anything is fetched
            environment.create(uv)
        for environment in missing:
            environment.install(uv)


@contextmanager
def _alone() -> Iterator[None]:
    try:
        WORK.mkdir(exist_ok=True)
        turn = (WORK / "bootstrap.lock").open("w")
    except OSError as error:
        raise Refusal(f"cannot write in {ROOT} ({error.strerror}): a first start makes its environments there; "
                      "copy the folder to a place you may write in") from error
    with turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _uv(uv: Path, *arguments: object) -> None:
    done = subprocess.run([uv, *map(str, arguments)], cwd=ROOT, env=uv_environment(), stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Refusal("the environment could not be made; the lines above say why (a first start needs the network "
                      "and about 4 GB of disk)")


def _hash(lock: Path) -> str:
    try:
        return hashlib.sha256(lock.read_bytes()).hexdigest()
    except OSError as error:
        raise Refusal(f"the lock {lock} cannot be read ({error.strerror}): is the clone whole?") from error


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Prepare, then become the app (run) or the test run (test)."""
    what, *arguments = sys.argv[1:]
    if what == "test":
        lock, program = APP_LOCKS[-1], ["-m", "scripts.suite"]
    else:
        lock, program = APP_LOCKS["--full" in arguments], ["main.py", "serve"]
    try:
        prepare(lock)
    except Refusal as refusal:
        sys.exit(f"mot-cua: {refusal}")
    except KeyboardInterrupt:
        sys.exit(130)
    os.chdir(ROOT)
    # Where a machine forbids bytecode, every start compiles anew: the first page comes after 6 s instead of 2.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    python = str(ROOT / ".venv/bin/python")
    os.execv(python, [python, *program, *arguments])


if __name__ == "__main__":
    main()
