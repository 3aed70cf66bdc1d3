"""What a text is made of, as counts from which its tokens can be estimated.

Characters fall into kinds by their Unicode block (`_BLOCKS`), neighbours of one kind into runs.
Each feature is a sum over characters or runs, so that the features of a text cut at `cuts.CUT`
are the sum of the features of its parts.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]

FEATURES = (
    "words of 1-4 letters",  # lowercase Latin letters in a row, accented ones among them
    "words of 5-8 letters",
    "words of 9-12 letters",
    "words of 13+ letters",
    "letters beyond 12",
    "words after no space",  # and after no capital: glued to a digit or a sign
    "accented words",
    "accented letters",
    "Vietnamese letters",
    "single capitals",
    "runs of capitals",  # two or more
    "capitals in runs",
    "groups of 3 digits",  # the last of a run may be shorter
    "digits",
    "runs of punctuation",
    "punctuation beyond the first",
    "line breaks",  # runs of them
    "line breaks beyond the first",
    "runs of spaces",  # two or more
    "spaces in runs",
    "Cyrillic words",
    "Cyrillic letters",
    "Greek letters",
    "Han",
    "kana",
    "Hangul",
    "Arabic letters",
    "Hebrew letters",
    "Armenian letters",
    "Georgian letters",
    "Devanagari",
    "other Indic letters",
    "Thai letters",
    "other South-East Asian letters",
    "East Asian punctuation",
    "other characters of 2 bytes",
    "bytes of other characters",  # of three or four bytes in UTF-8
)
"""Names of the features, in order."""

_KINDS = (
    "other byte",
    "space",
    "line break",
    "digit",
    "capital",
    "lowercase",
    "accented",
    "Vietnamese",
    "punctuation",
    "Cyrillic",
    "Greek",
    "Han",
    "kana",
    "Hangul",
    "Arabic",
    "Hebrew",
    "Armenian",
    "Georgian",
    "Devanagari",
    "Indic",
    "Thai",
    "South-East Asian",
    "East Asian punctuation",
    "other 2",
    "other 3",
    "other 4",
)
_KIND = {name: number for number, name in enumerate(_KINDS)}

# First and last code point of each block (Unicode's Blocks.txt), grouped by how they are written;
# a later line overrides an earlier one.
_BLOCKS = (
    ("other 2", 0x80, 0x7FF),
    ("other 3", 0x800, 0xFFFF),
    ("other 4", 0x10000, 0x10FFFF),
    ("punctuation", 0x21, 0x7E),
    ("digit", 0x30, 0x39),
    ("capital", 0x41, 0x5A),
    ("lowercase", 0x61, 0x7A),
    ("space", 0x09, 0x09),
    ("space", 0x20, 0x20),
    ("line break", 0x0A, 0x0A),
    ("line break", 0x0D, 0x0D),
    ("space", 0xA0, 0xA0),
    ("accented", 0xC0, 0x24F),
    ("other 2", 0xD7, 0xD7),  # the signs of multiplication and division
    ("other 2", 0xF7, 0xF7),
    ("accented", 0x1E00, 0x1E9F),
    ("Vietnamese", 0x1EA0, 0x1EFF),
    ("Greek", 0x370, 0x3FF),
    ("Greek", 0x1F00, 0x1FFF),
    ("Cyrillic", 0x400, 0x52F),
    ("Armenian", 0x530, 0x58F),
    ("Hebrew", 0x590, 0x5FF),
    ("Arabic", 0x600, 0x6FF),
    ("Arabic", 0x750, 0x77F),
    ("Arabic", 0x8A0, 0x8FF),
    ("Arabic", 0xFB50, 0xFDFF),
    ("Arabic", 0xFE70, 0xFEFF),
    ("Devanagari", 0x900, 0x97F),
    ("Indic", 0x980, 0xDFF),
    ("Thai", 0xE00, 0xE7F),
    ("South-East Asian", 0xE80, 0x109F),
    ("Georgian", 0x10A0, 0x10FF),
    ("South-East Asian", 0x1780, 0x17FF),
    ("Hangul", 0x1100, 0x11FF),
    ("Hangul", 0x3130, 0x318F),
    ("Hangul", 0xAC00, 0xD7FF),
    ("Han", 0x2E80, 0x2FDF),
    ("Han", 0x3400, 0x4DBF),
    ("Han", 0x4E00, 0x9FFF),
    ("Han", 0xF900, 0xFAFF),
    ("Han", 0x20000, 0x3FFFF),
    ("East Asian punctuation", 0x3000, 0x303F),
    ("East Asian punctuation", 0xFF00, 0xFF65),
    ("kana", 0x3040, 0x30FF),
    ("kana", 0x31F0, 0x31FF),
    ("kana", 0xFF66, 0xFF9F),
)
_WORD_LENGTHS = (1, 5, 9, 13)
_LONG = 12
_GROUP = 3


def count_features(text: str) -> Counts:
    """Count the features of a text.

    Parameters
    ----------
    text : str
        Any text, lone surrogates included.

    Returns
    -------
    array of int
        One count per name in `FEATURES`.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kinds = _kinds()[codes]
    return np.array(_words(kinds) + _signs(kinds) + _scripts(kinds), dtype=np.int64)


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """Return the kind of every code point."""
    kinds = np.zeros(0x110000, dtype=np.uint8)
    for name, first, last in _BLOCKS:
        kinds[first : last + 1] = _KIND[name]
    return kinds


def _runs(of: _Flags) -> tuple[Counts, Counts]:
    """Return the starts and the lengths of the runs of True."""
    edges = np.flatnonzero(np.diff(of.view(np.int8), prepend=0, append=0))
    return edges[::2], edges[1::2] - edges[::2]


def _words(kinds: npt.NDArray[np.uint8]) -> list[int]:
    accented, vietnamese = kinds == _KIND["accented"], kinds == _KIND["Vietnamese"]
    starts, lengths = _runs((kinds == _KIND["lowercase"]) | accented | vietnamese)
    sizes = np.diff([*(int(np.sum(lengths >= least)) for least in _WORD_LENGTHS), 0])
    marked = np.concatenate([[0], np.cumsum(accented | vietnamese)])
    before = kinds[starts[starts > 0] - 1]
    loose = (_KIND["space"], _KIND["line break"], _KIND["capital"])
    return [
        *(-sizes).tolist(),
        int(np.sum(np.maximum(lengths - _LONG, 0))),
        int(np.sum(~np.isin(before, loose))),
        int(np.sum(marked[starts + lengths] > marked[starts])),
        int(np.sum(accented)),
        int(np.sum(vietnamese)),
    ]


def _signs(kinds: npt.NDArray[np.uint8]) -> list[int]:
    def runs(name: str) -> Counts:
        return _runs(kinds == _KIND[name])[1]

    capitals, digits, spaces = runs("capital"), runs("digit"), runs("space")
    signs, breaks = runs("punctuation"), runs("line break")
    return [
        int(np.sum(capitals == 1)),
        int(np.sum(capitals > 1)),
        int(np.sum(capitals[capitals > 1])),
        int(np.sum(-(-digits // _GROUP))),
        int(np.sum(digits)),
        len(signs),
        int(np.sum(signs - 1)),
        len(breaks),
        int(np.sum(breaks - 1)),
        int(np.sum(spaces > 1)),
        int(np.sum(spaces[spaces > 1])),
    ]


def _scripts(kinds: npt.NDArray[np.uint8]) -> list[int]:
    number = np.bincount(kinds, minlength=len(_KINDS)).tolist()
    scripts = _KINDS[_KIND["Cyrillic"] : _KIND["other 2"] + 1]
    return [
        len(_runs(kinds == _KIND["Cyrillic"])[0]),
        *(number[_KIND[name]] for name in scripts),
        3 * number[_KIND["other 3"]] + 4 * number[_KIND["other 4"]],
    ]
