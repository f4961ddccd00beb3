"""House rules that a machine can keep: the arrows, the settings in the README, a text for every notice, files of a size."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from backend.office import jobs
from backend.office.access import PERMISSIONS, ROLES
from backend.settings import Settings
from bot.channels.gateway_config import ENVIRONMENT
from bot.commands.procedures import check_law

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {
    # room                     may import
    "backend.domain":          {"backend.domain"},
    "backend.store":           {"backend.store", "backend.domain"},
    "backend.office":          {"backend.office", "backend.store", "backend.domain", "backend.clock"},
    "backend.doors":           {"backend.law", "backend.doors", "backend.office", "backend.store", "backend.domain", "backend.clock", "backend.settings"},
    "backend.law":             {"backend.office", "backend.store", "backend.domain", "backend.settings"},
    "backend.sheets":          {"backend.sheets", "backend.domain"},
    "backend.settings":        set(),
    "backend.clock":           set(),
    "bot.text":                {"backend.domain.letters"},
    "bot.dialogue":            {"bot.dialogue", "bot.text", "backend.domain"},
    "bot.words":               {"bot.dialogue", "backend.domain"},
    "bot.gate":                {"bot.words", "bot.dialogue", "backend.domain"},
    "bot.channels":            {"bot.channels", "backend.domain"},
    "bot.nlu":                 {"bot.dialogue", "bot.text"},
    "bot.understanding":       {"bot.text", "bot.understanding"},
    "bot.learning":            {"bot.learning", "bot.dialogue", "bot.text", "bot.nlu", "bot.nlu_evaluate", "bot.nlu_server", "bot.parse_cache", "backend"},
    "bot.conversations":       {"bot.conversations", "bot.learning", "bot.dialogue", "bot.channels", "bot.words", "backend"},
    "bot.webhooks":            {"bot.conversations", "bot.channels"},
    "bot.desk":                {"bot.desk", "bot.learning", "bot.conversations", "bot.channels", "bot.dialogue", "bot.words", "bot.opened", "backend"},
}  # fmt: skip
"""The law of the house: who may import whom, one way."""


def modules():
    for path in sorted([*ROOT.glob("backend/**/*.py"), *ROOT.glob("bot/**/*.py")]):
        if ".venv" in path.parts or "migrations" in path.parts:
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield name, path


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("backend", "bot", "main")}


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def room_of(name: str) -> str | None:
    rooms = [room for room in ROOMS if within(name, room)]
    return max(rooms, key=len, default=None)


def test_arrows_go_one_way():
    wrong = []
    for name, path in modules():
        room = room_of(name)
        if room is None:
            continue
        for imported in imports(path):
            if imported in ("backend", "bot") or any(within(imported, allowed) for allowed in ROOMS[room]):
                continue
            if any(within(allowed, imported) for allowed in ROOMS[room]):
                continue  # `from backend import office`: the package on the way to the room
            wrong.append(f"{name} imports {imported}")
    assert wrong == [], "\n".join([*wrong, "", "allowed:", *(f"  {room}: {', '.join(sorted(to))}" for room, to in ROOMS.items())])


def test_backend_never_knows_the_bot():
    assert [name for name, path in modules() if name.startswith("backend") and any(i.startswith("bot") for i in imports(path))] == []


def test_every_setting_is_in_the_readme_and_nothing_else():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", readme, re.M))
    assert table == set(Settings.model_fields)
    assert [name for name in ENVIRONMENT if f"`{name}`" not in readme] == []


def test_the_law_and_every_text_are_in_order():
    assert check_law() == []


def test_a_status_is_written_in_one_line_of_the_code():
    writers = [
        f"{name}:{number}"
        for name, path in modules()
        if name.startswith("backend.office")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"dossier\.status(, [\w.]+)* = |, dossier\.status, .* = ", line)
    ]
    assert len(writers) == 1 and writers[0].startswith("backend.office.dossiers:")


def test_every_permission_names_known_roles():
    assert {role for roles in PERMISSIONS.values() for role in roles} <= set(ROLES)


def test_every_kind_of_job_has_a_handler():
    source = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("bot/conversations/handlers.py", "main.py"))
    assert [kind for kind in jobs.KINDS if f'"{kind}":' not in source] == []


def test_files_keep_their_size():
    long = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules()}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


@pytest.mark.parametrize("word", ["TODO", "FIXME", "NotImplementedError"])
def test_nothing_is_left_open(word):
    assert [name for name, path in modules() if word in path.read_text(encoding="utf-8")] == []


def test_citizens_sentences_are_data():
    """No Vietnamese sentence in the bot's code: what a citizen reads stands in bot/texts."""
    said = []
    for name, path in modules():
        if not name.startswith(("bot.dialogue", "bot.conversations", "bot.channels")):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs and "|" not in node.value and len(node.value.split()) > 7:
                if re.search(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", node.value):
                    said.append(f"{name}:{node.lineno}")
    assert said == []
