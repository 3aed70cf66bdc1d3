"""Our prices against `calc_price` of genai-prices 0.2.3, over all models both know.

Rate by rate on both sides of every tier, at the snapshot's day, around every date at which either
side changes and far in the future; then random usages over the rates that agree. What differs
stands in `genai_differences` with the reason.
"""

import functools
import warnings
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import CostModelWarning, PriceNotKnownError
from costmodel.prices import Request, load_prices, price_request
from costmodel.prices.offers import ModelPrices
from costmodel.prices.tables import read_index
from tests.prices.genai_differences import ALL, DIFFERENCES

oracle = pytest.importorskip("genai_prices")
from genai_prices.data_snapshot import get_snapshot  # noqa: E402
from genai_prices.types import (  # noqa: E402
    ModelPrice,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

KNOWN_ON = "2026-11-23"
"""The day genai-prices 0.2.3 was read: older snapshots knew less, and differ for that reason."""
SNAPSHOTS = [
    str(day)
    for day in read_index(data_folder("pricing") / "index.yaml", shown="index.yaml").snapshots
    if str(day) >= KNOWN_ON
]
PROVIDERS = {"bedrock": "aws"}
"""Their names of providers, where they are not ours."""
CONTEXTS = (
    ("standard", None),
    ("standard", {"service_tier": "default"}),
    ("batch", {"processing": "batch"}),
    ("flex", {"service_tier": "flex"}),
    ("priority", {"service_tier": "priority"}),
    ("priority", {"service_tier": "fast"}),  # OpenAI's other word for it, at the same rates
    ("fast", {"speed": "fast"}),
)
FAR = date(2027, 7, 1)
HOURS = (2, 5, 7, 13, 20)
"""Instants of a day, in UTC, for models with hours of their own; 13:00 for the others."""


@dataclass(frozen=True, eq=False)
class Case:
    """One model in one mode at one instant."""

    prices: ModelPrices
    theirs: object
    provider: str
    mode: str
    context: dict | None
    at: datetime

    def __str__(self):
        return f"{self.prices.id} {self.mode} {self.context} {self.at:%Y-%m-%dT%H:%MZ}"

    def sizes(self):
        """Prompts on both sides of every threshold, one of the middle and the longest."""
        cards = [card for period in self.prices.live for card in period.cards.values()]
        tiers = {tier.threshold for card in cards for tier in card.card.tiers}
        tiers |= {card.max_prompt_tokens for card in cards if card.max_prompt_tokens}
        tiers |= thresholds(self.theirs)
        longest = self.prices.prompt_limit or 1_000_000
        wanted = {1_000, longest} | {size + step for size in tiers for step in (0, 1)}
        return sorted(size for size in wanted if size <= longest)


def thresholds(theirs):
    """The thresholds of all prices of their model."""
    several = theirs.prices if isinstance(theirs.prices, list) else [theirs]
    several = [*several, *(theirs.price_variants or [])]
    prices = [value for each in several for value in vars(each.prices).values()]
    tiered = [price for price in prices if isinstance(price, TieredPrices)]
    return {tier.start for price in tiered for tier in price.tiers}


@functools.cache
def their_models():
    return {
        (provider.id, model.id): model
        for provider in get_snapshot().providers
        for model in provider.models
    }


def shared(book):
    """Yield our model, theirs and their provider for every exact id that both have."""
    for name in book.models():
        provider, _, bare = name.partition("/")
        provider = PROVIDERS.get(provider, provider)
        if (provider, bare) in their_models():
            yield book.model(name), their_models()[provider, bare], provider


def constraints(theirs):
    conditional = [] if isinstance(theirs.prices, ModelPrice) else theirs.prices
    return [each.constraint for each in (*conditional, *(theirs.price_variants or []))]


def days(prices, theirs, snapshot):
    """The snapshot's day, a far one, each change of either side and the day before it."""
    dated = [each for each in constraints(theirs) if isinstance(each, StartDateConstraint)]
    starts = {each.start_date for each in dated}
    starts |= {period.start.date() for period in prices.live if period.start}
    days = starts | {day - timedelta(days=1) for day in starts} | {snapshot, FAR}
    if timed(theirs):
        days |= {snapshot - timedelta(days=back) for back in range(7)}
    return sorted(days)


def timed(theirs):
    return any(isinstance(each, TimeOfDateConstraint) for each in constraints(theirs))


def cases(book):
    for prices, theirs, provider in shared(book):
        whens = [variant.when for variant in theirs.price_variants or []]
        hours = HOURS if timed(theirs) else (13,)
        for mode, context in CONTEXTS:
            if context is not None and context not in whens:
                continue  # they would bill standard without a word
            for day in days(prices, theirs, book.day):
                for hour in hours:
                    at = datetime.combine(day, time(hour), UTC)
                    yield Case(prices, theirs, provider, mode, context, at)


def probe(field, prompt):
    """A request that is billed at one rate alone."""
    parts = {
        "input": (0, 0, 0, 0),
        "cache_read": (prompt, 0, 0, 0),
        "cache_write": (0, prompt, 0, 0),
        "cache_write_1h": (0, prompt, prompt, 0),
    }
    if field == "output":  # the prompt is there for its tier
        return Request(prompt, 0, 0, 0, 10_000)
    return Request(prompt, *parts[field])


def mixed(rng, prompt, fields):
    """A random request of that prompt which is billed at the given rates alone."""
    weights = np.array([rng.random() * (field in fields) for field in ALL[:4]])
    if not weights.any():
        return None
    shares = np.floor(prompt * weights / weights.sum())
    _, read, usual, hour = (int(share) for share in shares)
    if "input" not in fields:
        prompt = int(shares.sum())
    output = int(rng.integers(0, 50_000)) if "output" in fields else 0
    return Request(prompt, read, usual + hour, hour, output)


def their_usd(case, request, context=()):
    usage = oracle.Usage(
        input_tokens=request.input_tokens,
        cache_read_tokens=request.cached_input_tokens or None,
        cache_write_tokens=request.cache_write_tokens or None,
        cache_write_1h_tokens=request.cache_write_1h_tokens or None,
        output_tokens=request.output_tokens or None,
    )
    found = oracle.calc_price(
        usage,
        case.theirs.id,
        provider_id=case.provider,
        genai_request_timestamp=case.at,
        price_context=case.context if context == () else context,
    )
    assert found.model.id == case.theirs.id, case
    return float(found.total_price)


def our_usd(book, case, request):
    """Our price, or the words in which there is none."""
    try:
        return price_request(book, case.prices.id, request, mode=case.mode, at=case.at).usd
    except PriceNotKnownError as error:
        return str(error)


def agree(ours, theirs):
    return not isinstance(ours, str) and abs(ours - theirs) <= 1e-9 * max(ours, theirs)


def proven(row, case, request, ours, theirs):
    """Whether a row's explanation holds for a difference."""
    if row.proof == "refused":
        return isinstance(ours, str) and row.says in ours
    if isinstance(ours, str):
        return False
    if row.proof == "standard":
        return agree(theirs, their_usd(case, request, context=None))
    return row.ratio[0] * (1 - 1e-9) <= theirs / ours <= row.ratio[1] * (1 + 1e-9)


@dataclass
class Comparison:
    """All that differs between a book and theirs, with the rows that explain it."""

    unexplained: list
    used: set
    compared: int = 0

    def rates(self, book, case, prompt):
        """Compare each rate; return those that agree without a row."""
        without_output = case.prices.live[-1].cards["standard"].card.output is None
        fields = ALL[:4] if without_output else ALL  # embeddings return no tokens
        rows = {field: covering(book, case, prompt, field) for field in fields}
        for field in fields:
            self._one(book, case, probe(field, prompt), rows[field])
        return [field for field in fields if not rows[field]]

    def _one(self, book, case, request, rows):
        ours, theirs = our_usd(book, case, request), their_usd(case, request)
        self.compared += 1
        if agree(ours, theirs):
            return
        true = [row for row in rows if proven(row, case, request, ours, theirs)]
        self.used |= set(true)
        if not true:
            self.unexplained.append(f"{case}: {request}: ours {ours}, theirs {theirs}")

    def random(self, book, case, request):
        if request is not None:
            self._one(book, case, request, ())


def covering(book, case, prompt, field):
    return [
        row for row in rows_of(book) if row.covers(case.prices, case.mode, case.at, prompt, field)
    ]


def rows_of(book):
    return [row for row in DIFFERENCES if row.snapshots is None or book.snapshot in row.snapshots]


@pytest.fixture(scope="module", params=SNAPSHOTS)
def book(request):
    return load_prices(request.param)


@pytest.fixture(scope="module")
def comparison(book):
    rng = np.random.default_rng(20261123)
    found = Comparison([], set())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CostModelWarning)
        for case in cases(book):
            for prompt in case.sizes():
                free = found.rates(book, case, prompt)
                found.random(book, case, mixed(rng, prompt, free))
                found.random(book, case, mixed(rng, int(rng.integers(0, prompt)), free))
    return found


def test_every_price_equals_theirs_or_the_difference_is_explained(comparison):
    assert comparison.unexplained == []
    assert comparison.compared > 10_000


def test_every_explanation_is_still_needed(book, comparison):
    assert [row for row in rows_of(book) if row not in comparison.used] == []


def test_every_model_of_the_first_snapshot_is_compared(book):
    found = {prices.id for prices, _, _ in shared(book)}
    first = set(load_prices(KNOWN_ON).models()) & set(book.models())
    assert len(first) > 50
    assert first <= found


def test_every_context_their_shared_models_know_is_compared(book):
    whens = [each.when for _, theirs, _ in shared(book) for each in theirs.price_variants or []]
    assert [when for when in whens if when not in [context for _, context in CONTEXTS]] == []


def test_our_names_are_names_of_the_same_models_there(book):
    providers = {provider.id: provider for provider in get_snapshot().providers}
    wrong = [
        (prices.id, name, found and found.id)
        for prices, theirs, provider in shared(book)
        for name in prices.aliases
        if (found := providers[provider].find_model(name)) is not theirs
    ]
    assert wrong == []
