"""Adding up the parts of a text into a count, by each method there is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from costmodel.tokens.exact import count_exactly
from costmodel.tokens.families import Family, Ratio

if TYPE_CHECKING:
    from costmodel.tokens.estimators import Measure
    from costmodel.tokens.features import Counts
    from costmodel.tokens.packages import Tokenizer


@dataclass(frozen=True)
class TokenCount:
    """How many tokens a text is.

    Parameters
    ----------
    tokens : int
        The count, or the best estimate of it.
    low, high : int
        Ends of the 5-95 % band of the estimate; both equal `tokens` for an exact count.
    exact : bool
        Whether the model's own vocabulary was used.
    method : str
        The encoding, the package with the tokenizer, or ``o200k + features``.
    source : str
        Where the model's encoding, or the estimator, comes from.
    """

    tokens: int
    low: int
    high: int
    exact: bool
    method: str
    source: str


class Part:
    """A stretch of a text that can be counted by itself; what it is measured for is kept."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._counts: dict[str, int] = {}

    def tokens(self, encoding: str) -> int:
        """Return the tokens of the part in a shipped encoding."""
        if encoding not in self._counts:
            self._counts[encoding] = count_exactly(self.text, encoding) if self.text else 0
        return self._counts[encoding]

    def measure(self, encoding: str) -> Measure:
        """Return what estimators need to know of the part."""
        from costmodel.tokens.estimators import Measure

        return Measure(self.tokens(encoding), self._features)

    @cached_property
    def _features(self) -> Counts:
        from costmodel.tokens.features import count_features

        return count_features(self.text)


class Estimates(Protocol):
    """What turns a measure into tokens: a fitted estimator or a calibration."""

    def tokens(self, measure: Measure, /) -> float:
        """Return the estimate, not rounded."""

    def band(self, measure: Measure, /) -> tuple[float, float]:
        """Return the ends of the band as shares of the estimate."""


class Tally(Protocol):
    """Adds up parts, then says what they came to."""

    def add(self, part: Part, /) -> None:
        """Count one more part."""

    def result(self) -> TokenCount:
        """Return the count of all parts."""


class ExactTally:
    """Counts in a shipped encoding."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._tokens = 0

    def add(self, part: Part) -> None:
        self._tokens += part.tokens(self._family.encoding)

    def result(self) -> TokenCount:
        return exact_count(self._tokens, self._family)


class RatioTally:
    """A ratio to a shipped encoding: for families without an estimator."""

    def __init__(self, family: Family, ratio: Ratio) -> None:
        self._family, self._ratio = family, ratio
        self._counted = 0

    def add(self, part: Part) -> None:
        self._counted += part.tokens(self._family.encoding)

    def result(self) -> TokenCount:
        counted, ratio = self._counted, self._ratio
        ends = (ratio.p05 / ratio.median, ratio.p95 / ratio.median)
        method = f"{self._family.encoding} x {ratio.median:g}"
        return _estimate(counted * ratio.median, ends, counted > 0, method, self._family.source)


class EstimateTally:
    """A weighted sum of measures."""

    def __init__(
        self, estimates: Estimates, method: str, source: str, encoding: str = "o200k_base"
    ) -> None:
        self._estimates, self._method, self._source = estimates, method, source
        self._encoding = encoding
        self._measure: Measure | None = None

    def add(self, part: Part) -> None:
        if part.text:
            more = part.measure(self._encoding)
            self._measure = more if self._measure is None else self._measure + more

    def result(self) -> TokenCount:
        if self._measure is None:
            return _estimate(0.0, (1.0, 1.0), False, self._method, self._source)
        tokens, ends = self._estimates.tokens(self._measure), self._estimates.band(self._measure)
        return _estimate(tokens, ends, True, self._method, self._source)


class PackageTally:
    """Counts with the tokenizer of a package, or estimates what is too large for it."""

    def __init__(self, tokenizer: Tokenizer, source: str, larger: Tally) -> None:
        self._tokenizer, self._source, self._larger = tokenizer, source, larger
        self._held: list[Part] = []
        self._tokens = self._length = 0

    def add(self, part: Part) -> None:
        self._length += len(part.text)
        if self._tokenizer.largest is None:
            self._tokens += self._tokenizer.count(part.text)
            return
        self._held.append(part)
        if self._too_large():
            for held in self._held:
                self._larger.add(held)
            self._held.clear()

    def result(self) -> TokenCount:
        if self._too_large():
            return self._larger.result()
        whole = "".join(part.text for part in self._held)
        tokens = self._tokens if self._tokenizer.largest is None else self._tokenizer.count(whole)
        return _exact(tokens, self._tokenizer.method, self._source)

    def _too_large(self) -> bool:
        return self._tokenizer.largest is not None and self._length > self._tokenizer.largest


def exact_count(tokens: int, family: Family) -> TokenCount:
    """Return a count in the family's own shipped encoding."""
    return _exact(tokens, family.encoding, family.source)


def tally_for(family: Family) -> Tally:
    """Return the best tally of a family: its own tokenizer if there is one, else an estimate."""
    if family.ratio is None:
        return ExactTally(family)
    from costmodel.tokens.packages import installed_tokenizer

    tokenizer = installed_tokenizer(family.name)
    if tokenizer is None:
        return estimating_tally(family, family.ratio)
    source = f"{family.assignment}; {tokenizer.source}".removeprefix("; ")
    return PackageTally(tokenizer, source, estimating_tally(family, family.ratio))


def estimating_tally(family: Family, ratio: Ratio) -> Tally:
    """Return the tally of a family that has no tokenizer at hand."""
    from costmodel.tokens.estimators import shipped_estimator

    estimator = shipped_estimator(family.name)
    if estimator is None:
        return RatioTally(family, ratio)
    source = f"{family.assignment}; fitted on {estimator.source}".removeprefix("; ")
    return EstimateTally(estimator, "o200k + features", source)


def _exact(tokens: int, method: str, source: str) -> TokenCount:
    return TokenCount(tokens, tokens, tokens, True, method, source)


def _estimate(
    tokens: float, ends: tuple[float, float], some: bool, method: str, source: str
) -> TokenCount:
    """Round an estimate, and its band outwards; at least one token for a text that is not empty."""
    least = 1 if some else 0
    middle = max(least, round(tokens))
    low = max(least, min(middle, math.floor(tokens * ends[0])))
    return TokenCount(middle, low, max(middle, math.ceil(tokens * ends[1])), False, method, source)
