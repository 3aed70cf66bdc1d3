"""The price of one request, line by line."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from costmodel.foundation.errors import (
    CostModelWarning,
    InputError,
    PriceNotKnownError,
    Problem,
)
from costmodel.prices.billing import checked_usage
from costmodel.prices.book import PriceBook, load_prices
from costmodel.prices.cards import RateCard, rate_text
from costmodel.prices.instants import At, instant_of
from costmodel.prices.month_units import no_unit
from costmodel.prices.offers import ModeCard, ModelPrices, PricePeriod
from costmodel.prices.reservations import reservations

MILLION = 1_000_000


@dataclass(frozen=True)
class Line:
    """One line of a bill: quantity x rate.

    Parameters
    ----------
    meter : str
        What is counted, such as ``cached input``.
    quantity : float
        Tokens, or units of the meter.
    rate : float
        USD per `per` of them.
    per : int
        1,000,000 for tokens.
    """

    meter: str
    quantity: float
    rate: float
    per: int = MILLION

    @property
    def usd(self) -> float:
        """The line's amount."""
        return self.quantity * self.rate / self.per

    def __str__(self) -> str:
        per = "1M" if self.per == MILLION else f"{self.per:,}"
        rate = f"{rate_text(self.rate)} per {per}"
        return f"{self.meter:<16} {self.quantity:>12,.10g} x {rate:<18} = ${self.usd:,.6f}"


@dataclass(frozen=True)
class Cost:
    """What one request costs.

    Parameters
    ----------
    model : str
        As ``provider/id``.
    mode : str
        Service mode.
    at : datetime.datetime or None
        When the price applies; None where prices have no dates.
    snapshot, digest : str
        What was known, and the sha256 that vouches for it.
    lines : tuple of Line
        The meters with a quantity; their amounts sum to `usd`.
    contract : str
        The contract laid over the tables; empty if there is none.
    geo : str
        The region the processing is kept in.
    geo_factor : float
        What token rates are multiplied by there; `lines` have them multiplied.
    reconstructed : str
        How the snapshot was made later than its day; empty if it was not.
    sources : tuple of str
        What the model's prices rest on, in words.
    """

    model: str
    mode: str
    at: datetime | None
    snapshot: str
    digest: str
    lines: tuple[Line, ...]
    contract: str = ""
    geo: str = ""
    geo_factor: float = 1.0
    reconstructed: str = ""
    sources: tuple[str, ...] = ()

    @property
    def usd(self) -> float:
        """The price of the request."""
        return math.fsum(line.usd for line in self.lines)

    def explain(self) -> str:
        """Return the bill as text: a line for each meter, their sum, and the sources."""
        when = "" if self.at is None else f", at {self.at:%Y-%m-%d %H:%M} UTC"
        where = f", kept in {self.geo} (token rates x {self.geo_factor:g})" if self.geo else ""
        head = f"{self.model}, {self.mode}{where}{when}, prices as known on {self.snapshot}"
        head += ", reconstructed" if self.reconstructed else ""
        head += f", {self.contract}" if self.contract else ""
        total = f"{'total':<16} {'':>12}   {'':<18} = ${self.usd:,.6f}"
        sources = [f"source: {each}" for each in self.sources]
        return "\n".join([head, *map(str, self.lines), total, *sources])


@dataclass(frozen=True)
class Request:
    """The token counts of one request; input is the total, as in `cost`."""

    input_tokens: float
    cached_input_tokens: float
    cache_write_tokens: float
    cache_write_1h_tokens: float
    output_tokens: float

    def lines(self, card: RateCard) -> Iterator[Line]:
        """Yield the meters this request uses, at the rates of its own tier."""
        now = card.at(self.input_tokens)
        usual = self.cache_write_tokens - self.cache_write_1h_tokens
        fresh = self.input_tokens - self.cached_input_tokens - self.cache_write_tokens
        if fresh > 0:
            yield Line("uncached input", fresh, now.input)
        if self.cached_input_tokens:
            yield Line("cached input", self.cached_input_tokens, now.cached_rate)
        if usual > 0:
            yield Line("cache write", usual, now.written_rate)
        if self.cache_write_1h_tokens:
            yield Line("cache write 1h", self.cache_write_1h_tokens, now.written_1h_rate)
        if self.output_tokens:
            yield Line("output", self.output_tokens, now.output_rate)


def cost(
    model: str,
    *,
    input_tokens: float,
    cached_input_tokens: float = 0,
    cache_write_tokens: float = 0,
    cache_write_1h_tokens: float = 0,
    output_tokens: float,
    mode: str = "standard",
    at: At | None = None,
    snapshot: str | None = None,
    geo: str | None = None,
    units: Mapping[str, float] | None = None,
    contract: str | Path | None = None,
) -> Cost:
    """Price one request.

    Parameters
    ----------
    model : str
        ``provider/id`` or an exact alias.
    input_tokens : float
        All prompt tokens: fresh, cached and written.
    cached_input_tokens, cache_write_tokens : float
        Parts of the input read from, and written to, the provider's cache.
    cache_write_1h_tokens : float
        The part of `cache_write_tokens` written for one hour.
    output_tokens : float
        All output tokens, reasoning included.
    mode : str
        standard, batch, flex, priority or fast.
    at : str, datetime.date or datetime.datetime, optional
        When the price applies: a day, or an instant with its zone. By default
        the snapshot's day.
    snapshot : str, optional
        What was known; the newest snapshot by default.
    geo : str, optional
        Region the processing is kept in.
    units : mapping of str to float, optional
        Units that are not tokens, such as ``{"web_search": 3}``.
    contract : str or Path, optional
        A file with discounts and models of your own; see `load_prices`.

    Returns
    -------
    Cost
        With `usd`, `lines` and `explain()`.

    Raises
    ------
    UnknownModelError
        If no model has that exact name.
    PriceNotKnownError
        If the mode, region, unit or date has no price, or the prompt is longer
        than the model or mode accepts. Nothing is ever priced at $0 instead.
    InputError
        If a count is negative or not finite, or parts exceed the input.
    """
    request = Request(
        input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens
    )
    return price_request(
        load_prices(snapshot, contract), model, request, mode=mode, at=at, geo=geo, units=units
    )


def price_request(
    book: PriceBook,
    model: str,
    request: Request,
    *,
    mode: str = "standard",
    at: At | None = None,
    geo: str | None = None,
    units: Mapping[str, float] | None = None,
) -> Cost:
    """Price one request from a given book; see `cost`."""
    _check(request)
    prices = book.model(model)
    instant, timed = (book.instant, False) if at is None else instant_of(at)
    period = prices.period_at(instant)
    offer = prices.mode_card(period, mode)
    _require_fit(prices, offer, mode, request.input_tokens)
    card = offer.at(instant) if timed and instant is not None else offer.card
    tokens = request.lines(card.scaled(prices.geo_factor(geo)))
    lines = (*tokens, *_unit_lines(prices, period, units))
    cached = request.cached_input_tokens > 0 and card.at(request.input_tokens).cache_read is None
    for words in reservations(book, prices, offer, instant, timed=timed, uncached_rate=cached):
        warnings.warn(words, CostModelWarning, stacklevel=3)
    for words in _free_words(prices, period, units):
        warnings.warn(words, CostModelWarning, stacklevel=3)
    contract = "" if book.contract is None else str(book.contract)
    return Cost(
        prices.id,
        mode,
        instant,
        book.snapshot,
        book.digest,
        lines,
        contract,
        geo or "",
        prices.geo_factor(geo),
        book.reconstructed,
        prices.sources,
    )


def _check(request: Request) -> None:
    checked_usage(
        request.input_tokens,
        request.cached_input_tokens,
        request.cache_write_tokens,
        request.cache_write_1h_tokens,
        request.output_tokens,
    )


def _require_fit(prices: ModelPrices, offer: ModeCard, mode: str, prompt_tokens: float) -> None:
    for limit, what in (
        (prices.prompt_limit, "accepts"),
        (offer.max_prompt_tokens, f"offers in '{mode}' mode"),
    ):
        if limit is not None and prompt_tokens > limit:
            raise PriceNotKnownError(
                f"a prompt of {prompt_tokens:,.15g} tokens is longer than the {limit:,} that "
                f"{prices.id} {what}"
            )


def _unit_lines(
    prices: ModelPrices, period: PricePeriod, units: Mapping[str, float] | None
) -> Iterator[Line]:
    for name, quantity in (units or {}).items():
        if name not in period.units:
            raise PriceNotKnownError(no_unit(prices.id, name, period.units))
        if not 0 <= quantity < math.inf:
            read = f"{quantity:g} of unit '{name}'"
            raise InputError(Problem(read, "a count from 0 up, finite", path="units"))
        yield Line(name, quantity, period.units[name].usd, period.units[name].per)


def _free_words(
    prices: ModelPrices, period: PricePeriod, units: Mapping[str, float] | None
) -> Iterator[str]:
    """Say which units would be free, as one request does not know what came before it."""
    for name, quantity in (units or {}).items():
        free = period.units[name].free
        if free is not None and quantity > 0:
            yield (
                f"{free.count:,} {name} of {prices.id} are free each {free.period}; one request is "
                "billed as if they were used up (bill_units bills a month)"
            )
