"""Searches, images and other units: a month's bill net of what is free."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import CostModelWarning, InputError
from costmodel.prices import Request, UnitPrice, bill_units, load_prices, price_request
from costmodel.prices.charges import FreeUnits
from tests.prices.shelves import book_of, model, since

# Google's search grounding as litellm 1.106.2 has it: Gemini 3 at $14 per 1,000 with 5,000 a
# month free for all Gemini 3 models together, Gemini 2.5 Flash at $35 with 1,500 a day.
MONTHLY = UnitPrice(
    usd=14, per=1000, free=FreeUnits(count=5000, period="month", shared_group="gemini-3")
)
DAILY = UnitPrice(usd=35, per=1000, free=FreeUnits(count=1500, period="day"))


def one(price, count, days=30):
    return float(bill_units({"web_search": price}, {"web_search": count}, days).total)


def test_units_cost_their_price_per_so_many():
    # OpenAI web search, $10 per 1,000: pricing/2026-11-23/openai.yaml
    units = load_prices().model("openai/gpt-5").periods[-1].units
    assert float(bill_units(units, {"web_search": 2500}, 30).total) == pytest.approx(25.0)


@pytest.mark.parametrize(
    ("unit", "usd", "per", "count", "expected"),
    [  # all but the container's hour from litellm 1.106.2
        ("code_execution", 0.03, 1, 1000, 30.0),  # openai/container, a session
        ("code_execution_hour", 0.05, 1, 1550, 77.5),  # Anthropic (memory)
        ("image", 0.039, 1, 200, 7.8),  # gemini-2.5-flash-image
        ("audio_second", 0.0001, 1, 3600, 0.36),  # whisper-1
        ("page", 4, 1000, 500, 2.0),  # mistral-ocr-latest
    ],
)
def test_every_kind_of_unit_is_count_times_price(unit, usd, per, count, expected):
    found = bill_units({unit: UnitPrice(usd=usd, per=per)}, {unit: count}, 31)
    assert float(found.total) == pytest.approx(expected)


def test_a_monthly_allowance_is_taken_off_once():
    assert one(MONTHLY, 5000) == 0.0
    assert one(MONTHLY, 6000) == pytest.approx(1000 * 14 / 1000)
    assert one(MONTHLY, 6000, days=15) == pytest.approx(14.0)


def test_a_daily_allowance_is_taken_off_on_each_day_of_use():
    # 60,000 searches: 2,000 on each of 30 days, of which 500 are charged
    assert one(DAILY, 60_000) == pytest.approx(30 * 500 * 35 / 1000)
    # on 20 working days 3,000 each, of which 1,500 are charged
    assert one(DAILY, 60_000, days=20) == pytest.approx(20 * 1500 * 35 / 1000)
    assert one(DAILY, 45_000) == 0.0


def test_models_of_a_group_draw_on_one_allowance():
    # 4,000 + 2,000 with 5,000 free together: 1,000 charged, 2/3 of them to the first
    counts = {"flash": 4000, "pro": 2000}
    found = bill_units({"flash": MONTHLY, "pro": MONTHLY}, counts, 30)
    assert float(found.total) == pytest.approx(14.0)
    assert float(found.billed["flash"]) == pytest.approx(2000 / 3)
    assert float(found.usd["pro"]) == pytest.approx(14 / 3)
    alone = MONTHLY.model_copy(update={"free": FreeUnits(count=5000, period="month")})
    assert float(bill_units({"flash": alone, "pro": alone}, counts, 30).total) == 0.0


def test_months_and_futures_are_billed_at_once():
    counts = np.array([[4000.0, 6000.0], [0.0, 105_000.0]])
    days = np.array([28.0, 31.0])
    found = bill_units({"a": MONTHLY, "b": DAILY}, {"a": counts, "b": counts}, days)
    assert found.usd["a"] == pytest.approx(np.array([[0, 14], [0, 1400]]))
    # 31 days x 1,500 are free in the second month
    assert found.usd["b"] == pytest.approx(np.array([[0, 0], [0, (105_000 - 46_500) * 0.035]]))
    assert found.total.shape == (2, 2)


def test_nothing_used_costs_nothing():
    assert float(bill_units({}, {}, 30).total) == 0.0
    assert one(DAILY, 0) == 0.0


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=5), st.integers(1, 31))
def test_a_group_pays_for_its_sum_whatever_the_split(counts, days):
    names = [str(number) for number in range(len(counts))]
    prices = dict.fromkeys(names, MONTHLY)
    found = bill_units(prices, dict(zip(names, counts, strict=True)), days)
    assert float(found.total) == pytest.approx(one(MONTHLY, sum(counts)), abs=1e-9)
    assert all(0 <= found.billed[n] <= c + 1e-9 for n, c in zip(names, counts, strict=True))


@pytest.mark.parametrize(
    ("counts", "days", "message"),
    [
        ({"web_serch": 1}, 30, "counts: read units of 'web_serch', which has no price; expected "
         "one of web_search"),
        ({"web_search": -1}, 30, "read -1 units of 'web_search'; expected a count from 0 up"),
        ({"web_search": [1, np.nan]}, 30, "read nan units of 'web_search'"),
        ({"web_search": 1}, 32, "days: read 32 days; expected 0 to 31 days"),
        ({"web_search": 1}, np.nan, "days: read nan days"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be_are_refused(counts, days, message):
    with pytest.raises(InputError, match=message):
        bill_units({"web_search": MONTHLY}, counts, days)


def test_a_group_with_two_allowances_is_refused():
    other = MONTHLY.model_copy(
        update={"free": FreeUnits(count=10, period="day", shared_group="gemini-3")}
    )
    with pytest.raises(
        InputError,
        match="free: read 5,000 a month and 10 a day; expected one allowance for the group "
        "'gemini-3'; fix: state the same count and period",
    ):
        bill_units({"a": MONTHLY, "b": other}, {"a": 1, "b": 1}, 30)


UNITS = "{web_search: {usd: 14, per: 1000, free: {count: 5000, period: month, shared_group: g}}}"


def test_a_table_states_free_units_and_their_group_is_its_providers(tmp_path):
    book = book_of(tmp_path, model("one", since("null", 1, units=UNITS)))
    free = book.model("acme/one").periods[0].units["web_search"].free
    assert free == FreeUnits(count=5000, period="month", shared_group="acme/g")


def test_one_request_is_billed_as_if_the_free_units_were_used_up(tmp_path):
    book = book_of(tmp_path, model("one", since("null", 1, units=UNITS)))
    with pytest.warns(CostModelWarning, match="5,000 web_search of acme/one are free each month"):
        found = price_request(book, "acme/one", Request(0, 0, 0, 0, 0), units={"web_search": 3})
    assert found.usd == pytest.approx(0.042)


BAD = [
    (UNITS.replace("web_search", "web_serch"), "units.web_serch: read 'web_serch'; expected 'web_"),
    (UNITS.replace("month", "year"), "free.period: read 'year'; expected 'day' or 'month'"),
    (UNITS.replace("5000", "0"), "free.count: read 0; expected greater than 0"),
    (UNITS.replace("shared_group", "group"), "free.group: read key 'group'; expected one of count, "
     "period, shared_group"),
]  # fmt: skip


@pytest.mark.parametrize(("units", "message"), BAD, ids=range(len(BAD)))
def test_units_that_cannot_be_are_refused(tmp_path, units, message):
    with pytest.raises(InputError, match=message):
        book_of(tmp_path, model("one", since("null", 1, units=units))).models()
