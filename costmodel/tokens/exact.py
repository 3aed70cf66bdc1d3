"""Exact counts in the shipped encodings."""

from __future__ import annotations

from costmodel.tokens.known_counts import known_count
from costmodel.tokens.vocabulary import encoding
from costmodel.tokens.whitespace import LONGEST_RUN, cut_long_runs


def count_exactly(text: str, encoding_name: str) -> int:
    """Return the number of tokens of a text, from the recorded counts if it is among them."""
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
    return sum(
        len(encoding(encoding_name, whole=whole).encode_ordinary(part))
        for part, whole in cut_long_runs(text, longest_run)
        if part
    )
