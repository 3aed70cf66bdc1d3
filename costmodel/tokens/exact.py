"""Exact counts in an encoding of tiktoken's kind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from costmodel.tokens.cuts import PART, parts
from costmodel.tokens.known_counts import known_count
from costmodel.tokens.vocabulary import encoding, is_loaded
from costmodel.tokens.whitespace import LONGEST_RUN, Closes, cut_long_runs, nothing_closes

if TYPE_CHECKING:
    from tiktoken import Encoding


def count_exactly(text: str, encoding_name: str) -> int:
    """Return the number of tokens of a text, without loading a vocabulary if it is recorded."""
    if is_loaded(encoding_name):
        if 0 < len(text) < LONGEST_RUN:  # the way of nearly every text: nothing to cut
            return token_length(encoding(encoding_name), text)
        return count_afresh(text, encoding_name)
    known = known_count(text, encoding_name)
    return count_afresh(text, encoding_name) if known is None else known


def count_afresh(text: str, encoding_name: str, longest_run: int = LONGEST_RUN) -> int:
    """Return the number of tokens of a text as tiktoken encodes it.

    Special tokens such as ``<|endoftext|>`` are counted as the text they are written with, and
    lone surrogates as the replacement character, as tiktoken does.

    Parameters
    ----------
    text : str
        Any text.
    encoding_name : str
        ``o200k_base`` or ``cl100k_base``.
    longest_run : int
        Runs of whitespace from this length on are encoded apart (see `whitespace`).
    """
    return count_with(lambda whole: encoding(encoding_name, whole=whole), text, longest_run)


def count_with(
    encodings: Callable[[bool], Encoding],
    text: str,
    longest_run: int = LONGEST_RUN,
    closes: Closes = nothing_closes,
) -> int:
    """Return the number of tokens of a text in any encoding.

    Parameters
    ----------
    encodings : callable
        Returns the encoding; given True, the one that takes each text as one piece.
    text : str
        Any text; a long one is encoded in parts, so that its tokens are never all in memory.
    longest_run : int
        As for `count_afresh`.
    closes : callable
        Which characters end a run of whitespace as the end of the text does.
    """
    if len(text) <= PART:
        return _count_part(encodings, longest_run, closes, text)
    stretches = parts((text,))
    return sum(_count_part(encodings, longest_run, closes, part) for part in stretches)


def _count_part(
    encodings: Callable[[bool], Encoding], longest_run: int, closes: Closes, part: str
) -> int:
    if len(part) < longest_run:
        return token_length(encodings(False), part) if part else 0
    total = 0
    for piece, whole in cut_long_runs(part, longest_run, closes):
        if piece:
            total += token_length(encodings(whole), piece)
    return total


def token_length(encoding: Encoding, text: str) -> int:
    """Return the number of tokens of a text, special tokens as the text they are written with.

    Where numpy is there already, the tokens stay in an array: no Python number is made of each,
    which takes a tenth of the time. It is not imported for that.
    """
    if "numpy" in sys.modules:
        try:
            return int(encoding.encode_to_numpy(text, disallowed_special=()).size)
        except (AttributeError, UnicodeEncodeError):
            # An older tiktoken, or a lone surrogate, which only encode_ordinary repairs.
            pass
    return len(encoding.encode_ordinary(text))
