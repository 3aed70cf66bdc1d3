"""A product whose figures can be worked out by hand, with strategies."""

from __future__ import annotations

import costmodel as cm
from costmodel.prices.billing import RateCard
from costmodel.prices.book import PriceBook
from costmodel.scenario.loading import read_scenario

TEXT = """
name: Desk
start: 2026-12
months: 2
prices: {snapshot: 2026-11-23}
segments: {all: {users: 1000}}
features:
  ask:
    model: case/a
    turns_per_user: {all: {mean: 5 per month, cv: 0}}
    conversation: {turns: {mean: 1, cv: 0}, history: none}
    prompt: [{system: {tokens: 900}}, {user: {mean: 100, cv: 0}}]
    output: {mean: 100, cv: 0}
drift: off
strategies:
  cache: {kind: response_cache, feature: ask, hit_rate: 20%}
  loose:
    {kind: response_cache, feature: ask, match: semantic, hit_rate: 20%, false_hits: 1%,
     wrong_answer: $4}
  fair: {kind: quota, segment: all, limit: 5 turns per month}
  cheap: {kind: quota, segment: all, limit: 5 turns per month, then: degrade, model: case/b}
  paid:
    {kind: quota, segment: all, limit: 5 turns per month, then: overage, price: $0.01 per turn,
     take_up: 50%}
  wide: {kind: quota, segment: all, limit: 1000 turns per month}
  cap: {kind: budget, limit: $10 per month}
variants:
  today: []
  cached: [cache]
  both: [cache, fair]
  turned: [fair, cache]
  idle: [cache, wide]
  risky: [loose]
  cheaper: [cheap]
  sold: [paid]
  capped: [cap]
"""
"""1,000 people ask five times a month: 1,000 tokens in, 100 out, each a conversation of one turn.

A turn costs 1,000 x $2/1M + 100 x $10/1M = $0.003, so two months of 5,000 turns cost $30.
"""

BOOK = PriceBook.from_cards(
    {"case/a": RateCard(input=2.0, output=10.0), "case/b": RateCard(input=1.0, output=5.0)},
    snapshot="case",
)
TURN = 0.003
WHOLE = 30.0
# N turns of a person are Poisson(5). With c = 5 the mean, E[(N - c)+] = c e^-c c^c / c!,
# so that a limit of 5 takes e^-5 5^5 / 5! = 0.17547 of the turns.
ABOVE = 0.175467
STOPPED = 0.384039
"""P(N > 5) for a Poisson mean of 5 (any table of the Poisson distribution)."""


def desk(**replaced):
    """Return the scenario, its text changed in places."""
    text = TEXT
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return read_scenario(text)


def certain(variants=None, scenario=None):
    """Compare variants with all uncertainty off."""
    return cm.compare_variants(
        desk() if scenario is None else scenario,
        variants,
        prices=BOOK,
        draws=2,
        uncertainty=frozenset(),
    )
