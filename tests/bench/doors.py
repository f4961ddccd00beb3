"""The webhook at a steady rate, beside a bare ASGI app that does one durable insert."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.bench.figures import percentile
from tests.bench.processes import Processes

RATE = 50
SECONDS = 5.0
BARE = "bare"


def bare_app(scope_path: str):
    """Return an ASGI app: the body of each POST goes into one table, committed to disk (WAL, FULL), then 200."""
    database = sqlite3.connect(scope_path, isolation_level=None)
    for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE IF NOT EXISTS kept (body BLOB)"):
        database.execute(line)

    async def app(scope, receive, send):
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        database.execute("INSERT INTO kept VALUES (?)", (body,))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    return app


def start_bare(processes: Processes, root: Path, data: Path) -> str:
    """Start the bare app in a process of its own; returns its address once it answers."""
    port = processes.free_port()
    processes.start(BARE, [sys.executable, "-m", "tests.bench.doors", str(data / "bare.db"), str(port)], root, {})
    url, end = f"http://127.0.0.1:{port}/", time.monotonic() + 60
    while not processes.answers(url, {}):
        if time.monotonic() > end:
            raise TimeoutError("the bare app does not answer")
        time.sleep(0.1)
    return url


def at_rate(url: str, request: Callable[[], dict], cpu: Callable[[], float]) -> dict[str, list[float] | float]:
    """POST RATE times a second for SECONDS. Latency counts from the moment a request was due, so waiting is not hidden."""
    requests = [request() for _ in range(int(RATE * SECONDS))]
    # One client, made before the clock runs: making one costs 40 ms of reading certificates, which is not the door's.
    walls, client, begun, used = [], httpx.Client(timeout=60, verify=False), time.perf_counter() + 0.1, cpu()

    def post(number: int) -> None:
        due = begun + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        client.post(url, **requests[number]).raise_for_status()
        walls.append(time.perf_counter() - due)

    with client, ThreadPoolExecutor(16) as pool:
        list(pool.map(post, range(len(requests))))
    return {"walls": walls, "cpu": (cpu() - used) / len(walls)}


def summed(runs: list[dict]) -> dict[str, float]:
    """Return the percentiles of all runs together, in milliseconds, and the mean CPU of one request."""
    walls = [1000 * wall for run in runs for wall in run["walls"]]
    cpu = 1000 * sum(run["cpu"] for run in runs) / len(runs)
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    return {"requests": len(walls), "cpu_ms": cpu, **{name: percentile(walls, share) for name, share in shares.items()}}


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(bare_app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
