"""The models: the command line's promotions, the two inner doors, and the report an officer looks at."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from backend.store.tables import Model, ModelArchive
from bot.learning import commands, compare, registry
from tests.learning.kit import TOKEN, school
from tests.learning.test_compare import BETTER, SERVED, row

ROOT = Path(__file__).resolve().parents[2]
RELEASE = "0123456789abcdef"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with school(tmp_path_factory.mktemp("models")) as running:
        yield running


@pytest.fixture
def bench(office, tmp_path) -> commands.Bench:
    """An empty register and an empty folder of models."""
    wired = office.wired
    with wired.database.write() as session:
        session.execute(delete(ModelArchive))
        session.execute(delete(Model))
    return commands.Bench(ROOT, tmp_path, wired.database, wired.office, wired.clock.now)


def candidate(bench: commands.Bench, content: bytes, served=SERVED, answers=BETTER) -> str:
    """A model as the training leaves it, in the register, compared with what serves."""
    bench.models.mkdir(parents=True, exist_ok=True)
    hash = hashlib.sha256(content).hexdigest()
    (bench.models / "made.tar.gz").write_bytes(content)
    listing = {"sha256": hash, "release": RELEASE, "bytes": len(content), "train_cpu_seconds": 118.2}
    (bench.models / "made.json").write_text(json.dumps(listing), "utf-8")
    commands.register(bench, bench.models / "made.tar.gz", RELEASE, hash[:16], 7)
    with bench.database.read() as session:
        serving = registry.served(session, RELEASE)
    commands.keep_report(
        bench, hash, {"against": serving.hash if serving else None, **compare.report(served, answers)}
    )
    return hash


def asked(office, path: str, token: str = TOKEN):
    """What an understanding server gets from the app."""
    return office.desk.home.http.get(
        office.desk.home.url + path, headers={"authorization": f"Bearer {token}".strip()}
    )


def named(office) -> str | None:
    return asked(office, "/internal/models/current").json()["sha256"]


def test_promote_puts_the_candidate_behind_the_inner_door_and_rollback_takes_it_back(office, bench, capsys):
    assert named(office) is None
    first = candidate(bench, b"first")
    assert (named(office), asked(office, f"/internal/models/{first}").status_code) == (None, 404)
    assert commands.promote(bench, "bình") == 0 and named(office) == first
    assert asked(office, f"/internal/models/{first}").content == b"first"
    office.wired.clock.shift(timedelta(minutes=1))
    second = candidate(bench, b"second")
    assert commands.promote(bench, "bình") == 0 and named(office) == second
    assert commands.rollback(bench) == 0 and named(office) == first
    assert commands.rollback(bench) == 0 and named(office) is None
    assert commands.rollback(bench) == 1 and "nothing to go back to" in capsys.readouterr().err


def test_promote_refuses_with_the_reason_and_exit_code_1(office, bench, capsys):
    assert commands.promote(bench, "bình") == 1
    worse = [row(f"line {n}", "greet") for n in range(9)]
    hash = candidate(bench, b"worse", [row(f"line {n}", "ask_fee") for n in range(9)], worse)
    assert commands.promote(bench, "bình") == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("mot-cua: nlu: no candidate")
    assert (
        said[1]
        == "mot-cua: nlu: worse overall: 9 lines lost, 0 won, McNemar p = 0.0039 < 0.05; intent ask_fee loses 9 lines (at most 2)"
    )
    assert (
        named(office) is None
        and json.loads((bench.models / f"{hash}.report.json").read_text("utf-8"))["promotable"] is False
    )


def test_an_archive_that_was_changed_after_the_test_is_not_promoted(office, bench):
    hash = candidate(bench, b"tested")
    bench.archive(hash).write_bytes(b"changed")
    with pytest.raises(commands.NluServerError, match="is not the one that was tested"):
        commands.promote(bench, "bình")
    assert named(office) is None


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "Bearer"])
@pytest.mark.parametrize("path", ["/internal/models/current", "/internal/models/" + "0" * 64])
def test_the_inner_doors_open_to_the_token_only(office, path, token):
    answer = asked(office, path, token)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    with office.desk.stranger() as client:
        assert client.get(path).status_code == 401


def test_the_report_shows_figures_the_picture_what_changed_and_errors(office, bench):
    hash = candidate(bench, b"first")
    commands.promote(bench, "bình")
    listed = office.desk.client("lanhdao").get("/console/models").text
    assert (
        f'href="/console/models/{hash}"' in listed
        and "đang dùng" in listed
        and "66.7" not in listed
        and "75.0 %" in listed
    )
    page = office.desk.client("bientap").get(f"/console/models/{hash}").text
    assert "Không kém bản trước" in page and "7 dòng từ hộp chưa hiểu" in page and "+2 −1" in page
    squares = re.findall(r"<g><title>([^<]+)</title>", page)
    assert squares == ["hỏi lệ phí → chào: 1"] and page.count('class="red">mất') == 1
    assert office.desk.client("tiepnhan").get(f"/console/models/{hash}").status_code == 403
    assert office.desk.client("bientap").get("/console/models/nothing").status_code == 404


def test_a_model_that_was_not_compared_says_what_to_do(office, bench):
    with office.wired.database.write() as session:
        registry.add(session, "f" * 64, RELEASE, "f" * 16, 0, {}, office.wired.clock.at, base=True)
    assert "main.py nlu test" in office.desk.client("quantri").get("/console/models/" + "f" * 64).text
