""" "Mất" is died or lost, and its object tells which: "bố tôi mất" leads to a death, "mất giấy khai sinh" to a new copy."""

from __future__ import annotations

import re

from bot.dialogue.commands import bare_text

OF_A_DEATH = {"khai_tu", "lien_thong_khai_tu", "mai_tang_bt", "mai_tang_huu_tri", "xoa_thuong_tru", "tho_cung_liet_si"}
OF_A_LOSS = {
    "trich_luc",
    "khai_sinh_lai",
    "doi_can_cuoc",
    "cap_doi_gcn",
    "sao_so_goc",
    "khuyet_tat_cap_lai",
    "ct_ban_sao",
    "xac_nhan_cu_tru",
}
LEADS_TO = {
    "died": ("khai_tu", "lien_thong_khai_tu", "mai_tang_bt", "mai_tang_huu_tri"),
    "lost": ("trich_luc", "khai_sinh_lai", "doi_can_cuoc", "cap_doi_gcn"),
}
"""What people mostly come for after the one and the other."""
_KIN = (
    r"(?:bo|me|ba|ong|cu|co|chu|bac|cau|di|mo|thim|vo|chong|con|chau|anh|chi|em|nguoi|nguoi nha|nguoi than|bo me|ong ba|cha|tia|ma|bu|u|thay)"
    r"(?: (?:noi|ngoai|toi|em|chau|minh|nha em|nha toi|nha minh|vo|chong|trai|gai|ruot|ho|de|gia|cu|em toi))*"
)
_NO_LOSS = r"(?! (?:giay|the|so|bia|can|cccd|cmnd|gks|bang|ban|khai|tien|mua|bao|may|hoc ba|chung|dien thoai|sim))"
_DIED = re.compile(rf"\b{_KIN} (?:vua |moi |da |bi |chet |om |benh )*(?:mat|chet|qua doi|tu tran|khuat)\b{_NO_LOSS}")
_PAPER = (
    r"(?:giay|the|so ho|so do|so hong|so goc|so sach|bia|can cuoc|cccd|cmnd|cmt|chung minh|gks|bang lai|bang tot|bang cap|ban chinh"
    r"|ban goc|khai sinh|hoc ba|chung nhan|ket hon|ho so|ho khau)"
)
_OF = r"(?: (?!cho\b|tu\b|vi\b|khi\b|lam\b|nguoi\b)\w+){0,4}?"
"""Words between a paper and its loss: "giấy khai sinh của con bị mất"."""
_LOST = re.compile(
    rf"\b(?:mat|that lac|danh roi|roi mat|lam mat|danh mat|bi mat) (?:het |ca |cai |luon |ban |to |the |1 |mot |toan bo )*{_PAPER}\b"
    rf"|\b{_PAPER}{_OF} (?:bi |da |lai |lo |chay |cuon |dau )*(?:mat|that lac)(?: roi| het| dau)?\b(?! (?:bao|may|tien|phi))"
)
_OF_THE_DEAD = re.compile(r"\b(?:so goc|ban sao|trich luc khai sinh|khai sinh|can cuoc|so do|bia do)\b")
"""Papers that people want of, or for, somebody who has died: then the death decides nothing."""


def told(text: str) -> str | None:
    """ "died", "lost", or None where a text tells neither, or both ("bố mất, giấy khai sinh cũng mất")."""
    words = bare_text(text)
    died, lost = bool(_DIED.search(_LOST.sub(" ", words))), bool(_LOST.search(words))
    if died and _OF_THE_DEAD.search(words):
        return None
    return None if died == lost else "died" if died else "lost"


def fitting(text: str, ids: list[str]) -> list[str]:
    """The ids that fit what "mất" means in a text; all of them where none would be left or nothing is told."""
    wrong = {"died": OF_A_LOSS, "lost": OF_A_DEATH}.get(told(text) or "", set())
    return [name for name in ids if name not in wrong] or ids
