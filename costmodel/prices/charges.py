"""Prices per unit that is not a token, and how many units are free."""

from __future__ import annotations

from typing import Literal

from costmodel.prices.records import Confidence, Count, Name, Rate, Record, Sources

Unit = Literal[
    "web_search",
    "maps_grounding",
    "file_search",
    "code_execution",
    "code_execution_hour",
    "image",
    "audio_second",
    "page",
]
"""One search, one grounded prompt, one search in stored files, one container started, one
hour of a container, one image, one second of audio, one page of a document."""


class FreeUnits(Record):
    """Units of each day or calendar month that cost nothing.

    Parameters
    ----------
    count : int
        How many.
    period : str
        ``day`` or ``month``.
    shared_group : str, optional
        A name; all prices with that name draw on one allowance together.
    """

    count: Count
    period: Literal["day", "month"]
    shared_group: Name | None = None


class UnitPrice(Record):
    """A price per unit that is not a token: `usd` for every `per` of them.

    `src` are keys of a price file's sources; in a price book, those sources in
    words, the period's own where the unit names none.
    """

    usd: Rate
    per: Count = 1
    free: FreeUnits | None = None
    confidence: Confidence | None = None
    src: Sources = ()
