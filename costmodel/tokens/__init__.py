"""Tokens: how many of them a text is, for each model, with no network.

Counts are of plain text: what a provider adds around a message (its frame, tools, images) is
not in them. Importing this package loads the standard library only; tiktoken and a vocabulary
(about 0.3 s) come with the first text whose count is not already known.
"""

from costmodel.tokens.count import TokenCount, count_tokens
from costmodel.tokens.families import Family, Ratio, known_models, model_family
from costmodel.tokens.recording import record_known_counts

__all__ = [
    "Family",
    "Ratio",
    "TokenCount",
    "count_tokens",
    "known_models",
    "model_family",
    "record_known_counts",
]
