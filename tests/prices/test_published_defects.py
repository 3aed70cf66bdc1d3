"""Figures that other calculators get wrong: ours by hand, and theirs as they still stand.

Each row was published with its truth; "theirs" is genai-prices 0.2.3. A row whose other side has
been mended fails here, so that the table does not outlive its reason. Rates are those of
pricing/2026-11-23, USD per million tokens.
"""

from datetime import datetime

import pytest

from costmodel.foundation.errors import CostModelWarning, PriceNotKnownError
from costmodel.prices import cost, load_prices

oracle = pytest.importorskip("genai_prices")
MILLION = 1_000_000
HUNDRED = 100_000
"""Tokens of models whose window is smaller than a million; their bills are taken tenfold."""


def theirs(model, provider, at, context=None, *, prompt=MILLION, output=0, **parts):
    usage = oracle.Usage(input_tokens=prompt, output_tokens=output or None, **parts)
    at = datetime.fromisoformat(at)
    words = {"provider_id": provider, "genai_request_timestamp": at, "price_context": context}
    return float(oracle.calc_price(usage, model, **words).total_price)


def ours(model, at, *, prompt=MILLION, output=0, cached=0, **words):
    """Return our cost by the tables of the day the defects were seen on."""
    counts = {"input_tokens": prompt, "cached_input_tokens": cached, "output_tokens": output}
    return cost(model, **counts, at=at, snapshot="2026-11-23", **words).usd


@pytest.mark.parametrize(
    ("at", "wrong", "truth"),
    [
        # no peak hours before 2026-08-16: 0.435 + 0.87
        ("2026-06-01T02:00:00Z", 1.32 + 3.96, 1.305),
        # a Saturday, 10:00 in Beijing: 0.66 + 1.98
        ("2026-11-21T02:00:00Z", 1.32 + 3.96, 2.64),
        # repriced at 16:00Z, midnight in Beijing, not on the UTC date: 0.66 + 1.98
        ("2026-08-16T20:00:00Z", 0.435 + 0.87, 2.64),
    ],
)
@pytest.mark.filterwarnings("ignore:the table does not say when")
def test_deepseek_v4_pro_a_million_in_and_out(at, wrong, truth):
    found = ours("deepseek/deepseek-v4-pro", at, output=MILLION)
    assert found == pytest.approx(truth, rel=1e-12)
    assert theirs("deepseek-v4-pro", "deepseek", at, output=MILLION) == pytest.approx(wrong)


def test_gpt_4o_in_batch_before_somebody_verified_it():
    # a million in and out: 1.25 + 5; they bill standard, 2.50 + 10, without a word
    at, words = "2026-10-13T00:00:00Z", {"prompt": HUNDRED, "output": HUNDRED}
    with pytest.warns(CostModelWarning, match="vouches for these rates of openai/gpt-4o from"):
        found = ours("openai/gpt-4o", at, mode="batch", **words)
    assert 10 * found == pytest.approx(6.25, rel=1e-12)
    batch = {"processing": "batch"}
    assert 10 * theirs("gpt-4o", "openai", at, batch, **words) == pytest.approx(12.5)


def test_a_misspelt_mode():
    at, words = "2026-11-23T00:00:00Z", {"prompt": HUNDRED, "output": HUNDRED}
    with pytest.raises(PriceNotKnownError, match=r"no 'bacth' price.*did you mean 'batch'"):
        ours("openai/gpt-4o", at, mode="bacth", **words)
    misspelt = {"procesing": "batch"}
    assert 10 * theirs("gpt-4o", "openai", at, misspelt, **words) == pytest.approx(12.5)


def test_two_modes_at_once_are_not_sold():
    # claude-fable-5-2: in batch 4 + 20, in fast mode 16 + 80; they take batch, their first variant
    at, words = "2026-11-23T00:00:00Z", {"output": MILLION}
    for mode in ("batch+fast", "fast batch"):
        with pytest.raises(PriceNotKnownError, match="modes there are: standard, batch, fast"):
            ours("anthropic/claude-fable-5-2", at, mode=mode, **words)
    both = {"processing": "batch", "speed": "fast"}
    assert theirs("claude-fable-5-2", "anthropic", at, both, **words) == pytest.approx(24)


def test_priority_of_a_long_prompt_is_not_sold():
    # gpt-5.4, 300,000 tokens: they bill the short rate of 5
    at, words = "2026-11-23T00:00:00Z", {"prompt": 300_000}
    with pytest.raises(PriceNotKnownError, match=r"than the 272,000 that openai/gpt-5\.4 offers"):
        ours("openai/gpt-5.4", at, mode="priority", **words)
    wrong = theirs("gpt-5.4", "openai", at, {"service_tier": "priority"}, **words)
    assert wrong == pytest.approx(1.5)


def test_processing_kept_in_the_us_costs_a_tenth_more():
    # claude-opus-5-5: 4 x 1.1
    at = "2026-11-23T00:00:00Z"
    assert ours("anthropic/claude-opus-5-5", at, geo="us") == pytest.approx(4.4, rel=1e-12)
    context = {"inference_geo": "us"}
    assert theirs("claude-opus-5-5", "anthropic", at, context) == pytest.approx(4.0)


def test_a_prompt_no_model_of_that_name_can_take():
    at, words = "2026-11-23T00:00:00Z", {"prompt": 500_000}
    with pytest.raises(PriceNotKnownError, match="longer than the 128,000 that openai/gpt-4o acc"):
        ours("openai/gpt-4o", at, **words)
    assert theirs("gpt-4o", "openai", at, **words) == pytest.approx(1.25)


def test_o3_before_its_cut_did_not_have_the_cached_rate_of_after_it():
    # a million cached tokens at 2.50 (from memory), a quarter of 10 as after the cut of 2
    at = "2025-06-01T00:00:00Z"
    found = ours("openai/o3", at, prompt=HUNDRED, cached=HUNDRED)
    assert 10 * found == pytest.approx(2.5, rel=1e-12)
    wrong = theirs("o3", "openai", at, prompt=HUNDRED, cache_read_tokens=HUNDRED)
    assert 10 * wrong == pytest.approx(0.5)


@pytest.mark.parametrize("at", ["2026-07-22T00:00:00Z", "2026-08-12T23:59:59Z"])
def test_gemini_3_6_flash_at_its_launch_price(at):
    # 1.50 + 7.50; they replaced it in place by the later half
    found = ours("google/gemini-3.6-flash", at, output=MILLION)
    assert found == pytest.approx(9.0, rel=1e-12)
    wrong = theirs("gemini-3.6-flash", "google", at, output=MILLION)
    assert wrong == pytest.approx(0.75 + 3.75)


@pytest.mark.filterwarnings("ignore:the table does not say when")
def test_an_increase_that_was_called_off_is_not_billed():
    # claude-sonnet-5 from 2026-09-01: 2 + 10; price lists of the summer still say 3 + 15
    found = ours("anthropic/claude-sonnet-5", "2026-09-02", output=MILLION)
    assert found == pytest.approx(12, rel=1e-12)


@pytest.mark.parametrize(
    ("model", "field", "rate"),
    [  # on 2026-11-23; other lists have:
        ("google/gemini-3.1-pro-preview", "cache_read", 0.2),  # 4.50, the rate of storage
        ("openai/o3", "input", 2.0),  # 10, the rate before its cut
        ("google/gemini-3.6-flash", "input", 0.75),  # 1.50, before the promotion
        ("deepseek/deepseek-v4-pro", "input", 0.66),  # 1.32, the rate of peak hours
        ("openai/gpt-5.6-sol", "input", 4.0),  # 5, before the cut of 2026-08-21
        ("google/gemini-2.5-pro", "cache_read", 0.125),  # 0.3125, a quarter as before 2025-11
        ("anthropic/claude-sonnet-5", "output", 10.0),  # 15, the increase that was called off
    ],
)
def test_figures_that_price_lists_disagree_about(model, field, rate):
    book = load_prices("2026-11-23")
    card = book.model(model).period_at(book.instant).cards["standard"].card
    assert getattr(card, field) == rate


def test_a_rate_fifty_times_the_standard_one_is_taken_for_a_slip_and_not_billed():
    # litellm 1.106.2: gpt-5-nano in priority mode 2.50 in, beside 0.05, and nothing out
    with pytest.raises(PriceNotKnownError, match="gpt-5-nano has no 'priority' price"):
        ours("openai/gpt-5-nano", "2026-11-23", prompt=1000, mode="priority")
