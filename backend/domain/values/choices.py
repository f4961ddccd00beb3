"""Reads an answer against the choices of an open question: by number, by label, by a word that only one label has.

Labels win over number words: "nam" is the male before it is five, "ba" is bố or bà before it is three.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from backend.domain.values import answers
from backend.domain.values.answers import Phrase
from backend.domain.values.lexicon import lexicon
from backend.domain.values.places_of_choices import numbers_in, position
from backend.domain.values.result import Ask, Candidate, Read, Refuse, Result
from backend.domain.values.text import Word, reader, says_unknown, words
from backend.domain.values.yes_no import is_plain, lean_of

_CLAUSE = re.compile(r"\s*[,;?!\n]+\s*|\.\s+|\s+(?=mà\s|ma\s)")
_ALTERNATIVES = re.compile(r"[,/;]| hoặc | hay ")
_NOT = frozenset("khong ko k kg hong chua chang cha".split())
_TOO_COMMON = frozenset(
    "khong co chua roi da la cua cho o va voi hay hoac toi em minh chau con nguoi cai so xin lam da duoc nha a".split()
)
LONGEST_FOR_ONE_WORD = 6


class Offered(Protocol):
    """What a choice must have; `label` is shown, `words` are also understood. A label "@…" is a key and no words."""

    value: str
    label: str
    words: Sequence[str]


def choice(text: str, options: Sequence[Offered]) -> str | None:
    """The value of the choice that a text surely means, else None."""
    result = read_choice(text, options)
    return result.value if isinstance(result, Read) else None


@reader
def read_choice(text: str, options: Sequence[Offered]) -> Result:
    """The `value` of a choice; `details` {position: from 1, via: digit|label|word|number_word|yes_no}.

    Order: a bare number, labels, plain yes or no, a word that only one label has, number words.
    """
    count = len(options)
    first = _CLAUSE.split(text)[0] or text
    number = position(first, count, in_words=False)
    hits, turned = _label_hits(text, options)
    if number is not None:
        return _by_number(number, options, hits)
    if _is_any(text):
        return Ask("any_option", _candidates(options, range(count)))
    if len(hits) == 1:
        return _numbered_hit(text, options, hits)
    if hits:
        return Ask("which_option", _candidates(options, sorted(hits)))
    return _weaker(text, first, options, turned)


def _weaker(text: str, first: str, options: Sequence[Offered], turned: set[int]) -> Result:
    if turned:
        return Ask("which_option", _candidates(options, [n for n in range(len(options)) if n not in turned]))
    if says_unknown(text):
        unknown = [n for n, o in enumerate(options) if says_unknown(_label(o))]
        return _chosen(options, unknown[0], "label") if len(unknown) == 1 else Refuse("not_known")
    by_lean = _by_yes_no(text, options)
    if by_lean is not None:
        return _chosen(options, by_lean, "yes_no")
    said = position(first, len(options))
    if said is not None and said <= len(options):
        return _by_number(said, options, set(), "number_word")
    by_word, sure = _by_word(text, options)
    if len(by_word) == 1 and sure:
        return _chosen(options, by_word.pop(), "word")
    if by_word:
        return Ask("which_option", _candidates(options, sorted(by_word)))
    return Refuse("no_such_option", {"last": str(len(options))})


def _by_number(number: int, options: Sequence[Offered], hits: set[int], via: str = "digit") -> Result:
    if not 1 <= number <= len(options) and len(hits) == 1:
        return _chosen(options, *hits, "label")  # "76" where an option knows that age as its word
    if not 1 <= number <= len(options):
        return Refuse("no_such_number", {"last": str(len(options))})
    if hits and number - 1 not in hits:
        return Ask("which_option", _candidates(options, sorted({number - 1, *hits})))
    return _chosen(options, number - 1, via)


def _numbered_hit(text: str, options: Sequence[Offered], hits: set[int]) -> Result:
    """ "1 trai" says the same twice; "2 trai" does not."""
    (hit,) = hits
    said = [n for n in numbers_in(text) if 1 <= n <= len(options)]
    own = numbers_in(_label(options[hit]))
    if said and hit + 1 not in said and not set(said) & set(own) and re.match(r"\W*\d", text):
        return Ask("which_option", _candidates(options, sorted({hit, said[0] - 1})))
    return _chosen(options, hit, "label")


def _chosen(options: Sequence[Offered], at: int, via: str) -> Read:
    return Read(options[at].value, _label(options[at]), details={"position": at + 1, "via": via})


def _candidates(options: Sequence[Offered], at: Any) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(options[i].value, "as_is", {"shown": _label(options[i])}, tuple(options[i].words))
        for i in at
    )


def _label(option: Offered) -> str:
    return option.label if isinstance(option.label, str) and not option.label.startswith("@") else ""


def _phrases_of(option: Offered) -> list[Phrase]:
    """Its label, each alternative in it ("Ông, bà"), and its words."""
    texts = [_label(option), *_ALTERNATIVES.split(_label(option)), *option.words]
    return list(dict.fromkeys(tuple(words(t)) for t in texts if words(t)))


def _known(options: Sequence[Offered]) -> frozenset[str]:
    own = {w.bare for option in options for phrase in _phrases_of(option) for w in phrase}
    return frozenset(own) | answers.vocabulary("fillers", "no", "yes_hard", "yes_soft", "no_phrases")


def _is_any(text: str) -> bool:
    tokens = words(text)
    return any(answers.at(tokens, 0, p) and len(tokens) <= len(p) + 2 for p in answers.phrases("any_option"))


def _label_hits(text: str, options: Sequence[Offered]) -> tuple[set[int], set[int]]:
    """Choices whose label or word stands in the text, and those it turns down ("không phải mẹ", "mẹ chồng").

    The longest phrase wins where one lies in another; the same accents decide between two.
    """
    tokens = _tokens(text, options)
    whole = _whole(tokens, options)
    if len(whole) == 1:
        return whole, set()
    spans: list[_Span] = []
    for n, option in enumerate(options):
        for phrase in _phrases_of(option):
            spans += [
                _Span(i, i + len(phrase), n, phrase)
                for i in range(len(tokens))
                if answers.at(tokens, i, phrase)
            ]
    kept = [
        s
        for s in spans
        if not any(o.start <= s.start and s.end <= o.end and o.length > s.length for o in spans)
    ]
    sure = [s for s in kept if not _turned(tokens, s)]
    found = {s.option for s in sure}
    exact = {
        s.option for s in sure if [w.text for w in s.phrase] == [t.text for t in tokens[s.start : s.end]]
    }
    decided = len(exact) == 1 and len(found) > 1 and any(t.text != t.bare for t in tokens)
    return exact if decided else found, {s.option for s in kept} - found


class _Span(NamedTuple):
    """Where a phrase of an option stands."""

    start: int
    end: int
    option: int
    phrase: Phrase

    @property
    def length(self) -> int:
        return self.end - self.start


def _tokens(text: str, options: Sequence[Offered]) -> list[Word]:
    """The words of a text with the signs spelled out ("ko"), but not where an option has that word ("hong giay": hỏng)."""
    signs = lexicon("answers")["signs"]
    own = {
        w.bare for option in options for phrase in _phrases_of(option) for w in phrase if w.text not in signs
    }
    return [
        w
        for t in answers.read_words(text, _known(options))
        for w in (words(signs[t.text]) if t.text in signs and t.bare not in own else [t])
    ]


def _whole(tokens: list[Word], options: Sequence[Offered]) -> set[int]:
    """Choices of which the text is exactly a phrase; the same accents decide between two."""
    core = tokens
    matches = {
        n
        for n, o in enumerate(options)
        for p in _phrases_of(o)
        if len(p) == len(core) and answers.at(core, 0, p)
    }
    exact = {n for n in matches if _as_written(core, options[n])}
    return exact if len(exact) == 1 and any(t.text != t.bare for t in core) else matches


def _as_written(tokens: Sequence[Word], option: Offered) -> bool:
    return any([w.text for w in phrase] == [t.text for t in tokens] for phrase in _phrases_of(option))


def _turned(tokens: list[Word], span: _Span) -> bool:
    """Said with "không", or made another person by the word behind ("mẹ chồng")."""
    start, first = span.start, tokens[span.start].bare
    denied = start > 0 and tokens[start - 1].bare in _NOT and first not in _NOT
    asked = start > 1 and tokens[start - 1].bare in ("phai", "la")
    denied = denied or (asked and any(t.bare in _NOT for t in tokens[max(0, start - 3) : start]))
    kin = span.phrase[-1]
    parent = any(
        kin.text == p[0].text or (kin.text == kin.bare == p[0].bare) for p in answers.phrases("parents")
    )
    modified = parent and any(answers.at(tokens, span.end, p) for p in answers.phrases("kin_modifiers"))
    return denied or modified


def _by_yes_no(text: str, options: Sequence[Offered]) -> int | None:
    """The one choice that is a plain yes (or no), if the text leans that way."""
    lean = lean_of(text)
    if lean not in ("yes", "no"):
        return None
    plain = [
        n
        for n, o in enumerate(options)
        if any(is_plain(t) and lean_of(t) == lean for t in (_label(o), *o.words) if t)
    ]
    return plain[0] if len(plain) == 1 else None


def _by_word(text: str, options: Sequence[Offered]) -> tuple[set[int], bool]:
    """Choices with a word that no other choice has; sure if the text says nothing else, or all that the label says."""
    every = _tokens(text, options)
    tokens = [t for t in every if t.bare not in _TOO_COMMON] or every
    if len(tokens) > LONGEST_FOR_ONE_WORD or any(t.bare in _NOT for t in every):
        return set(), False
    own = [[{w for w in phrase if len(w.bare) > 1} for phrase in _phrases_of(o)] for o in options]
    words_of = [
        {w for w in set().union(*phrases) if w.bare not in _TOO_COMMON or len(tokens) == 1} for phrases in own
    ]
    hit = {n for n, mine in enumerate(words_of) if _shared(tokens, mine)}
    if len(hit) != 1:
        telling = any(t.bare not in _TOO_COMMON for t in tokens)
        return (hit if telling else set()), False
    (n,) = hit
    left = [t for t in tokens if not any(answers.same(t, w) for w in words_of[n])]
    said = [{w for w in phrase if w.bare not in _TOO_COMMON} for phrase in own[n]]
    return hit, not left or any(len(_shared(tokens, s)) == len(s) > 1 for s in said)


def _shared(tokens: list[Word], mine: set[Word]) -> set[Word]:
    return {w for w in mine if any(answers.same(t, w) for t in tokens)}
