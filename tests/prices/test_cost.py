"""The price of one request against hand arithmetic with the shipped tables.

Rates are those of pricing/2026-11-23, USD per million tokens; the truths beside the
defects of other calculators were published with those defects.
"""

from datetime import UTC, date, datetime

import pytest

from costmodel.foundation.errors import (
    CostModelWarning,
    InputError,
    PriceNotKnownError,
    UnknownModelError,
)
from costmodel.prices import PriceBook, RateCard, Request, cost, price_request

MILLION = 1_000_000


def usd(model, **words):
    return cost(model, **{"input_tokens": 0, "output_tokens": 0, **words}).usd


def test_a_request_costs_its_tokens_times_its_rates():
    # gpt-5: 1.25 in, 0.125 cached, 10 out
    found = cost(
        "openai/gpt-5",
        input_tokens=1800,
        cached_input_tokens=600,
        output_tokens=350,
        at="2026-11-01",
    )
    assert found.usd == pytest.approx((1200 * 1.25 + 600 * 0.125 + 350 * 10) / 1e6, rel=1e-12)
    assert [line.meter for line in found.lines] == ["uncached input", "cached input", "output"]
    assert sum(line.usd for line in found.lines) == pytest.approx(found.usd, rel=1e-12)


def test_cache_writes_of_both_lifetimes_have_their_own_rates():
    # claude-opus-5-5: 4 in, 0.2 read, 5 written, 8 written for an hour, 20 out
    found = usd(
        "anthropic/claude-opus-5-5",
        input_tokens=10_000,
        cached_input_tokens=4_000,
        cache_write_tokens=5_000,
        cache_write_1h_tokens=2_000,
        output_tokens=1_000,
    )
    expected = (1_000 * 4 + 4_000 * 0.2 + 3_000 * 5 + 2_000 * 8 + 1_000 * 20) / 1e6
    assert found == pytest.approx(expected, rel=1e-12)


def test_gpt_4o_in_batch_on_2026_10_13_costs_half_and_says_it_is_not_vouched_for():
    # 1M in + 1M out: 1.25 + 5 = 6.25; others fall back to 12.50 without a word
    with pytest.warns(CostModelWarning, match="from 2026-10-14 on; for 2026-10-13 they are an"):
        found = cost(
            "openai/gpt-4o",
            input_tokens=100_000,
            output_tokens=100_000,
            mode="batch",
            at="2026-10-13",
        )
    assert 10 * found.usd == pytest.approx(6.25, rel=1e-12)


def test_batch_of_a_cached_prompt_uses_the_batch_card():
    # gpt-5.4 in batch: 1.25 in, 0.13 cached (published so, not 0.125), 7.50 out
    found = usd(
        "openai/gpt-5.4",
        mode="batch",
        input_tokens=10_000,
        cached_input_tokens=8_000,
        output_tokens=1_000,
    )
    assert found == pytest.approx((2_000 * 1.25 + 8_000 * 0.13 + 1_000 * 7.5) / 1e6, rel=1e-12)


def test_keeping_the_processing_in_the_us_costs_a_tenth_more():
    # claude-opus-5-5: 1M input at 4 x 1.1
    assert usd("anthropic/claude-opus-5-5", input_tokens=MILLION, geo="us") == pytest.approx(4.4)


def test_a_region_without_a_price_is_an_error_that_names_those_there_are():
    with pytest.raises(PriceNotKnownError, match="no price for geo 'mars'; geos there are: us, eu"):
        usd("openai/gpt-5.4", input_tokens=1, geo="mars")
    with pytest.raises(PriceNotKnownError, match="geos there are: none"):
        usd("deepseek/deepseek-v4-pro", input_tokens=1, geo="us")


def test_priority_ends_where_no_long_context_rate_is_published():
    assert usd("openai/gpt-5.4", input_tokens=272_000, mode="priority") == pytest.approx(1.36)
    with pytest.raises(
        PriceNotKnownError,
        match=r"300,000 tokens is longer than the 272,000 that openai/gpt-5.4 offers in 'priority'",
    ):
        usd("openai/gpt-5.4", input_tokens=300_000, mode="priority")


def test_a_prompt_longer_than_the_model_accepts_is_an_error():
    with pytest.raises(
        PriceNotKnownError, match=r"500,000 tokens is longer than the 128,000 that openai/gpt-4o"
    ):
        usd("openai/gpt-4o", input_tokens=500_000)


def test_the_long_context_cliff_re_prices_the_whole_request_above_its_threshold():
    # claude-haiku-5-5: 0.1 up to 100,000 prompt tokens, then 0.5 for all of them
    assert usd("anthropic/claude-haiku-5-5", input_tokens=100_000) == pytest.approx(0.01)
    assert usd("anthropic/claude-haiku-5-5", input_tokens=100_001) == pytest.approx(0.0500005)


@pytest.mark.parametrize(
    ("at", "truth"),
    [
        ("2026-06-01T02:00:00Z", 0.435 + 0.87),  # before any peak hours: others say 5.28
        ("2026-08-16T15:59:59Z", 0.435 + 0.87),
        ("2026-08-16T20:00:00Z", 0.66 + 1.98),  # repriced at 16:00Z: others say 1.305
        ("2026-08-17T02:00:00Z", 1.32 + 3.96),  # peak on every day at first
        ("2026-11-20T02:00:00Z", 1.32 + 3.96),  # Friday, 10:00 in Beijing
        ("2026-11-20T04:00:00Z", 0.66 + 1.98),  # noon in Beijing: the window is half-open
        ("2026-11-20T05:59:00Z", 0.66 + 1.98),
        ("2026-11-20T06:00:00Z", 1.32 + 3.96),
        ("2026-11-21T02:00:00Z", 0.66 + 1.98),  # Saturday: others say 5.28
        ("2026-11-20T03:00:00+01:00", 1.32 + 3.96),  # any zone will do
    ],
)
@pytest.mark.filterwarnings("ignore:the table does not say when")
def test_deepseek_v4_pro_costs_what_it_cost_at_that_instant(at, truth):
    found = usd("deepseek/deepseek-v4-pro", input_tokens=MILLION, output_tokens=MILLION, at=at)
    assert found == pytest.approx(truth, rel=1e-12)


def test_a_bare_date_takes_off_peak_rates_and_says_so():
    with pytest.warns(CostModelWarning, match="without a time of day in at= the off-peak rates"):
        found = usd("deepseek/deepseek-v4-pro", input_tokens=MILLION, at="2026-11-20")
    assert found == pytest.approx(0.66)


def test_announced_changes_apply_from_their_date():
    # gemini-4-argon doubles on 2026-12-01
    model = "google/gemini-4-argon"
    assert usd(model, input_tokens=MILLION, at="2026-11-30T23:59:59Z") == pytest.approx(2)
    assert usd(model, input_tokens=MILLION, at="2026-12-01") == pytest.approx(4)
    # gemini-3.8-flash doubles on 2027-01-01, in batch as well
    flash = "google/gemini-3.8-flash"
    assert usd(flash, output_tokens=MILLION, mode="batch", at="2027-01-01") == pytest.approx(3.75)


def test_a_withdrawn_increase_never_applies():
    # claude-sonnet-5 stays at 2 and 10; 3 and 15 from 2026-09-01 was called off
    model = "anthropic/claude-sonnet-5"
    found = usd(model, input_tokens=MILLION, output_tokens=MILLION, at="2027-06-01")
    assert found == pytest.approx(12)


def test_past_prices_stay_what_they_were():
    # o3 before its cut of 2025-06-10: 10 in and 2.50 cached (memory); after it 2 and 0.50
    half = {"input_tokens": 200_000, "cached_input_tokens": 100_000}
    assert usd("openai/o3", **half, at="2025-06-09") == pytest.approx(0.1 * (10 + 2.5))
    assert usd("openai/o3", **half, at="2025-06-10") == pytest.approx(0.1 * (2 + 0.5))
    # gemini-3.6-flash was launched at 1.50 and halved about 2026-08-13
    flash = "google/gemini-3.6-flash"
    assert usd(flash, input_tokens=MILLION, at="2026-08-01") == pytest.approx(1.5)
    assert usd(flash, input_tokens=MILLION, at="2026-08-13") == pytest.approx(0.75)


def test_a_date_before_the_launch_is_an_error():
    with pytest.raises(
        PriceNotKnownError,
        match="openai/gpt-5 has no price for 2025-08-06: its first price is known from 2025-08-07",
    ):
        usd("openai/gpt-5", input_tokens=1, at="2025-08-06")


def test_where_the_launch_is_not_known_an_earlier_date_is_priced_with_a_warning():
    with pytest.warns(CostModelWarning, match="does not say when openai/gpt-6-sol was launched"):
        assert usd("openai/gpt-6-sol", input_tokens=MILLION // 10, at="2026-11-01") == 0.2


def test_a_mode_without_a_card_is_an_error_that_names_the_modes_there_are():
    with pytest.raises(
        PriceNotKnownError,
        match=r"openai/gpt-4o has no 'flex' price.*modes there are: standard, batch, priority",
    ):
        usd("openai/gpt-4o", input_tokens=1, mode="flex")


def test_fast_mode_ends_when_it_was_announced_to_end():
    model = "anthropic/claude-opus-4-8"
    assert usd(model, input_tokens=MILLION, mode="fast") == pytest.approx(10)
    with pytest.raises(PriceNotKnownError, match="no 'fast' price from 2026-11-30"):
        usd(model, input_tokens=1, mode="fast", at="2026-12-01")


def test_an_unknown_model_is_an_error_that_names_the_nearest_three():
    with pytest.raises(UnknownModelError) as caught:
        usd("openai/gpt-5.4-mimi", input_tokens=1)
    assert "model 'openai/gpt-5.4-mimi' has no price in this table; nearest are" in str(caught)
    assert caught.value.nearest[0] == "openai/gpt-5.4-mini"
    assert len(caught.value.nearest) == 3


@pytest.mark.parametrize("name", ["gpt", "openai/gpt-5.6-so", "8k", "gpt-5-8k", "mistral/gpt-5"])
def test_names_match_whole_or_not_at_all(name):
    with pytest.raises(UnknownModelError):
        usd(name, input_tokens=1)


def test_exact_aliases_are_the_same_model():
    for name in ("openai/gpt-5.6", "gpt-5.6", "gpt-5.6-sol", "openai/gpt-5.6-sol"):
        assert cost(name, input_tokens=1, output_tokens=1).model == "openai/gpt-5.6-sol"


def test_units_are_billed_beside_tokens():
    # gpt-5: 3 searches at 10 per 1,000
    found = cost("openai/gpt-5", input_tokens=1000, output_tokens=0, units={"web_search": 3})
    assert found.usd == pytest.approx(0.00125 + 0.03, rel=1e-12)
    with pytest.raises(
        PriceNotKnownError,
        match="unit 'web_serch'; units there are: web_search, file_search; did you mean",
    ):
        usd("openai/gpt-5", units={"web_serch": 3})
    with pytest.raises(InputError, match="read -1 of unit 'web_search'; expected a count from 0"):
        usd("openai/gpt-5", units={"web_search": -1})


def test_embeddings_have_no_output_to_price():
    model = "openai/text-embedding-3-small"
    assert usd(model, input_tokens=8_000) == pytest.approx(8_000 * 0.02 / 1e6)
    with pytest.raises(PriceNotKnownError, match="no output rate"):
        usd(model, input_tokens=10, output_tokens=1)


def test_cached_input_without_a_cached_rate_costs_the_input_rate_and_says_so():
    book = PriceBook.from_cards({"a/b": RateCard(2.0, output=8.0)})
    with pytest.warns(CostModelWarning, match="a/b has no cached rate: cached input is billed at"):
        found = price_request(book, "a/b", Request(1000, 600, 0, 0, 0))
    assert found.usd == pytest.approx(0.002)


def test_a_retired_model_keeps_its_last_price_with_a_warning():
    with pytest.warns(CostModelWarning, match="openai/o4-mini retired on 2026-10-23; this is its"):
        assert usd("openai/o4-mini", output_tokens=MILLION) == pytest.approx(4.4)


def test_the_prompt_total_includes_its_cached_part():
    with pytest.raises(
        InputError,
        match=r"read cached_input_tokens \+ cache_write_tokens 900 with input_tokens 500; "
        r"expected .* of at most input_tokens; fix: input_tokens is the total",
    ):
        usd("openai/gpt-5", input_tokens=500, cached_input_tokens=900)


@pytest.mark.parametrize("tokens", [-1, float("nan"), float("inf")])
def test_counts_that_cannot_be_are_refused(tokens):
    with pytest.raises(InputError, match=r"output_tokens: read .*; expected token counts"):
        usd("openai/gpt-5", output_tokens=tokens)


def test_dates_are_days_or_instants_with_a_zone():
    with pytest.raises(InputError, match=r"a time without a zone; .* write 2026-11-01T10:00:00Z"):
        usd("openai/gpt-5", at="2026-11-01 10:00")
    with pytest.raises(InputError, match="read 'yesterday'; expected a day as YYYY-MM-DD"):
        usd("openai/gpt-5", at="yesterday")
    same = {usd("openai/gpt-5", input_tokens=9, at=at) for at in WAYS}
    assert len(same) == 1


WAYS = ("2026-11-01", date(2026, 11, 1), datetime(2026, 11, 1, tzinfo=UTC), "2026-11-01T00:00:00Z")


def test_the_explanation_shows_every_line_and_the_knowledge_behind_it():
    text = cost("openai/gpt-5", input_tokens=1800, output_tokens=350, at="2026-11-01").explain()
    first, fresh, output, total, *sources = text.splitlines()
    assert first == "openai/gpt-5, standard, at 2026-11-01 00:00 UTC, prices as known on 2026-11-24"
    assert " ".join(fresh.split()) == "uncached input 1,800 x $1.25 per 1M = $0.002250"
    assert " ".join(output.split()) == "output 350 x $10.00 per 1M = $0.003500"
    assert " ".join(total.split()) == "total = $0.005750"
    assert sources[1] == (
        "source: https://developers.openai.com/api/docs/pricing (vendor, via genai-prices 0.2.3 "
        "and litellm 1.106.2, retrieved 2026-11-24)"
    )
    assert all(line.startswith("source: ") for line in sources)


def test_the_explanation_names_the_region_and_a_reconstructed_snapshot():
    words = {"input_tokens": 1000, "output_tokens": 0, "snapshot": "2026-08-12", "geo": "us"}
    first, fresh, *_ = cost("anthropic/claude-opus-5", **words).explain().splitlines()
    assert first == (
        "anthropic/claude-opus-5, standard, kept in us (token rates x 1.1), at 2026-08-12 00:00 "
        "UTC, prices as known on 2026-08-12, reconstructed"
    )
    assert " ".join(fresh.split()) == "uncached input 1,000 x $5.50 per 1M = $0.005500"
