"""Trains the model of the present data and code, once: `python train.py` with the Python of this folder's environment.

Writes `models/<hash>.tar.gz` and `models/<hash>.json` (the archive's SHA-256 and the figures of the training).
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import model_files
import yaml

HEADS = "heads.json"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def main() -> None:
    """Train unless the model is there.

    `--output FOLDER` puts it elsewhere (a candidate), `--nlu FOLDER` reads other lines, `--more FOLDER` reads these too.
    """
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--nlu", type=Path, default=model_files.ROOT / "nlu_data" / "train")
    options.add_argument("--more", type=Path, help="a second folder of lines, learned beside the first")
    options.add_argument("--output", type=Path, default=model_files.MODELS)
    options.add_argument("--name", default=model_files.fingerprint())
    chosen = options.parse_args()
    archive = chosen.output / f"{chosen.name}.tar.gz"
    if model_files.is_ready(archive):
        print(f"model {archive.name} is ready")
        return
    print(f"training model {archive.name}: one to three minutes", flush=True)
    train([chosen.nlu, *([chosen.more] if chosen.more else [])], archive)


def train(folders: list[Path], archive: Path) -> None:
    """Train on the YAML files under `folders`, then put archive and list entry in place, the entry last. Raises ValueError for a bad file."""
    started = time.process_time()
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        made = Path(_rasa_train(_together(folders, Path(folder)), folder, archive.name))
        entry = {
            "release": model_files.fingerprint(),
            "sha256": model_files.sha256(made),
            "bytes": made.stat().st_size,
            "train_cpu_seconds": round(time.process_time() - started, 1),
            **_figures(made),
        }
        made.replace(archive)
    listing = archive.with_name(archive.name.removesuffix(".tar.gz") + ".json")
    listing.write_text(json.dumps(entry, indent=1) + "\n", "utf-8")
    print(f"model {archive.name} trained: {json.dumps(entry)}", flush=True)


def _together(folders: list[Path], into: Path) -> Path:
    """Write the lines of all YAML files as one file of Rasa's JSON form and return it.

    Rasa's own reader of YAML takes half a minute for thirty thousand lines, libyaml and JSON a second.
    """
    files = [file for folder in folders for file in sorted(folder.rglob("*.yml"))]
    lines = [line for file in files for line in _examples(file)]
    made = into / "lines.json"
    made.write_text(json.dumps({"rasa_nlu_data": {"common_examples": lines}}, ensure_ascii=False), "utf-8")
    return made


def _examples(file: Path) -> list[dict]:
    """Return {text, intent, intent_metadata} of every example in a file of Rasa's YAML. Raises ValueError naming the file."""
    try:
        blocks = [block for block in yaml.load(file.read_text("utf-8"), _LOADER)["nlu"] if "intent" in block]
        return [
            {"text": line[2:].strip(), "intent": block["intent"], "intent_metadata": block.get("metadata")}
            for block in blocks for line in block["examples"].splitlines() if line.startswith("- ")
        ]  # fmt: skip
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{file}: not a file of training lines ({error}); see nlu_data/train for how they look") from error


def _rasa_train(lines: Path, folder: str, name: str) -> str:
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["RASA_CACHE_DIRECTORY"] = folder  # Rasa's cache does not see changes of noise, patterns and lookups
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    os.chdir(model_files.HERE)
    from rasa.model_training import train_nlu
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(log_level=20)
    configure_logging_and_warnings(log_level=20, warn_only_once=True)
    # Forced: else Rasa first takes fingerprints of all lines for its cache, an eighth of the whole time, and the cache is not used.
    forced = {"force_full_training": True}
    made = train_nlu("config.yml", str(lines), folder, fixed_model_name=name.removesuffix(".tar.gz"), domain="domain.yml", additional_arguments=forced)
    if not made:
        sys.exit("no training lines: expected files in Rasa's YAML")
    return made


def _figures(archive: Path) -> dict:
    with tarfile.open(archive) as tar:
        member = next(m for m in tar.getmembers() if m.name.endswith(HEADS))
        return json.load(tar.extractfile(member))["figures"]


if __name__ == "__main__":
    main()
