r"""Where a text can be cut so that the counts of the parts add up to the count of the whole.

The patterns of tiktoken, and those of Qwen, DeepSeek and Mistral, first split a text into pieces
and then encode each piece by itself. In all of them a piece that holds a letter or a number ends
before the next white space or sign (an apostrophe apart, which may begin a contraction), numbers
end before white space and signs too, and a piece of letters ends before a digit. No pattern looks
backwards, and forwards only from white space; so what stands after such a place is split as if
the text began there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

PART = 1_000_000
"""Characters of a part: enough that cutting costs nothing, few enough to bound the memory."""

CUT = re.compile(r"(?<=[^\W_])(?=[\s!-&(-/:-@\[-`{-~])|(?<=[A-Za-z])(?=[0-9])")
"""Between a letter or number and white space or an ASCII sign; between an ASCII letter and
digit."""


def parts(blocks: Iterable[str], size: int = PART) -> Iterator[str]:
    """Cut a text into parts that can be counted by themselves.

    Parameters
    ----------
    blocks : iterable of str
        The text in any stretches, such as the reads of a file.
    size : int
        Characters from which on a part ends at the next cut. A stretch without any cut (a single
        word of many megabytes) stays whole.

    Yields
    ------
    str
        The parts in order; together they are the text.
    """
    held: list[str] = []
    length, wanted = 0, size
    for block in blocks:
        held.append(block)
        length += len(block)
        if length > wanted:
            *done, rest = _cut("".join(held), size)
            yield from done
            held, length = [rest], len(rest)
            wanted = max(size, 2 * length)  # a stretch without a cut is not searched every time
    yield from _cut("".join(held), size)


def _cut(text: str, size: int) -> Iterator[str]:
    start = 0
    while len(text) - start > size:
        found = CUT.search(text, start + size)
        if found is None:
            break
        yield text[start : found.start()]
        start = found.start()
    yield text[start:]
