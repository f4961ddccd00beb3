"""The peers: Rasa's ordinary starter, and Rasa with logistic regression, rules and an SQL tracker on our own lines.

Each is trained once into a folder named by the hash of what it was made from, and at most for TRAIN_CPU_SECONDS.
"""

from __future__ import annotations

import hashlib
import inspect
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from bot import nlu_server
from tests.bench.processes import Processes, quiet_environment

TRAIN_CPU_SECONDS = 360
START_SECONDS = 240.0
STARTER, STOCK = "rasa_starter", "rasa_stock"


class NotTrained(Exception):
    """A peer could not be made; the text says why and goes into the page."""


@dataclass(frozen=True)
class Peer:
    """A trained project of Rasa in `folder`; `train_cpu` are the CPU seconds its training took."""

    name: str
    folder: Path
    train_cpu: float


def prepare(root: Path, cache: Path, name: str) -> Peer:
    """Return the peer, trained now or earlier. Raises NotTrained."""
    python = nlu_server.python(root)
    folder = cache / f"{name}-{_digest(root, name)}"
    done = folder / "trained"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        done.write_text(f"{_train(root, python, folder, name):.1f}")
    return Peer(name, folder, float(done.read_text()))


def _digest(root: Path, name: str) -> str:
    digest = hashlib.sha256((root / "bot" / "understanding" / "requirements.txt").read_bytes())
    if name == STOCK:
        digest.update(inspect.getsource(_write_stock).encode())
        lines = sorted((root / "nlu_data" / "train").rglob("*.yml"))
        for path in [_stock_config(root), root / "bot" / "understanding" / "domain.yml", *lines]:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _stock_config(root: Path) -> Path:
    return root / "bot" / "understanding" / "config.stock.yml"


def _train(root: Path, python: Path, folder: Path, name: str) -> float:
    """Make and train the project; returns the CPU seconds."""
    if name == STARTER:
        command = ["init", "--no-prompt", "--init-dir", str(folder)]
    else:
        _write_stock(root, folder)
        command = ["train", "--quiet"]
    log = folder / "train.log"
    before = _children_cpu()
    with log.open("w") as out:
        ended = subprocess.run(
            [python, "-m", "rasa", *command], cwd=folder, env=quiet_environment(), stdout=out, stderr=out, check=False, preexec_fn=_bounded
        )
    spent = _children_cpu() - before
    if ended.returncode != 0 or not list((folder / "models").glob("*.tar.gz")):
        raise NotTrained(f"not trained: it ended with code {ended.returncode} after {spent:.0f} CPU seconds (bound: {TRAIN_CPU_SECONDS})")
    return spent


def _bounded() -> None:
    """Runs in the child: the kernel ends it at the bound."""
    resource.setrlimit(resource.RLIMIT_CPU, (TRAIN_CPU_SECONDS, TRAIN_CPU_SECONDS + 5))


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _write_stock(root: Path, folder: Path) -> None:
    """Our lines and config.stock.yml, one rule and one answer an intent."""
    shutil.copytree(root / "nlu_data" / "train", folder / "data" / "nlu")
    intents = yaml.safe_load((root / "bot" / "understanding" / "domain.yml").read_text("utf-8"))["intents"]
    config = {**yaml.safe_load(_stock_config(root).read_text("utf-8")), "policies": [{"name": "RulePolicy"}]}
    rules = [{"rule": i, "steps": [{"intent": i}, {"action": f"utter_{i}"}]} for i in intents]
    responses = {f"utter_{i}": [{"text": f"Câu trả lời cho {i}."}] for i in intents}
    files = {
        "config.yml": config, "data/rules.yml": {"version": "3.1", "rules": rules}, "credentials.yml": {"rest": None},
        "domain.yml": {"version": "3.1", "intents": intents, "responses": responses},
    }  # fmt: skip
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def start(processes: Processes, root: Path, peer: Peer) -> str:
    """Start the peer with its REST channel; returns the address of its webhook once it answers with a text."""
    if peer.name == STOCK:
        _fresh_tracker(peer.folder)
    port = processes.free_port()
    command = [nlu_server.python(root), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port), "--enable-api"]
    process = processes.start(peer.name, command, peer.folder, quiet_environment())
    url, end = f"http://127.0.0.1:{port}/webhooks/rest/webhook", time.monotonic() + START_SECONDS
    while not processes.answers(url, {"sender": "first", "message": "hello"}):
        if process.poll() is not None or time.monotonic() > end:
            raise NotTrained(f"trained, but its server did not answer within {START_SECONDS:.0f} seconds")
        time.sleep(0.5)
    return url


def _fresh_tracker(folder: Path) -> None:
    for old in folder.glob("tracker.db*"):
        old.unlink()
    tracker = {"type": "SQL", "dialect": "sqlite", "db": str(folder / "tracker.db")}
    (folder / "endpoints.yml").write_text(yaml.safe_dump({"tracker_store": tracker}), "utf-8")


def parser(webhook: str) -> Callable[[str], float]:
    """Return how to let the peer behind `webhook` parse a text; gives the seconds of the call."""
    http, url = httpx.Client(timeout=60), webhook.removesuffix("/webhooks/rest/webhook") + "/model/parse"

    def parse(text: str) -> float:
        began = time.perf_counter()
        http.post(url, json={"text": text}).raise_for_status()
        return time.perf_counter() - began

    return parse
