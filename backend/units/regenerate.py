"""Writes the unit files of this folder from the package `vietnamadminunits` (MIT, names and mapping of 2025).

    uv run --with vietnamadminunits python backend/units/regenerate.py

The package is needed here only, never at run time. `agencies.yaml` and `corrections.yaml` are kept by hand.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PROVINCE = {"old": "06", "old_key": "tinhbackan", "new": "19", "new_key": "tinhthainguyen"}
LAST_OLD_DAY, FIRST_NEW_DAY = "2025-06-30", "2025-07-01"
HEADER = "# Written by regenerate.py from vietnamadminunits {version} (MIT, Tran Ngoc Minh Hieu); do not edit by hand.\n"
KINDS = {
    "Phường": "phuong",
    "Xã": "xa",
    "Thị trấn": "thi_tran",
    "Huyện": "huyen",
    "Thành phố": "thanh_pho",
    "Tỉnh": "tinh",
}


def main() -> None:
    """Read the package's data and write provinces, districts, old and present communes."""
    import vietnamadminunits

    data = Path(vietnamadminunits.__file__).parent / "data"
    database = sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True)
    converter = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    old, new = _old_communes(database), _new_communes(database)
    heirs = _heirs(converter, old, new)
    _write("communes_2022.yaml", [_old(row, heirs[row["key"]]) for row in old])
    _write("districts.yaml", _districts(old))
    _write(
        "communes.yaml",
        [
            _new(row, [o["code"] for o in old if heirs[o["key"]] == row["code"]])
            for row in new
            if row["code"] in heirs.values()
        ],
    )
    _write("provinces.yaml", _provinces(database, converter))


def _rows(database: sqlite3.Connection, query: str, *values: str) -> list[dict[str, Any]]:
    cursor = database.execute(query, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _old_communes(database: sqlite3.Connection) -> list[dict[str, Any]]:
    return _rows(
        database,
        "select wardCode code, ward name, districtCode district, district district_name,"
        " provinceKey || '_' || districtKey || '_' || wardKey key from admin_units_legacy where provinceCode = ? order by wardCode",
        PROVINCE["old"],
    )


def _new_communes(database: sqlite3.Connection) -> list[dict[str, Any]]:
    return _rows(
        database,
        "select wardCode code, ward name, wardKey key from admin_units where provinceCode = ? order by wardCode",
        PROVINCE["new"],
    )


def _heirs(converter: dict[str, Any], old: list[dict[str, Any]], new: list[dict[str, Any]]) -> dict[str, str]:
    """Key of an old commune -> code of the present one. None of Bắc Kạn was divided; the script stops if that changes."""
    divided = converter["DICT_PROVINCE_WARD_DIVIDED"].get(PROVINCE["new_key"], {})
    codes = {row["key"]: row["code"] for row in new}
    heirs = {}
    for key, parts in converter["DICT_PROVINCE_WARD_NO_DIVIDED"][PROVINCE["new_key"]].items():
        heirs |= {part: codes[key] for part in parts if part.startswith(PROVINCE["old_key"])}
    lost = [row["name"] for row in old if row["key"] not in heirs or row["key"] in divided]
    if lost:
        raise SystemExit(f"no single heir for {', '.join(lost)}: map them by hand first")
    return heirs


def _corrected(name: str) -> str:
    corrections = yaml.safe_load((HERE / "corrections.yaml").read_text(encoding="utf-8")) or {}
    return corrections.get(name, name)


def _kind(name: str) -> str:
    return next(kind for word, kind in KINDS.items() if name.startswith(word + " "))


def _old(row: dict[str, Any], heir: str) -> dict[str, Any]:
    name = _corrected(row["name"])
    return {
        "code": row["code"],
        "name": name,
        "kind": _kind(name),
        "district": row["district"],
        "became": heir,
        "valid_to": LAST_OLD_DAY,
    }


def _new(row: dict[str, Any], parts: list[str]) -> dict[str, Any]:
    name = _corrected(row["name"])
    return {
        "code": row["code"],
        "name": name,
        "kind": _kind(name),
        "province": PROVINCE["new"],
        "parts": parts,
        "valid_from": FIRST_NEW_DAY,
    }


def _districts(old: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {row["district"]: _corrected(row["district_name"]) for row in old}
    return [
        {"code": c, "name": n, "kind": _kind(n), "province": PROVINCE["old"], "valid_to": LAST_OLD_DAY}
        for c, n in sorted(names.items())
    ]


def _provinces(database: sqlite3.Connection, converter: dict[str, Any]) -> list[dict[str, Any]]:
    """The 63 provinces of until 2025 with the one of the 34 that each became."""
    old = _rows(
        database,
        "select distinct provinceCode code, province name, provinceKey key from admin_units_legacy order by 1",
    )
    new = {
        r["key"]: r["code"]
        for r in _rows(
            database, "select distinct provinceCode code, province name, provinceKey key from admin_units"
        )
    }
    became = {part: new[key] for key, parts in converter["DICT_PROVINCE"].items() for part in parts}
    return [{"code": r["code"], "name": r["name"], "became": became[r["key"]]} for r in old]


def _write(file: str, rows: list[dict[str, Any]]) -> None:
    from importlib.metadata import version

    body = "".join(f"- {json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    (HERE / file).write_text(HEADER.format(version=version("vietnamadminunits")) + body, encoding="utf-8")


if __name__ == "__main__":
    main()
