"""Tokens: how many of them a text is, for each model, with no network.

Counts are of plain text: what a provider adds around a message (its frame, tools, images) is
not in them. Importing this package loads the standard library only; tiktoken and a vocabulary
(about 0.3 s) come with the first text whose count is not already known. Each name below is imported
when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from costmodel.foundation.lazy import lazy_names

_HOMES = {
    "Calibration": "calibration",
    "Family": "families",
    "Ratio": "families",
    "TokenCount": "tallies",
    "calibrate": "calibrating",
    "count_blocks": "count",
    "count_tokens": "count",
    "known_models": "families",
    "model_family": "families",
    "record_known_counts": "recording",
}

__all__ = list(_HOMES)

if TYPE_CHECKING:
    from costmodel.tokens.calibrating import calibrate as calibrate
    from costmodel.tokens.calibration import Calibration as Calibration
    from costmodel.tokens.count import count_blocks as count_blocks
    from costmodel.tokens.count import count_tokens as count_tokens
    from costmodel.tokens.families import Family as Family
    from costmodel.tokens.families import Ratio as Ratio
    from costmodel.tokens.families import known_models as known_models
    from costmodel.tokens.families import model_family as model_family
    from costmodel.tokens.recording import record_known_counts as record_known_counts
    from costmodel.tokens.tallies import TokenCount as TokenCount

__getattr__, __dir__ = lazy_names(__name__, globals(), _HOMES)
