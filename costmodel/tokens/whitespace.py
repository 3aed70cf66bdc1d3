r"""Very long runs of whitespace, which tiktoken's pattern cannot take.

A run of about a million blanks that ends in no line break overflows the stack of tiktoken's
regular expressions (``\s+(?!\S)`` keeps one state per character; seen with tiktoken 0.14 and
1,000,000 spaces, not with 990,000) and raises a PanicException, which ``except Exception`` does
not catch. Such runs are cut out and encoded apart. That changes no count: where the run is not
followed by a line break, both patterns make one piece of it, all of it at the end of a text and
all but its last character elsewhere, and a piece is always encoded by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

LONGEST_RUN = 100_000
"""Runs from this length on are cut out; a tenth of the length at which tiktoken fails."""

# Unicode's White_Space (PropList.txt, 25 characters) without the line breaks \r and \n that the
# patterns treat apart. Python's \s has four separators more (\x1c to \x1f).
_BLANKS = "\t\v\f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_RUN = re.compile(f"[{_BLANKS}]+")


Closes = Callable[[str], bool]
"""Whether a run of whitespace before this character is one piece to its end."""


def nothing_closes(_following: str) -> bool:
    """Return False: in tiktoken's patterns the last blank belongs to what follows."""
    return False


def cut_long_runs(
    text: str, longest: int = LONGEST_RUN, closes: Closes = nothing_closes
) -> Iterator[tuple[str, bool]]:
    """Cut a text so that each part can be encoded by itself.

    Parameters
    ----------
    text : str
        Any text.
    longest : int
        Length from which on a run is cut out, at least 2.
    closes : callable
        What follows a run that keeps its last blank; nothing in tiktoken's patterns.

    Yields
    ------
    tuple of str and bool
        The parts in order, and whether the part is one piece, to be encoded whole.
    """
    done = 0
    for start, end in _long_runs(text, longest):
        yield text[done:start], False
        done = end if end == len(text) or closes(text[end]) else end - 1
        yield text[start:done], True
    yield text[done:], False


def _long_runs(text: str, longest: int) -> Iterator[tuple[int, int]]:
    # Any run this long covers one of every `longest`-th characters: the others need no look.
    done = 0
    for at in range(longest - 1, len(text), longest):
        if at < done or text[at] not in _BLANKS:
            continue
        before = text[max(done, at - longest) : at]
        start = at - len(before) + len(before.rstrip(_BLANKS))
        done = _end_of_run(text, at)
        if done - start >= longest and text[done : done + 1] not in ("\r", "\n"):
            yield start, done


def _end_of_run(text: str, at: int) -> int:
    run = _RUN.match(text, at)
    return at if run is None else run.end()
