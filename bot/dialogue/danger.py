"""Words of danger: they decide which emergency number is named first, and that a short answer is looked at twice."""

from __future__ import annotations

import re

from bot.dialogue.commands import bare_text

KINDS = (
    ("scam", r"otp|lua dao|chuyen (tien|khoan)|dong (tien|phi)|nop (tien|phi)|goi (dien )?(bao|doi|den)|ma xac|vneid|mat khau|cong an goi"),
    ("suicide", r"la ngon|tu tu|tu sat|khong muon song|uong thuoc (sau|co|diet|chuot)|chet di cho"),
    ("medical", r"cap cuu|ngat|chay mau|co giat|sot cao|dot quy|kho tho|ran can|bong|tai nan|dau de|vo oi|bat tinh"),
    ("child", r"(1[0-7]|muoi [a-z]+) tuoi|tre em|tao hon|xam hai|hiep|chau be.*danh|danh.*chau|bo roi"),
    ("violence", r"danh|dam|chem|giet|dao|doa|bao luc"),
    ("disaster", r"lu|sat lo|sap|chay|cuon|loc|nuoc len|dat lo|bao ve|mac ket"),
)
"""Kind -> folded words; the first that fits decides which emergency numbers are named first."""


def kind_of(text: str) -> str | None:
    """The kind of danger a text speaks of by its words, None when by none. Only NLU says whether it is one."""
    words = bare_text(text)
    return next((name for name, pattern in KINDS if re.search(rf"\b(?:{pattern})\b", words)), None)
