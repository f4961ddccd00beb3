"""Two wishes in one message: where a text falls apart, and whether its parts are two wishes or one and its reason."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue import thresholds as sure
from bot.dialogue.choosing import ABOUT_PROCEDURE
from bot.dialogue.commands import bare_text
from bot.dialogue.types import Understanding

WISHES = {"ask_procedure", "start_dossier"}
SERVICES = {"track_dossier", "talk_to_human", "complain", "request_postal", "pay_fee"}
"""Served at once, before a procedure is begun."""
SHORTEST = 2
"""Words a part must have to be a wish of its own."""
CUTS = 5
"""Cuts tried in one message: each costs two parses."""
AMONG = 3
"""Two wishes show in the whole text as two of its likeliest procedures."""
_SURELY = re.compile(
    r",?\s+(?:với lại|voi lai|đồng thời|dong thoi|tiện thể|tien the|tiện|tien|luôn thể|luon the|nhân tiện|nhan tien|à mà|a ma|ngoài ra|ngoai ra|và cả|va ca"
    r"|sau đó|sau do|thêm nữa|them nua|xong rồi|xong roi|2\.|2)\s+(?:thì |thi |là |la )?|\s*[.;?!\n]+\s+",
    re.IGNORECASE,
)
_PERHAPS = re.compile(r",?\s+(?:và|va|với|voi|vs|cùng|cung|thêm|them|xong|rồi|roi|còn|con)\s+|\s*(?:,|\+|&|/)\s+", re.IGNORECASE)
_FRAME = re.compile(r"^(?:(?:1|2)[.)]?\s+)?(?:(?:cho |em |e |tôi |toi |bác |bac )?(?:hỏi|hoi) (?:luôn|luon|thêm|them|cả|ca|về|ve)\s+)?", re.IGNORECASE)
WISHING = re.compile(
    r"\b(?:lam|xin|dang ky|dk|dky|hoi|nop|doi|cap|tach|nhap|cat|xoa|sang ten|chung thuc|cong chung|xac nhan|sao y|khai|trich luc|bao tu|gap|goi"
    r"|sua|dinh chinh|cai chinh|mo|hoa giai|khieu nai|phan anh|mien|chuyen|ho so)\b"
)
_TOGETHER = re.compile(r"\b(?:mot lan|1 lan|cung luc|lam gop|gop|mot the|lien thong)\b")
FACTS = {
    "ask_documents": re.compile(
        r"\bgiay(?: to)? (?:gi|j|nao)\b|\b(?:can|mang|nop) (?:theo )?(?:gi|j|nhung gi|nhung giay)\b|\bho so gom\b"
    ),
    "ask_fee": re.compile(
        r"\bbao nhieu tien\b|\bbn tien\b|\b(?:mat|ton|het) (?:tien|phi|(?:bao nhieu|bn)(?! (?:ngay|lau|hom)))\b|\ble phi\b|\bphi bao nhieu\b"
        r"|\bbao nhieu (?:mot|1) (?:ban|to|trang)\b"
    ),
    "ask_duration": re.compile(
        r"\bbao lau\b|\bmay (?:ngay|hom|bua|tuan)\b|\bbao gio (?:co|xong|duoc|lay|thi)\b|\bkhi nao (?:co|xong|duoc|lay)\b|\bchung nao\b"
    ),
    "ask_where": re.compile(r"\bo dau\b|\bcho nao\b|\bnoi nao\b|\b(?:len|ra|den|nop) dau\b|\bmay gio\b"),
}  # fmt: skip
"""Folded words of the questions that one sentence answers; people ask several of them in one breath."""


def split(text: str) -> tuple[tuple[str, str], ...]:
    """Where a text may fall into two wishes, for NLU to read apart: the likeliest cut first, none where all is to be done at once."""
    if _TOGETHER.search(bare_text(text)):
        return ()
    sure_cuts = [cut for joint in _SURELY.finditer(text) if (cut := _cut(text, joint))]
    perhaps = [cut for joint in _PERHAPS.finditer(text) if (cut := _cut(text, joint)) and all(WISHING.search(bare_text(part)) for part in cut)]
    return tuple(dict.fromkeys([*sure_cuts, *perhaps]))[:CUTS]


def _cut(text: str, joint: re.Match[str]) -> tuple[str, str] | None:
    first, second = _FRAME.sub("", text[: joint.start()].strip()), _FRAME.sub("", text[joint.end() :].strip())
    return (first, second) if min(len(first.split()), len(second.split())) >= SHORTEST else None


def both(whole: Understanding, first: Understanding, second: Understanding) -> Understanding | None:
    """The two wishes of a text whose parts mean `first` and `second`; None where it is one wish and its circumstances.

    Two procedures must be sure apart and be among the likeliest of the whole: "khai sinh, nhập khẩu và bảo hiểm" is a third one,
    "mới lấy vợ, xin nhập hộ khẩu" one and its reason. A service (where does it stand, a person) is told by its intent.
    """
    if whole.intent == "urgent" or whole.degraded or first.degraded or second.degraded:
        return None
    services = [_is_service(part) for part in (first, second)]
    likely = {name for name, _ in whole.candidates[:AMONG]}
    if all(services):
        return replace(first, second=second) if first.intent != second.intent else None
    if any(services):
        named = second if services[0] else first
        return replace(first, second=second) if _names(named) and named.procedure in likely else None
    apart = _names(first) and _names(second) and first.procedure != second.procedure and {first.procedure, second.procedure} <= likely
    return replace(_wished(first), second=_wished(second)) if apart else None


def facts(meant: Understanding, text: str) -> tuple[str, ...]:
    """The questions about one procedure that stand in a text beside what it means: "cần giấy gì, bao lâu thì xong"."""
    if meant.intent not in ABOUT_PROCEDURE:
        return ()
    said = bare_text(text)
    asked = [intent for intent, pattern in FACTS.items() if intent != meant.intent and pattern.search(said)]
    return tuple(intent for intent in asked if (meant.intent, intent) != ("ask_benefit", "ask_fee"))


def _is_service(part: Understanding) -> bool:
    return part.intent in SERVICES and part.confidence >= sure.PART_SURE


def _names(part: Understanding) -> bool:
    return part.procedure is not None and part.procedure_confidence >= sure.PROCEDURE_SURE


def _wished(part: Understanding) -> Understanding:
    return part if part.intent in ABOUT_PROCEDURE else replace(part, intent="ask_procedure", confidence=part.procedure_confidence)
