"""Billing of many requests at once: hand arithmetic, laws, and bad counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError, PriceNotKnownError
from costmodel.prices import PriceBook, RateCard, Request, Tier, bill, bill_rows, price_request

# claude-haiku-5-5, USD per million tokens
LONG = RateCard(0.5, 0.05, 0.625, 1.0, 2.5)
CARD = RateCard(0.1, 0.01, 0.125, 0.2, 0.5, (Tier(100_000, False, LONG),))

rates = st.floats(0.001, 100)
maybe = st.one_of(st.none(), rates)


@st.composite
def cards(draw):
    above = RateCard(draw(rates), draw(maybe), draw(maybe), draw(maybe), draw(rates))
    tiers = (Tier(draw(st.integers(1, 200_000)), draw(st.booleans()), above),)
    return RateCard(draw(rates), draw(maybe), draw(maybe), draw(maybe), draw(rates), tiers)


@st.composite
def requests(draw):
    prompt = draw(st.integers(0, 300_000))
    cached = draw(st.integers(0, prompt))
    written = draw(st.integers(0, prompt - cached))
    return {
        "input_tokens": prompt,
        "cached_input_tokens": cached,
        "cache_write_tokens": written,
        "cache_write_1h_tokens": draw(st.integers(0, written)),
        "output_tokens": draw(st.integers(0, 100_000)),
    }


def test_each_request_is_billed_in_its_own_tier():
    bills = bill(CARD, input_tokens=[100_000, 100_001], output_tokens=[1000, 1000])
    assert bills.uncached == pytest.approx([100_000 * 0.1e-6, 100_001 * 0.5e-6])
    assert bills.output == pytest.approx([1000 * 0.5e-6, 1000 * 2.5e-6])
    assert bills.total == pytest.approx(bills.uncached + bills.output)


def test_an_inclusive_tier_starts_at_its_threshold():
    card = RateCard(1.0, output=1.0, tiers=(Tier(100, True, RateCard(2.0, output=2.0)),))
    assert bill(card, input_tokens=[99, 100], output_tokens=0).total == pytest.approx(
        [99e-6, 200e-6]
    )


def test_the_highest_tier_reached_prices_the_request_whatever_the_order():
    high, low = (Tier(t, False, RateCard(r, output=r)) for t, r in ((200, 3.0), (100, 2.0)))
    card = RateCard(1.0, output=1.0, tiers=(high, low))
    found = bill(card, input_tokens=[100, 200, 201], output_tokens=0).total
    assert found == pytest.approx([100e-6, 400e-6, 603e-6])


def test_cached_tokens_are_not_billed_twice():
    # three turns of a claude-sonnet-5 session, 2 in, 0.2 read, 2.5 written: $0.0555, not 3x that
    card = RateCard(2.0, 0.2, 2.5)
    bills = bill(
        card,
        input_tokens=[18973, 19073, 19173],
        cached_input_tokens=[0, 18971, 19071],
        cache_write_tokens=[18971, 100, 100],
        output_tokens=0,
    )
    assert bills.total.sum() == pytest.approx(0.0555479, abs=1e-7)
    assert bills.uncached == pytest.approx([2 * 2e-6] * 3)


def test_a_missing_cache_rate_is_the_input_rate_of_the_same_tier():
    above = RateCard(5.0, output=5.0)
    card = RateCard(1.0, output=1.0, tiers=(Tier(10, False, above),))
    found = bill(card, input_tokens=[10, 20], cached_input_tokens=[4, 8], output_tokens=0)
    assert found.cached == pytest.approx([4e-6, 40e-6])
    assert found.total == pytest.approx([10e-6, 100e-6])


def test_a_missing_one_hour_rate_is_that_of_a_usual_write():
    card = RateCard(1.0, cache_write=1.25)
    found = bill(
        card, input_tokens=8, cache_write_tokens=8, cache_write_1h_tokens=4, output_tokens=0
    )
    assert float(found.written) == pytest.approx(10e-6)


def test_every_part_has_the_shape_the_arguments_broadcast_to():
    found = bill(CARD, input_tokens=np.ones((3, 1)), output_tokens=np.ones((1, 4)))
    parts = (found.uncached, found.cached, found.written, found.output, found.total)
    assert {part.shape for part in parts} == {(3, 4)}
    assert bill(CARD, input_tokens=[], output_tokens=[]).total.shape == (0,)


def test_rounding_in_the_parts_of_a_prompt_is_forgiven():
    third = 100 / 3
    parts = {"cached_input_tokens": 2 * third, "cache_write_tokens": third + 1e-9}
    found = bill(CARD, input_tokens=100.0, **parts, output_tokens=0)
    assert float(found.uncached) == 0.0


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"input_tokens": [5, -1]}, r"input_tokens\[1\]: read -1; expected token counts from 0"),
        ({"input_tokens": [np.nan]}, r"input_tokens\[0\]: read nan; expected token counts"),
        ({"output_tokens": np.inf}, "output_tokens: read inf; expected token counts"),
        (
            {"input_tokens": [9, 9], "cached_input_tokens": [9, 10]},
            r"\[1\]: read cached_input_tokens \+ cache_write_tokens 10 with input_tokens 9",
        ),
        (
            {"input_tokens": 9, "cache_write_tokens": 2, "cache_write_1h_tokens": 3},
            "read cache_write_1h_tokens 3 with cache_write_tokens 2",
        ),
    ],
)
def test_counts_that_cannot_be_are_refused_with_their_row(counts, message):
    with pytest.raises(InputError, match=message):
        bill(CARD, **{"input_tokens": 1, "output_tokens": 1, **counts})


def test_output_without_an_output_rate_is_an_error_and_never_free():
    with pytest.raises(PriceNotKnownError, match="this model has no output rate"):
        bill(RateCard(0.02), input_tokens=10, output_tokens=1)


@given(cards(), requests(), st.sampled_from([0.5, 2.0, 4.0]))
def test_scaling_every_rate_scales_the_bill(card, request_, k):
    once, scaled = bill(card, **request_).total, bill(card.scaled(k), **request_).total
    assert float(scaled) == pytest.approx(k * float(once), rel=1e-12, abs=1e-18)


@given(cards(), requests())
def test_the_lines_of_one_request_sum_to_its_bill(card, request_):
    book = PriceBook.from_cards({"a/b": with_caches(card)})
    found = price_request(book, "a/b", Request(**request_))
    billed = float(bill(with_caches(card), **request_).total)
    assert found.usd == pytest.approx(billed, rel=1e-12, abs=1e-18)


def with_caches(card):
    """The same card with its implied cached rates written out, so that nothing warns."""
    tiers = tuple(Tier(t.threshold, t.inclusive, with_caches(t.card)) for t in card.tiers)
    return RateCard(
        card.input, card.cached_rate, card.cache_write, card.cache_write_1h, card.output, tiers
    )


@given(cards(), requests())
def test_a_missing_rate_bills_like_the_rate_it_falls_back_to(card, request_):
    plain, written_out = bill(card, **request_), bill(with_caches(card), **request_)
    assert float(plain.total) == float(written_out.total)


@given(requests(), st.integers(0, 50_000), st.integers(0, 50_000))
def test_more_fresh_input_or_output_never_costs_less(request_, fresh, output):
    grown = {**request_}
    grown["input_tokens"] += fresh
    grown["output_tokens"] += output
    assert bill(CARD, **grown).total >= bill(CARD, **request_).total


@given(st.lists(requests(), min_size=1, max_size=20), cards())
def test_many_requests_at_once_cost_what_they_cost_one_by_one(several, card):
    together = bill(card, **{name: [each[name] for each in several] for name in several[0]})
    alone = [float(bill(card, **each).total) for each in several]
    assert together.total == pytest.approx(alone, rel=1e-12, abs=1e-18)


EMBEDDING = RateCard(0.02)
HALF = CARD.scaled(0.5)
INCLUSIVE = RateCard(1.0, output=1.0, tiers=(Tier(100, True, RateCard(2.0, output=2.0)),))


def test_rows_of_several_cards_are_billed_each_with_its_own_card_and_tier():
    which = [0, 1, 0, 2, 2]
    prompt = [100_000, 100_000, 100_001, 99, 100]
    bills = bill_rows([CARD, HALF, INCLUSIVE], which, input_tokens=prompt, output_tokens=10)
    expected = [100_000 * 0.1, 100_000 * 0.05, 100_001 * 0.5, 99.0, 200.0]
    assert bills.uncached == pytest.approx(np.array(expected) * 1e-6)
    assert bills.output == pytest.approx(np.array([0.5, 0.25, 2.5, 1.0, 2.0]) * 1e-5)


@given(st.lists(st.tuples(cards(), requests()), min_size=1, max_size=10))
def test_rows_cost_what_they_cost_with_their_cards_alone(pairs):
    own = [card for card, _ in pairs]
    counts = {name: [each[name] for _, each in pairs] for name in pairs[0][1]}
    together = bill_rows(own, range(len(own)), **counts).total
    alone = [float(bill(card, **each).total) for card, each in pairs]
    assert together == pytest.approx(alone, rel=1e-12, abs=1e-18)


def test_rows_without_output_may_stand_beside_rows_with_it():
    words = {"input_tokens": [1_000_000, 10], "cached_input_tokens": [0, 4]}
    found = bill_rows([EMBEDDING, CARD], [0, 1], **words, output_tokens=[0, 100])
    assert found.total == pytest.approx([0.02, (6 * 0.1 + 4 * 0.01 + 100 * 0.5) / 1e6])
    with pytest.raises(PriceNotKnownError, match="this model has no output rate"):
        bill_rows([EMBEDDING, CARD], [0, 1], **words, output_tokens=[1, 100])


def test_no_rows_cost_nothing():
    for cards in ([CARD], []):
        found = bill_rows(cards, np.zeros(0, dtype=int), input_tokens=[], output_tokens=[])
        assert found.total.shape == (0,)


@pytest.mark.parametrize(
    ("which", "message"),
    [
        ([0, 2], r"which\[1\]: read 2; expected whole positions from 0 to 1"),
        ([-1, 0], r"which\[0\]: read -1; expected whole positions"),
        ([0.5, 0.0], r"which\[0\]: read 0.5; expected whole positions"),
    ],
)
def test_a_row_with_a_card_that_is_not_there_is_refused(which, message):
    with pytest.raises(InputError, match=message):
        bill_rows([CARD, HALF], which, input_tokens=[1, 1], output_tokens=0)
