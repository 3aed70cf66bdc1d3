"""What a provider offers: a model with its periods, modes, limits and cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from costmodel.foundation.errors import PriceNotKnownError
from costmodel.prices.cards import RateCard
from costmodel.prices.instants import WEEKDAYS, Hours, span
from costmodel.prices.schema import CacheFacts, Card, ModelEntry, Period, Table, UnitPrice, Window


@dataclass(frozen=True)
class ModeCard:
    """The price of one service mode in one period.

    Parameters
    ----------
    card : RateCard
        Rates outside peak hours.
    max_prompt_tokens : int or None
        The longest prompt this mode accepts.
    verified_from : datetime.date or None
        The day from which the source vouches for the rates.
    peaks : tuple of (Hours, RateCard)
        Hours with rates of their own.
    """

    card: RateCard
    max_prompt_tokens: int | None = None
    verified_from: date | None = None
    peaks: tuple[tuple[Hours, RateCard], ...] = ()

    def at(self, instant: datetime) -> RateCard:
        """Return the rates at an instant, peak hours included."""
        for hours, card in self.peaks:
            if hours.contain(instant):
                return card
        return self.card


@dataclass(frozen=True)
class PricePeriod:
    """Prices from `start` (None: launch, day unknown) to the next period's start."""

    start: datetime | None
    status: str
    cards: Mapping[str, ModeCard]
    units: Mapping[str, UnitPrice] = field(default_factory=dict)
    observed: bool = False
    note: str = ""


@dataclass(frozen=True)
class Retirement:
    """The first day a model is gone, and the model that then takes its place, if any."""

    date: date
    then: str | None


@dataclass(frozen=True)
class ModelPrices:
    """Everything the table says of one model.

    Parameters
    ----------
    id : str
        Provider and model, such as ``openai/gpt-5``.
    aliases : tuple of str
        Other exact names, without the provider.
    tokenizer : str
        Vocabulary family: ``o200k_base``, ``claude``, ``gemini``; empty if none is known.
    exact : bool
        Whether that family counts exactly.
    context, max_input, max_output : int or None
        Tokens of the whole window, the longest prompt and the longest output.
    cache : CacheFacts
        How the provider's prompt cache behaves.
    periods : tuple of PricePeriod
        In order of their start; withdrawn ones are kept for the record.
    geos : mapping of str to float
        Factor on token prices for processing kept in a region.
    retirement : Retirement or None
        When the model goes.
    sources : tuple of str
        Where the figures come from, in words.
    """

    id: str
    aliases: tuple[str, ...] = ()
    tokenizer: str = ""
    exact: bool = False
    context: int | None = None
    max_input: int | None = None
    max_output: int | None = None
    cache: CacheFacts = field(default_factory=lambda: CacheFacts(mode="none"))
    periods: tuple[PricePeriod, ...] = ()
    geos: Mapping[str, float] = field(default_factory=dict)
    retirement: Retirement | None = None
    note: str = ""
    sources: tuple[str, ...] = ()

    @property
    def live(self) -> tuple[PricePeriod, ...]:
        """The periods that apply: effective and announced, not withdrawn."""
        return tuple(period for period in self.periods if period.status != "withdrawn")

    @property
    def prompt_limit(self) -> int | None:
        """The longest prompt in tokens: the input limit, else the context."""
        return self.context if self.max_input is None else self.max_input

    def period_at(self, instant: datetime | None) -> PricePeriod:
        """Return the period an instant lies in (None: the last one).

        Raises
        ------
        PriceNotKnownError
            If the instant is before the first known price.
        """
        found = [p for p in self.live if p.start is None or instant is None or p.start <= instant]
        if not found:
            raise PriceNotKnownError(self.too_early(str(instant and instant.date())))
        return found[-1]

    def launch_unknown(self, instant: datetime) -> bool:
        """Whether `instant` lies in a first period whose start the table does not know."""
        return self.live[0].start is None and self.period_at(instant).start is None

    def too_early(self, when: str) -> str:
        """Return the message that `when` is before the model's first price."""
        first = self.live[0].start
        assert first is not None
        kind = "is known" if self.live[0].observed else "applied"
        return f"{self.id} has no price for {when}: its first price {kind} from {first:%Y-%m-%d}"

    def mode_card(self, period: PricePeriod, mode: str) -> ModeCard:
        """Return the card of a service mode.

        Raises
        ------
        PriceNotKnownError
            If the mode is not offered then; standard rates are never a substitute.
        """
        if mode not in period.cards:
            when = "" if period.start is None else f" from {period.start:%Y-%m-%d}"
            raise PriceNotKnownError(
                f"{self.id} has no '{mode}' price{when}; modes there are: {', '.join(period.cards)}"
            )
        return period.cards[mode]


def model_prices(table: Table, entry: ModelEntry) -> ModelPrices:
    """Return one entry of a table as prices to resolve."""
    windows = {name: _hours(window) for name, window in table.windows.items()}
    gone = None if entry.retires is None else Retirement(entry.retires, entry.then)
    return ModelPrices(
        id=f"{table.provider}/{entry.id}",
        aliases=entry.aliases,
        tokenizer=entry.tokenizer.family,
        exact=entry.tokenizer.counting == "exact",
        context=entry.limits.context,
        max_input=entry.limits.max_input,
        max_output=entry.limits.max_output,
        cache=entry.cache,
        periods=tuple(_period(period, windows) for period in entry.periods),
        geos={adjust.when.geo: adjust.multiply for adjust in entry.adjust},
        retirement=gone,
        note=entry.note or "",
        sources=_sources(table, entry),
    )


def _hours(window: Window) -> Hours:
    days = WEEKDAYS if window.days is None else window.days
    return Hours(
        window.tz,
        tuple(WEEKDAYS.index(day) for day in days),
        tuple(span(hours) for hours in window.hours),
        window.from_,
        window.to,
    )


def _period(period: Period, windows: Mapping[str, Hours]) -> PricePeriod:
    return PricePeriod(
        period.from_,
        period.status,
        {mode: _mode_card(card, windows) for mode, card in period.cards.items()},
        period.units,
        period.from_kind == "observed",
        period.note or "",
    )


def _mode_card(card: Card, windows: Mapping[str, Hours]) -> ModeCard:
    peaks = tuple((windows[name], rates.per_mtok.card()) for name, rates in card.windows.items())
    return ModeCard(card.card(), card.max_prompt_tokens, card.verified_from, peaks)


def _sources(table: Table, entry: ModelEntry) -> tuple[str, ...]:
    keys = dict.fromkeys(key for period in entry.periods for key in period.src)
    return tuple(_words(table, key) for key in keys)


def _words(table: Table, key: str) -> str:
    source = table.sources[key]
    name = " ".join(part for part in (source.url or source.name or key, source.version) if part)
    return name if source.via is None else f"{name} (via {source.via})"
