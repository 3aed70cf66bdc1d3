"""What a provider offers: a model with its periods, modes, limits and cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from costmodel.foundation.errors import PriceNotKnownError, did_you_mean
from costmodel.prices.cards import RateCard, rate_text
from costmodel.prices.charges import UnitPrice
from costmodel.prices.instants import Hours
from costmodel.prices.pledges import Capacity, Commitment
from costmodel.prices.schema import CacheFacts, Source


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

    def scaled(self, k: float) -> ModeCard:
        """Return the same offer with every rate, those of peak hours included, times `k`."""
        peaks = tuple((hours, card.scaled(k)) for hours, card in self.peaks)
        return replace(self, card=self.card.scaled(k), peaks=peaks)


@dataclass(frozen=True)
class PricePeriod:
    """Prices from `start` (None: launch, day unknown) to the next period's start.

    Parameters
    ----------
    start : datetime.datetime or None
        The first instant.
    status : str
        effective, announced or withdrawn.
    cards : mapping of str to ModeCard
        By service mode.
    units : mapping of str to UnitPrice
        Prices per unit that is not a token.
    observed : bool
        Whether `start` is that of a first sighting.
    note : str
        A reservation, in words.
    promo : bool
        Whether the vendor calls the prices promotional.
    until : datetime.datetime or None
        When the prices end, if they end before the next period starts.
    continues : bool
        Whether a date of a contract cuts it from the period before it.
    withdrawn_on : datetime.date or None
        When a withdrawn announcement was called off.
    """

    start: datetime | None
    status: str
    cards: Mapping[str, ModeCard]
    units: Mapping[str, UnitPrice] = field(default_factory=dict)
    observed: bool = False
    note: str = ""
    promo: bool = False
    until: datetime | None = None
    continues: bool = False
    withdrawn_on: date | None = None


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
    capacity : Capacity or None
        What a unit of reserved capacity serves.
    commitments : tuple of Commitment
        The reserved capacity there is for the model.
    cited : tuple of Source
        The first of `sources` as the table states them, in the same order.
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
    capacity: Capacity | None = None
    commitments: tuple[Commitment, ...] = ()
    cited: tuple[Source, ...] = ()

    def __repr__(self) -> str:
        cards = self.live[-1].cards if self.live else {}
        rates = [f"{mode} {_short(offer.card)}" for mode, offer in cards.items()][:1]
        rates += [f"{len(cards)} modes"] if len(cards) > 1 else []
        rates += [f"{len(self.periods)} periods"] if len(self.periods) > 1 else []
        return f"ModelPrices({', '.join([repr(self.id), *rates])})"

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
        found = self._started(instant)
        if not found:
            raise PriceNotKnownError(self.too_early(str(instant and instant.date())))
        last = found[-1]
        if last.until is not None and instant is not None and instant >= last.until:
            raise PriceNotKnownError(self.ended(last))
        return last

    def _started(self, instant: datetime | None) -> list[PricePeriod]:
        return [p for p in self.live if p.start is None or instant is None or p.start <= instant]

    def launch_unknown(self, instant: datetime) -> bool:
        """Whether `instant` lies in a first period whose start the table does not know."""
        listed = [period for period in self._started(instant) if not period.continues]
        return len(listed) == 1 and listed[0].start is None

    def too_early(self, when: str) -> str:
        """Return the message that `when` is before the model's first price."""
        first = self.live[0].start
        assert first is not None
        kind = "is known" if self.live[0].observed else "applied"
        return f"{self.id} has no price for {when}: its first price {kind} from {first:%Y-%m-%d}"

    def ended(self, period: PricePeriod) -> str:
        """Return the message that a period's prices end, with none after them."""
        kind = "promotional price" if period.promo else "price"
        return (
            f"{self.id} has no price from {period.until:%Y-%m-%d}: its {kind} ends then and the "
            "table knows none that follows at once"
        )

    def geo_factor(self, geo: str | None) -> float:
        """Return the factor on token prices for processing kept in a region.

        Raises
        ------
        PriceNotKnownError
            If the region has no price.
        """
        if geo is None:
            return 1.0
        if geo not in self.geos:
            known = ", ".join(self.geos) or "none"
            raise PriceNotKnownError(
                f"{self.id} has no price for geo '{geo}'; geos there are: {known}"
            )
        return self.geos[geo]

    def mode_card(self, period: PricePeriod, mode: str) -> ModeCard:
        """Return the card of a service mode.

        Raises
        ------
        PriceNotKnownError
            If the mode is not offered then; standard rates are never a substitute.
        """
        if mode not in period.cards:
            raise no_mode(self.id, mode, period.cards, period.start)
        return period.cards[mode]


def no_mode(
    model: str, mode: str, modes: Iterable[str], start: datetime | None
) -> PriceNotKnownError:
    """Return the error of a mode that a model is not offered in, in the period from `start`."""
    known = list(modes)
    when = "" if start is None else f" from {start:%Y-%m-%d}"
    hint = did_you_mean(mode, known)
    text = f"{model} has no '{mode}' price{when}; modes there are: {', '.join(known)}"
    return PriceNotKnownError(f"{text}; {hint}" if hint else text)


def _short(card: RateCard) -> str:
    output = "" if card.output is None else f", {rate_text(card.output)} out"
    return f"{rate_text(card.input)} in{output} per 1M"
