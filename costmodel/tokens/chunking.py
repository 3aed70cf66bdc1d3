"""Cutting a document into chunks: by tokens, characters, sentences or paragraphs, with overlap."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.tokens.count import count_tokens
from costmodel.tokens.exact import count_afresh
from costmodel.tokens.families import model_family
from costmodel.tokens.sentences import Span, paragraph_spans, sentence_spans, whole_units
from costmodel.tokens.vocabulary import PACKED_SHA256, encoding
from costmodel.tokens.whitespace import cut_long_runs

WAYS = ("tokens", "characters", "sentences", "paragraphs")

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Chunk:
    """A stretch of a text.

    Parameters
    ----------
    start, end : int
        Its first character, and the one after its last.
    tokens : int
        Its tokens.
    """

    start: int
    end: int
    tokens: int


@dataclass(frozen=True)
class Chunking:
    """A document cut into chunks.

    Parameters
    ----------
    chunks : tuple of Chunk
        In order; together they cover the text.
    by : str
        tokens, characters, sentences or paragraphs.
    size, overlap : int
        As asked for, in tokens (in characters where cut by characters).
    text_tokens : int
        Tokens of the whole text.
    oversize : tuple of Chunk
        Sentences or paragraphs longer than `size`; each is a chunk of its own, uncut.
    sentences : int
        Sentences of the text.
    broken : int
        Sentences that lie whole in no chunk.
    exact : bool
        Whether the model's own vocabulary was used.
    """

    chunks: tuple[Chunk, ...]
    by: str
    size: int
    overlap: int
    text_tokens: int
    oversize: tuple[Chunk, ...]
    sentences: int
    broken: int
    exact: bool

    def __len__(self) -> int:
        return len(self.chunks)

    @property
    def stored_tokens(self) -> int:
        """Tokens of all chunks: what is embedded and stored."""
        return sum(chunk.tokens for chunk in self.chunks)

    @property
    def overhead(self) -> float:
        """Share of stored tokens above those of the text; 0 for an empty text."""
        return self.stored_tokens / self.text_tokens - 1 if self.text_tokens else 0.0

    def texts(self, text: str) -> list[str]:
        """Return the chunks of the text this was made from, as texts."""
        return [text[chunk.start : chunk.end] for chunk in self.chunks]


def chunk(
    text: str, model: str, size: int = 400, overlap: int = 50, by: str = "sentences"
) -> Chunking:
    """Cut a text into chunks.

    Parameters
    ----------
    text : str
        Any text.
    model : str
        The model whose tokens are counted; for a vocabulary that is not shipped they are o200k
        tokens in proportion to the estimate for the whole text.
    size : int
        The most tokens of a chunk.
    overlap : int
        How much of a chunk is repeated at the start of the next, in tokens; by sentences or
        paragraphs, as many whole ones as fit in that.
    by : str
        ``tokens``: chunks of exactly `size` tokens of the text; ``characters``: the same in
        characters, `size` and `overlap` too; ``sentences``, ``paragraphs``: as many whole ones as
        fit.

    Raises
    ------
    InputError
        If size is below 1, overlap below 0 or not below size, or there is no such way.
    TokenizerUnavailable
        For a model that is not known.
    """
    _check(size, overlap, by)
    measure = _Measure(text, model)
    oversize: list[Chunk] = []
    if by == "tokens":
        chunks = _by_tokens(measure, size, overlap)
    elif by == "characters":
        spans = _slices(len(text), size, overlap)
        chunks = [Chunk(*span, measure.count(*span)) for span in spans]
    else:
        units = sentence_spans(text) if by == "sentences" else paragraph_spans(text)
        chunks, oversize = _by_units(measure, units, size, overlap)
    sentences = sentence_spans(text)
    kept = whole_units(sentences, [(each.start, each.end) for each in chunks], text)
    return Chunking(
        chunks=tuple(chunks),
        by=by,
        size=size,
        overlap=overlap,
        text_tokens=measure.tokens,
        oversize=tuple(oversize),
        sentences=len(sentences),
        broken=len(sentences) - kept,
        exact=measure.exact,
    )


def _check(size: int, overlap: int, by: str) -> None:
    problems = []
    if by not in WAYS:
        problems.append(
            Problem(repr(by), "one of " + ", ".join(WAYS), did_you_mean(by, WAYS), "by")
        )
    if size < 1:
        problems.append(Problem(f"{size}", "a size from 1 up", path="size"))
    if not 0 <= overlap < max(size, 1):
        expected = f"from 0 to below the size of {size}"
        fix = "chunks must move on: make overlap smaller or size larger"
        problems.append(Problem(f"{overlap}", expected, fix, "overlap"))
    if problems:
        raise InputError(problems)


class _Measure:
    """The tokens of a text, and of any stretch of it."""

    def __init__(self, text: str, model: str) -> None:
        name = model_family(model).encoding
        self._encoding = name if name in PACKED_SHA256 else "o200k_base"
        # One character for one: offsets stay, and tiktoken would read the same.
        self._text = _SURROGATES.sub("\ufffd", text)
        self.ends = list(_token_ends(self._text, self._encoding))
        whole = count_tokens(text, model)
        self.tokens, self.exact = whole.tokens, whole.exact
        self.scale = 1.0 if whole.exact or not self.ends else whole.tokens / len(self.ends)

    def scaled(self, count: int) -> int:
        """Return a count of the vocabulary used as tokens of the model."""
        return round(count * self.scale)

    def own(self, tokens: int) -> int:
        """Return tokens of the model as a count of the vocabulary used, rounded down."""
        return int(tokens / self.scale + 1e-9)

    def count(self, start: int, end: int) -> int:
        """Return the tokens of a stretch sent alone."""
        return self.scaled(count_afresh(self._text[start:end], self._encoding))

    def within(self, start: int, end: int) -> int:
        """Return the tokens of the whole text that end in a stretch: close to `count`, quicker."""
        return self.scaled(bisect_right(self.ends, end) - bisect_right(self.ends, start))


def _token_ends(text: str, name: str) -> Iterator[int]:
    """Yield where each token of a text ends, in characters.

    A character that is split between tokens counts for the first of them.
    """
    end = 0
    for part, whole in cut_long_runs(text):
        if not part:
            continue
        vocabulary = encoding(name, whole=whole)
        for token in vocabulary.decode_tokens_bytes(vocabulary.encode_ordinary(part)):
            end += sum(byte & 0xC0 != 0x80 for byte in token)  # bytes that begin a character
            yield end


# --- slices of equal size


def _slices(length: int, size: int, overlap: int) -> Iterator[Span]:
    """Yield ceil((T - o) / (c - o)) stretches of c that overlap by o, the last one shorter."""
    start = 0
    while start < length:
        yield start, min(start + size, length)
        if start + size >= length:
            return
        start += size - overlap


def _by_tokens(measure: _Measure, size: int, overlap: int) -> list[Chunk]:
    most = max(1, measure.own(size))
    shared = min(measure.own(overlap), most - 1)
    borders = [0, *measure.ends]
    return [
        Chunk(borders[first], borders[last], measure.scaled(last - first))
        for first, last in _slices(len(measure.ends), most, shared)
    ]


# --- whole units


def _by_units(
    measure: _Measure, units: list[Span], size: int, overlap: int
) -> tuple[list[Chunk], list[Chunk]]:
    chunks: list[Chunk] = []
    oversize: list[Chunk] = []
    first = 0
    while first < len(units):
        last = _packed(measure, units, first, size)
        start, end = units[first][0], units[last - 1][1]
        made = Chunk(start, end, measure.count(start, end))
        chunks.append(made)
        if made.tokens > size:
            oversize.append(made)
        if last == len(units):
            break
        first = _next_first(measure, units, first, last, size, overlap)
    return chunks, oversize


def _packed(measure: _Measure, units: list[Span], first: int, size: int) -> int:
    """Return the unit after the last that fits in a chunk that starts with `first`."""
    start = units[first][0]
    last = first + 1
    while last < len(units) and measure.within(start, units[last][1]) <= size:
        last += 1
    while last > first + 1 and measure.count(start, units[last - 1][1]) > size:
        last -= 1
    return last


def _next_first(
    measure: _Measure, units: list[Span], first: int, last: int, size: int, overlap: int
) -> int:
    """Return the unit the next chunk starts with: as far back as the overlap and size allow."""
    back = last
    while back - 1 > first and _repeats(measure, units, back - 1, last, size, overlap):
        back -= 1
    return back


def _repeats(
    measure: _Measure, units: list[Span], back: int, last: int, size: int, overlap: int
) -> bool:
    start, end = units[back][0], units[last - 1][1]
    return measure.count(start, end) <= overlap and measure.count(start, units[last][1]) <= size
