"""Unit prices of a calendar month: what applies when, and what is refused."""

import pytest

from costmodel.foundation.errors import PriceNotKnownError, UnknownModelError
from costmodel.prices import PriceBook, RateCard, UnitPrice, load_prices
from tests.prices.shelves import book_of, model, since

TEN = "{web_search: {usd: 10, per: 1000}, page: {usd: 1, per: 500}}"
TWENTY = "{web_search: {usd: 20, per: 1000}}"
ANNOUNCED = since("2026-12-16T00:00:00Z", 1, "announced", units=TWENTY)


def test_a_shipped_model_has_its_unit_prices_with_their_sources():
    month = load_prices().month_units("openai/gpt-5", 2026, 12)
    ((share, priced),) = ((part.share, part.price) for part in month["web_search"])
    assert (share, priced.usd, priced.per) == (1.0, 10, 1000)  # developers.openai.com, 2026-11-23
    assert any("openai.com" in word for word in priced.src)
    assert month.usd("web_search") == 0.01
    assert month.days == 31


def test_a_price_change_in_the_month_is_weighted_by_days(tmp_path):
    """15 of December's 31 days at $10 per 1,000 and 16 at $20."""
    book = book_of(tmp_path, model("one", since("null", 1, units=TEN), ANNOUNCED))
    month = book.month_units("acme/one", 2026, 12)
    assert [part.share for part in month["web_search"]] == pytest.approx([15 / 31, 16 / 31])
    assert month.usd("web_search") == pytest.approx((15 * 0.010 + 16 * 0.020) / 31)
    assert book.month_units("acme/one", 2026, 11).usd("web_search") == 0.01
    assert book.month_units("acme/one", 2027, 1).usd("web_search") == 0.02


def test_a_unit_must_have_a_price_throughout_the_month(tmp_path):
    book = book_of(tmp_path, model("one", since("null", 1, units=TEN), ANNOUNCED))
    month = book.month_units("acme/one", 2026, 12)
    assert month.names == ("web_search",)
    with pytest.raises(
        PriceNotKnownError,
        match="acme/one has no price for unit 'page' in 2026-12; units there are: web_search",
    ):
        month["page"]
    assert book.month_units("acme/one", 2026, 11)["page"][0].price.usd == 1


def test_a_successor_prices_the_units_after_a_retirement(tmp_path):
    goes = "    retires: 2026-12-21\n    then: acme/two\n"
    book = book_of(
        tmp_path,
        model("one", since("null", 1, units=TEN), more=goes),
        model("two", since("null", 1, units=TWENTY)),
    )
    month = book.month_units("acme/one", 2026, 12)
    parts = [(part.model, part.share) for part in month["web_search"]]
    assert parts == [("acme/one", pytest.approx(20 / 31)), ("acme/two", pytest.approx(11 / 31))]
    with pytest.raises(
        PriceNotKnownError, match="acme/two has no price for unit 'page' in 2027-01"
    ):
        book.month_units("acme/one", 2027, 1)["page"]


def test_a_model_without_units_says_that_there_are_none_and_a_misspelt_one_what_is_near(tmp_path):
    book = book_of(
        tmp_path, model("one", since("null", 1)), model("two", since("null", 1, units=TEN))
    )
    with pytest.raises(PriceNotKnownError, match="units there are: none"):
        book.month_units("acme/one", 2026, 12)["web_search"]
    with pytest.raises(PriceNotKnownError, match="web_search, page; did you mean 'web_search'"):
        book.month_units("acme/two", 2026, 12)["web_serch"]
    with pytest.raises(UnknownModelError):
        book.month_units("acme/three", 2026, 12)


CARD = RateCard(input=1.0, cache_read=None, cache_write=None, cache_write_1h=None, output=1.0)


def test_a_book_made_in_python_has_the_units_it_is_given():
    book = PriceBook.from_cards(
        {"own/model": CARD}, units={"own/model": {"image": UnitPrice(usd=0.04)}}
    )
    assert book.month_units("own/model", 2026, 12).usd("image") == 0.04
    assert PriceBook.from_cards({"own/model": CARD}).digest != book.digest


def test_a_model_given_another_card_keeps_its_unit_prices():
    book = load_prices().with_card("openai/gpt-5", CARD)
    assert book.month_units("openai/gpt-5", 2026, 12).usd("web_search") == 0.01
