"""A small product with two features, hostile texts in every free field, and a sharp budget."""

import dataclasses

import pytest

import costmodel as cm
from costmodel.engine.montecarlo import MonteCarloError
from costmodel.engine.provenance import Mark
from costmodel.prices.billing import RateCard
from costmodel.prices.book import PriceBook

DRAWS = 256

SCENARIO = """
name: "<script>alert('name')</script> & $x^2$"
description: "\\"><img src=x onerror=alert(1)>"
start: 2026-12
months: 12
budget: $1.5k per month
segments:
  free:
    users: {value: 8k to 12k, source: "see https://example.com/count?a=1&b=2 <b>now</b>",
            owner: "Dana <d@x>", date: "2026-10"}
    growth: {value: 3% to 9% per month, assumed: true}
  pro: {users: 40 to 70, growth: 0% per month, revenue: $29 per month}
correlations:
  growth:
    of: [segments.free.users, segments.pro.users]
    strength: 0.6
    source: "javascript:alert(1)"
features:
  answer:
    model: case/a
    turns_per_user:
      free: {mean: 6 to 14 per month, top_1_percent: 23%}
      pro: {mean: 40 per month, cv: 1}
    conversation: {turns: {mean: 3.7, cv: 1.1}}
    prompt:
      - system: {tokens: 1000}
      - history
      - user: {mean: 60 to 120, cv: 1.2, max: 8000}
    output: {mean: 180 to 320, cv: 0.8}
    failures: {malformed: 27 of 300}
  search:
    model: case/b
    from: 2027-03
    turns_per_user: {free: {mean: 5 per month, cv: 0}}
    prompt:
      - system: {tokens: 500}
      - user: {mean: 20, cv: 0}
    output: {mean: 100, cv: 0}
    implicit_cache: {cached: 40%, written: 10%}
"""

PLAIN = """
name: Plain
start: 2026-12
months: 2
segments: {all: {users: 10}}
features:
  ask:
    model: case/a
    turns_per_user: {all: {mean: 5 per month, cv: 0}}
    conversation: {turns: {mean: 2, cv: 0}, history: none}
    prompt: [{system: {tokens: 900}}, {user: {mean: 100, cv: 0}}]
    output: {mean: 100, cv: 0}
drift: off
"""
"""Ten people ask five times a month: 1,000 tokens in, 100 out, two turns a conversation."""


@pytest.fixture(scope="session")
def book():
    cards = {
        "case/a": RateCard(input=2.0, output=10.0),
        "case/b": RateCard(input=1.0, cache_read=0.1, cache_write=1.25, output=4.0),
    }
    return PriceBook.from_cards(cards, snapshot="case")


@pytest.fixture(scope="session")
def scenario_of(tmp_path_factory):
    def read(text):
        path = tmp_path_factory.mktemp("scenario") / "scenario.yaml"
        path.write_text(text, encoding="utf-8")
        return cm.load_scenario(path)

    return read


@pytest.fixture(scope="session")
def scenario(scenario_of):
    return scenario_of(SCENARIO)


@pytest.fixture(scope="session")
def projection(scenario, book):
    made = cm.simulate(scenario, prices=book, draws=DRAWS)
    price = Mark(2, "price", "case/a: input $2 -> $1 <script>alert('mark')</script>")
    words = (*made.warnings, "careful <script>alert('warning')</script>")
    return dataclasses.replace(made, marks=(price, *made.marks), warnings=words)


@pytest.fixture(scope="session")
def plain(scenario_of, book):
    """Everything certain: two months of $0.15."""
    return cm.simulate(scenario_of(PLAIN), prices=book, draws=2, uncertainty=frozenset())


@pytest.fixture(scope="session")
def error():
    shares = {0.1: 0.011, 0.5: 0.008, 0.9: 0.014}
    return MonteCarloError(dearest_month=shares, total=dict.fromkeys(shares, 0.002), runs=10)
