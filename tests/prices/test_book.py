"""The price book: shipped figures, months, changes, names, and prices of one's own."""

import csv
from datetime import date
from pathlib import Path

import pytest

from costmodel.foundation.errors import InputError, PriceNotKnownError, UnknownModelError
from costmodel.prices import PriceBook, RateCard, Tier, load_prices

TABLE = Path(__file__).parents[1] / "data" / "prices" / "current_models.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
SHIPPED = [row for row in ROWS if row["provider"] in ("openai", "anthropic", "google", "deepseek")]
LEFT_OUT = {("gpt-5-nano", "priority_input")}
"""A typing error of its source, fifty times the standard rate; see the model's note."""


@pytest.fixture(scope="module")
def book():
    return load_prices("2026-11-23")


def name(row):
    return f"{row['provider']}/{row['model']}"


def figures(row, columns):
    """The figures a row has; zero output of embeddings means that there is none."""
    for field, column in columns.items():
        if row[column] and (row["model"], column) not in LEFT_OUT:
            value = float(row[column])
            yield field, None if "embedding" in row["model"] and not value else value


@pytest.mark.parametrize("row", SHIPPED, ids=name)
def test_the_book_answers_every_figure_of_the_source_table(book, row):
    prices = book.model(name(row))
    cards = prices.period_at(book.instant).cards
    standard = cards["standard"].card
    columns = {
        "input": "input_per_m",
        "cache_read": "cached_read_per_m",
        "cache_write": "cache_write_5m_per_m",
        "cache_write_1h": "cache_write_1h_per_m",
        "output": "output_per_m",
    }
    for field, value in figures(row, columns):
        assert getattr(standard, field) == value
    for field, value in figures(
        row,
        {
            "input": "long_input",
            "cache_read": "long_cached_read",
            "cache_write": "long_cache_write",
            "output": "long_output",
        },
    ):
        assert getattr(standard.tiers[0].card, field) == value
    for mode in ("batch", "flex", "priority", "fast"):
        fields = {"input": f"{mode}_input", "output": f"{mode}_output"}
        if mode == "batch":
            fields["cache_read"] = "batch_cached_read"
        for field, value in figures(row, fields):
            assert getattr(cards[mode].card, field) == value


@pytest.mark.parametrize("row", SHIPPED, ids=name)
def test_the_book_answers_every_fact_of_the_source_table(book, row):
    prices = book.model(name(row))
    period = prices.period_at(book.instant)
    tiers = period.cards["standard"].card.tiers
    expected = [(int(row["long_ctx_threshold"]), False)] if row["long_ctx_threshold"] else []
    assert [(tier.threshold, tier.inclusive) for tier in tiers] == expected
    uplift = dict(pair.split(":") for pair in row["regional_uplift"].split(";") if pair)
    assert prices.geos == {geo: float(factor) for geo, factor in uplift.items()}
    facts = {
        "context_window": prices.context,
        "litellm_max_input": prices.max_input,
        "max_output": prices.max_output,
        "min_cacheable_tokens": prices.cache.min_prefix_tokens,
        "cache_storage_per_m_hour": prices.cache.storage and prices.cache.storage.usd_per_mtok_hour,
        "web_search_per_1k": "web_search" in period.units and period.units["web_search"].usd,
    }
    for column, fact in facts.items():
        if row[column] and "embedding" not in row["model"]:
            assert fact == float(row[column]), column
    assert prices.tokenizer == row["tokenizer"].split()[0]
    retired = prices.retirement
    assert (str(retired.date) if retired else "") == row["retires"]


def test_every_model_of_the_source_table_is_shipped_and_no_other(book):
    assert sorted(book.models()) == sorted(name(row) for row in SHIPPED)


def test_a_book_shows_itself_in_one_line(book):
    shown = (
        f"<PriceBook 2026-11-23: anthropic, deepseek, google, openai; sha256 {book.digest[:12]}>"
    )
    assert repr(load_prices("2026-11-23")) == shown
    assert repr(PriceBook("empty", "", {})) == "<PriceBook empty: no provider; sha256 >"


def test_newer_openai_models_cache_up_to_a_breakpoint_and_bill_the_writing(book):
    for row in SHIPPED:
        cache = book.model(name(row)).cache
        new = row["provider"] == "openai" and bool(row["cache_write_5m_per_m"])
        assert cache.match == ("breakpoint" if new else "longest_prefix")
        assert cache.write_billed == bool(row["cache_write_5m_per_m"])


def test_only_the_provider_asked_for_is_read(tmp_path):
    folder = tmp_path / "pricing"
    source = Path(load_prices.__code__.co_filename).parents[2] / "pricing"
    (folder / "2026-11-23").mkdir(parents=True)
    for file in ("index.yaml", "2026-11-23/openai.yaml"):
        (folder / file).write_bytes((source / file).read_bytes())
    lone = load_prices("2026-11-23", folder=folder)
    assert lone.model("openai/gpt-5").id == "openai/gpt-5"
    with pytest.raises(InputError, match=r"pricing/2026-11-23/google.yaml: read no such file"):
        lone.model("google/gemini-2.5-pro")


def test_the_book_says_what_it_is(book):
    assert book.snapshot == "2026-11-23"
    assert len(book.digest) == 64
    assert load_prices("2026-11-23").digest == book.digest


def test_a_month_with_two_prices_is_weighted_by_its_days(book):
    # gpt-5.6-terra was cut on 2026-07-30: 29 of 31 days at 2.50, 2 at 2.00
    parts = book.month("openai/gpt-5.6-terra", "standard", 2026, 7).parts
    assert [weight for weight, _ in parts] == pytest.approx([29 / 31, 2 / 31])
    assert [card.input for _, card in parts] == [2.5, 2.0]


def test_months_follow_announced_changes_and_forget_withdrawn_ones(book):
    argon = [book.month("google/gemini-4-argon", "batch", 2026, m).parts for m in (11, 12)]
    assert [[card.output for _, card in parts] for parts in argon] == [[5.0], [10.0]]
    sonnet = book.month("anthropic/claude-sonnet-5", "standard", 2026, 10)
    assert [(weight, card.input) for weight, card in sonnet.parts] == [(1.0, 2.0)]


def test_a_month_before_the_launch_is_an_error_and_the_month_of_it_is_priced_whole(book):
    with pytest.raises(
        PriceNotKnownError, match="no price for 2025-07: its first price is known from 2025-08-07"
    ):
        book.month("openai/gpt-5", "standard", 2025, 7)
    first = book.month("openai/gpt-5", "standard", 2025, 8)
    assert [weight for weight, _ in first.parts] == [1.0]
    assert first.notes == ("openai/gpt-5 starts on 2025-08-07; its first month is priced whole",)


def test_a_mode_that_ends_within_a_month_has_no_price_in_it(book):
    with pytest.raises(PriceNotKnownError, match="no 'fast' price from 2026-11-30; modes there"):
        book.month("anthropic/claude-opus-4-8", "fast", 2026, 11)


def test_months_say_when_the_longest_prompt_is_shorter_in_a_mode(book):
    assert book.month("openai/gpt-5.4", "priority", 2026, 12).prompt_limit == 272_000
    assert book.month("openai/gpt-5.4", "standard", 2026, 12).prompt_limit == 1_050_000


def test_after_its_retirement_a_model_keeps_its_last_price_with_a_note(book):
    price = book.month("anthropic/claude-sonnet-4-5", "standard", 2027, 1)
    assert price.parts[0][1].input == 3.0
    assert price.notes == (
        "anthropic/claude-sonnet-4-5 retires on 2026-11-30: no successor is named, "
        "so its last price is used after that",
    )
    assert book.month("anthropic/claude-sonnet-4-5", "standard", 2026, 10).notes == ()
    assert book.retirement("anthropic/claude-sonnet-4-5").date == date(2026, 11, 30)


def test_changes_are_told_in_words(book):
    span = (date(2026, 12, 1), date(2027, 12, 1))
    flash = book.changes("google/gemini-3.8-flash", "standard", *span)
    assert [(change.date, change.status, change.text) for change in flash] == [
        (
            date(2027, 1, 1),
            "announced",
            "input $0.75 -> $1.50, output $3.75 -> $7.50 per 1M tokens",
        )
    ]
    assert book.changes("anthropic/claude-sonnet-5", "standard", date(2026, 1, 1), span[1]) == ()


def test_changes_lie_in_a_half_open_span(book):
    day = date(2026, 12, 1)
    assert book.changes("google/gemini-4-argon", "standard", day, date(2026, 12, 2))
    assert not book.changes("google/gemini-4-argon", "standard", date(2026, 11, 1), day)


def test_the_end_of_a_tier_and_of_a_mode_are_changes_too(book):
    start, end = date(2026, 1, 1), date(2027, 1, 1)
    (tier,) = book.changes("anthropic/claude-sonnet-4-6", "standard", start, end)
    assert tier.text == (
        "above 200,000 prompt tokens input $6.00 -> $3.00, output $22.50 -> $15.00 per 1M tokens"
    )
    (mode,) = book.changes("anthropic/claude-opus-4-8", "fast", start, end)
    assert mode.text == "fast is no longer offered"


CARD = RateCard(1.0, 0.1, output=4.0)


def test_prices_of_ones_own_hold_at_all_dates():
    book = PriceBook.from_cards({"x/y": CARD, "x/z": {"batch": CARD.scaled(0.5)}})
    for year in (2020, 2026, 2040):
        assert book.month("x/y", "standard", year, 2).parts == ((1.0, CARD),)
    assert book.month("x/z", "batch", 2026, 2).parts[0][1].output == 2.0
    assert (book.snapshot, book.day, len(book.digest)) == ("case", None, 64)
    assert book.changes("x/y", "standard", date(2020, 1, 1), date(2040, 1, 1)) == ()
    assert book.retirement("x/y") is None


def test_with_card_changes_one_model_of_a_copy(book):
    other = book.with_card("openai/gpt-5", CARD).with_card("x/y", CARD)
    assert other.month("openai/gpt-5", "standard", 2020, 1).parts == ((1.0, CARD),)
    assert other.model("openai/gpt-5").context == 400_000
    assert other.month("x/y", "standard", 2026, 1).parts == ((1.0, CARD),)
    assert other.month("openai/gpt-5.1", "standard", 2026, 12) == book.month(
        "openai/gpt-5.1", "standard", 2026, 12
    )
    assert other.digest != book.digest
    assert book.month("openai/gpt-5", "standard", 2026, 1).parts[0][1].input == 1.25


def test_prices_of_ones_own_need_a_provider_and_an_id():
    for name in ("y", "x/", "/y"):
        with pytest.raises(InputError, match=f"read model '{name}'; expected a name as provider"):
            PriceBook.from_cards({name: CARD})


def test_a_past_month_of_a_model_with_an_unknown_launch_carries_a_note(book):
    assert book.month("openai/gpt-6-sol", "standard", 2026, 10).notes == (
        "the table does not say when openai/gpt-6-sol was launched; its first known price is "
        "used for months before 2026-11",
    )
    assert book.month("openai/gpt-6-sol", "standard", 2026, 11).notes == ()


def test_a_digest_depends_on_the_prices():
    digests = {PriceBook.from_cards({"x/y": CARD.scaled(k)}).digest for k in (1.0, 1.0, 2.0)}
    assert len(digests) == 2


def test_a_bare_name_of_two_providers_is_an_error():
    book = PriceBook.from_cards({"x/y": CARD, "z/y": CARD})
    with pytest.raises(UnknownModelError, match="model 'y' is ambiguous; write one of"):
        book.model("y")


def test_cards_scale_with_their_tiers():
    card = RateCard(1.0, output=2.0, tiers=(Tier(10, True, RateCard(3.0, output=4.0)),))
    assert card.scaled(2.0).at(10) == RateCard(6.0, output=8.0)
    assert card.at(9) == RateCard(1.0, output=2.0)


def test_books_models_and_months_show_themselves_in_a_line(book):
    assert repr(book.model("gpt-5.4")) == (
        "ModelPrices('openai/gpt-5.4', standard $2.50 in, $15.00 out per 1M, 4 modes)"
    )
    assert repr(book.model("openai/text-embedding-3-small")) == (
        "ModelPrices('openai/text-embedding-3-small', standard $0.02 in per 1M, 2 modes)"
    )
    assert repr(book.month("openai/gpt-5.6-terra", "standard", 2026, 7)) == (
        "MonthPrice(93.5% input $2.50, output $15.00, 1 tier; 6.5% input $2.00, output $12.00, "
        "1 tier per 1M tokens)"
    )
    assert len(repr(book.month("deepseek/deepseek-v4-pro", "standard", 2026, 8))) < 150


def test_a_month_kept_in_a_region_costs_its_factor_more(book):
    # gpt-5.4 in batch: 1.25 in, above 272,000 tokens 2.50; the EU costs a tenth more
    card = book.month("openai/gpt-5.4", "batch", 2026, 12, geo="eu").parts[0][1]
    assert card.input == pytest.approx(1.375)
    assert card.at(300_000).input == pytest.approx(2.75)
    with pytest.raises(PriceNotKnownError, match="no price for geo 'mars'; geos there are: us, eu"):
        book.month("openai/gpt-5.4", "batch", 2026, 12, geo="mars")


@pytest.mark.parametrize("mode", ["flex", "priority"])
def test_months_know_every_mode_a_request_knows(book, mode):
    period = book.model("openai/gpt-5.4").period_at(book.instant)
    card = book.month("openai/gpt-5.4", mode, 2026, 12).parts[0][1]
    assert card == period.cards[mode].card
    fast = book.month("anthropic/claude-opus-4-8", "fast", 2026, 10).parts[0][1]
    assert fast.input == 10.0


def test_a_misspelt_mode_is_guessed_at_but_never_priced(book):
    with pytest.raises(PriceNotKnownError, match=r"no 'prioritty' price.*did you mean 'priority'"):
        book.month("openai/gpt-5.4", "prioritty", 2026, 12)


def test_embeddings_have_months_without_an_output_rate(book):
    price = book.month("openai/text-embedding-3-small", "standard", 2026, 12)
    assert [(card.input, card.output) for _, card in price.parts] == [(0.02, None)]
