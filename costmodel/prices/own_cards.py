"""Prices given in Python: models of one's own, and the sha256 that vouches for them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import astuple

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.cards import RateCard
from costmodel.prices.charges import UnitPrice
from costmodel.prices.offers import ModeCard, ModelPrices, PricePeriod

Cards = RateCard | Mapping[str, RateCard]
"""One card for standard requests, or a card for each service mode."""


def own_model(
    name: str, cards: Cards, tokenizer: str, units: Mapping[str, UnitPrice] | None = None
) -> ModelPrices:
    """Return a model with prices given in Python, valid at all dates.

    Parameters
    ----------
    name : str
        As ``provider/id``.
    cards : RateCard or mapping of str to RateCard
        The standard card, or a card for each mode.
    tokenizer : str
        Vocabulary family.
    units : mapping of str to UnitPrice, optional
        Prices of units that are not tokens.

    Raises
    ------
    InputError
        If the name has no provider.
    """
    provider, _, bare = name.partition("/")
    if not provider or not bare:
        fix = "write a provider of your own before it, such as own/model"
        raise InputError(Problem(f"model '{name}'", "a name as provider/id", fix))
    modes = {"standard": cards} if isinstance(cards, RateCard) else dict(cards)
    offers = {mode: ModeCard(card) for mode, card in modes.items()}
    period = PricePeriod(None, "effective", offers, {} if units is None else dict(units))
    return ModelPrices(id=name, tokenizer=tokenizer, periods=(period,))


def digest_of(*vouched: str | ModelPrices) -> str:
    """Return the sha256 of digests and of models with all their prices."""
    whole = [each if isinstance(each, str) else astuple(each) for each in vouched]
    return hashlib.sha256(repr(whole).encode()).hexdigest()
