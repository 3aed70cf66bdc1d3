"""Prices that end: promotions, retirements, and the models that take over."""

from datetime import date

import pytest

from costmodel.foundation.errors import (
    CostModelWarning,
    InputError,
    PriceNotKnownError,
    UnknownModelError,
)
from costmodel.prices import Request, load_prices, price_request
from tests.prices.shelves import FACTS, book_of, inputs, model, since

DAY = "2027-02-15T00:00:00Z"
PROMO = since("null", 1, promo="true", until=f"'{DAY}'")


def usd(book, name, at):
    return price_request(book, name, Request(1_000_000, 0, 0, 0, 0), at=at).usd


def gone(day, then=None):
    return f"    retires: {day}\n" + (f"    then: {then}\n" if then else "")


def test_a_promotion_without_a_price_after_it_ends_in_an_error(tmp_path):
    book = book_of(tmp_path, model("one", PROMO))
    assert usd(book, "acme/one", "2027-02-14T23:59:59Z") == pytest.approx(1)
    message = "acme/one has no price from 2027-02-15: its promotional price ends then"
    with pytest.raises(PriceNotKnownError, match=message):
        usd(book, "acme/one", DAY)
    assert inputs(book.month("acme/one", "standard", 2027, 1)) == [(1.0, 1.0)]
    for month in (2, 3):
        with pytest.raises(PriceNotKnownError, match=message):
            book.month("acme/one", "standard", 2027, month)


def test_the_end_of_the_last_price_is_a_change_to_be_told(tmp_path):
    book = book_of(tmp_path, model("one", PROMO))
    (change,) = book.changes("acme/one", "standard", date(2027, 1, 1), date(2028, 1, 1))
    assert (change.date, change.text) == (
        date(2027, 2, 15),
        "the promotional price ends and none after it is known",
    )
    assert book.changes("acme/one", "standard", date(2027, 2, 16), date(2028, 1, 1)) == ()
    assert book.changes("acme/one", "batch", date(2027, 1, 1), date(2028, 1, 1)) == ()


def test_a_promotion_goes_over_into_the_next_price(tmp_path):
    # 14 of 28 days at 1, 14 at 2, whether its end is written out or implied
    after = since(DAY, 2, "announced")
    for number, promo in enumerate((PROMO, since("null", 1, promo="true"))):
        (tmp_path / str(number)).mkdir()
        book = book_of(tmp_path / str(number), model("one", promo, after))
        assert inputs(book.month("acme/one", "standard", 2027, 2)) == [(0.5, 1.0), (0.5, 2.0)]
        assert book.month("acme/one", "standard", 2027, 2).notes == ()
        assert usd(book, "acme/one", DAY) == pytest.approx(2)


def test_a_gap_between_two_prices_has_no_price(tmp_path):
    book = book_of(tmp_path, model("one", PROMO, since("2027-03-01T00:00:00Z", 2, "announced")))
    with pytest.raises(PriceNotKnownError, match="no price from 2027-02-15: its promotional"):
        book.month("acme/one", "standard", 2027, 2)
    with pytest.raises(PriceNotKnownError, match="no price from 2027-02-15"):
        usd(book, "acme/one", "2027-02-20")
    assert inputs(book.month("acme/one", "standard", 2027, 3)) == [(1.0, 2.0)]


def test_a_promotion_with_an_unknown_end_is_told(tmp_path):
    book = book_of(tmp_path, model("one", since("null", 1, promo="true")))
    assert book.month("acme/one", "standard", 2027, 2).notes == (
        "acme/one is at a promotional price whose end is not known",
    )


def test_a_price_that_is_no_promotion_may_end_as_well(tmp_path):
    book = book_of(tmp_path, model("one", since("null", 1, until=f"'{DAY}'")))
    with pytest.raises(PriceNotKnownError, match="no price from 2027-02-15: its price ends then"):
        usd(book, "acme/one", "2027-03-01")


def test_the_shipped_promotions_double_on_their_day():
    # gemini-4-argon on 2026-12-01, the Flash models on 2027-01-01: pricing/2026-11-23/google.yaml
    book = load_prices()
    for name, last, rates in (
        ("google/gemini-4-argon", (2026, 11), (2.0, 4.0)),
        ("google/gemini-3.8-flash", (2026, 12), (0.75, 1.5)),
        ("google/gemini-3.6-flash", (2026, 12), (0.75, 1.5)),
    ):
        year, month = last
        after = (year + month // 12, month % 12 + 1)
        found = [inputs(book.month(name, "standard", *each)) for each in (last, after)]
        assert found == [[(1.0, rate)] for rate in rates]


def test_the_successor_of_a_retired_model_takes_over_on_the_day(tmp_path):
    # 14 of 28 days each; on the day itself the successor counts already
    one = model("one", since("null", 1), more=gone("2027-02-15", "acme/two"))
    book = book_of(tmp_path, one, model("two", since("null", 5)))
    assert inputs(book.month("acme/one", "standard", 2027, 2)) == [(0.5, 1.0), (0.5, 5.0)]
    assert inputs(book.month("acme/one", "standard", 2027, 3)) == [(1.0, 5.0)]


def test_a_retirement_on_the_first_of_a_month_leaves_the_old_model_no_part_of_it(tmp_path):
    one = model("one", since("null", 1), more=gone("2027-02-01", "acme/two"))
    book = book_of(tmp_path, one, model("two", since("null", 5)))
    assert inputs(book.month("acme/one", "standard", 2027, 1)) == [(1.0, 1.0)]
    assert book.month("acme/one", "standard", 2027, 1).notes == ()
    price = book.month("acme/one", "standard", 2027, 2)
    assert inputs(price) == [(1.0, 5.0)]
    assert price.notes == ("acme/one retires on 2027-02-01: acme/two prices it after that",)


def test_a_successors_change_in_the_month_counts_on_its_own_days(tmp_path):
    # gone on the 15th: 14 of 28 days at 1; the successor goes from 5 to 6 on the 22nd: 7 days each
    one = model("one", since("null", 1), more=gone("2027-02-15", "acme/two"))
    two = model("two", since("null", 5), since("2027-02-22T00:00:00Z", 6, "announced"))
    book = book_of(tmp_path, one, two)
    assert inputs(book.month("acme/one", "standard", 2027, 2)) == [
        (0.5, 1.0),
        (0.25, 5.0),
        (0.25, 6.0),
    ]


def test_a_line_of_successors_is_followed_day_by_day(tmp_path):
    # 7 of 28 days at 1, then 7 at 2, then 14 at 3
    one = model("one", since("null", 1), more=gone("2027-02-08", "acme/two"))
    two = model("two", since("null", 2), more=gone("2027-02-15", "acme/three"))
    book = book_of(tmp_path, one, two, model("three", since("null", 3)))
    price = book.month("acme/one", "standard", 2027, 2)
    assert inputs(price) == [(0.25, 1.0), (0.25, 2.0), (0.5, 3.0)]
    assert price.notes == (
        "acme/one retires on 2027-02-08: acme/two prices it after that",
        "acme/two retires on 2027-02-15: acme/three prices it after that",
    )


def test_a_successor_that_is_gone_before_its_turn_is_passed_over(tmp_path):
    one = model("one", since("null", 1), more=gone("2027-02-15", "acme/two"))
    two = model("two", since("null", 2), more=gone("2027-01-10", "acme/three"))
    book = book_of(tmp_path, one, two, model("three", since("null", 3)))
    assert inputs(book.month("acme/one", "standard", 2027, 2)) == [(0.5, 1.0), (0.5, 3.0)]


def test_successors_that_lead_back_are_an_error_and_no_endless_search(tmp_path):
    one = model("one", since("null", 1), more=gone("2027-02-15", "acme/two"))
    two = model("two", since("null", 2), more=gone("2027-02-20", "acme/one"))
    book = book_of(tmp_path, one, two)
    assert inputs(book.month("acme/one", "standard", 2027, 1)) == [(1.0, 1.0)]
    with pytest.raises(
        PriceNotKnownError, match="acme/one -> acme/two -> acme/one leads back; fix: then:"
    ):
        book.month("acme/one", "standard", 2027, 2)


def test_a_successor_without_the_mode_or_with_no_price_yet_is_an_error(tmp_path):
    batch = since("null", 1).replace("{standard: ", "{batch: {per_mtok: {input: 1}}, standard: ")
    one = model("one", batch, more=gone("2027-02-15", "acme/two"))
    book = book_of(tmp_path, one, model("two", since("2027-06-01T00:00:00Z", 5, "announced")))
    assert inputs(book.month("acme/one", "batch", 2027, 1)) == [(1.0, 1.0)]
    with pytest.raises(PriceNotKnownError, match="acme/two has no price for 2027-02: its first"):
        book.month("acme/one", "standard", 2027, 2)
    with pytest.raises(PriceNotKnownError, match="acme/two has no 'batch' price"):
        book.month("acme/one", "batch", 2027, 6)


def test_a_successor_that_is_nowhere_is_named(tmp_path):
    one = model("one", since("null", 1), more=gone("2027-02-15", "emca/two"))
    book = book_of(tmp_path, one)
    with pytest.raises(UnknownModelError, match="model 'emca/two' has no price in this table"):
        book.month("acme/one", "standard", 2027, 2)


def test_without_a_successor_the_last_price_goes_on_with_a_note(tmp_path):
    book = book_of(tmp_path, model("one", since("null", 1), more=gone("2027-02-15")))
    assert book.month("acme/one", "standard", 2027, 1).notes == ()
    for month in (2, 12):
        price = book.month("acme/one", "standard", 2027, month)
        assert inputs(price) == [(1.0, 1.0)]
        assert price.notes == (
            "acme/one retires on 2027-02-15: no successor is named, so its last price is used "
            "after that",
        )
    with pytest.warns(CostModelWarning, match="acme/one retired on 2027-02-15; this is its last"):
        usd(book, "acme/one", "2027-02-15")


def test_the_longest_prompt_is_that_of_the_models_in_the_month(tmp_path):
    small = FACTS + "    limits: {context: 1000}\n"
    large = FACTS + "    limits: {context: 9000}\n"
    one = model("one", since("null", 1), facts=large, more=gone("2027-02-15", "acme/two"))
    book = book_of(tmp_path, one, model("two", since("null", 5), facts=small))
    limits = [book.month("acme/one", "standard", 2027, m).prompt_limit for m in (1, 2, 3)]
    assert limits == [9000, 1000, 1000]


BAD = [
    (
        model("one", since("2026-02-01T00:00:00Z", 1, until="'2026-01-01T00:00:00Z'")),
        r"periods.0.until: read 2026-01-01T00:00:00\+00:00, not after 2026-02-01",
    ),
    (
        model("one", PROMO, since("2027-01-01T00:00:00Z", 2, "announced")),
        r"periods.0.until: read 2027-02-15T00:00:00\+00:00, after the next period's 2027-01-01T00",
    ),
    (
        model("one", since("null", 1, until="'2027-02-15'")),
        "periods.0.until: read '2027-02-15'; expected",
    ),
    (
        model("one", since("null", 1), more=gone("2027-02-15", "acme/tow")),
        r"then: read 'acme/tow'; expected a model of this file or of another provider \(acme/one\)",
    ),
]


@pytest.mark.parametrize(("table", "message"), BAD, ids=range(len(BAD)))
def test_an_end_that_cannot_be_is_refused(tmp_path, table, message):
    with pytest.raises(InputError, match=message):
        book_of(tmp_path, table).models()
