"""Command words (ways out are words, never digits) and how people write them. All folded: with and without accents."""

from __future__ import annotations

import re

from backend.domain.letters import fold

COMMANDS = {
    "LUI": ("lui", "lui lai", "quay lai", "tro lai", "back"),
    "GAP": ("gap", "gap can bo", "gap nguoi", "gap nguoi that", "can nguoi giup", "goi lai cho toi"),
    "HUY": ("huy", "huy bo", "huy di", "thoi", "dung lai", "thoi khong lam nua", "huy don"),
    "TIEP": ("tiep", "tiep tuc", "lam tiep", "khai tiep"),
    "SUA": ("sua", "sua lai"),
    "LAI": ("lai", "nhac lai", "noi lai", "doc lai", "nhac lai di"),
    "TC": ("tc", "tu choi"),
    "STOP": ("stop",),
    "XONG": ("xong", "xong roi", "het", "het roi"),
    "CHUA": ("chua", "chua dat", "chua dat ten", "chua co ten"),
    "DOI": ("doi", "doi nguoi"),
    "AI": ("ai",),
    "CHUYEN": ("chuyen", "chuyen may", "doi may"),
    "HUY UQ": ("huy uq", "huy uy quyen"),
    "MAI": ("mai", "de mai", "mai lam", "mai lam tiep", "de hom khac", "ban roi", "luc khac"),
}
NAMES_TOO = {"HUY", "LAI", "CHUA", "MAI", "DUNG", "THOI"}
"""Words that are also Vietnamese names: asked about where a name is asked (rule 3)."""

_BY_WORDS = {words: name for name, spellings in COMMANDS.items() for words in spellings}
_FILLERS = re.compile(r"\b(a|nhe|nha|nhe|di|oi|em|chi|anh|can bo|xa|ad|cho toi|giup|voi|luon)$")
_FIX = re.compile(r"^sua(?: lai)?(?: cau)?(?: so)? ?(\d{1,2})\b")
_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "dau": 1, "nhat": 1}
_PLACE = re.compile(
    r"^(?:y la |chon |so |cau |cai |so thu |cai so |nut |phim |thu )*(?:thu |so )?(\d{1,2}|" + "|".join(_NUMBERS) + r")(?: tien)?$"
)

UNKNOWN = re.compile(
    r"^(?:(?:toi|em|minh|ba|bac|chau|nha|da|thi) )*"
    r"(?:(?:khong|ko|k|kg|hong|chang|cha|chua) (?:nho|biet|ro|thuoc|co o day|mang|tra duoc)|quen|chiu|k nho|hok nho|de ve xem)"
    r"(?: .{0,40})?$"
)


def bare_text(text: str) -> str:
    """Folded words of a text without marks of punctuation and with single spaces."""
    return " ".join(re.sub(r"[^\w\s/]", " ", fold(text)).split())


def command(text: str) -> tuple[str, str] | None:
    """(command, argument) if the whole text is a command word: "LUI", "sua cau 3" -> ("SUA", "3"). Else None."""
    words = bare_text(text)
    fix = _FIX.match(words)
    if fix:
        return "SUA", fix[1]
    name = _BY_WORDS.get(words) or _BY_WORDS.get(_FILLERS.sub("", words).strip())
    return (name, "") if name else None


def is_command_of_name(text: str) -> str | None:
    """The single word in capitals if it is a command and a Vietnamese name ("Huy", "Mai"). Else None."""
    words = bare_text(text).upper()
    return words if words in NAMES_TOO else None


def place_word(text: str) -> int | None:
    """The number of a choice in words: "cái thứ 2" -> 2, "cái đầu" -> 1, "ba" -> 3; None if it is not only that."""
    found = _PLACE.match(bare_text(text))
    if not found:
        return None
    return int(found[1]) if found[1].isdigit() else _NUMBERS[found[1]]


def says_unknown(text: str) -> bool:
    """Whether somebody says that they do not know or remember."""
    return bool(UNKNOWN.match(bare_text(text)))


def digit(text: str) -> str | None:
    """The one or two digits a text consists of ("1.", " 2 nha"), else None."""
    found = re.fullmatch(r"(?:so |cau |chon )?(\d{1,2})(?: (?:a|nha|nhe|nhe a|vang|da|ok|di|day|ban|em|bac))?", bare_text(text))
    return found[1] if found else None
