"""`main.py nlu`, `values` and `bench`: what is measured, and the learning loop."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from backend.clock import Clock
from backend.domain.values.evaluate import evaluate
from backend.settings import Settings, load_settings
from backend.store.migrate import migrate
from bot import nlu_figures, nlu_server
from bot.commands.saying import stop
from bot.learning import commands as learning

Wire = Callable[[Settings], Any]


def add(commands: argparse._SubParsersAction, root: Path, wire: Wire) -> None:
    """Add the commands to the parser; `root` is the folder of the project."""
    nlu = commands.add_parser("nlu", help="evaluate FILE; train, test, promote, rollback: learn from the inbox of unsure lines")
    nlu.add_argument("what", choices=["train", "evaluate", "test", "promote", "rollback"])
    nlu.add_argument("file", nargs="?", type=Path)
    nlu.add_argument("--json", action="store_true")
    nlu.add_argument("--by", help="promote: the name of who answers for it, shown in the console")
    nlu.add_argument("--spellings", action="store_true", help="evaluate: also in six spellings, with what the dialogue would act on")
    nlu.set_defaults(run=lambda args: _evaluate(args, root) if args.what == "evaluate" else _learn(args, root, wire))
    values = commands.add_parser("values", help="evaluate the readers of dates, names and numbers on a file of lines")
    values.add_argument("what", choices=["evaluate"])
    values.add_argument("file", type=Path)
    values.add_argument("--json", action="store_true")
    values.set_defaults(run=lambda args: _report(args, lambda: evaluate(args.file)))
    bench = commands.add_parser("bench", help="measure, and write docs/benchmarks.md")
    bench.add_argument("what", nargs="*")
    bench.set_defaults(run=_bench)


def _evaluate(args, root: Path) -> int:
    if args.file is None:
        return stop("nlu evaluate FILE.tsv: name a file (or a folder of files) with the columns text, intent, procedure")
    if args.spellings:
        return _report(args, lambda: nlu_figures.evaluate(root, load_settings(), args.file, Clock().now()))
    return _report(args, lambda: nlu_server.evaluate(root, load_settings(), args.file))


def _learn(args, root: Path, wire: Wire) -> int:
    """The learning loop: train, test, promote, rollback."""
    settings = load_settings()
    wired = wire(settings)
    migrate(wired.database)
    bench = learning.Bench(root, settings.DATA_DIR, wired.database, wired.office, wired.clock.now)
    try:
        if args.what == "test":
            return learning.test(bench, args.json)
        if args.what == "promote":
            return learning.promote(bench, args.by or os.environ.get("USER") or f"uid {os.getuid()}")
        return learning.train(bench) if args.what == "train" else learning.rollback(bench)
    finally:
        wired.close()


def _report(args, measure: Callable[[], dict]) -> int:
    """Print a measurement as JSON, or as its figures and the rows that went wrong."""
    try:
        result = measure()
    except (ValueError, OSError) as error:
        return stop(str(error))
    if args.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return 0
    for name, value in result.items():
        if name != "rows":
            print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}")
    return 0


def _bench(args) -> int:
    from tests.bench import run

    return run.main(args.what)
