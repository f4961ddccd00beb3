"""The real understanding server with the real model: it takes up what the office promotes, and goes back with it."""

from __future__ import annotations

import hashlib
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from bot import nlu_server
from bot.learning import registry
from bot.serving import free_port
from tests.conftest import StillClock
from tests.journeys.kit import house
from tests.learning.kit import TOKEN

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0
pytestmark = pytest.mark.model


def serving(url: str, wanted: str) -> httpx.Response:
    """Ask until a model answers; returns the answer."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            answer = httpx.post(
                f"{url}/model/parse", params={"token": TOKEN}, json={"text": "vo toi moi de"}, timeout=10
            )
            if answer.is_success and answer.headers["x-model"] == wanted:
                return answer
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"no answer of model {wanted}")


def test_the_server_takes_up_the_promoted_model_while_serving_and_goes_back_with_a_rollback(tmp_path):
    assert nlu_server.train(ROOT) == 0
    own = nlu_server.own_model(ROOT)
    release = own.name.removesuffix(".tar.gz")
    content = own.read_bytes() + bytes(8)  # the same model as another archive: gzip ends before the zeros
    hash = hashlib.sha256(content).hexdigest()
    with house(tmp_path / "data", StillClock(), NLU_TOKEN=TOKEN) as office:
        database, port = office.wired.database, free_port()
        url = f"http://127.0.0.1:{port}"
        server = nlu_server.start(
            ROOT,
            "127.0.0.1",
            port,
            TOKEN,
            app_url=office.url,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            serving(url, release)
            with database.write() as session:
                model = registry.add(session, hash, release, release, 1, {}, office.wired.clock.now())
                model.report = {"against": None, "promotable": True, "reasons": []}
                session.flush()
                registry.promote(session, hash, content, "bình", office.wired.clock.now())
            answer = serving(url, hash[:16])
            assert answer.json()["procedure"]["name"] == "khai_sinh"
            with database.write() as session:
                registry.rollback(session)
            serving(url, release)
        finally:
            server.terminate()
            server.wait(20)
