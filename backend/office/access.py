"""Who may do what: one table for every door. A role holds in its own unit only, except the province, which sees its communes.

Actions on a dossier are not here: their roles stand in the workflow table (`backend/workflow/`).
"""

from __future__ import annotations

from backend.office.kit import Actor

ROLES = {
    "tiepnhan": "cán bộ tiếp nhận",
    "chuyenmon": "công chức chuyên môn",
    "lanhdao": "lãnh đạo",
    "vanthu": "văn thư",
    "bientap": "người soạn thủ tục",
    "quantri": "quản trị",
    "tinh": "cán bộ tỉnh",
}

PERMISSIONS: dict[str, frozenset[str]] = {
    "queue.see": frozenset({"tiepnhan", "chuyenmon", "lanhdao", "vanthu", "tinh"}),
    "dossier.read": frozenset({"tiepnhan", "chuyenmon", "lanhdao", "vanthu"}),
    "dossier.act": frozenset({"tiepnhan", "chuyenmon", "lanhdao", "vanthu"}),
    "dossier.correct": frozenset({"tiepnhan", "chuyenmon"}),
    "receipt.print": frozenset({"tiepnhan", "chuyenmon", "lanhdao", "vanthu"}),
    "conversation.read": frozenset({"tiepnhan", "chuyenmon", "lanhdao"}),
    "conversation.reply": frozenset({"tiepnhan", "chuyenmon", "lanhdao"}),
    "task.take": frozenset({"tiepnhan", "chuyenmon", "lanhdao"}),
    "jobs.see": frozenset({"quantri", "lanhdao", "tiepnhan"}),
    "jobs.replay": frozenset({"quantri", "lanhdao"}),
    "readers.see": frozenset({"lanhdao"}),
    "workflow.see": frozenset(ROLES),
    "texts.see": frozenset(ROLES),
    "model.see": frozenset({"bientap", "quantri", "lanhdao"}),
    "clock.move": frozenset(ROLES),
    "console.open": frozenset(ROLES),
}
"""Permission -> roles. `clock.move` opens a door that exists in the demo only."""


def may(actor: Actor, permission: str, unit: str) -> bool:
    """Whether `actor` may do `permission` in `unit`. Raises KeyError for a permission that nobody wrote down."""
    allowed = PERMISSIONS[permission]
    return actor.unit == unit and bool(allowed.intersection(actor.roles))
