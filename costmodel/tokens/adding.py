"""Sums of token counts."""

from __future__ import annotations

from collections.abc import Iterable

from costmodel.tokens.count import TokenCount

NOTHING = TokenCount(tokens=0, low=0, high=0, exact=True, method="", source="")


def added(counts: Iterable[TokenCount]) -> TokenCount:
    """Return the sum of counts; low and high are sums too, as if all missed to the same side."""
    found = [count for count in counts if count != NOTHING]
    return TokenCount(
        tokens=sum(count.tokens for count in found),
        low=sum(count.low for count in found),
        high=sum(count.high for count in found),
        exact=all(count.exact for count in found),
        method=_each_once((count.method for count in found), ", "),
        source=_each_once((count.source for count in found), "; "),
    )


def _each_once(texts: Iterable[str], mark: str) -> str:
    """Join lists of words, each word once, in the order met."""
    words = (word for text in texts if text for word in text.split(mark))
    return mark.join(dict.fromkeys(words))


def ranged(tokens: int, low: int, high: int, rule: str, source: str) -> TokenCount:
    """Return a count by a rule, exact where its ends are one number."""
    low, high = max(0, min(low, tokens)), max(high, tokens)
    return TokenCount(tokens, low, high, low == high, rule, source)
