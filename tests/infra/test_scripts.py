"""./run and ./test around the edges: broken Pythons, folders with spaces, refusals in one line, nobody left behind."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.txt", "requirements-full.txt", "requirements-test.txt", "bot/understanding/requirements.txt"]
BROKEN = "#!/bin/sh\necho 'pyenv: python3 is not set' >&2\nexit 127\n"


def write(path: Path, text: str, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture
def clone(tmp_path) -> Path:
    """The two commands and their helpers in a folder with a space, with tiny locks and a program that says its arguments."""
    folder = tmp_path / "một cửa"
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for command in ("run", "test"):
        shutil.copy2(ROOT / command, folder / command)
    for lock in LOCKS:
        write(folder / lock, f"# {lock}\n", 0o644)
    write(folder / "main.py", "import sys; print(sys.argv[1:])", 0o644)
    return folder


def prepared(clone: Path, *app_locks: str) -> Path:
    """Give a clone environments that look finished, so that nothing has to be fetched."""
    write(clone / ".venv/bin/python", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    write(clone / "bot/understanding/.venv/bin/python", "#!/bin/sh\necho 3 10\n")
    for folder, locks in {".venv": app_locks, "bot/understanding/.venv": LOCKS[-1:]}.items():
        hashes = [hashlib.sha256((clone / lock).read_bytes()).hexdigest() for lock in locks]
        write(clone / folder / "installed-locks", "\n".join(hashes), 0o644)
    return clone


def started(command: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    kept = {"PATH": os.environ["PATH"], "HOME": str(command.parent / "nobody's home")}
    return subprocess.run([command, *arguments], env={**kept, **environment}, cwd="/", capture_output=True, text=True)


def test_a_second_start_goes_straight_on(clone):
    done = started(prepared(clone, "requirements.txt") / "run", "--full name", "x")
    assert (done.returncode, done.stdout, done.stderr) == (0, "['serve', '--full name', 'x']\n", "")


@pytest.mark.parametrize("installed, enough", [(LOCKS[:1], False), (LOCKS[:2], True), (LOCKS[:3], True)])
def test_full_wants_the_larger_lock_and_takes_the_largest(clone, installed, enough):
    prepared(clone, *installed)
    asked = subprocess.run(
        [sys.executable, "-c", "import bootstrap; print(bootstrap.environments('requirements-full.txt')[0].complete())"],
        env={"PYTHONPATH": str(clone / "scripts")}, capture_output=True, text=True, check=True,
    )
    assert asked.stdout == f"{enough}\n"


def test_an_environment_whose_python_is_gone_is_not_complete(clone):
    prepared(clone, "requirements.txt")
    write(clone / ".venv/bin/python", BROKEN)
    write(clone / ".work", "no folder", 0o644)
    done = started(clone / "run")
    assert done.returncode == 1
    assert "cannot write in" in done.stderr


def test_a_folder_nobody_may_write_in_is_told_in_one_line(clone):
    write(clone / ".work", "a file where the folder must stand", 0o644)
    done = started(clone / "run")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "copy the folder to a place you may write in" in done.stderr


def test_a_clone_without_its_locks_is_told_in_one_line(clone):
    (prepared(clone, "requirements.txt") / "requirements.txt").unlink()
    done = started(clone / "run")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "is the clone whole?" in done.stderr


def test_a_shim_that_does_not_run_is_passed_over(clone, tmp_path):
    write(tmp_path / "shims/python3", BROKEN)
    path = f"{tmp_path / 'shims'}:{Path(sys.executable).parent}:/usr/bin:/bin"
    done = started(prepared(clone, "requirements.txt") / "run", PATH=path)
    assert (done.returncode, done.stdout) == (0, "['serve']\n")


def test_no_python_at_all_is_told_in_one_line(clone, tmp_path):
    write(tmp_path / "shims/python3", BROKEN)
    for tool in ("bash", "dirname", "env"):
        (tmp_path / "shims" / tool).symlink_to(shutil.which(tool))
    done = started(clone / "run", PATH=str(tmp_path / "shims"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "install python3" in done.stderr


FIND = "import interpreters as i; print(i.find_python(['3.10', '3.11']))"


def test_a_python_is_found_by_running_it_and_only_with_the_modules_it_needs(clone, tmp_path):
    write(tmp_path / "a/python3.10", BROKEN)
    write(tmp_path / "b/python3.10", "#!/bin/sh\necho 'No module named sqlite3' >&2; exit 1\n")
    write(tmp_path / "c/python3.10", "#!/bin/sh\necho 3 9\n")
    good = write(tmp_path / "d/python3", "#!/bin/sh\necho 3 10\n")
    path = ":".join(str(tmp_path / name) for name in "abcd")
    environment = {"PYTHONPATH": str(clone / "scripts"), "PATH": path, "HOME": "/nonexistent"}
    found = subprocess.run([sys.executable, "-c", FIND], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout == f"{good}\n"


FETCH = """
import interpreters as i
try:
    i.fetch_python("3.99", i.Path("{uv}"))
except i.Refusal as refusal:
    print(refusal)
"""


def test_a_python_that_cannot_be_fetched_is_told_in_one_line(clone, tmp_path):
    uv = write(tmp_path / "uv", "#!/bin/sh\necho 'error: no network' >&2\nexit 2\n")
    environment = {"PYTHONPATH": str(clone / "scripts"), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", FETCH.format(uv=uv)], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.startswith("no Python 3.99 on this machine, and none could be fetched: install Python 3.99")
    assert said.stdout.count("\n") == 1


SKIPS = """
import pytest
def test_left_out():
    pytest.skip("no moon")
@pytest.mark.xfail
def test_known():
    assert False
def test_done():
    pass
"""


@pytest.mark.parametrize(
    "ci, code, closing", [("", 0, "1 passed, 1 skipped, 1 xfailed"), ("true", 1, "1 failed, 1 passed, 1 xfailed")]
)
def test_what_is_left_out_is_named_and_fails_under_ci(tmp_path, ci, code, closing):
    write(tmp_path / "test_it.py", SKIPS, 0o644)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "scripts.pytest_noskip", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path],
        cwd=ROOT, env={**os.environ, "CI": ci}, capture_output=True, text=True,
    )
    assert done.returncode == code
    assert closing in done.stdout.splitlines()[-1]
    assert "1 × no moon" in done.stdout


def test_a_file_left_out_as_a_whole_counts_too(tmp_path):
    write(tmp_path / "test_it.py", "import pytest\npytest.importorskip('no_such_module')\n", 0o644)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "scripts.pytest_noskip", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path],
        cwd=ROOT, env={**os.environ, "CI": "true"}, capture_output=True, text=True,
    )
    assert done.returncode != 0
    assert "no_such_module" in done.stdout


GUARD = """
import os, sys
from pathlib import Path
from scripts.processes import adopt_orphans, end_all_children, run_guarded
adopt_orphans()
code = run_guarded([sys.executable, "-c", sys.argv[1]], dict(os.environ), Path("."))
end_all_children()
print(f"code {code}", flush=True)
"""
LEAVES_A_CHILD = "import subprocess as s; print(s.Popen(['sleep', '300'], start_new_session=True).pid, flush=True)"


def guarded(program: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", GUARD, program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def exists(pid: str) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_child_that_hid_in_a_session_of_its_own_is_ended_too():
    with guarded(LEAVES_A_CHILD) as run:
        pid = run.stdout.readline().strip()
        assert run.stdout.read() == "code 0\n"
    assert not exists(pid)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_request_to_stop_is_passed_on_as_an_interrupt(how):
    with guarded(f"{LEAVES_A_CHILD}\ntry:\n  import time; time.sleep(60)\nexcept KeyboardInterrupt:\n  raise SystemExit(7)") as run:
        pid = run.stdout.readline().strip()
        time.sleep(0.2)
        run.send_signal(how)
        assert run.stdout.read() == "code 7\n"
    assert not exists(pid)


def test_ci_runs_the_whole_suite_and_allows_no_skip():
    text = (ROOT / ".ci/run").read_text()
    assert "export CI=true" in text
    assert os.access(ROOT / ".ci/run", os.X_OK) and os.access(ROOT / "run", os.X_OK) and os.access(ROOT / "test", os.X_OK)
