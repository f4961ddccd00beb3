"""Letters of Vietnamese: one Unicode form, and a fold that keeps positions.

Standard library only and Python 3.10: the understanding server's environment imports it through `bot.text`.
"""

import unicodedata

_MARKS = {"đ": "d", "Đ": "D"}


def nfc(text: str) -> str:
    """Return `text` in Unicode NFC: phones send decomposed letters, which are longer and match nothing."""
    return unicodedata.normalize("NFC", text)


class _Bare(dict):
    """Code point -> letter without marks, learnt as letters are met: a table is ten times as fast as a call a letter."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        return self.setdefault(code, _MARKS.get(char) or unicodedata.normalize("NFD", char)[0])


_BARE = _Bare()


def strip_accents(text: str) -> str:
    """Return NFC `text` without Vietnamese marks, case kept, one character for one character.

    Same length as `nfc(text)`, so an offset found in the result is an offset in the text people wrote.
    """
    return text if text.isascii() else nfc(text).translate(_BARE)


def fold(text: str) -> str:
    """Return `text` without marks and in lower case, for comparing; never for showing or storing a name."""
    bare = strip_accents(text)
    return bare.lower() if bare.isascii() else "".join(c.lower() if len(c.lower()) == 1 else c for c in bare)
