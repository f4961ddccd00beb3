"""Takes personal data out of a text, so that an officer reads and exports none: pure, by tables of patterns.

Found on the folded text (same length as the NFC text), hence also without accents. Over-masking costs a training line a
word; what it can miss is a bare given name in small letters that nobody has told the bot.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache

from backend.domain.letters import fold, nfc, strip_accents
from backend.domain.units import load
from backend.domain.values.lexicon import word_set
from backend.domain.values.syllables import is_syllable
from backend.domain.values.text import has_accents

LONGEST = 500
"""Characters of a line that are kept: a wish is short, a story is the desk's."""
PLACEHOLDER = re.compile(r"\[([^\]]+)\]")
_SEP = r"[\s.\-–—_/,:]*"
_NUMBER = r"(?:khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|muoi|chuc|tram|linh|ruoi|\d+)"
_KIN = r"(?:ong|ba|bac|co|chu|anh|chi|em|chau|con|be|cu|cau|di|mo|thim|me|bo|cha|vo|chong)"
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in (
    ("địa chỉ mạng", r"\S+@\S+\.\S+|https?://\S+|www\.\S+"),
    ("mã hồ sơ", rf"(?<![a-z0-9])(?:\d{{3}}{_SEP})?(?:[\do]{{2}}{_SEP}){{0,2}}h{_SEP}[\do]{{2}}(?:{_SEP}[\dol]{{2,3}})??{_SEP}[\dol]{{6}}{_SEP}[\dol]{{4}}(?![\dol])"),
    ("mã hồ sơ", r"(?<!\d)\d{6}\s?-\s?\d{4}(?!\d)"),
    ("điện thoại", r"(?<!\w)(?:\+?84|0)[\s.\-()]{0,2}\d(?:[\s.\-()]{0,2}\d){8,9}(?![\s.\-]?\d)"),
    ("ngày", r"(?<![\d.])\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?(?:19|20)?\d\d(?![\d.])"),
    ("ngày", r"\b(?:ngay|mung|mong)\s\d{1,2}\s(?:thang|th|t)\s?\d{1,2}(?:\snam\s(?:19|20)?\d\d)?\b"),
    ("ngày", rf"\bnam\s(?:{_NUMBER}\s){{1,3}}(?:nghin|ngan)(?:\s{_NUMBER})*"),
    ("năm sinh", r"(?:(?<=sinh )|(?<=sinh nam )|(?<=sn )|(?<=sn)|(?<=nam sinh ))(?:19|20)?\d\d\b"),
    ("số tiền", r"(?<![\w.])\d+(?:[.,]\d+)*(?:\s?(?:k|nghin|ngan|tr|trieu|ty|ti|dong|vnd|cu)|d)(?:\s?\d+|\sruoi)?(?:\sdong)?\b"),
    ("số tiền", r"(?<![\w.])\d{1,3}(?:[.,]\d{3})+(?![\w.])"),
    ("số tiền", rf"\b(?:{_NUMBER}\s){{1,6}}(?:trieu|nghin|ngan|ty)(?:\s(?:{_NUMBER}\s){{1,4}}(?:nghin|ngan|tram))*(?:\sruoi)?(?:\sdong)?\b"),
    ("số nhà", r"\b(?:so nha|nha so|ngo|ngach|hem|kiet|to dan pho|tdp)\s(?:so\s)?\d+[\w/]*"),
    ("số", rf"\b(?:{_NUMBER}[\s,.]+){{5,}}{_NUMBER}\b"),
))  # fmt: skip
"""(what stands in its place, pattern on the folded text); earlier ones win where two overlap."""
_DIGITS = re.compile(r"(?<!\w)\+?[\do](?:[\s.\-()]{0,2}[\dol]){3,}(?!\w)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_HAMLET = re.compile(r"\b(?:thôn|bản|xóm|khu|tổ)\s((?:[^\W\d_]+\s?){1,3}|\d+)", re.IGNORECASE)
_HAMLET_BARE = re.compile(
    r"\b(?:thon|xom)\s((?:na|pac|khuoi|khau|coc|lung|thom|tong|phja|phia|phieng|nam|ban|keo|cao|pu|hua|lang)\s\w+|\d+)"
)
_SAYS_NAME = re.compile(
    rf"\b(?:ho va ten|ho ten|dat ten|(?:khai|lay) ten|ten)(?:\s{_KIN}|\stoi|\sminh)?(?P<sure>(?:\sla)?\s?:?)\s"
)
_IS = re.compile(rf"\b(?:toi|minh|{_KIN})\sla\s")
_KIN_BEFORE = re.compile(rf"\b{_KIN}\s")
_WORD = re.compile(r"[^\W\d_]+")
_NO_FAMILY = frozenset(("me", "be", "cung", "bac", "ba", "co"))
"""Family names that in small letters are words: "bé thì", "mẹ thì"."""
_PROVINCES = frozenset(
    "bac kan|cao bang|ha noi|ha giang|ha nam|ha tinh|thai nguyen|thai binh|lang son|bac giang|bac ninh|binh duong|dong nai|da nang|trung quoc|thai lan|viet nam".split(
        "|"
    )
)


def masked(text: str, names: Iterable[str] = ()) -> str:
    """Return `text` on one line with placeholders in square brackets for what is personal; at most `LONGEST` long.

    `names`: names known from the conversation. Kinds: tên, số định danh, điện thoại, mã hồ sơ, ngày, năm sinh, số tiền, số nhà,
    thôn, số, địa chỉ mạng.
    """
    line = " ".join(nfc(text).replace("[", "(").replace("]", ")").split())
    plain = fold(line)
    spans: list[tuple[int, int, str]] = []
    for found in (
        _known(line, plain, names),
        _patterns(plain),
        _said(line, plain),
        _looks(line, plain),
        _hamlets(line, plain),
        _digits(plain),
    ):
        for start, end, kind in found:
            if end > start and all(end <= a or start >= b for a, b, _ in spans):
                spans.append((start, end, kind))
    for start, end, kind in sorted(spans, reverse=True):
        line = f"{line[:start]}[{kind}]{line[end:]}"
    return re.sub(r"(\[[^\]]+\])(?: \1)+", r"\1", line)[:LONGEST]


def twin(line: str) -> str:
    """Return the form in which two masked lines are the same: folded words without marks."""
    return " ".join(re.sub(r"[^\w\s]", " ", fold(line)).split())


def _known(line: str, plain: str, names: Iterable[str]) -> Iterable[tuple[int, int, str]]:
    """Names the conversation holds: whole, without the family name, and the given name where it is written as one."""
    for name in sorted(set(names), key=len, reverse=True):
        words = fold(name).split()
        for part in (words, words[-2:] if len(words) > 2 else []):
            if part:
                bound = r"\b" + r"\s".join(map(re.escape, part)) + r"\b"
                yield from ((m.start(), m.end(), "tên") for m in re.finditer(bound, plain) if len(part) > 1)
        for m in re.finditer(rf"\b{re.escape(words[-1])}\b", plain) if words else ():
            if (line[m.start()].isupper() and not line.isupper()) or _KIN_BEFORE.search(
                plain[: m.start()][-7:]
            ):
                yield m.start(), m.end(), "tên"


def _patterns(plain: str) -> Iterable[tuple[int, int, str]]:
    for kind, pattern in _PATTERNS:
        for m in pattern.finditer(plain):
            if kind != "số tiền" or not re.match(r"\s(?:thi|van)\s", plain[m.end() :]):
                yield m.start(), m.end(), kind


def _said(line: str, plain: str) -> Iterable[tuple[int, int, str]]:
    """What is said to be a name: "tên là …", "họ tên: …"; after "tôi là …" only where a family name begins it."""
    for m in _SAYS_NAME.finditer(plain):
        end, first = _name_end(plain, m.end(), 5), _WORD.match(plain, m.end())
        if end and (m["sure"] or line[m.end()].isupper() or (_is_family(line, first) and end > first.end())):
            yield m.end(), end, "tên"
    for m in _IS.finditer(plain):
        first = _WORD.match(plain, m.end())
        end = _name_end(plain, m.end(), 5)
        if (
            end
            and end > first.end()
            and _is_family(line, first)
            and (line[m.end()].isupper() or _is_common(line, first))
        ):
            yield m.end(), end, "tên"


def _in_a_name(plain: str, m: re.Match[str], count: int) -> bool:
    """Whether the word may be the `count`-th of a name: what is also another word only before or as "thị", "văn"."""
    if m.group() not in _not_names():
        return True
    return (
        m.group() in ("van", "thi")
        if count
        else bool(re.match(r" (?:thi|van) ", plain[m.end() :])) and m.group() in _surnames()
    )


def _is_family(line: str, m: re.Match[str], group: int = 0) -> bool:
    """Whether the word found is a family name, with its own accents where the line has accents."""
    word = line[m.start(group) : m.end(group)].lower()
    return word in (_written_surnames() if has_accents(line) else _surnames())


def _is_common(line: str, m: re.Match[str]) -> bool:
    """Whether it is one of the families so common here that it is no other word in small letters."""
    word = line[m.start() : m.end()].lower()
    common = {name.lower() for name in word_set("names", "common_surnames")}
    return word in common if has_accents(line) else word in {fold(name) for name in common}


def _name_end(plain: str, start: int, most: int) -> int | None:
    """Where the words end that may be a name; None where the first is none."""
    end, at, count = None, start, 0
    while count < most and (m := _WORD.match(plain, at)) and _in_a_name(plain, m, count):
        end, count = m.end(), count + 1
        if plain[end : end + 1] != " ":
            break
        at = end + 1
    return end


def _looks(line: str, plain: str) -> Iterable[tuple[int, int, str]]:
    """A family name before "thị" or "văn"; two or more capitals behind a family name; a capital behind a word of kin."""
    for m in re.finditer(r"\b([^\W\d_]+)\s(?:thi|van)\s[^\W\d_]+", plain):
        if _is_family(line, m, 1) and _is_named(line[m.start() : m.end()].split(), line):
            yield m.start(), _capitals_end(line, m.end()), "tên"
    if line.isupper() or line.istitle():
        return
    for m in re.finditer(r"\b[^\W\d_]+\s[^\W\d_]+", line):
        words = m.group().split()
        if (
            all(w[0].isupper() for w in words)
            and _is_family(line, _WORD.match(line, m.start()))
            and not _is_place(line, m.start())
        ):
            yield m.start(), _capitals_end(line, m.end()), "tên"
    for m in re.finditer(rf"\b{_KIN}\s([^\W\d_]+)", plain):
        word = line[m.start(1) : m.end(1)]
        if (
            word[0].isupper()
            and not word.isupper()
            and fold(word) not in _not_names() | {"ho"}
            and not _is_place(line, m.start())
        ):
            yield m.start(1), _capitals_end(line, m.end(1)), "tên"


def _is_named(words: list[str], line: str) -> bool:
    """Whether family name, "thị" or "văn" and a third word are a name and not "mẹ thì bao", "họ vẫn chưa"."""
    first, middle, last = words
    if (
        middle.lower() not in (("thị", "văn") if has_accents(line) else ("thi", "van"))
        or not is_syllable(fold(last))
        or (last[0].islower() and fold(last) in _not_names())
    ):
        return False
    return first[0].isupper() or fold(first) not in _not_names() | _NO_FAMILY


def _capitals_end(line: str, end: int) -> int:
    while m := re.match(r"\s([^\W\d_]+)", line[end:]):
        if not m.group(1)[0].isupper() or line.isupper():
            break
        end += m.end()
    return end


def _is_place(line: str, start: int) -> bool:
    words = fold(line[start:]).split()
    known = _places()
    return any(" ".join(words[:n]).strip(" ,.") in known for n in (2, 3))


def _hamlets(line: str, plain: str) -> Iterable[tuple[int, int, str]]:
    """ "thôn Nà Mơ", "tổ 5"; in small letters only where it begins as hamlets here do ("thon na mo")."""
    for m in _HAMLET.finditer(line):
        named = re.match(r"\d+", m[1]) or (m[1][0].isupper() and not line.isupper())
        if named:
            yield (
                m.start(),
                _capitals_end(line, m.start(1) + len(re.match(r"\d+|[^\W\d_]+", m[1])[0])),
                "thôn",
            )
    for m in _HAMLET_BARE.finditer(plain):
        yield m.start(), m.end(), "thôn"


def _digits(plain: str) -> Iterable[tuple[int, int, str]]:
    """Every number of four digits or more that is no year, by its length."""
    for m in _DIGITS.finditer(plain):
        digits = re.sub(r"\D", "", m.group().replace("o", "0").replace("l", "1"))
        if sum(c.isdigit() for c in m.group()) < 4 or _YEAR.fullmatch(m.group()):
            continue
        phone = digits.startswith(("0", "84")) and len(digits) in (10, 11)
        yield (
            m.start(),
            m.end(),
            "điện thoại" if phone else "số định danh" if len(digits) in (9, 12) else "số",
        )


@cache
def _surnames() -> frozenset[str]:
    return frozenset(fold(name) for name in word_set("names", "surnames"))


@cache
def _written_surnames() -> frozenset[str]:
    return frozenset(name.lower() for name in word_set("names", "surnames"))


@cache
def _not_names() -> Collection[str]:
    """Folded words that end a name in a sentence."""
    listed = word_set("names", "not_names") | word_set("names", "plain_too") | word_set("names", "tails")
    return frozenset(fold(word) for word in listed) | frozenset(
        "sinh la co vay thi ma nhe nha a ah oi sai viet bi do ngay cccd cmnd sdt ty".split()
    )


@cache
def _places() -> frozenset[str]:
    return frozenset(load().folded_names) | _PROVINCES


FILLINGS = {
    "tên": ("Bàn Văn Pá", "Triệu Thị Mùi", "Nông Văn Tuấn", "Hoàng Thị Linh", "Lý A Dũng"), "số định danh": ("006096004512",),
    "điện thoại": ("0981110022",), "mã hồ sơ": ("H55.242-261123-0007",), "ngày": ("12/9/2026",), "năm sinh": ("1949",), "số tiền": ("500 nghìn",),
    "số nhà": ("số nhà 5",), "thôn": ("thôn Nà Mơ",), "số": ("4512",), "địa chỉ mạng": ("",),
}  # fmt: skip
"""What a model learns in place of a placeholder: invented values, so that it sees sentences and not brackets."""


def filled(line: str, turn: int = 0) -> str:
    """Return a masked line with invented values in its placeholders, without accents where the line has none."""
    bare = not has_accents(PLACEHOLDER.sub("", line))

    def value(m: re.Match[str]) -> str:
        choices = FILLINGS.get(m.group(1), ("",))
        chosen = choices[turn % len(choices)]
        return strip_accents(chosen).lower() if bare else chosen

    return " ".join(PLACEHOLDER.sub(value, line).split())
