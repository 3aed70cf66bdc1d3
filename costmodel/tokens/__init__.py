"""Tokens: how many of them a text, a conversation or an image is, with no network.

    count_tokens("Hello", "openai/gpt-5")             # a text alone
    count_messages(messages, "openai/gpt-5")          # with what the provider adds around them
    image_tokens(1024, 1024, "anthropic/claude-opus-5")

Each name below is imported when it is first used; tiktoken and a vocabulary (about 0.3 s) come
with the first text whose count is not already known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from costmodel.foundation.lazy import lazy_names

_HOMES = {
    "Calibration": "calibration",
    "Chunk": "chunking",
    "Chunking": "chunking",
    "EmbeddingCost": "embedding",
    "Family": "families",
    "Growth": "growth",
    "MessageCount": "messages",
    "Overflow": "overflowing",
    "Ratio": "families",
    "Size": "overflowing",
    "TokenCount": "tallies",
    "audio_tokens": "media",
    "calibrate": "calibrating",
    "chunk": "chunking",
    "count_blocks": "count",
    "count_messages": "messages",
    "count_tokens": "count",
    "embedding_cost": "embedding",
    "image_tokens": "images",
    "known_models": "families",
    "model_family": "families",
    "overflow": "overflowing",
    "pdf_tokens": "media",
    "reasoning_tokens": "media",
    "record_known_counts": "recording",
    "resent": "growth",
    "summarised": "growth",
    "video_tokens": "media",
    "windowed": "growth",
}

__all__ = list(_HOMES)

if TYPE_CHECKING:
    from costmodel.tokens.calibrating import calibrate as calibrate
    from costmodel.tokens.calibration import Calibration as Calibration
    from costmodel.tokens.chunking import Chunk as Chunk
    from costmodel.tokens.chunking import Chunking as Chunking
    from costmodel.tokens.chunking import chunk as chunk
    from costmodel.tokens.count import count_blocks as count_blocks
    from costmodel.tokens.count import count_tokens as count_tokens
    from costmodel.tokens.embedding import EmbeddingCost as EmbeddingCost
    from costmodel.tokens.embedding import embedding_cost as embedding_cost
    from costmodel.tokens.families import Family as Family
    from costmodel.tokens.families import Ratio as Ratio
    from costmodel.tokens.families import known_models as known_models
    from costmodel.tokens.families import model_family as model_family
    from costmodel.tokens.growth import Growth as Growth
    from costmodel.tokens.growth import resent as resent
    from costmodel.tokens.growth import summarised as summarised
    from costmodel.tokens.growth import windowed as windowed
    from costmodel.tokens.images import image_tokens as image_tokens
    from costmodel.tokens.media import audio_tokens as audio_tokens
    from costmodel.tokens.media import pdf_tokens as pdf_tokens
    from costmodel.tokens.media import reasoning_tokens as reasoning_tokens
    from costmodel.tokens.media import video_tokens as video_tokens
    from costmodel.tokens.messages import MessageCount as MessageCount
    from costmodel.tokens.messages import count_messages as count_messages
    from costmodel.tokens.overflowing import Overflow as Overflow
    from costmodel.tokens.overflowing import Size as Size
    from costmodel.tokens.overflowing import overflow as overflow
    from costmodel.tokens.recording import record_known_counts as record_known_counts
    from costmodel.tokens.tallies import TokenCount as TokenCount


__getattr__, __dir__ = lazy_names(__name__, globals(), _HOMES)
