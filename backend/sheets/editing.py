"""What an editor does with sheets and files: take procedures out into a sheet, bring a sheet in for review, see what changed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from backend.domain.catalogue import Catalogue
from backend.domain.law_files import load_catalogue
from backend.domain.law_lines import LawError
from backend.sheets.compare import catalogue_changes, changes
from backend.sheets.files import read_sheet, write_sheet
from backend.sheets.reading import Imported, procedures_of
from backend.sheets.rows import rows_of
from backend.sheets.yaml_file import yaml_of


def export(catalogue: Catalogue, ids: Sequence[str], path: Path) -> int:
    """Write procedures to a sheet and return the number of rows. Raises LawError.

    `ids` as their files are called: "khai_sinh" is the newest version, "khai_sinh@2025-07-01" an older one; none means all.
    """
    newest = {procedure.id: procedure for procedure in catalogue.all()}
    known = newest | {f"{p.id}@{catalogue.version(p)}": p for p in catalogue.versions()}
    unknown = [f"{name} is no procedure; known are {', '.join(newest)}" for name in ids if name not in known]
    if unknown:
        raise LawError(unknown)
    rows = [row for name in ids or newest for row in rows_of(known[name])]
    write_sheet(path, rows)
    return len(rows)


def bring_in(sheet: Path, out: Path, catalogue: Catalogue, new: bool = False) -> list[Imported]:
    """Write one YAML file a procedure of the sheet into the new folder `out`: all of them, or none. Raises LawError."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise LawError([f"{out}: not empty; name a new folder, so that no file is mistaken for one of this sheet"])
    found = procedures_of(read_sheet(sheet), [procedure.id for procedure in catalogue.all()], new)
    try:
        _write_whole(out, {f"{one.procedure.id}.yaml": yaml_of(one.procedure, sheet.name) for one in found})
    except OSError as error:
        raise LawError([f"{out}: cannot be written ({error.strerror})"]) from None
    return found


def _write_whole(out: Path, files: dict[str, str]) -> None:
    """The folder appears with all its files or not at all: it is filled beside its place and renamed."""
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        for name, text in files.items():
            (beside / name).write_text(text, encoding="utf-8")
        beside.chmod(0o755)
        os.replace(beside, out)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def folder_changes(folder: Path, other: Path | None, shipped: Catalogue) -> dict[str, list[str]]:
    """Return what changes from `folder` to `other`, by procedure; without `other` what the shipped files would become.

    A folder for review holds some procedures only: against the shipped files, those alone are compared. Raises LawError.
    """
    first = load_catalogue(folder)
    return catalogue_changes(shipped, first, partial=True) if other is None else catalogue_changes(first, load_catalogue(other))


def version_changes(shipped: Catalogue, id: str, version: str) -> list[str]:
    """Return what changed since the version a dossier was made under. Raises LawError where its file is gone."""
    try:
        old = shipped.by_version(id, version)
    except KeyError:
        raise LawError([f"{id} is no procedure any more; put {id}.yaml back to compare"]) from None
    if shipped.version(old) != version:
        raise LawError([f"{id}: the version of {version} is not among the files; put {id}@{version}.yaml back to compare"])
    return changes(old, shipped.get(id))
