"""Command words (ways out are words, never digits) and how people write them. All folded: with and without accents."""

from __future__ import annotations

import re

from backend.domain.letters import fold

COMMANDS = {
    "LUI": ("lui", "lui lai", "quay lai", "tro lai", "back"),
    "GAP": ("gap", "gap can bo", "gap nguoi", "gap nguoi that", "can nguoi giup", "goi lai cho toi", "goi cho toi", "goi cho em",
            "goi toi", "goi em", "goi lai", "goi lai cho em", "goi lai cho bac", "goi dien cho toi", "khong biet chu", "toi khong biet chu",
            "em khong biet chu", "khong biet doc", "toi khong biet doc", "khong biet nhan tin", "toi khong biet nhan tin"),
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
    "MAI": ("mai", "de mai", "mai lam tiep", "de hom khac", "ban roi", "luc khac"),
}
WAYS_OUT = {"LUI", "GAP"}
"""Nobody is called so: they lead out of every question, also out of one that asks for a name."""
NAMES_TOO = {"HUY", "LAI", "CHUA", "MAI", "DUNG", "THOI"}
"""Words that are also Vietnamese names: asked about where a name is asked (rule 3)."""

_BY_WORDS = {words: name for name, spellings in COMMANDS.items() for words in spellings}
_FILLERS = re.compile(r"\b(a|nhe|nha|nhe|di|oi|em|chi|anh|can bo|xa|ad|cho toi|giup|voi|luon)$")
_FIX = re.compile(r"^sua(?: lai)?(?: cau)?(?: so)? ?(\d{1,2})\b")


def bare_text(text: str) -> str:
    """Folded words of a text without marks of punctuation and with single spaces."""
    return " ".join(re.sub(r"[^\w\s/]", " ", fold(text)).split())


_PAUSE = re.compile(
    r"^(?:toi |em |chau |minh |nha )?(?:dang |gio )?(?:roi|roi bi|buon|met|dau long) (?:qua|lam)\b.{0,20}$"
    r"|^(?:thoi )?(?:ban (?:roi|qua|viec|di nuong|lam)|(?:de )?(?:hom|luc|khi) khac|de (?:mai|toi|chieu|sau)|mai (?:lam|khai|nhan|moi) \w+)\b.{0,25}$"
)


def command(text: str) -> tuple[str, str] | None:
    """(command, argument) if the whole text is a command word: "LUI", "sua cau 3" -> ("SUA", "3"). Else None."""
    words = bare_text(text)
    fix = _FIX.match(words)
    if fix:
        return "SUA", fix[1]
    if _PAUSE.match(words):
        return "MAI", ""
    name = _BY_WORDS.get(words) or _BY_WORDS.get(_FILLERS.sub("", words).strip())
    return (name, "") if name else None


def is_command_of_name(text: str) -> str | None:
    """The single word in capitals if it is a command and a Vietnamese name ("Huy", "Mai"). Else None."""
    words = bare_text(text).upper()
    return words if words in NAMES_TOO else None


_SLIP = re.compile(
    r"^(?:a |o |u |chet |xin loi )?(?:(?:toi |em |minh |chau )?(?:viet |ghi |go |bam |nhan )?(?:nham|lon)\b|sai roi\b|sai (?:ngay|ten|so|nam)\b)"
)


def says_slip(text: str) -> bool:
    """Whether somebody takes back what they wrote: "nhầm, con sinh 12/9"."""
    return bool(_SLIP.match(bare_text(text)))


def digit(text: str) -> str | None:
    """The one or two digits a text consists of ("1.", " 2 nha"), else None."""
    found = re.fullmatch(r"(?:so |cau |chon )?(\d{1,2})(?: (?:a|nha|nhe|nhe a|vang|da|ok|di|day|ban|em|bac))?", bare_text(text))
    return found[1] if found else None
