"""Small scenarios and prices for the oracle's tests, and the errors of samples."""

import copy
from dataclasses import replace

import numpy as np

from costmodel.prices import PriceBook, RateCard, Tier, load_prices
from costmodel.scenario.schema import Scenario

MODEL = "openai/gpt-5.6-terra"

CARD = RateCard(
    input=2.0, cache_read=0.5, cache_write=2.5, cache_write_1h=None, output=8.0, tiers=()
)
"""USD per million tokens; invented for the tests, easy to multiply by hand."""
CLIFF = replace(
    CARD,
    tiers=(
        Tier(
            threshold=3000,
            inclusive=False,
            card=RateCard(
                input=4.0,
                cache_read=1.0,
                cache_write=5.0,
                cache_write_1h=None,
                output=12.0,
                tiers=(),
            ),
        ),
    ),
)
"""The same, doubled (and output half as dear again) for requests above 3,000 tokens."""

PLAIN = {
    "name": "Plain",
    "start": "2027-01",
    "months": 3,
    "segments": {"free": {"users": 100}},
    "features": {
        "answer": {
            "model": MODEL,
            "turns_per_user": {"free": {"mean": "4 per month", "cv": 0}},
            "conversation": {"turns": {"mean": 1, "cv": 0}, "history": "resend"},
            "prompt": [
                {"system": {"tokens": 1000}},
                "history",
                {"user": {"mean": 100, "cv": 0}},
            ],
            "output": {"mean": 200, "cv": 0},
            "reasoning": {"mean": 50, "cv": 0},
        }
    },
    "drift": {"volume": "20%", "tokens": "10%", "half_life": "6 months"},
}
"""Everything certain and everyone alike; January to March 2027 has 31, 28 and 31 days."""


def book(card=CARD, units=None):
    """A price book in which the scenes' model has this card, and unit prices, at all dates."""
    return PriceBook.from_cards({MODEL: card}, snapshot="case", units={MODEL: units or {}})


def scene(changes=()):
    """The plain scenario with `changes`: a mapping of dotted paths to what would stand in YAML."""
    data = copy.deepcopy(PLAIN)
    for path, value in dict(changes).items():
        *way, last = path.split(".")
        place = data
        for key in way:
            place = place.setdefault(key, {})
        place[last] = copy.deepcopy(value)  # a later path may lead into it
    return Scenario.model_validate(data)


def standard_error(sample):
    return np.std(sample, ddof=1) / np.sqrt(len(sample))


def relative_error_of_sd(sample):
    """Standard error of a sample's sd, relative to it: sqrt((kurtosis - 1) / 4n)."""
    centred = sample - sample.mean()
    kurtosis = np.mean(centred**4) / np.mean(centred**2) ** 2
    return np.sqrt((kurtosis - 1) / (4 * len(sample)))


CHEAPER = "openai/gpt-5.6-luna"
CHEAP_CARD = RateCard(
    input=0.4, cache_read=0.1, cache_write=0.5, cache_write_1h=None, output=1.6, tiers=()
)
"""A fifth of `CARD`: of the model that a quota degrades to."""


def shelf(**cards):
    """A book of the scenes' models at their cards that knows how providers' caches behave."""
    book = load_prices("2026-11-23")
    for model, card in {MODEL: CARD, CHEAPER: CHEAP_CARD, **cards}.items():
        book = book.with_card(model, card)
    return book


def both_models():
    """A book of the scenes' models whose providers keep nothing."""
    return PriceBook.from_cards({MODEL: CARD, CHEAPER: CHEAP_CARD}, snapshot="case")


def with_strategies(changes, **strategies):
    """The plain scenario with strategies, in one variant named "all"."""
    return scene(
        {**changes, "strategies": strategies, "variants": {"none": [], "all": [*strategies]}}
    )
