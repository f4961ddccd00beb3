"""Who may do what: one table for every door. A role holds in its own unit only, except the province, which sees its communes.

Actions on a dossier are not here: their roles stand in the workflow table (`backend/workflow/`).
"""

from __future__ import annotations

from collections.abc import Iterable

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
    "absence.write": frozenset({"lanhdao", "quantri"}),
    "staff.manage": frozenset({"lanhdao", "quantri"}),
    "readers.see": frozenset({"lanhdao"}),
    "calendar.see": frozenset(ROLES),
    "calendar.edit": frozenset({"quantri", "bientap"}),
    "complaints.see": frozenset({"lanhdao", "tiepnhan"}),
    "complaints.answer": frozenset({"lanhdao"}),
    "index.see": frozenset({"lanhdao", "tinh"}),
    "exchange.see": frozenset({"lanhdao", "tinh"}),
    "workflow.see": frozenset(ROLES),
    "texts.see": frozenset(ROLES),
    "unsure.label": frozenset({"bientap"}),
    "model.see": frozenset({"bientap", "quantri", "lanhdao"}),
    "tokens.manage": frozenset({"quantri"}),
    "clock.move": frozenset(ROLES),
    "console.open": frozenset(ROLES),
}
"""Permission -> roles. `clock.move` opens a door that exists in the demo only."""


ACT, ACTING_ANY = "dossiers.act:", "dossiers.act"
ACTING = ("tiepnhan", "chuyenmon", "lanhdao", "vanthu")
"""Roles of the workflow table that another system may act as, each by a scope of its own."""

SCOPES: dict[str, str] = {
    "procedures.read": "đọc thủ tục",
    "dossiers.read": "đọc hồ sơ đang ở đâu (không có nội dung)",
    "dossiers.content": "đọc nội dung hồ sơ: ô khai, người, giấy tờ; mỗi lần đọc được ghi lại cho lãnh đạo xem",
    "dossiers.send": "nộp hồ sơ, gửi tệp",
    "events.read": "đọc lịch sử hồ sơ",
    "tracking.read": "tra tình trạng bằng mã và bốn số cuối",
    "tasks.read": "đọc việc đang chờ",
    "hooks.manage": "đăng ký nơi nhận báo tin",
    **{f"{ACT}{role}": f"làm việc của {ROLES[role]}" for role in ACTING},
}
"""What a token of another system may be given -> in plain words. A token holds in the unit that made it only, and in its fields of procedures."""


def acting_roles(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the roles of the workflow table that these scopes give."""
    return tuple(role for role in ACTING if f"{ACT}{role}" in set(scopes))


def may(actor: Actor, permission: str, unit: str) -> bool:
    """Whether `actor` may do `permission` in `unit`, also for an absent colleague. Raises KeyError for an unknown permission."""
    allowed = PERMISSIONS[permission]
    return actor.unit == unit and any(allowed.intersection(hat.roles) for hat in actor.hats)


def worn(actor: Actor, permission: str) -> tuple[str | None, str | None]:
    """Return (role, id of the absent person) by which `actor` has a permission, the own role first; (None, None) without it."""
    allowed = PERMISSIONS[permission]
    hats = ((role, hat.of) for hat in actor.hats for role in hat.roles if role in allowed)
    return next(hats, (None, None))
