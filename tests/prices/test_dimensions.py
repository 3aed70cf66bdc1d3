"""Every dimension of a price by hand, on the shipped tables, at the edges where it changes.

Rates are those of pricing/2026-11-23, USD per million tokens; each test names its source. Units,
caches, reserved capacity, contracts, ends and months have files of their own beside this one.
"""

from datetime import UTC, datetime, timedelta

import pytest

from costmodel.foundation.errors import CostModelWarning, PriceNotKnownError
from costmodel.prices import cost, load_prices

DAY = "2026-11-23"
MILLION = 1_000_000
PARTS = {
    "input_tokens": 100_000,
    "cached_input_tokens": 20_000,
    "cache_write_tokens": 30_000,
    "cache_write_1h_tokens": 10_000,
    "output_tokens": 5_000,
}
"""50,000 fresh, 20,000 read, 20,000 written for five minutes, 10,000 for an hour; 5,000 out."""


def usd(model, **words):
    return cost(model, **{"input_tokens": 0, "output_tokens": 0, **words}, snapshot=DAY).usd


def by_hand(fresh, read, written, hour, out):
    return (50e3 * fresh + 20e3 * read + 20e3 * written + 10e3 * hour + 5e3 * out) / 1e6


# Service modes: rates of their own, not factors (platform.claude.com/docs/.../pricing and
# developers.openai.com/api/docs/pricing, as genai-prices 0.2.3 and litellm 1.106.2 read them)


@pytest.mark.parametrize(
    ("mode", "rates"),
    [
        ("standard", (4, 0.2, 5, 8, 20)),
        ("batch", (2, 0.1, 2.5, 4, 10)),
        ("fast", (8, 0.4, 10, 16, 40)),
    ],
)
def test_claude_opus_5_5_in_each_mode(mode, rates):
    found = usd("anthropic/claude-opus-5-5", **PARTS, mode=mode)
    assert found == pytest.approx(by_hand(*rates), rel=1e-12)


@pytest.mark.parametrize(
    ("mode", "rates"),
    [  # writes of both lifetimes at the one rate there is
        ("standard", (2, 0.2, 2.5, 2.5, 10)),
        ("batch", (1, 0.1, 1.25, 1.25, 5)),
        ("flex", (1, 0.1, 1.25, 1.25, 5)),
        ("priority", (4, 0.4, 5, 5, 20)),
    ],
)
def test_gpt_6_sol_in_each_mode(mode, rates):
    found = usd("openai/gpt-6-sol", **PARTS, mode=mode)
    assert found == pytest.approx(by_hand(*rates), rel=1e-12)


def test_cached_batch_rates_are_not_always_half():
    # gpt-4.1: 1 in and 4 out in batch, but the cached rate of 0.50 stays (no batch rate published);
    # o3 in flex halves it to 0.25
    words = {"input_tokens": MILLION, "cached_input_tokens": MILLION}
    assert usd("openai/gpt-4.1", **words, mode="batch") == pytest.approx(0.5)
    half = {name: count / 10 for name, count in words.items()}
    assert 10 * usd("openai/o3", **half, mode="flex") == pytest.approx(0.25)


@pytest.mark.parametrize("model", load_prices(DAY).models())
def test_a_mode_without_a_card_is_an_error_for_every_model(model):
    book = load_prices(DAY)
    offered = book.model(model).period_at(book.instant).cards
    for mode in {"standard", "batch", "flex", "priority", "fast"} - set(offered):
        with pytest.raises(PriceNotKnownError, match=f"no '{mode}' price.*modes there are"):
            usd(model, input_tokens=1, mode=mode)


# Long context: a cliff for the whole request


@pytest.mark.parametrize("mode", ["standard", "batch"])
def test_claude_haiku_5_5_costs_five_times_as_much_above_100_000_tokens(mode):
    # 0.1 in, 0.01 read, 0.125 and 0.2 written, 0.5 out; above: 0.5, 0.05, 0.625, 1, 2.5; batch half
    k = 0.5 if mode == "batch" else 1
    below = usd("anthropic/claude-haiku-5-5", **PARTS, mode=mode)
    assert below == pytest.approx(k * by_hand(0.1, 0.01, 0.125, 0.2, 0.5), rel=1e-12)
    one_more = {**PARTS, "input_tokens": 100_001, "cached_input_tokens": 20_001}
    above = usd("anthropic/claude-haiku-5-5", **one_more, mode=mode)
    extra = 0.05e-6 * k
    assert above == pytest.approx(k * by_hand(0.5, 0.05, 0.625, 1, 2.5) + extra, rel=1e-12)


@pytest.mark.parametrize(
    ("model", "threshold", "below", "above"),
    [  # exclusive: a prompt of exactly the threshold is still short
        ("anthropic/claude-haiku-5-5", 100_000, 0.1, 0.5),
        ("google/gemini-2.5-pro", 200_000, 1.25, 2.5),
        ("google/gemini-3.1-pro-preview", 200_000, 2, 4),
        ("openai/gpt-5.4", 272_000, 2.5, 5),
        ("openai/gpt-6-astra", 272_000, 10, 20),
    ],
)
def test_thresholds_of_the_shipped_tables_are_exclusive(model, threshold, below, above):
    at = usd(model, input_tokens=threshold)
    assert at == pytest.approx(threshold * below / 1e6, rel=1e-12)
    beyond = usd(model, input_tokens=threshold + 1)
    assert beyond == pytest.approx((threshold + 1) * above / 1e6, rel=1e-12)


def test_output_is_re_priced_with_the_prompt_and_never_by_its_own_length():
    # gpt-5.4: 15 out, 22.50 above 272,000 prompt tokens
    words = {"output_tokens": 100_000}
    assert usd("openai/gpt-5.4", **words, input_tokens=200_000) == pytest.approx(0.5 + 1.5)
    assert usd("openai/gpt-5.4", **words, input_tokens=300_000) == pytest.approx(1.5 + 2.25)


def test_a_tier_that_was_taken_away_still_prices_its_time():
    # claude-sonnet-4-6: 6 above 200,000 tokens until 2026-03-13, 3 since
    words = {"input_tokens": 300_000}
    model = "anthropic/claude-sonnet-4-6"
    with pytest.warns(CostModelWarning, match="does not say when"):
        assert usd(model, **words, at="2026-03-12T23:59:59Z") == pytest.approx(1.8)
    assert usd(model, **words, at="2026-03-13T00:00:00Z") == pytest.approx(0.9)


# Dates: what is announced applies from its instant


@pytest.mark.parametrize(
    ("model", "instant", "rates"),
    [  # ai.google.dev/gemini-api/docs/pricing: input before and after, by mode
        (
            "google/gemini-4-argon",
            "2026-12-01T00:00:00+00:00",
            {"standard": (2, 4), "batch": (1, 2), "flex": (1, 2), "priority": (3.6, 7.2)},
        ),
        (
            "google/gemini-3.8-flash",
            "2027-01-01T00:00:00+00:00",
            {
                "standard": (0.75, 1.5),
                "batch": (0.375, 0.75),
                "flex": (0.375, 0.75),
                "priority": (1.35, 2.7),
            },
        ),
        (
            "google/gemini-3.6-flash",
            "2027-01-01T00:00:00+00:00",
            {"standard": (0.75, 1.5), "priority": (1.35, 2.7)},
        ),
    ],
)
def test_every_mode_doubles_at_the_announced_instant(model, instant, rates):
    starts = datetime.fromisoformat(instant)
    for mode, (before, after) in rates.items():
        for at, rate in ((starts - timedelta(seconds=1), before), (starts, after)):
            assert usd(model, input_tokens=MILLION, mode=mode, at=at) == pytest.approx(rate)


def test_fast_mode_of_opus_4_8_ends_at_the_first_instant_of_2026_11_30():
    model = "anthropic/claude-opus-4-8"
    last = usd(model, input_tokens=MILLION, mode="fast", at="2026-11-29T23:59:59Z")
    assert last == pytest.approx(10)
    with pytest.raises(PriceNotKnownError, match="no 'fast' price from 2026-11-30"):
        usd(model, input_tokens=1, mode="fast", at="2026-11-30T00:00:00Z")
    assert usd(model, input_tokens=MILLION, at="2026-11-30T00:00:00Z") == pytest.approx(5)


def test_claude_sonnet_4_5_retires_at_the_first_instant_of_2026_11_30(recwarn):
    model = "anthropic/claude-sonnet-4-5"
    assert usd(model, input_tokens=100_000, at="2026-11-29T23:59:59Z") == pytest.approx(0.3)
    assert not recwarn.list
    with pytest.warns(CostModelWarning, match="retired on 2026-11-30; this is its last price"):
        assert usd(model, input_tokens=100_000, at="2026-11-30T00:00:00Z") == pytest.approx(0.3)


def test_dated_names_that_retire_before_their_model_are_not_its_names():
    # gpt-5-2025-08-07 and o3-2025-04-16 on 2026-12-11; gpt-4o-2024-08-06 and gpt-4.1-2025-04-14
    # on 2027-01-14 (litellm 1.106.2: deprecation_date)
    names = [
        n for model in load_prices(DAY).models() for n in load_prices(DAY).model(model).aliases
    ]
    for gone in ("gpt-5-2025-08-07", "o3-2025-04-16", "gpt-4o-2024-08-06", "gpt-4.1-2025-04-14"):
        assert gone not in names


# Hours: DeepSeek's peak (Ontos-AI/knowhere#316 quoting the vendor's page)

PRO = "deepseek/deepseek-v4-pro"
PEAK, QUIET = 1.32, 0.66


def hours_at(rate, start, days):
    """How many hours of some days have an input rate, by asking every quarter of an hour."""
    prices = load_prices(DAY).model(PRO)
    quarters = (start + timedelta(minutes=15 * n) for n in range(96 * days))
    offers = ((prices.period_at(at).cards["standard"], at) for at in quarters)
    return sum(offer.at(at).input == rate for offer, at in offers) / 4


def test_a_week_has_35_peak_hours_and_no_weekend():
    # 09:00-12:00 and 14:00-18:00 in Beijing (UTC+8), Monday to Friday: 7 hours on 5 days
    monday = datetime(2026, 11, 15, 16, tzinfo=UTC)  # midnight there
    assert hours_at(PEAK, monday, 7) == 35
    assert hours_at(QUIET, monday, 7) == 168 - 35
    assert hours_at(PEAK, monday + timedelta(days=5), 2) == 0


def test_the_first_six_days_had_peak_hours_every_day():
    # from 2026-08-16 16:00Z, Monday 00:00 in Beijing, to 08-22 16:00Z: Monday to Saturday
    start = datetime(2026, 8, 16, 16, tzinfo=UTC)
    assert hours_at(PEAK, start, 6) == 6 * 7
    for day in range(6):
        assert hours_at(PEAK, start + timedelta(days=day), 1) == 7
    assert hours_at(PEAK, start + timedelta(days=6), 1) == 0  # Sunday, under the new hours
    assert hours_at(0.435, start - timedelta(days=1), 1) == 24


@pytest.mark.parametrize(
    ("at", "rate"),
    [
        ("2026-08-16T15:59:59.999999Z", 0.435),
        ("2026-08-16T16:00:00Z", QUIET),
        ("2026-08-22T09:59:59Z", PEAK),  # Saturday, the last daily peak
        ("2026-08-24T00:59:59Z", QUIET),  # Monday
        ("2026-08-24T01:00:00Z", PEAK),
        ("2026-08-24T03:59:59Z", PEAK),
        ("2026-08-24T04:00:00Z", QUIET),
        ("2026-08-28T09:59:59Z", PEAK),  # Friday
        ("2026-08-28T10:00:00Z", QUIET),
    ],
)
@pytest.mark.filterwarnings("ignore:the table does not say when")
def test_peak_hours_are_half_open_to_the_second(at, rate):
    assert usd(PRO, input_tokens=MILLION, at=at) == pytest.approx(rate)


# Regions: a tenth more on tokens, nothing on units (litellm 1.106.2)


def test_a_region_multiplies_every_token_rate_and_no_unit():
    # gpt-6-sol: 2 in, 0.2 read, 2.5 written, 10 out, a search 0.01; above 272,000 twice the input
    words = {"units": {"web_search": 3}, "geo": "eu"}
    found = usd("openai/gpt-6-sol", **PARTS, **words)
    assert found == pytest.approx(1.1 * by_hand(2, 0.2, 2.5, 2.5, 10) + 0.03, rel=1e-12)
    long = usd("openai/gpt-6-sol", input_tokens=300_000, geo="us", mode="priority")
    assert long == pytest.approx(0.3 * 8 * 1.1, rel=1e-12)


# What is known of models besides


def test_embeddings_in_batch_cost_half_and_have_no_output():
    # text-embedding-3-large: 0.13, in batch 0.065 (litellm 1.106.2)
    model = "openai/text-embedding-3-large"
    assert usd(model, input_tokens=8000, mode="batch") == pytest.approx(8000 * 0.065 / 1e6)


@pytest.mark.parametrize(
    ("model", "family", "exact"),
    [
        ("openai/gpt-5", "o200k_base", True),
        ("openai/text-embedding-3-small", "cl100k_base", True),
        ("anthropic/claude-opus-5-5", "claude", False),
        ("google/gemini-2.5-pro", "gemini", False),
        ("deepseek/deepseek-v4-pro", "deepseek", False),
    ],
)
def test_models_name_their_vocabulary_and_whether_it_counts_exactly(model, family, exact):
    prices = load_prices(DAY).model(model)
    assert (prices.tokenizer, prices.exact) == (family, exact)


def test_a_prompt_at_the_limit_is_priced_and_one_token_more_is_refused():
    # gpt-5.4-mini takes 272,000 of its 400,000 tokens as input (litellm 1.106.2)
    assert usd("openai/gpt-5.4-mini", input_tokens=272_000) == pytest.approx(0.204)
    with pytest.raises(PriceNotKnownError, match="272,001 tokens is longer than the 272,000 that"):
        usd("openai/gpt-5.4-mini", input_tokens=272_001)
