"""The servers of `./run --full`: data outlive a kill, and no process outlives its user."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from scripts.servers import ServerError, postgres, valkey

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"shared_buffers": "16MB"}
pytestmark = pytest.mark.servers


def connected(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended but was not asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: list[int], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(alive, pids))


def postmaster(data: Path) -> int:
    return int((data / "cluster" / "postmaster.pid").read_text().split()[0])


def test_postgres_keeps_what_was_written_when_it_is_killed(tmp_path):
    data = tmp_path / "a folder" / "postgres"
    with postgres(data, settings=SMALL) as url:
        with connected(url) as connection:
            connection.execute("CREATE TABLE word (it text)")
            connection.execute("INSERT INTO word VALUES ('Đặng Thị Mùi')")
            pid = postmaster(data)
        os.kill(pid, signal.SIGKILL)
        assert gone([pid])
    with postgres(data, settings=SMALL) as url, connected(url) as connection:
        assert connection.execute("SELECT it, lower(it) FROM word").fetchall() == [("Đặng Thị Mùi", "đặng thị mùi")]
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        pid = postmaster(data)
    assert not alive(pid)


def test_valkey_keeps_what_was_written_when_it_is_killed(tmp_path):
    data = tmp_path / "a folder" / "valkey"
    with valkey(data) as url:
        with redis.Redis.from_url(url) as client:
            client.set("bell", "rung")
            pid = client.info("server")["process_id"]
        os.kill(pid, signal.SIGKILL)
        assert gone([pid])
    with valkey(data) as url, redis.Redis.from_url(url) as client:
        assert client.get("bell") == b"rung"
        pid = client.info("server")["process_id"]
    assert not alive(pid)


def test_valkey_asks_for_its_password(tmp_path):
    with valkey(tmp_path) as url, redis.Redis.from_url(url.replace(url[8:url.index("@") + 1], "")) as stranger:
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_folders_above_keep_their_mode_and_owner(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    before = home.stat()
    with postgres(home / "data" / "postgres", settings=SMALL):
        during = home.stat()
    assert (during.st_mode, during.st_uid, during.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


HOLDER = """
import sys, time
from pathlib import Path
from scripts.servers import postgres, valkey
data = Path(sys.argv[1])
with postgres(data / "postgres", settings={"shared_buffers": "16MB"}) as url, valkey(data / "valkey") as bell:
    print(url, bell, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_they_end_with_the_program_that_wanted_them(tmp_path, ending):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], cwd=ROOT, **pipes) as holder:
        url, bell = holder.stdout.readline().split()
        with redis.Redis.from_url(bell) as client:
            pids = [postmaster(tmp_path / "postgres"), client.info("server")["process_id"]]
        assert all(map(alive, pids))
        holder.send_signal(ending)
    assert gone(pids)
    socket_folder = Path(url.partition("?host=")[2])
    deadline = time.monotonic() + 5
    while socket_folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not socket_folder.exists()


LAST_WORD = """
import sys, time
import psycopg
from scripts.servers import postgres
from pathlib import Path
with postgres(Path(sys.argv[1]), settings={"shared_buffers": "16MB"}) as url:
    try:
        print(url, flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        time.sleep(1)
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            print(connection.execute("SELECT 'written'").fetchone()[0], flush=True)
"""


def test_ctrl_c_leaves_the_database_until_the_app_has_written_its_last(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", LAST_WORD, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True, process_group=0
    ) as holder:
        holder.stdout.readline()
        os.killpg(holder.pid, signal.SIGINT)
        assert holder.stdout.read() == "written\n"


def test_a_killed_keeper_takes_its_server_along(tmp_path):
    with valkey(tmp_path) as url, redis.Redis.from_url(url) as client:
        pid = client.info("server")["process_id"]
        keeper = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(keeper, signal.SIGKILL)
        assert gone([pid])


def test_a_second_start_in_the_same_folder_is_refused_in_one_line_and_harms_nothing(tmp_path):
    with postgres(tmp_path, settings=SMALL) as url:
        with pytest.raises(ServerError, match="postmaster.pid") as refusal, postgres(tmp_path, settings=SMALL):
            pytest.fail("two servers on one folder")
        assert "\n" not in str(refusal.value)
        with connected(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_start_cut_short_leaves_no_half_cluster(tmp_path):
    half = tmp_path / "half-made"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with postgres(tmp_path, settings=SMALL) as url, connected(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("server", [postgres, valkey])
def test_a_place_that_cannot_hold_data_is_told_in_one_line(tmp_path, server):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ServerError, match="set DATA_DIR to another") as refusal, server(tmp_path / "file" / "data"):
        pytest.fail("it started inside a file")
    assert "\n" not in str(refusal.value)


def test_many_at_once_do_not_meet(tmp_path):
    with valkey(tmp_path / "1") as first, valkey(tmp_path / "2") as second:
        for url in (first, second):
            with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2].partition("/")[0])), timeout=5):
                pass
        assert first != second
