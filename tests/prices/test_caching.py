"""What a prompt cache takes and what storing costs, by the facts of the shipped tables."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError, PriceNotKnownError
from costmodel.prices import (
    PriceBook,
    RateCard,
    bill,
    break_even_reads,
    cacheable,
    load_prices,
    storage_break_even_reads_per_hour,
    storage_cost,
)
from costmodel.prices.schema import CacheFacts
from tests.prices.shelves import FACTS, book_of, model, since


@pytest.fixture(scope="module")
def book():
    return load_prices()


def tokens(prices, prefix):
    return float(cacheable(prices, prefix).tokens)


def test_a_prefix_below_the_minimum_is_not_cached_and_says_so(book):
    # claude-haiku-4-5 caches from 4,096 tokens on (litellm; aws idp issue 780: 32 of 32 prefixes
    # of a user were never cached for that reason)
    haiku = book.model("anthropic/claude-haiku-4-5")
    assert tokens(haiku, 4096) == 4096
    found = cacheable(haiku, 4095)
    assert float(found.tokens) == 0.0
    assert found.reason == (
        "a prefix of 4,095 tokens is shorter than the 4,096 tokens that "
        "anthropic/claude-haiku-4-5 caches"
    )
    assert cacheable(haiku, 4096).reason == ""


def test_above_the_minimum_whole_increments_are_cached(tmp_path):
    # OpenAI's models before GPT-5.6: 1,024 tokens, then steps of 128 (prompt caching guide)
    facts = FACTS.replace(
        "{mode: none}", "{mode: implicit, min_prefix_tokens: 1024, increment_tokens: 128}"
    )
    prices = book_of(tmp_path, model("one", since("null", 1), facts=facts)).model("acme/one")
    for prefix, cached in ((1023, 0), (1024, 1024), (1151, 1024), (1152, 1152), (1900, 1792)):
        assert tokens(prices, prefix) == cached


def test_many_prefixes_are_told_together(book):
    found = cacheable(book.model("anthropic/claude-haiku-4-5"), [0, 4000, 5000, 9000.5])
    assert found.tokens.tolist() == [0, 0, 5000, 9000.5]
    assert found.reason.startswith("2 of 4 prefixes are shorter than the 4,096 tokens")


def test_a_model_without_a_cache_or_with_no_stated_minimum_says_what_it_does(tmp_path, book):
    (tmp_path / "a").mkdir()
    none = book_of(tmp_path / "a", model("one", since("null", 1))).model("acme/one")
    assert tokens(none, 9000) == 0.0
    assert cacheable(none, 9000).reason == "acme/one has no prompt cache"
    deepseek = book.model("deepseek/deepseek-v4-pro")
    assert tokens(deepseek, 10) == 10
    assert cacheable(deepseek, 0).reason == "a prefix of 0 tokens is empty"
    facts = FACTS.replace("{mode: none}", "{mode: implicit, increment_tokens: 64}")
    steps = book_of(tmp_path, model("one", since("null", 1), facts=facts)).model("acme/one")
    assert tokens(steps, 200) == 192
    assert cacheable(steps, 63).reason == (
        "a prefix of 63 tokens is shorter than acme/one's increment of 64 tokens"
    )


@given(st.integers(0, 20_000), st.integers(0, 5000), st.integers(1, 500))
def test_never_more_is_cached_than_there_is_and_less_than_an_increment_is_lost(prefix, least, step):
    known = load_prices().model("openai/gpt-5.4")
    facts = known.cache.model_copy(update={"min_prefix_tokens": least, "increment_tokens": step})
    cached = tokens(type(known)(id="a/b", cache=facts), prefix)
    assert cached <= prefix
    assert cached == 0 if prefix < least else prefix - cached < step


def test_storage_costs_tokens_times_hours(book):
    # gemini-2.5-pro: $4.50 per million tokens and hour (pricing page of September 2026)
    pro = book.model("google/gemini-2.5-pro")
    assert float(storage_cost(pro, 100_000, 24)) == pytest.approx(0.1 * 24 * 4.5)
    assert storage_cost(pro, [[1e6], [2e6]], [1, 730]).tolist() == pytest.approx(
        np.array([[4.5, 3285.0], [9.0, 6570.0]])
    )


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("google/gemini-2.5-pro", 4.0),  # 4.5 / (1.25 - 0.125)
        ("google/gemini-3.8-flash", 0.5 / 0.675),  # 0.5 / (0.75 - 0.075) = 0.74
    ],
)
@pytest.mark.parametrize("size", [10_000, 150_000])
def test_an_explicit_cache_pays_above_so_many_reads_an_hour_whatever_its_size(
    book, name, reads, size
):
    prices = book.model(name)
    assert storage_break_even_reads_per_hour(prices) == pytest.approx(reads, rel=1e-12)
    # the same by bills: what storing costs an hour over what a read saves
    card = prices.period_at(book.instant).cards["standard"].card
    fresh = float(bill(card, input_tokens=size, output_tokens=0).total)
    words = {"input_tokens": size, "cached_input_tokens": size, "output_tokens": 0}
    saved = fresh - float(bill(card, **words).total)
    assert float(storage_cost(prices, size, 1)) / saved == pytest.approx(reads, rel=1e-12)


def test_the_reads_that_pay_are_those_of_the_tier_and_of_the_day(book):
    # above 200,000 tokens gemini-2.5-pro costs 2.50 and 0.25: 4.5 / 2.25 = 2 reads an hour
    pro = book.model("google/gemini-2.5-pro")
    assert storage_break_even_reads_per_hour(pro, prompt_tokens=200_001) == pytest.approx(2.0)
    # gemini-3.8-flash doubles on 2027-01-01: 0.5 / (1.5 - 0.15) = 0.37 reads an hour
    flash = book.model("google/gemini-3.8-flash")
    assert storage_break_even_reads_per_hour(flash, at="2027-01-01") == pytest.approx(0.5 / 1.35)
    # in batch it reads at half of half the price: 0.5 / (0.375 - 0.0375)
    half = storage_break_even_reads_per_hour(flash, mode="batch")
    assert half == pytest.approx(0.5 / 0.3375)


@pytest.mark.parametrize(
    ("name", "lifetime", "reads"),
    [
        # (write - input) / (input - read)
        ("anthropic/claude-opus-5-5", None, 1 / 3.8),  # (5 - 4) / (4 - 0.2) = 0.26
        ("anthropic/claude-opus-5-5", "5m", 1 / 3.8),
        ("anthropic/claude-opus-5-5", "1h", 4 / 3.8),  # (8 - 4) / (4 - 0.2) = 1.05
        ("anthropic/claude-haiku-4-5", "5m", 0.25 / 0.9),  # (1.25 - 1) / (1 - 0.1) = 0.28
        ("anthropic/claude-haiku-4-5", "1h", 1 / 0.9),  # (2 - 1) / (1 - 0.1) = 1.11
        ("openai/gpt-6-sol", None, 0.5 / 1.8),  # (2.5 - 2) / (2 - 0.2)
        ("openai/gpt-5.4", None, 0.0),  # its writes are not billed
    ],
)
def test_a_write_pays_after_so_many_reads(book, name, lifetime, reads):
    assert break_even_reads(book.model(name), lifetime) == pytest.approx(reads, rel=1e-12)


def test_a_prefix_that_is_too_short_never_pays(book):
    # claude-haiku-4-5 caches from 4,096 tokens on
    haiku = book.model("anthropic/claude-haiku-4-5")
    assert break_even_reads(haiku, "1h", prefix_tokens=4096) == pytest.approx(1 / 0.9)
    assert break_even_reads(haiku, "1h", prefix_tokens=4095) == math.inf


def test_reads_that_cost_no_less_never_pay():
    free = {"cache": CacheFacts(mode="explicit", ttl_seconds={"5m": 300})}
    same = replace(PriceBook.from_cards({"a/b": RateCard(2.0, 2.0, 2.5)}).model("a/b"), **free)
    assert break_even_reads(same) == math.inf


@given(st.sampled_from(load_prices().models()), st.sampled_from([None, "1h"]))
def test_at_the_break_even_both_ways_cost_the_same(name, lifetime):
    prices = load_prices().model(name)
    try:
        reads = break_even_reads(prices, lifetime)
    except (PriceNotKnownError, InputError):
        return
    now = prices.period_at(load_prices().instant).cards["standard"].card
    part = {"cache_write_tokens": 1000} | ({"cache_write_1h_tokens": 1000} if lifetime else {})
    ways = (part, {"cached_input_tokens": 1000}, {})
    written, read, fresh = (
        float(bill(now, input_tokens=1000, output_tokens=0, **way).total) for way in ways
    )
    assert written + reads * read == pytest.approx((1 + reads) * fresh, rel=1e-12)


def test_a_break_even_that_is_not_known_is_an_error(book):
    opus = book.model("anthropic/claude-opus-5-5")
    with pytest.raises(
        InputError,
        match=r"lifetime: read '2h'; expected a lifetime of anthropic/"
        r"claude-opus-5-5's cache \(5m, 1h\); fix: leave it out for the usual",
    ):
        break_even_reads(opus, "2h")
    with pytest.raises(InputError, match="prompt_tokens: read -1; expected numbers from 0 up"):
        break_even_reads(opus, prompt_tokens=-1)
    with pytest.raises(PriceNotKnownError, match="text-embedding-3-small has no prompt cache"):
        break_even_reads(book.model("openai/text-embedding-3-small"))
    with pytest.raises(PriceNotKnownError, match="claude-opus-5-5 has no storage price"):
        storage_break_even_reads_per_hour(opus)
    with pytest.raises(PriceNotKnownError, match="no 'priority' price"):
        break_even_reads(opus, mode="priority")
    facts = CacheFacts(mode="explicit", ttl_seconds={"1h": 3600})
    bare = replace(PriceBook.from_cards({"a/b": RateCard(2.0)}).model("a/b"), cache=facts)
    with pytest.raises(PriceNotKnownError, match="a/b has no rate for cache writes that last 1h"):
        break_even_reads(bare, "1h")
    with pytest.raises(PriceNotKnownError, match="a/b has no cached rate: a read saves nothing"):
        break_even_reads(bare)


def test_storage_without_a_price_is_an_error_and_never_free(book):
    with pytest.raises(PriceNotKnownError, match="anthropic/claude-opus-5-5 has no storage price"):
        storage_cost(book.model("anthropic/claude-opus-5-5"), 1000, 1)


def test_counts_that_cannot_be_are_refused(book):
    pro = book.model("google/gemini-2.5-pro")
    with pytest.raises(InputError, match="tokens: read -1; expected numbers from 0 up, finite"):
        storage_cost(pro, -1, 1)
    with pytest.raises(InputError, match="hours: read inf; expected numbers from 0 up"):
        storage_cost(pro, 1, np.inf)
    with pytest.raises(InputError, match="prefix_tokens: read nan; expected numbers"):
        cacheable(pro, [1, np.nan])
