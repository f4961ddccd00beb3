"""The understanding server's side: the promoted model comes from the app by hash, and an archive the app did not name is never loaded."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from tests.fakes.loopback import Loopback, Served, as_json

UNDERSTANDING = Path(__file__).resolve().parents[2] / "bot" / "understanding"
TOKEN = "a token for tests"
RELEASE = "0123456789abcdef"
GOOD, OTHER = b"the archive that was promoted", b"another archive"
HASH = hashlib.sha256(GOOD).hexdigest()


@pytest.fixture(autouse=True)
def modules(monkeypatch):
    """The server's own folder is its path, as when `serve.py` runs there."""
    monkeypatch.syspath_prepend(str(UNDERSTANDING))
    yield
    for name in ("fetching", "follow", "model_files"):
        sys.modules.pop(name, None)


class App:
    """An app that names and gives what it is told to."""

    def __init__(self, named=HASH, content: bytes = GOOD, release: str = RELEASE):
        self.named, self.content, self.release = named, content, release

    def __call__(self, request):
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Served(401)
        if request.path == "/internal/models/current":
            return as_json(200, {"sha256": self.named, "release": self.release})
        return Served(200, self.content) if request.path == f"/internal/models/{self.named}" else Served(404)


def follower(url: str, tmp_path, token: str = TOKEN):
    import fetching
    import follow

    own, said = tmp_path / "own.tar.gz", []
    own.write_bytes(b"own")
    made = follow.Follower(
        own,
        RELEASE,
        fetching.Source(url, token),
        lambda path: path.read_bytes(),
        said.append,
    )
    made.begin()
    return made, said


def test_the_promoted_model_is_fetched_checked_and_served(tmp_path):
    with Loopback(App()) as app:
        made, said = follower(app.url, tmp_path)
    assert (made.agent, made.serving, said) == (GOOD, HASH, [f"now serving {HASH[:12]}"])


def test_it_changes_with_the_app_and_goes_back_with_it(tmp_path):
    answers = App(named=None)
    with Loopback(answers) as app:
        made, _ = follower(app.url, tmp_path)
        assert (made.agent, made.serving, made.look()) == (b"own", None, False)
        answers.named = HASH
        assert (made.look(), made.agent) == (True, GOOD)
        answers.named, answers.content = hashlib.sha256(OTHER).hexdigest(), OTHER
        assert (made.look(), made.agent, made.look()) == (True, OTHER, False)
        answers.named = None
        assert (made.look(), made.agent) == (True, b"own")


@pytest.mark.parametrize("answers", [
    App(content=OTHER),
    App(content=b""),
    App(named="not a hash"),
    App(named="../../etc/passwd"),
    App(named=HASH.upper()),
    App(named=7),
    App(release="another release"),
    lambda request: Served(500),
    lambda request: Served(200, b"no json"),
    lambda request: as_json(200, ["a", "list"]),
    lambda request: as_json(200, {"sha256": HASH}),
])  # fmt: skip
def test_whatever_else_the_app_says_the_own_model_serves(tmp_path, answers):
    with Loopback(answers) as app:
        made, _ = follower(app.url, tmp_path)
        assert (made.look(), made.agent, made.serving) == (False, b"own", None)


def test_an_archive_with_a_wrong_hash_is_refused_in_words_and_not_asked_for_again_at_once(tmp_path):
    with Loopback(App(content=OTHER)) as app:
        made, said = follower(app.url, tmp_path)
        made.look()
        asked = [request.path for request in app.requests]
    assert said == [f"model stays as it is: the app gave an archive that is not {HASH[:12]}: refused"]
    assert asked.count(f"/internal/models/{HASH}") == 1


def test_the_token_is_not_shown_to_another_address(tmp_path):
    with Loopback(App()) as other:
        with Loopback(
            lambda request: Served(302, b"", {"location": f"{other.url}/internal/models/current"})
        ) as app:
            made, said = follower(app.url, tmp_path)
        assert (made.agent, other.requests) == (b"own", []) and said == [
            "model stays as it is: the app answered 302"
        ]


def test_with_a_wrong_token_or_nobody_there_the_own_model_serves(tmp_path):
    with Loopback(App()) as app:
        assert follower(app.url, tmp_path, "wrong")[0].agent == b"own"
    assert follower("http://127.0.0.1:9", tmp_path)[0].agent == b"own"


def test_an_archive_that_does_not_load_leaves_the_present_one_serving(tmp_path):
    import fetching
    import follow

    def load(path):
        if path.read_bytes() == GOOD:
            raise RuntimeError("no model in it")
        return path.read_bytes()

    (tmp_path / "own.tar.gz").write_bytes(b"own")
    with Loopback(App()) as app:
        made = follow.Follower(
            tmp_path / "own.tar.gz",
            RELEASE,
            fetching.Source(app.url, TOKEN),
            load,
            lambda line: None,
        )
        made.begin()
    assert (made.agent, made.serving) == (b"own", None)
