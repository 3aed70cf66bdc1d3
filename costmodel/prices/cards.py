"""Rate cards: what one model charges in one service mode."""

from __future__ import annotations

from dataclasses import dataclass, replace

from costmodel.foundation.errors import PriceNotKnownError


@dataclass(frozen=True)
class RateCard:
    """Prices of one model in one service mode, USD per million tokens.

    Parameters
    ----------
    input : float
        Input that is neither read from nor written to the prompt cache.
    cache_read, cache_write, cache_write_1h : float or None
        Cached input; input written to the cache for the default and for the
        one-hour lifetime; None where the table has no such rate.
    output : float or None
        Output, reasoning included; None for models without output.
    tiers : tuple of Tier
        Long-context tiers. The highest one a request reaches prices all of its
        tokens (a cliff, not a margin).
    """

    input: float
    cache_read: float | None = None
    cache_write: float | None = None
    cache_write_1h: float | None = None
    output: float | None = None
    tiers: tuple[Tier, ...] = ()

    @property
    def cached_rate(self) -> float:
        """The rate of cached input: the input rate where the table has none."""
        return self.input if self.cache_read is None else self.cache_read

    @property
    def written_rate(self) -> float:
        """The rate of input written to the cache: the input rate where the table has none."""
        return self.input if self.cache_write is None else self.cache_write

    @property
    def written_1h_rate(self) -> float:
        """The rate of input written for one hour: that of a usual write where there is none."""
        return self.written_rate if self.cache_write_1h is None else self.cache_write_1h

    @property
    def output_rate(self) -> float:
        """The rate of output.

        Raises
        ------
        PriceNotKnownError
            If the table has none, as for embeddings: output is then not $0 but an error.
        """
        if self.output is None:
            raise PriceNotKnownError(
                "output_tokens given, but this model has no output rate (embeddings return "
                "vectors, not tokens); fix: output_tokens=0"
            )
        return self.output

    def at(self, prompt_tokens: float) -> RateCard:
        """Return the card, without tiers, that prices a request of that many input tokens."""
        chosen = self
        for tier in sorted(self.tiers, key=lambda tier: tier.threshold):
            if tier.reached(prompt_tokens):
                chosen = tier.card
        return replace(chosen, tiers=())

    def scaled(self, k: float) -> RateCard:
        """Return the card with every rate, those of its tiers included, times `k`."""

        def times(rate: float | None) -> float | None:
            return None if rate is None else rate * k

        return RateCard(
            self.input * k,
            times(self.cache_read),
            times(self.cache_write),
            times(self.cache_write_1h),
            times(self.output),
            tuple(replace(tier, card=tier.card.scaled(k)) for tier in self.tiers),
        )


@dataclass(frozen=True)
class Tier:
    """A long-context tier: the card of the whole request once its prompt is long enough.

    Parameters
    ----------
    threshold : int
        Input tokens.
    inclusive : bool
        Whether a prompt of exactly `threshold` tokens is re-priced already.
    card : RateCard
        The rates of all the request's tokens.
    """

    threshold: int
    inclusive: bool
    card: RateCard

    def reached(self, prompt_tokens: float) -> bool:
        """Whether a prompt of that many tokens lies in this tier or above."""
        if self.inclusive:
            return prompt_tokens >= self.threshold
        return prompt_tokens > self.threshold


def rate_text(usd: float) -> str:
    """Write a rate or a small sum: at least two decimals, more where they are needed."""
    usd = float(f"{usd:.10g}")  # a product such as 0.75 x 0.8 carries a rounding error
    return f"${usd:,.2f}" if round(usd, 2) == usd else f"${usd:,.10g}"
