"""Starts a program and sees that neither it nor anything it started outlives us. Linux only."""

import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
GRACE = 5.0  # seconds between asking and making
_FROM_THE_KERNEL = 128  # si_code of a Ctrl-C: the terminal has told the child as well


def adopt_orphans() -> None:
    """Become the parent of every descendant that loses its own, so that none can hide from end_all_children()."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def run_guarded(command: list[str], environment: dict[str, str], folder: Path) -> int:
    """Run a program to its end and return its exit code; a request to stop is passed on as an interrupt.

    The program stays in our process group, so that it may read the terminal (a debugger does).
    """
    waited_for = STOP_SIGNALS | {signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)
    try:
        child = subprocess.Popen(command, env=environment, cwd=folder, preexec_fn=lambda: _as_guarded(waited_for))
        while child.poll() is None:
            told = signal.sigwaitinfo(waited_for)
            if told.si_signo in STOP_SIGNALS and told.si_code != _FROM_THE_KERNEL:
                child.send_signal(signal.SIGINT)
        return child.returncode if child.returncode >= 0 else 128 - child.returncode
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, waited_for)


def _as_guarded(blocked: set[int]) -> None:
    # A shell starts its background jobs deaf to interrupts, and a program inherits that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, blocked)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def end_all_children() -> None:
    """Ask every descendant to stop, and after some seconds make it."""
    deadline = time.monotonic() + GRACE
    while children := _children():
        for child in children:
            _send(child, signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
        time.sleep(0.05)
        _reap()


def _children() -> list[int]:
    mine = str(os.getpid())
    return [int(stat.parent.name) for stat in Path("/proc").glob("[0-9]*/stat") if _parent(stat) == mine]


def _parent(stat: Path) -> str | None:
    try:
        return stat.read_text().rpartition(")")[2].split()[1]
    except (OSError, IndexError):
        return None


def _send(pid: int, what: int) -> None:
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        pass


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
