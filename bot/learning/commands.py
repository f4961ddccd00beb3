"""The command line of the learning loop: `main.py nlu train | test | promote | rollback`.

Needs the understanding environment (training, test) and the database; the archive of a candidate lies in DATA_DIR/models
until it is promoted, then also in the database, from where every understanding server fetches it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.office.kit import Office, Refused
from backend.store.db import Database
from backend.store.tables import Model
from bot import nlu_server
from bot.learning import compare, inbox, lines, registry
from bot.nlu_evaluate import evaluate
from bot.nlu_server import NluServerError

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Bench:
    """Where the work is done. `root`: the tree with both environments; `data`: DATA_DIR."""

    root: Path
    data: Path
    database: Database
    office: Office
    now: Callable[[], datetime]

    @property
    def models(self) -> Path:
        """Where the archives of candidates lie."""
        return self.data.resolve() / "models"

    @property
    def held_out(self) -> Path:
        """The lines that no model learns."""
        return self.root / "nlu_data" / "test"

    def archive(self, hash: str) -> Path:
        """Where the archive of a model lies, or would lie."""
        return self.models / f"{hash}.tar.gz"


def train(bench: Bench) -> int:
    """Make the release's own model, and a candidate of its lines and the labelled ones of the inbox."""
    if code := nlu_server.train(bench.root):
        return code
    with bench.database.read() as session:
        given = inbox.labelled(session, bench.office)
    exported = lines.export(given, bench.data / "learning", bench.held_out)
    left = f", {exported.left_out} left out: the held-out set has them" if exported.left_out else ""
    print(f"{exported.lines} labelled lines in {bench.data / 'learning' / 'lines.tsv'}{left}")
    release = nlu_server.own_model(bench.root)
    with bench.database.write() as session:
        _add(
            session,
            release,
            _listing(release)["sha256"],
            release.name.removesuffix(".tar.gz"),
            0,
            bench.now(),
            base=True,
        )
    if not exported.lines:
        print("nothing was labelled: the release's own model is all there is")
        return 0
    return _candidate(bench, release.name.removesuffix(".tar.gz"), exported)


def _candidate(bench: Bench, release: str, exported: lines.Exported) -> int:
    made_of = hashlib.sha256(f"{release}\0".encode() + (exported.nlu / "lines.yml").read_bytes()).hexdigest()[
        :16
    ]
    with bench.database.read() as session:
        known = next(
            (model for model in registry.every(session) if model.made_of == made_of and not model.base), None
        )
    if known is not None and bench.archive(known.hash).exists():
        print(f"model {known.hash[:12]} of these lines is there")
        return 0
    options = ("--more", exported.nlu.resolve(), "--output", bench.models, "--name", made_of)
    if code := nlu_server.train(bench.root, options=options):
        return code
    row = register(bench, bench.models / f"{made_of}.tar.gz", release, made_of, exported.lines)
    print(f"candidate {row.hash[:12]}; next: main.py nlu test")
    return 0


def register(bench: Bench, trained: Path, release: str, made_of: str, count: int) -> Model:
    """Put a trained archive with its list entry under its own hash and into the register."""
    hash = _listing(trained)["sha256"]
    listing = trained.with_name(trained.name.removesuffix(".tar.gz") + ".json")
    trained.replace(bench.archive(hash))
    listing.replace(bench.models / f"{hash}.json")
    with bench.database.write() as session:
        return _add(session, bench.archive(hash), hash, release, count, bench.now(), made_of=made_of)


def _add(
    session,
    archive: Path,
    hash: str,
    release: str,
    count: int,
    now: datetime,
    *,
    made_of: str = "",
    base: bool = False,
) -> Model:
    figures = {name: value for name, value in _listing(archive).items() if name not in ("sha256", "release")}
    return registry.add(session, hash, release, made_of or release, count, figures, now, base=base)


def _listing(archive: Path) -> dict[str, Any]:
    path = archive.with_name(archive.name.removesuffix(".tar.gz") + ".json")
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError:
        raise NluServerError(
            f"the model {archive.name} is not in {archive.parent}: main.py nlu train makes it"
        ) from None


def test(bench: Bench, as_json: bool) -> int:
    """Ask served model and candidate every held-out line, keep the comparison beside the model, print it."""
    own = nlu_server.own_model(bench.root)
    release = own.name.removesuffix(".tar.gz")
    with bench.database.read() as session:
        candidate, serving = registry.candidate(session), registry.served(session, release)
    if candidate is None:
        raise NluServerError("no candidate: label lines in the console, then main.py nlu train")
    if candidate.release != release:
        raise NluServerError(
            f"candidate {candidate.hash[:12]} was made for another release: main.py nlu train makes one for this"
        )
    served = _answers(bench, _served_archive(bench, serving, own))
    report = {
        "against": serving.hash if serving else None,
        **compare.report(served, _answers(bench, bench.archive(candidate.hash))),
    }
    keep_report(bench, candidate.hash, report)
    if serving is None:
        _keep_own(bench, own, compare.figures(served))
    print(json.dumps(report, ensure_ascii=False, indent=1) if as_json else table(candidate.hash, report))
    return 0


def _served_archive(bench: Bench, serving: Model | None, own: Path) -> Path:
    """The archive of what serves, from the database where this machine has not trained it."""
    if serving is None:
        return own
    archive = bench.archive(serving.hash)
    if not archive.exists():
        with bench.database.read() as session:
            content = registry.archive(session, serving.hash)
        bench.models.mkdir(parents=True, exist_ok=True)
        archive.write_bytes(content)
        (bench.models / f"{serving.hash}.json").write_text(
            json.dumps({"sha256": serving.hash}) + "\n", "utf-8"
        )
    return archive


def _answers(bench: Bench, archive: Path) -> list[Row]:
    print(f"asking {archive.name[:12]} …", file=sys.stderr, flush=True)
    with nlu_server.client(bench.root, None, None, model=archive) as client:
        return [
            row
            for path in sorted(bench.held_out.rglob("*.tsv"))
            for row in evaluate(path, client.parse)["rows"]
        ]


def keep_report(bench: Bench, hash: str, report: dict[str, Any]) -> None:
    """Write a report beside the archive and into the register, where the console shows it."""
    (bench.models / f"{hash}.report.json").write_text(
        json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    with bench.database.write() as session:
        registry.found(session, hash).report = report


def _keep_own(bench: Bench, own: Path, figures: dict[str, Any]) -> None:
    with bench.database.write() as session:
        row = _add(
            session, own, _listing(own)["sha256"], own.name.removesuffix(".tar.gz"), 0, bench.now(), base=True
        )
        row.report = figures


def table(hash: str, report: Mapping[str, Any]) -> str:
    """Return a comparison as lines to read."""
    names = ("right", "intent_accuracy", "procedure_accuracy")
    out = [
        f"{'':22}{'served':>10}{'candidate':>12}",
        f"{'held-out lines':22}{report['served']['n']:>10}{report['n']:>12}",
    ]
    out += [f"{name:22}{report['served'][name] or 0:>10.4f}{report[name] or 0:>12.4f}" for name in names]
    out.append(f"lost {report['lost']}, won {report['won']}, McNemar exact p = {report['p']:.4f}")
    changed = {name: row for name, row in report["intents"].items() if row["served"] != row["candidate"]}
    out += [
        f"  {name:22}{row['served']:>6} → {row['candidate']} of {row['n']}" for name, row in changed.items()
    ]
    out += (
        ["may not be promoted:", *(f"  {reason}" for reason in report["reasons"])]
        if report["reasons"]
        else [f"{hash[:12]} may be promoted"]
    )
    return "\n".join(out)


_WHY = {
    "model_untested": "the candidate was not compared: main.py nlu test",
    "model_test_old": "another model serves since the comparison: main.py nlu test",
    "model_none": "the release's own model serves: nothing to go back to",
}


def promote(bench: Bench, by: str) -> int:
    """Let the candidate serve if the test found no regression; otherwise say why not and return 1."""
    with bench.database.read() as session:
        candidate = registry.candidate(session)
    if candidate is None:
        return _stop("no candidate: label lines in the console, then main.py nlu train")
    try:
        content = _content(bench.archive(candidate.hash), candidate.hash)
        with bench.database.write() as session:
            registry.promote(session, candidate.hash, content, by, bench.now())
    except Refused as refused:
        return _stop("; ".join(refused.params.get("reasons", [])) or _WHY.get(refused.reason, refused.reason))
    print(f"{candidate.hash[:12]} serves; the understanding servers fetch it within seconds")
    return 0


def _content(archive: Path, hash: str) -> bytes:
    """The archive's bytes. Raises NluServerError where it is gone or changed."""
    if not archive.is_file():
        raise NluServerError(f"{archive} is gone: main.py nlu train makes it again")
    content = archive.read_bytes()
    if hashlib.sha256(content).hexdigest() != hash:
        raise NluServerError(f"{archive} is not the one that was tested: delete it and train again")
    return content


def rollback(bench: Bench) -> int:
    """Go back to what served before the last promotion."""
    try:
        with bench.database.write() as session:
            before = registry.rollback(session)
    except Refused as refused:
        return _stop(_WHY.get(refused.reason, refused.reason))
    print(f"{before.hash[:12] if before else 'the own model of the release'} serves again")
    return 0


def _stop(line: str) -> int:
    print(f"mot-cua: nlu: {line}", file=sys.stderr)
    return 1
