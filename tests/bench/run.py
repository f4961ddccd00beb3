"""`main.py bench [turns] [webhook] [queue] [understanding] [kills] [api]`: measures, and writes docs/benchmarks.md.

Needs both environments and the trained model. The two peers are trained once and kept in the folder for temporary files.
What is not named keeps the figures of its last run.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from tests.bench import api, doors, kills, ours, page, peers, queue, turns
from tests.bench.figures import conversation, percentile
from tests.bench.processes import Processes

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
CACHE = Path(tempfile.gettempdir()) / "mot-cua-bench"
BLOCKS = (50, 100, 100, 100, 100, 50)
STARTER_BLOCKS = (50, 25, 25, 25, 25, 50)
ROUNDS = 2
PARSES = 50


def main(what: list[str]) -> int:
    """Measure what is named, everything by default, and write the page; returns the exit code."""
    unknown = [name for name in what if name not in _MEASURES]
    if unknown:
        print(f"mot-cua: bench {unknown[0]}: choose from {', '.join(_MEASURES)}", file=sys.stderr)
        return 1
    chosen, kept = what or list(_MEASURES), CACHE / "results.json"
    results = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    results["machine"] = {"cores": os.cpu_count(), "load_before": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        bench = Bench(Path(folder), stack.enter_context(Processes()))
        for name in chosen:
            progress(f"bench: {name}")
            results[name] = {**_MEASURES[name](bench), "date": date.today().isoformat(), "load": os.getloadavg()[0]}
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(results, indent=1), "utf-8")
    PAGE.write_text(page.render(results), "utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def progress(line: str) -> None:
    """Say how far it is."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


class Bench:
    """What a run has started: each side once, when it is first needed."""

    def __init__(self, folder: Path, processes: Processes) -> None:
        self.folder, self.processes = folder, processes
        self.missing: dict[str, str] = {}
        self._ours: ours.Ours | None = None
        self._peers: dict[str, tuple[peers.Peer, str]] = {}

    def ours(self) -> ours.Ours:
        """Our own installation."""
        if self._ours is None:
            self._ours = ours.start(self.processes, ROOT, self.folder / "data")
        return self._ours

    def peer(self, name: str) -> tuple[peers.Peer, str] | None:
        """A peer and the address of its webhook; None where it could not be made, and `missing` says why."""
        if name not in self._peers and name not in self.missing:
            try:
                peer = peers.prepare(ROOT, CACHE, name)
                self._peers[name] = peer, peers.start(self.processes, ROOT, peer)
            except peers.NotTrained as error:
                self.missing[name] = str(error)
        return self._peers.get(name)

    def cpu(self, *names: str) -> Callable[[], float]:
        """Return how to read the CPU seconds of the named processes."""
        return self.processes.meter(*names)


def _turns(bench: Bench) -> dict:
    own = bench.ours()
    sides = [turns.side("ours", lambda text: (own.turn("+84981110001", text), True), bench.cpu(ours.APP, ours.NLU), turns.OUR_TEXTS)]
    trained = {}
    for name, texts in ((peers.STARTER, turns.STARTER_TEXTS), (peers.STOCK, turns.OUR_TEXTS)):
        found = bench.peer(name)
        if found:
            sides.append(turns.side(name, turns.rest_webhook(found[1], "mui"), bench.cpu(name), texts))
            trained[name] = found[0].train_cpu
    turns.alternate(sides, BLOCKS, {peers.STARTER: STARTER_BLOCKS}, progress)
    memory = {name: bench.processes.memory(name) for name in (ours.APP, ours.NLU, *trained)}
    return {"sides": {s.name: conversation(s.turns) for s in sides}, "trained": trained, "missing": bench.missing, "memory_mb": memory}


def _webhook(bench: Bench) -> dict:
    own, bare = bench.ours(), doors.start_bare(bench.processes, ROOT, bench.folder)
    runs: dict[str, list] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        runs["ours"].append(doors.at_rate(own.url, own.stranger, bench.cpu(ours.APP)))
        own.rest()
        runs["bare"].append(doors.at_rate(bare, own.stranger, bench.cpu(doors.BARE)))
    return {"sides": {name: doors.summed(each) for name, each in runs.items()}, "rate": doors.RATE, "seconds": doors.SECONDS * ROUNDS}


def _queue(bench: Bench) -> dict:
    runs: dict[str, list] = {"ours": [], "bare": []}
    for number in range(ROUNDS):
        runs["ours"].append(queue.through_worker(bench.folder / f"worker{number}"))
        runs["bare"].append(queue.bare(bench.folder / f"loop{number}"))
    best = {name: max(each, key=lambda run: run["per_second"]) for name, each in runs.items()}
    return {"sides": best, "jobs": queue.JOBS, "rounds": ROUNDS}


def _understanding(bench: Bench) -> dict:
    """Parse alone: ours, and the logistic regression of the stock pipeline, by the same door of Rasa's server."""
    own, found = bench.ours(), bench.peer(peers.STOCK)
    asks = {"ours": (lambda text: ours.parses(own, text), bench.cpu(ours.NLU), ours.NLU)}
    if found:
        asks[peers.STOCK] = (peers.parser(found[1]), bench.cpu(peers.STOCK), peers.STOCK)
    walls: dict[str, list[float]] = {name: [] for name in asks}
    used = dict.fromkeys(asks, 0.0)
    for _ in range(ROUNDS):
        for name, (ask, cpu, _process) in asks.items():
            before = cpu()
            walls[name] += [1000 * ask(text) for text in (turns.OUR_TEXTS[0::2] * PARSES)[:PARSES]]
            used[name] += cpu() - before
    sides = {
        name: {
            "cpu_ms": 1000 * used[name] / len(walls[name]), "p50_ms": percentile(walls[name], 0.5),
            "p95_ms": percentile(walls[name], 0.95), "memory_mb": bench.processes.memory(process),
        }
        for name, (_ask, _cpu, process) in asks.items()
    }  # fmt: skip
    return {"sides": sides, "parses": PARSES * ROUNDS, "missing": bench.missing}


def _api(bench: Bench) -> dict:
    return api.measure(bench.processes, ROOT, bench.folder / "api")


_MEASURES: dict[str, Callable[[Bench], dict]] = {
    "turns": _turns, "webhook": _webhook, "queue": _queue, "understanding": _understanding, "kills": lambda _bench: kills.measure(ROOT),
    "api": _api,
}  # fmt: skip
