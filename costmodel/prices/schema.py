"""The price table schema, costmodel.pricing/1: what a file under pricing/ may hold.

Every key is known: one that is not (yet) is refused, never skipped. Checks that
need more than one field are in costmodel.prices.checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from costmodel.foundation.reading import ValuePath
from costmodel.prices.cards import RateCard, Tier
from costmodel.prices.charges import Unit, UnitPrice
from costmodel.prices.pledges import Capacity, Commitment
from costmodel.prices.records import (
    Confidence,
    Count,
    Factor,
    Name,
    Rate,
    Record,
    Sources,
    Tokens,
)

Mode = Literal["standard", "batch", "flex", "priority", "fast"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Hours = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class Source(Record):
    """Where figures come from."""

    url: str | None = None
    name: str | None = None
    kind: Literal["vendor", "aggregator", "secondary", "contract"]
    version: str | None = None
    license: str | None = None
    via: str | None = None
    retrieved: date | None = None
    note: str | None = None


class Window(Record):
    """Hours of the week with their own prices, on the clock of `tz`."""

    tz: Name
    days: tuple[Weekday, ...] | None = None
    hours: tuple[Hours, ...] = Field(min_length=1)
    from_: AwareDatetime | None = Field(default=None, alias="from")
    to: AwareDatetime | None = None
    src: Sources = Field(min_length=1)


class Rates(Record):
    """Rates of one request, USD per million tokens."""

    input: Rate
    cache_read: Rate | None = None
    cache_write: Rate | None = None
    cache_write_1h: Rate | None = None
    output: Rate | None = None

    def card(self, tiers: tuple[Tier, ...] = ()) -> RateCard:
        """Return these rates as a card."""
        return RateCard(
            self.input, self.cache_read, self.cache_write, self.cache_write_1h, self.output, tiers
        )


class Above(Record):
    """A long-context tier; it prices the whole request."""

    prompt_tokens_gt: Tokens | None = None
    prompt_tokens_gte: Tokens | None = None
    per_mtok: Rates

    @model_validator(mode="after")
    def _one_threshold(self) -> Above:
        if (self.prompt_tokens_gt is None) == (self.prompt_tokens_gte is None):
            raise ValueError("exactly one of prompt_tokens_gt and prompt_tokens_gte")
        return self

    @property
    def threshold(self) -> int:
        """Input tokens at, or above, which the tier starts."""
        gt, gte = self.prompt_tokens_gt, self.prompt_tokens_gte
        return gt if gt is not None else gte if gte is not None else 0

    def tier(self) -> Tier:
        """Return the tier as billing uses it."""
        return Tier(self.threshold, self.prompt_tokens_gte is not None, self.per_mtok.card())


class WindowRates(Record):
    """The rates inside a window."""

    per_mtok: Rates
    above: tuple[Above, ...] = ()

    def card(self) -> RateCard:
        """Return the rates with their tiers."""
        return self.per_mtok.card(tuple(above.tier() for above in self.above))


class Card(Record):
    """The prices of one service mode in one period."""

    per_mtok: Rates
    above: tuple[Above, ...] = ()
    windows: dict[str, WindowRates] = Field(default_factory=dict)
    max_prompt_tokens: Tokens | None = None
    verified_from: date | None = None
    confidence: Confidence | None = None
    src: Sources = ()

    def card(self) -> RateCard:
        """Return the rates with their tiers."""
        return self.per_mtok.card(tuple(above.tier() for above in self.above))


class Period(Record):
    """Prices from an instant to the next period's."""

    from_: AwareDatetime | None = Field(alias="from")
    from_kind: Literal["effective", "observed"] = "effective"
    status: Literal["effective", "announced", "withdrawn"]
    withdrawn_on: date | None = None
    promo: bool = False
    until: AwareDatetime | None = None
    confidence: Confidence | None = None
    src: Sources = Field(min_length=1)
    note: str | None = None
    reviewed: Name | None = None
    cards: dict[Mode, Card] = Field(min_length=1)
    units: dict[Unit, UnitPrice] = Field(default_factory=dict)


class When(Record):
    """The condition of an adjustment."""

    geo: Name


class Adjust(Record):
    """A factor on token prices, such as that of regional processing."""

    when: When
    multiply: Factor
    applies_to: Literal["tokens"] = "tokens"
    confidence: Confidence | None = None
    src: Sources = Field(min_length=1)


class Tokenizer(Record):
    """Which vocabulary counts the model's tokens."""

    family: Name
    counting: Literal["exact", "estimate"]


class Limits(Record):
    """The largest requests, in tokens."""

    context: Tokens | None = None
    max_input: Tokens | None = None
    max_output: Tokens | None = None


class Storage(Record):
    """The price of keeping an explicit cache."""

    usd_per_mtok_hour: Rate
    explicit_only: bool = True
    confidence: Confidence | None = None
    src: Sources = Field(min_length=1)


class CacheFacts(Record):
    """How the provider's prompt cache behaves."""

    mode: Literal["explicit", "implicit", "both", "none"]
    match: Literal["longest_prefix", "breakpoint"] = "longest_prefix"
    min_prefix_tokens: Tokens | None = None
    increment_tokens: Count | None = None
    ttl_seconds: dict[str, Count] = Field(default_factory=dict)
    refresh_on_read: bool | None = None
    max_breakpoints: Count | None = None
    write_billed: bool = False
    storage: Storage | None = None
    src: Sources = ()


class ModelEntry(Record):
    """One model of a provider."""

    id: Name
    aliases: tuple[Name, ...] = ()
    tokenizer: Tokenizer
    limits: Limits = Field(default_factory=Limits)
    cache: CacheFacts
    retires: date | None = None
    then: str | None = None
    note: str | None = None
    periods: tuple[Period, ...] = Field(min_length=1)
    adjust: tuple[Adjust, ...] = ()
    capacity: Capacity | None = None


class PriceFile(Record):
    """What a provider's table and a user's contract have in common."""

    currency: Literal["USD"]
    sources: dict[str, Source] = Field(default_factory=dict)
    windows: dict[str, Window] = Field(default_factory=dict)
    commitments: tuple[Commitment, ...] = ()
    models: tuple[ModelEntry, ...] = ()

    def further_citations(self) -> Iterator[tuple[ValuePath, Sources]]:
        """Yield the `src` of records that only this kind of file has, with their places."""
        yield from ()


class Table(PriceFile):
    """One file: what was known of one provider's prices on one day."""

    schema_: Literal["costmodel.pricing/1"] = Field(alias="schema")
    snapshot: date
    provider: Name
    reconstructed: Name | None = None
    unit: Literal["usd_per_1m_tokens"]
    usage_convention: Literal["input_tokens_is_total"]
    sources: dict[str, Source] = Field(min_length=1)
    models: tuple[ModelEntry, ...] = Field(min_length=1)


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Index(Record):
    """pricing/index.yaml: the snapshots there are, with the sha256 of their files."""

    schema_: Literal["costmodel.pricing-index/1"] = Field(alias="schema")
    default: date
    snapshots: dict[date, dict[Name, Digest]] = Field(min_length=1)
    reconstructed: dict[date, Name] = Field(default_factory=dict)
