"""What changes of a prompt would save, in tokens and dollars."""

from __future__ import annotations

from dataclasses import dataclass

from costmodel.prices.cards import RateCard
from costmodel.tokens.audit.prefixes import Prefix
from costmodel.tokens.audit.waste import Waste

PER_MILLION = 1e-6


@dataclass(frozen=True)
class Saving:
    """What a change of the prompt would save.

    Parameters
    ----------
    kind : str
        duplicate, whitespace, json, prefix or order.
    line : int
        Where, one-based.
    tokens : int
        Tokens per call that are no longer sent, or are read from the cache.
    usd_per_month : float or None
        At most this much: cache savings count every call as a hit.
    text : str
        What to do.
    """

    kind: str
    line: int
    tokens: int
    usd_per_month: float | None
    text: str


def monthly(turns: float | None, tokens: float, usd_per_mtok: float) -> float | None:
    """Return USD a month, or None if the calls of a month are not known."""
    return None if turns is None else turns * tokens * usd_per_mtok * PER_MILLION


def savings_of(
    waste: tuple[Waste, ...], prefix: Prefix, card: RateCard, turns: float | None
) -> tuple[Saving, ...]:
    """Return the savings, the largest first."""
    words = {
        "duplicate": "say it once: {}",
        "whitespace": "take out {}",
        "json": "{}",
    }
    found = [
        Saving(
            each.kind,
            each.line,
            each.tokens,
            monthly(turns, each.tokens, card.input),
            words[each.kind].format(each.text),
        )
        for each in waste
    ]
    gained = prefix.possible_kept - prefix.kept
    cheaper = card.input - card.cached_rate
    if gained > 0 and prefix.broken_by is not None and cheaper > 0:
        text = (
            f"move {prefix.broken_by} behind what stays the same: the cached prefix grows from "
            f"{prefix.kept:,} to {prefix.possible_kept:,} tokens"
        )
        usd = monthly(turns, gained, cheaper)
        found.append(Saving("order", prefix.broken_by.line, gained, usd, text))
    return tuple(sorted(found, key=lambda saving: -(saving.usd_per_month or saving.tokens)))
