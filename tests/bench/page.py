"""docs/benchmarks.md out of a result: plain text in, plain text out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

NAMES = {
    "ours": "Một Cửa",
    "rasa_starter": "Rasa, ordinary starter",
    "rasa_stock": "Rasa, logistic regression, rules, SQL tracker, our lines",
    "bare": "bare floor",
    "app": "our app and worker",
    "nlu": "our understanding server",
}
_HEAD = """# Benchmarks

Written by `main.py bench`; run it again for figures of your machine. Nothing here is a test: no timing can fail the suite.

"""
_MACHINE = """The machine: {cores} cores, shared with other work while this ran: the load average was {load:.1f} before the run. Wall times
therefore move a lot from run to run; CPU time moves less. The sides take turns in the same run (A B C, A B C), so compare
the columns with each other rather than with another machine. CPU is user + system time of every process of a side as the
kernel counts it (resolution 10 ms, so only means are given).

"""
_TURNS = """## One whole turn

From the webhook's POST until the provider's server on loopback has accepted the (last) reply; for Rasa until the REST channel
has answered with it. Ours: SQLite with a commit to disk at every step, queue, encryption of each message, dialogue, our own
understanding server, and the send over HTTP, in two processes, both counted. Rasa's REST channel does not send: its reply is
its response. One phone, {turns} turns of one conversation, half of them free text and half the digit 1. One in five of the
free texts is a command ("huy") that we answer without asking the understanding server. Rasa reads a digit like any text.
"Answered" counts the turns that got a reply at all, right or wrong.

The starter is what `rasa init --no-prompt` makes, trained as it is: English, 7 intents, DIET and TED, tracker in memory. It is
told English texts, and fewer of them (its later turns would hold up the run, so its means flatter it beside 500 turns). The
other peer is `config.stock.yml` with RulePolicy, one rule and one fixed answer an intent, and the SQL tracker store on SQLite; it
holds no form, no dossier, no encryption. In a young conversation it is cheaper than ours; see the second table.

"""
_WEBHOOK = """## The webhook under a steady rate

{rate} messages a second for {seconds:.0f} seconds a side, each from a new phone, until the 200 that follows the durable store. Latency
counts from the moment a request was due. While ours takes the webhooks, the same process also answers the people, turn by
turn: its CPU includes as many of those turns as fell into that time. That is more turns than two cores can answer at that
rate, so this is a door with an overload behind it: the turns wait in the queue and take the writer's lock between webhooks.
The floor is a bare ASGI app on uvicorn with one INSERT committed to disk (SQLite, WAL, synchronous FULL), nothing behind it.

"""
_QUEUE = """## The job queue

{jobs} jobs, each put in a transaction of its own, claimed, run and finished by one worker thread, against the same INSERT, UPDATE
and DELETE in a bare loop on the same table. Every commit goes to the disk: 3 commits a job on both sides. Better of {rounds} rounds.

"""
_UNDERSTANDING = """## Understanding alone

`POST /model/parse` with the free texts above, {parses} parses a side. Ours gives intent, procedure and names; the stock pipeline
gives the intent only, and reads the sentence patterns among our lines as they stand. This says nothing about who is right more often.

"""
_KILLS = """## Killed in the middle

{people} people file a birth at the same time while `kill -9` takes app, worker and understanding server at random moments. Every
message came in once and was answered in its order, and every person has one dossier with a code of its own, or this would not
be printed. Repeats: a text given to the provider twice under the same id. Unknown: with a gateway that does not know our id, a
text that was cut off in the middle of its sending; it is shown with a button and never sent again by itself.

"""

_API = """## The API on PostgreSQL

PostgreSQL from its wheel with fsync on, on the same cores. {count} birth dossiers sent by `POST /api/v1/dossiers` over {clients} open
connections to {apps} app processes, each under a new key: token looked up, answers read, sealed and indexed, contact, parties, one
code each in the order of commit, event with its link, first answer kept, one commit to disk. CPU is that of the app processes.

"""
_TRANSITION = """One reception (`dossiers.act`: event, link, notice, job) from opening the transaction to the end of its commit, beside the six bare
statements by psycopg with theirs (read, status, event, chain head, notice, job): {count} of each, in turns, on dossiers that were sent
above. Ours asks {statements:.1f} statements; the workflow table, the due date, sealing and the object mapper are in its time.

"""


def render(results: Mapping[str, Any]) -> str:
    """Return the page. A part that was never measured is left out; a peer that could not be made is named with its reason."""
    machine = results["machine"]
    parts = [_HEAD, _MACHINE.format(cores=machine["cores"], load=machine["load_before"])]
    for name, write in _PARTS.items():
        if name in results:
            parts += [write(results[name]), _when(results[name])]
    return "".join(parts).rstrip() + "\n"


def _when(result: Mapping[str, Any]) -> str:
    return f"Measured {result['date']}; load average at the end {result['load']:.1f}.\n\n"


def _turns(result: Mapping[str, Any]) -> str:
    sides = result["sides"]
    count = sides["ours"]["free"]["turns"] + sides["ours"]["digit"]["turns"]
    rows, edges = [], []
    for name, side in sides.items():
        for kind, said in (("free", "free text"), ("digit", "digit")):
            figures = _figures(side[kind], ("cpu_ms", "p50_ms", "p95_ms"))
            rows.append([NAMES[name], said, _answered(side[kind]), *figures, _ratio(side, sides["ours"], kind)])
        first, last = side["first"], side["last"]
        pairs = [f"{first[key]:.0f} → {last[key]:.0f} (×{last[key] / first[key]:.1f})" for key in ("cpu_ms", "p50_ms") if first[key]]
        edges.append([NAMES[name], *pairs])
    return "".join([
        _TURNS.format(turns=count),
        _table(["side", "turn", "answered", "CPU ms", "p50 ms", "p95 ms", "CPU against ours"], rows),
        f"The first {sides['ours']['first']['turns']} turns of each conversation against its last:\n\n",
        _table(["side", "CPU ms a turn", "p50 ms"], edges),
        _table(["process", "resident MB at the end"], [[NAMES[name], f"{size:.0f}"] for name, size in result["memory_mb"].items()]),
        _trained(result),
    ])  # fmt: skip


def _answered(part: Mapping[str, Any]) -> str:
    return f"{part['turns'] - part['silent']} of {part['turns']}"


def _ratio(side: Mapping[str, Any], ours: Mapping[str, Any], kind: str) -> str:
    return f"×{side[kind]['cpu_ms'] / ours[kind]['cpu_ms']:.1f}" if ours[kind]["cpu_ms"] else "-"


def _trained(result: Mapping[str, Any]) -> str:
    lines = [f"- {NAMES[name]}: trained once, {seconds:.0f} CPU seconds.\n" for name, seconds in result["trained"].items()]
    return "".join([*lines, *_missing(result), "\n"])


def _missing(result: Mapping[str, Any]) -> list[str]:
    return [f"- {NAMES[name]}: left out, {reason}.\n" for name, reason in result["missing"].items()]


def _webhook(result: Mapping[str, Any]) -> str:
    keys = ("cpu_ms", "p50_ms", "p95_ms", "p99_ms")
    rows = [[NAMES[name], str(side["requests"]), *_figures(side, keys)] for name, side in result["sides"].items()]
    text = _WEBHOOK.format(rate=result["rate"], seconds=result["seconds"])
    return text + _table(["side", "requests", "CPU ms", "p50 ms", "p95 ms", "p99 ms"], rows)


def _queue(result: Mapping[str, Any]) -> str:
    rows = [[NAMES[name], f"{side['per_second']:.0f}", f"{side['cpu_ms']:.2f}"] for name, side in result["sides"].items()]
    return _QUEUE.format(jobs=result["jobs"], rounds=result["rounds"]) + _table(["side", "jobs a second", "CPU ms a job"], rows)


def _understanding(result: Mapping[str, Any]) -> str:
    keys = ("cpu_ms", "p50_ms", "p95_ms", "memory_mb")
    rows = [[NAMES[name], *_figures(side, keys)] for name, side in result["sides"].items()]
    table = _table(["side", "CPU ms", "p50 ms", "p95 ms", "resident MB"], rows)
    return "".join([_UNDERSTANDING.format(parses=result["parses"]), table, *_missing(result)])


def _kills(result: Mapping[str, Any]) -> str:
    keys = ("messages", "dossiers", "kills", "repeats", "unknown")
    rows = [[run["kind"], *(run[key] for key in keys), "0"] for run in result["runs"]]
    return _KILLS.format(people=result["people"]) + _table(["on", *keys, "lost"], rows)


def _api(result: Mapping[str, Any]) -> str:
    sends, step = result["sends"], result["transition"]
    rows = [[f"{sends['per_second']:.0f}", *_figures(sends, ("cpu_ms", "p50_ms", "p95_ms"))]]
    both = [[NAMES["ours"], f"{step['ours_ms']:.2f}", f"{step['ours_mean_ms']:.2f}", f"×{step['ratio']:.1f}"], [NAMES["bare"], f"{step['bare_ms']:.2f}", f"{step['bare_mean_ms']:.2f}", "×1.0"]]
    return "".join([
        _API.format(**sends), _table(["sent dossiers a second", "CPU ms", "p50 ms", "p95 ms"], rows),
        _TRANSITION.format(**step), _table(["side", "p50 ms", "mean ms", "p50 against bare"], both),
    ])  # fmt: skip


_PARTS = {"turns": _turns, "webhook": _webhook, "queue": _queue, "understanding": _understanding, "kills": _kills, "api": _api}


def _figures(side: Mapping[str, float], keys: Iterable[str]) -> list[str]:
    return [f"{side[key]:.1f}" if side[key] < 100 else f"{side[key]:.0f}" for key in keys]


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"
