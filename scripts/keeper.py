"""Keeps one server exactly as long as the program that started it.

    keeper.py FOLDER COMMAND...

Runs COMMAND, and stops it when standard input ends. The writing end of that pipe is held by the program that
wants the server, so even `kill -9` of that program stops the server in good order; FOLDER (sockets, secrets) is
removed afterwards. Standard library only: it starts in a few hundredths of a second.
"""

import ctypes
import shutil
import signal
import subprocess
import sys
import threading
import time

PATIENCE = 60  # seconds; PostgreSQL writes its last checkpoint after SIGINT
PR_SET_PDEATHSIG = 1


def stop_with_keeper() -> None:
    """Have the kernel stop the server should the keeper itself be killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def stop_at_end_of_input(server: subprocess.Popen) -> None:
    """Wait for the end of input, then ask the server to stop, and in the end make it."""
    sys.stdin.buffer.read(1)
    # SIGINT, for PostgreSQL takes SIGTERM as "wait until the last client has left".
    server.send_signal(signal.SIGINT)
    time.sleep(PATIENCE)
    server.kill()


def main() -> int:
    folder, *command = sys.argv[1:]
    for stray in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stray, signal.SIG_IGN)
    try:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, restore_signals=True, preexec_fn=_as_usual)
        threading.Thread(target=stop_at_end_of_input, args=[server], daemon=True).start()
        return server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_usual() -> None:
    """Undo the keeper's deafness, which the server would inherit."""
    for stray in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stray, signal.SIG_DFL)
    stop_with_keeper()


if __name__ == "__main__":
    sys.exit(main())
