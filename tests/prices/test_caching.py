"""What a prompt cache takes and what storing costs, by the facts of the shipped tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError, PriceNotKnownError
from costmodel.prices import bill, cacheable, load_prices, storage_cost
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
    ("name", "reads"), [("google/gemini-2.5-pro", 4.0), ("google/gemini-3.8-flash", 0.74)]
)
@pytest.mark.parametrize("size", [10_000, 150_000])
def test_an_explicit_cache_pays_above_so_many_reads_an_hour_whatever_its_size(
    book, name, reads, size
):
    # 4.5 / (1.25 - 0.125) = 4.0 reads per hour; 0.5 / (0.75 - 0.075) = 0.74
    prices = book.model(name)
    card = prices.period_at(book.instant).cards["standard"].card
    fresh = float(bill(card, input_tokens=size, output_tokens=0).total)
    words = {"input_tokens": size, "cached_input_tokens": size, "output_tokens": 0}
    saved = fresh - float(bill(card, **words).total)
    assert float(storage_cost(prices, size, 1)) / saved == pytest.approx(reads, abs=0.005)


@pytest.mark.parametrize(
    ("name", "five_minutes", "hour"),
    [
        ("anthropic/claude-opus-5-5", 0.26, 1.05),
        ("anthropic/claude-haiku-4-5", 0.28, 1.11),
    ],
)
def test_a_write_pays_after_so_many_reads(book, name, five_minutes, hour):
    # (write - input) / (input - read): opus-5-5 1 / 3.8 and 4 / 3.8
    card = book.model(name).period_at(book.instant).cards["standard"].card
    saved = card.input - card.cached_rate
    assert (card.written_rate - card.input) / saved == pytest.approx(five_minutes, abs=0.005)
    assert (card.written_1h_rate - card.input) / saved == pytest.approx(hour, abs=0.005)


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
