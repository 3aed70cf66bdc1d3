"""How the rates of a model moved and will move, as far as a book knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from costmodel.foundation.errors import InputError, PriceNotKnownError, Problem, did_you_mean
from costmodel.prices.figures import RATES
from costmodel.prices.offers import ModelPrices
from costmodel.prices.steps import PriceStep, rate_steps

if TYPE_CHECKING:
    from costmodel.prices.book import PriceBook

"""The rates of a card, as the tables call them."""


@dataclass(frozen=True)
class PriceHistory:
    """The steps of one model in one service mode.

    Parameters
    ----------
    model : str
        As ``provider/id``.
    mode : str
        The service mode.
    steps : tuple of PriceStep
        By rate; of one rate those outside peak hours come first, then peak
        hours, then withdrawn announcements, each in order of time.
    snapshot : str
        The book's: what was known when.
    known_on : datetime.date or None
        The snapshot's day; None for prices given in Python.
    contract : str
        The name of the contract the rates are net of; empty for list prices.
    reconstructed : str
        How and from what the snapshot was made later than its day; empty if it was
        made on it.
    long_prompt_tokens : int or None
        The lowest threshold of prompt tokens above which requests cost more.
    """

    model: str
    mode: str
    steps: tuple[PriceStep, ...]
    snapshot: str
    known_on: date | None
    contract: str = ""
    reconstructed: str = ""
    long_prompt_tokens: int | None = None

    def of(self, field: str, *, peak: bool = False) -> tuple[PriceStep, ...]:
        """Return one rate's steps that apply, withdrawn ones left out."""
        return tuple(
            step
            for step in self.steps
            if step.field == field
            and step.status != "withdrawn"
            and (step.hours is not None) == peak
        )

    def withdrawn(self, field: str) -> tuple[PriceStep, ...]:
        """Return what was announced for a rate and called off."""
        return tuple(s for s in self.steps if s.field == field and s.status == "withdrawn")

    def rows(self) -> list[dict[str, Any]]:
        """Return the steps as plain data, with the model and the mode in each."""
        return [{"model": self.model, "mode": self.mode, **step.row()} for step in self.steps]


def history_of(
    book: PriceBook, model: str, fields: Sequence[str] = ("input", "output"), mode: str = "standard"
) -> PriceHistory:
    """Return how a model's rates moved and will move, as known at the book's snapshot.

    A change that leaves a rate as it was begins no new step. A retirement ends
    the steps, whatever model follows.

    Parameters
    ----------
    book : PriceBook
    model : str
        ``provider/id`` or an exact alias.
    fields : sequence of str
        Of input, cache_read, cache_write, cache_write_1h and output; one the
        model has no rate for has no steps.
    mode : str
        The service mode.

    Raises
    ------
    UnknownModelError
        If the book has no such model.
    InputError
        If a field is not one of these.
    PriceNotKnownError
        If the mode was never offered, or none of the fields ever had a rate in it.
    """
    fields = _known_fields(fields)
    prices = book.model(model)
    steps = tuple(step for field in fields for step in rate_steps(prices, field, mode))
    if not steps:
        raise PriceNotKnownError(_nothing(prices, fields, mode))
    return PriceHistory(
        model=prices.id,
        mode=mode,
        steps=steps,
        snapshot=book.snapshot,
        known_on=book.day,
        contract="" if book.contract is None else book.contract.name,
        reconstructed=getattr(book, "reconstructed", ""),
        long_prompt_tokens=_long_prompts(prices, mode),
    )


def _known_fields(fields: Sequence[str]) -> tuple[str, ...]:
    asked = (fields,) if isinstance(fields, str) else tuple(dict.fromkeys(fields))
    for field in asked or ("",):
        if field not in RATES:
            fix = did_you_mean(field, RATES) or "write input or output"
            raise InputError(Problem(f"'{field}'", f"one of {', '.join(RATES)}", fix, "field"))
    return asked


def _nothing(prices: ModelPrices, fields: Sequence[str], mode: str) -> str:
    """Return the message that there is no such rate in that mode, with what there is."""
    offered = list(dict.fromkeys(name for period in prices.live for name in period.cards))
    if mode not in offered:
        hint = did_you_mean(mode, offered)
        text = f"{prices.id} has no '{mode}' price; modes there are: {', '.join(offered)}"
        return f"{text}; {hint}" if hint else text
    known = [field for field in RATES if any(rate_steps(prices, field, mode))]
    asked = " or ".join(fields)
    return f"{prices.id} has no {asked} rate in {mode} mode; rates there are: {', '.join(known)}"


def _long_prompts(prices: ModelPrices, mode: str) -> int | None:
    offers = (period.cards[mode] for period in prices.live if mode in period.cards)
    return min((tier.threshold for offer in offers for tier in offer.card.tiers), default=None)
