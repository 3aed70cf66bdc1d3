"""Reserved capacity: the published sizing of an Azure deployment, and what is refused.

The table is of the test, not shipped: throughput and weights are Microsoft's sizing table
(learn.microsoft.com, provisioned-throughput-sizing, by way of a copy of it); $2 regional, $260
a month and $221 a month on an annual term stand in "Azure OpenAI Essentials", p. 296; $1 an
hour is derived from them and unverified.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError, PriceNotKnownError
from costmodel.prices import bill, load_prices, reserve, weighted_tokens
from costmodel.prices.pledges import Capacity, Commitment, TermPrice
from costmodel.prices.reserved import Reservation
from tests.prices.shelves import HEAD, shelf

SOURCES = """\
  ms: {name: Microsoft's sizing table, kind: vendor, via: a copy}
  bk: {name: "Azure OpenAI Essentials, p. 296", kind: secondary}
"""
COMMITMENTS = """\
commitments:
  - id: ptu-global
    unit: PTU
    min_units: 15
    increment: 5
    price:
      hourly: {usd: 1.00, confidence: derived, note: "260/730 is 64 % off, as others report"}
      month: {usd: 260, confidence: secondary}
      year: {usd_per_month: 221, confidence: secondary}
    src: [bk]
"""
MODELS = """\
models:
  - id: gpt-4.1
    tokenizer: {family: o200k_base, counting: exact}
    cache: {mode: implicit}
    capacity: {input_tpm_per_unit: 3000, output_weight: 4, cached_weight: 0, src: [ms]}
    periods:
      - from: null
        status: effective
        src: [s]
        cards: {standard: {per_mtok: {input: 2, cache_read: 0.5, output: 8}}}
  - id: gpt-5.1
    tokenizer: {family: o200k_base, counting: exact}
    cache: {mode: implicit}
    capacity: {input_tpm_per_unit: 4750, output_weight: 8, confidence: memory, src: [ms]}
    periods:
      - from: null
        status: effective
        src: [s]
        cards: {standard: {per_mtok: {input: 1.25, cache_read: 0.125, output: 10}}}
  - id: plain
    tokenizer: {family: o200k_base, counting: exact}
    cache: {mode: none}
    periods:
      - {from: null, status: effective, src: [s], cards: {standard: {per_mtok: {input: 1}}}}
"""
REGIONAL = """\
  - id: ptu-regional
    unit: PTU
    models: [gpt-4.1]
    min_units: 50
    increment: 50
    price: {hourly: {usd: 2.00}}
    src: [bk]
"""
AZURE = HEAD.replace("provider: acme", "provider: azure") + SOURCES


def azure(folder, commitments=COMMITMENTS, models=MODELS):
    return load_prices(folder=shelf(folder, AZURE + commitments + models, provider="azure"))


@pytest.fixture
def gpt(tmp_path):
    return azure(tmp_path).model("azure/gpt-4.1")


def load_of(prices):
    """Weighted tokens per minute of 60 requests of 1,800 in, 20 % of them cached, 650 out."""
    words = {"input_tokens": 1800, "cached_input_tokens": 360, "output_tokens": 650}
    return 60 * float(weighted_tokens(prices.capacity, **words))


def test_the_published_sizing_of_gpt_4_1_comes_out(gpt):
    # 60 x (1,440 + 4 x 650) = 242,400; / 3,000 = 80.8 -> 85 PTU in steps of 5
    assert load_of(gpt) == pytest.approx(242_400)
    found = reserve(gpt, load_of(gpt))
    assert float(found.needed) == pytest.approx(80.8)
    assert float(found.units) == 85
    assert float(found.utilisation) == pytest.approx(80.8 / 85)
    usd = {term: float(each) for term, each in found.usd_per_month.items()}
    # 85 x $1 x 730 h, 85 x $260, 85 x $221
    assert usd == pytest.approx({"hourly": 62_050, "month": 22_100, "year": 18_785})


def test_its_break_even_against_paying_by_the_token_comes_out(gpt):
    # 60 a minute x 730 h x (1,440 x 2 + 360 x 0.5 + 650 x 8) / 1e6 = $21,707
    card = gpt.periods[0].cards["standard"].card
    words = {"input_tokens": 1800, "cached_input_tokens": 360, "output_tokens": 650}
    on_demand = 60 * 60 * 730 * float(bill(card, **words).total)
    assert on_demand == pytest.approx(21_707, abs=0.5)
    ratios = reserve(gpt, load_of(gpt)).break_even(on_demand)
    rounded = {term: round(100 * float(ratio)) for term, ratio in ratios.items()}
    assert rounded == {"hourly": 286, "month": 102, "year": 87}


def test_figures_of_low_confidence_are_told(tmp_path, gpt):
    assert reserve(gpt, 1).notes == (
        "the hourly price of ptu-global is derived, not the vendor's word",
        "the month price of ptu-global is a second source's, not the vendor's word",
        "the year price of ptu-global is a second source's, not the vendor's word",
    )
    (tmp_path / "b").mkdir()
    other = azure(tmp_path / "b").model("azure/gpt-5.1")
    assert reserve(other, 1).notes[-1] == (
        "the capacity of azure/gpt-5.1 is from memory, not the vendor's word"
    )


@pytest.mark.parametrize(
    ("load", "units"),
    [(0, 15), (1, 15), (45_000, 15), (45_001, 20), (60_000, 20), (60_000.000000001, 20)],
)
def test_units_are_sold_from_a_minimum_on_in_steps(gpt, load, units):
    assert float(reserve(gpt, load).units) == units


def test_many_loads_are_sized_at_once(gpt):
    found = reserve(gpt, [[30_000, 300_000]])
    assert found.units.tolist() == [[15, 100]]
    assert found.usd_per_month["month"].tolist() == [[3900, 26_000]]


def test_a_month_may_have_its_own_hours(gpt):
    found = reserve(gpt, 242_400, hours=31 * 24)
    assert float(found.usd_per_month["hourly"]) == pytest.approx(85 * 744)
    assert float(found.usd_per_month["month"]) == pytest.approx(22_100)


@pytest.mark.parametrize(
    ("term", "price", "monthly"),
    [
        ("hourly", {"usd": 2.0}, 1460.0),
        ("month", {"usd": 260.0}, 260.0),
        ("half_year", {"usd": 1200.0}, 200.0),
        ("year", {"usd": 2652.0}, 221.0),
        ("year", {"usd_per_month": 221.0}, 221.0),
        ("half_year", {"usd_per_hour": 20.0}, 14_600.0),  # as Bedrock bills its model units
    ],
)
def test_a_price_is_for_the_time_that_names_the_term_or_for_the_one_it_says(term, price, monthly):
    assert TermPrice(**price).monthly(term, 730) == pytest.approx(monthly)


def test_cached_tokens_count_their_weight():
    # half weight for cached input: 800 fresh + 0.5 x 200 + 3 x 100
    capacity = Capacity(input_tpm_per_unit=1.0, output_weight=3.0, cached_weight=0.5, src=("s",))
    words = {"input_tokens": [1000], "cached_input_tokens": 200, "output_tokens": 100}
    assert weighted_tokens(capacity, **words).tolist() == [1200]


@given(st.floats(0, 1e9), st.integers(1, 200), st.integers(1, 100))
def test_what_is_bought_carries_the_load_with_less_than_a_step_to_spare(load, least, step):
    known = load_prices().model("openai/gpt-4.1")
    offer = Commitment(
        id="c",
        unit="u",
        min_units=least,
        increment=step,
        price={"month": TermPrice(usd=1.0)},
        src=("s",),
    )
    capacity = Capacity(input_tpm_per_unit=540.0 * 60, output_weight=8.0, src=("s",))
    prices = type(known)(id="a/b", capacity=capacity, commitments=(offer,))
    found = reserve(prices, load)
    units, needed = float(found.units), float(found.needed)
    assert units >= needed * (1 - 1e-9)
    assert units == least or units - step < needed
    assert (units - least) % step == 0


def test_several_offers_are_chosen_from_by_name(tmp_path):
    prices = azure(tmp_path, COMMITMENTS + REGIONAL).model("azure/gpt-4.1")
    # regional: 80.8 -> 100 in steps of 50, $2 an hour
    found = reserve(prices, 242_400, commitment="ptu-regional")
    assert isinstance(found, Reservation)
    assert float(found.usd_per_month["hourly"]) == pytest.approx(100 * 2 * 730)
    with pytest.raises(PriceNotKnownError, match=r"several kinds.*one of ptu-global, ptu-regional"):
        reserve(prices, 1)
    with pytest.raises(PriceNotKnownError, match=r"no commitment 'ptu-globl'.*did you mean 'ptu"):
        reserve(prices, 1, commitment="ptu-globl")


def test_an_offer_for_some_models_is_no_offer_for_others(tmp_path):
    book = azure(tmp_path, COMMITMENTS + REGIONAL)
    assert [each.id for each in book.model("azure/gpt-5.1").commitments] == ["ptu-global"]


def test_a_model_without_reserved_capacity_is_an_error(tmp_path):
    with pytest.raises(PriceNotKnownError, match=r"openai/gpt-4.1 has no reserved capacity in"):
        reserve(load_prices().model("openai/gpt-4.1"), 1)
    with pytest.raises(PriceNotKnownError, match="azure/plain has no capacity: the table does not"):
        reserve(azure(tmp_path).model("azure/plain"), 1)


def test_loads_hours_and_prices_that_cannot_be_are_refused(gpt):
    with pytest.raises(InputError, match="read -1; expected weighted tokens per minute from 0 up"):
        reserve(gpt, -1)
    with pytest.raises(InputError, match="read nan; expected weighted tokens per minute"):
        reserve(gpt, [1, np.nan])
    with pytest.raises(InputError, match="hours: read 24; expected 672 to 744 hours of a month"):
        reserve(gpt, 1, hours=24)
    with pytest.raises(InputError, match="usd_per_month_on_demand: read 0; expected USD per month"):
        reserve(gpt, 1).break_even([1, 0])


BAD = [
    (COMMITMENTS, "{usd: 260, conf", "{usd: 260, usd_per_month: 260, conf",
     "price.month: read .*; expected exactly one of usd, usd_per_hour and usd_per_month"),
    (COMMITMENTS, "month: {usd: 260", "monthly: {usd: 260", "read 'monthly'; expected 'hourly', "
     "'month', 'half_year' or 'year'"),
    (COMMITMENTS, "min_units: 15", "min_units: 0", "min_units: read 0; expected greater than 0"),
    (COMMITMENTS, "src: [bk]", "src: [kb]", "commitments.0.src: read source 'kb'; expected one of"),
    (COMMITMENTS, "unit: PTU", "unit: PTU\n    models: [gpt-4]", r"commitments.0.models: read model"
     r" 'gpt-4'; expected ids of this file \(gpt-4.1, gpt-5.1, plain\)"),
    (MODELS, "input_tpm_per_unit: 3000", "tpm_per_unit: 3000", "capacity.tpm_per_unit: read key 't"
     "pm_per_unit'; expected one of input_tpm_per_unit.*did you mean 'input_tpm_per_unit'"),
    (MODELS, "output_weight: 4", "output_weight: -4", "output_weight: read -4; expected greater"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "good", "bad", "message"), BAD, ids=range(len(BAD)))
def test_a_table_of_capacity_that_cannot_be_is_refused(tmp_path, text, good, bad, message):
    assert good in text
    changed = text.replace(good, bad, 1)
    parts = (changed, MODELS) if text is COMMITMENTS else (COMMITMENTS, changed)
    with pytest.raises(InputError, match=message):
        azure(tmp_path, *parts).models()


def test_two_offers_of_one_name_are_refused(tmp_path):
    twice = COMMITMENTS + REGIONAL.replace("ptu-regional", "ptu-global")
    with pytest.raises(InputError, match=r"commitments.1.id: read 'ptu-global' again; expected"):
        azure(tmp_path, twice).models()
