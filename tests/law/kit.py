"""The real law, and a small procedure file to spoil."""

from datetime import date
from pathlib import Path

from backend.domain.law_files import load_catalogue

PROCEDURES = Path(__file__).parents[2] / "backend/procedures"
LAW = load_catalogue(PROCEDURES)
TODAY = date(2026, 11, 23)

SMALL = """\
id: tiny
names: {official: Tiny, plain: làm giấy nhỏ, menu: Giấy nhỏ, folk: [giấy bé]}
codes:
  - {code: "1.000001", valid_from: 2025-07-01}
field: Hộ tịch
file_by_text: "yes"
valid_from: 2025-07-01
checked: 2026-11-23
confidence: high
result: Giấy
source: tests
questions:
  - {id: who, label: Ai, type: choice, from: text, options: [{id: self, label: Mình}, {id: other, label: Người khác}]}
  - {id: name, label: Tên, type: person_key, from: text, role: subject, only_if: {who: [other]}}
  - {id: number, label: Số, type: citizen_id, from: number(name), role: subject, only_if: {who: [other]}}
  - {id: copies, label: Số bản, type: number, from: default(0)}
papers:
  - {id: card, name: Căn cước, plain: căn cước, kind: shown}
  - {id: mandate, name: Giấy ủy quyền, plain: giấy ủy quyền, kind: original, when: {who: [other]}}
fee:
  - {amount: null}
time:
  - {value: 3, unit: working_day}
"""


def folder_with(tmp_path: Path, **files: str) -> Path:
    """A folder of law files by stem; `__at__` in a name stands for `@`."""
    for stem, text in files.items():
        (tmp_path / f"{stem.replace('__at__', '@')}.yaml").write_text(text, encoding="utf-8")
    return tmp_path
