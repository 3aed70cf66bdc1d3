"""Searches and other units in projections, by hand arithmetic and by what must always hold."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.engine.expected import expected
from costmodel.engine.memo import Memo
from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import InputError, PriceNotKnownError
from costmodel.prices import PriceBook, RateCard, UnitPrice, bill_units
from costmodel.prices.charges import FreeUnits
from costmodel.questions.sensitivity import sensitivity
from costmodel.scenario.schema import Scenario
from tests.prices.shelves import book_of, model, since

OFF: frozenset[str] = frozenset()
FREE_CARD = RateCard(input=0.0, cache_read=None, cache_write=None, cache_write_1h=None, output=0.0)
GROUP = UnitPrice(
    usd=14, per=1000, free=FreeUnits(count=5000, period="month", shared_group="gemini-3")
)
"""Gemini 3 search grounding as litellm 1.106.2 has it: $14 per 1,000, 5,000 a month free for all
Gemini 3 models together."""
DAILY = UnitPrice(usd=35, per=1000, free=FreeUnits(count=1500, period="day"))
"""Gemini 2.5 Flash, from the same source: $35 per 1,000, 1,500 a day free."""
ALONE = UnitPrice(usd=14, per=1000, free=FreeUnits(count=5000, period="month"))
PLAIN = UnitPrice(usd=10, per=1000)
"""OpenAI and Anthropic: $10 per 1,000 searches, none free."""
few = settings(max_examples=15, deadline=None)


def book(units: dict[str, dict[str, UnitPrice]], card: RateCard = FREE_CARD) -> PriceBook:
    return PriceBook.from_cards(dict.fromkeys(units, card), units=units)


def feature(model: str, turns: Any, **more: Any) -> dict[str, Any]:
    return {
        "model": model,
        "turns_per_user": {"all": {"mean": f"{turns} per month", "cv": 0}},
        "prompt": [{"system": {"tokens": 1000}}, {"user": {"mean": 100, "cv": 0}}],
        "output": {"mean": 200, "cv": 0},
        **more,
    }


def scenario(users: Any = 1000, months: int = 1, **features: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "name": "searching",
            "start": "2026-12",
            "months": months,
            "segments": {"all": {"users": users}},
            "features": features,
        }
    )


def searching(per_call: Any, turns: Any = 20, **more: Any) -> Scenario:
    return scenario(ask=feature("acme/one", turns, units={"web_search": per_call}), **more)


def bills(asked: Scenario, prices: PriceBook) -> list[float]:
    """What the simulation and the closed form bill with every uncertainty off, first month."""
    simulated = simulate(asked, prices=prices, draws=2, uncertainty=OFF).month(1).mean
    return [simulated, expected(asked, prices=prices).month(1)]


def test_what_is_above_the_free_units_of_the_month_is_billed():
    """1,000 people x 20 turns x 0.4 searches = 8,000; 3,000 above 5,000 at $14 per 1,000 = $42."""
    prices = book({"acme/one": {"web_search": ALONE}})
    assert bills(searching(0.4), prices) == pytest.approx([42.0, 42.0])
    assert bills(searching(0.2), prices) == pytest.approx([0.0, 0.0])


def test_units_without_an_allowance_are_count_times_price():
    """8,000 searches at $10 per 1,000 = $80."""
    prices = book({"acme/one": {"web_search": PLAIN}})
    assert bills(searching("40%"), prices) == pytest.approx([80.0, 80.0])


def test_two_features_of_two_models_draw_on_one_shared_allowance():
    """4,000 + 4,000 searches: alone each would be free, together 3,000 cost $42, shared evenly."""
    two = scenario(
        ask=feature("acme/one", 10, units={"web_search": 0.4}),
        draft=feature("acme/two", 4, units={"web_search": 1}),
    )
    shared = book({"acme/one": {"web_search": GROUP}, "acme/two": {"web_search": GROUP}})
    assert bills(two, shared) == pytest.approx([42.0, 42.0])
    lines = simulate(two, prices=shared, draws=2, uncertainty=OFF).by("feature")
    assert {name: usd.mean() for name, usd in lines.items()} == pytest.approx(
        {"ask": 21.0, "draft": 21.0}
    )
    alone = book({"acme/one": {"web_search": ALONE}, "acme/two": {"web_search": ALONE}})
    assert bills(two, alone) == pytest.approx([0.0, 0.0])


def test_two_features_of_one_model_draw_on_one_allowance_without_a_group():
    two = scenario(
        ask=feature("acme/one", 10, units={"web_search": 0.4}),
        draft=feature("acme/one", 4, units={"web_search": 1}),
    )
    assert bills(two, book({"acme/one": {"web_search": ALONE}})) == pytest.approx([42.0, 42.0])


def test_groups_of_two_providers_are_two_allowances_whatever_their_name():
    two = scenario(
        ask=feature("acme/one", 10, units={"web_search": 0.4}),
        draft=feature("other/one", 4, units={"web_search": 1}),
    )
    prices = book({"acme/one": {"web_search": GROUP}, "other/one": {"web_search": GROUP}})
    assert bills(two, prices) == pytest.approx([0.0, 0.0])


def test_the_members_of_a_group_are_charged_at_their_own_prices_in_proportion():
    """6,000 at $14 and 4,000 at $28: half of each is above 5,000, so $42 + $56."""
    dearer = GROUP.model_copy(update={"usd": 28.0})
    two = scenario(
        ask=feature("acme/one", 6, units={"web_search": 1}),
        draft=feature("acme/two", 4, units={"web_search": 1}),
    )
    prices = book({"acme/one": {"web_search": GROUP}, "acme/two": {"web_search": dearer}})
    assert bills(two, prices) == pytest.approx([98.0, 98.0])


def test_a_daily_allowance_counts_once_for_each_day_of_the_month():
    """December: 31 x 1,500 = 46,500 free of 50,000; 3,500 x $35 / 1,000 = $122.50. February has
    28 days: 42,000 free, 8,000 billed, $280."""
    daily = searching(1, turns=50, months=3)
    prices = book({"acme/one": {"web_search": DAILY}})
    assert bills(daily, prices) == pytest.approx([122.5, 122.5])
    months = simulate(daily, prices=prices, draws=2, uncertainty=OFF).spend.mean(axis=0)
    assert months.tolist() == pytest.approx([122.5, 122.5, 280.0])
    assert expected(daily, prices=prices).by_month == pytest.approx((122.5, 122.5, 280.0))


def test_a_malformed_answer_asked_again_uses_its_units_again_and_a_broken_call_none():
    """Two attempts: 1 + 20 % billed calls a turn where answers are malformed independently, and
    1.2 x (1 - 20 %) where calls break off; 20,000 turns x 0.5 searches x $0.01 = $100."""
    prices = book({"acme/one": {"web_search": PLAIN}})
    fails = {"max_attempts": 2, "malformed_shape": 1e6}
    asked = {
        key: scenario(
            ask=feature("acme/one", 20, units={"web_search": 0.5}, failures={key: "20%", **fails})
        )
        for key in ("malformed", "transport")
    }
    assert bills(asked["malformed"], prices) == pytest.approx([120.0, 120.0], rel=1e-5)
    assert bills(asked["transport"], prices) == pytest.approx([96.0, 96.0], rel=1e-5)


def test_a_feature_that_starts_later_leaves_the_allowance_to_the_others_until_then():
    """6,000 searches: $14 in December; with 4,000 more from January on, 5,000 billed: $70."""
    two = scenario(
        months=2,
        ask=feature("acme/one", 6, units={"web_search": 1}),
        draft=feature("acme/one", 4, units={"web_search": 1}, **{"from": "2027-01"}),
    )
    prices = book({"acme/one": {"web_search": ALONE}})
    assert expected(two, prices=prices).by_month == pytest.approx((14.0, 70.0))
    months = simulate(two, prices=prices, draws=2, uncertainty=OFF).spend.mean(axis=0)
    assert months.tolist() == pytest.approx([14.0, 70.0])


def test_members_of_a_group_that_state_different_allowances_are_refused():
    other = GROUP.model_copy(
        update={"free": FreeUnits(count=1000, period="month", shared_group="gemini-3")}
    )
    prices = book({"acme/one": {"web_search": GROUP}, "acme/two": {"web_search": other}})
    two = scenario(
        ask=feature("acme/one", 10, units={"web_search": 0.4}),
        draft=feature("acme/two", 4, units={"web_search": 1}),
    )
    words = "read 1,000 a month and 5,000 a month; expected one allowance for the group gemini-3 of"
    for run in (simulate, expected):
        with pytest.raises(InputError, match=words):
            run(two, prices=prices)


def test_a_unit_without_a_price_names_those_there_are():
    prices = book({"acme/one": {"web_search": PLAIN, "image": PLAIN}})
    asked = scenario(ask=feature("acme/one", 20, units={"page": 0}))
    words = (
        "acme/one has no price for unit 'page' in 2026-12; units there are: web_search, image; "
        "did you mean 'image'"
    )
    for run in (simulate, expected):
        with pytest.raises(PriceNotKnownError, match=words):
            run(asked, prices=prices)


CARD = RateCard(input=2.0, cache_read=None, cache_write=None, cache_write_1h=None, output=8.0)
UNSURE = {
    "turns_per_user": {"all": {"mean": "6 to 14 per month", "top_1_percent": "20%"}},
    "conversation": {"turns": {"mean": "2 to 4", "cv": 1.0}, "history": "none"},
    "output": {"mean": "150 to 300", "cv": 0.8, "max": 2000},
    "failures": {"malformed": "2% to 6%", "transport": "1%", "max_attempts": 3},
}


def unsure(**units: Any) -> dict[str, Any]:
    more = {"units": units} if units else {}
    return {**feature("acme/one", 1), **deepcopy(UNSURE), **more}


ONE = {"web_search": ALONE, "image": PLAIN}
PRICES = book({"acme/one": ONE, "acme/two": {"web_search": GROUP}}, CARD)


def run(asked: Scenario, draws: int = 256, **options: Any) -> Any:
    return simulate(asked, prices=PRICES, draws=draws, **options)


def test_zero_units_change_nothing_bit_for_bit():
    without = run(scenario("700 to 1300", 12, ask=unsure(), draft=unsure()))
    none = run(scenario("700 to 1300", 12, ask=unsure(web_search=0), draft=unsure()))
    assert np.array_equal(without.spend, none.spend)
    for lane, usd in without.by("lane").items():
        assert np.array_equal(none.by("lane")[lane], usd)
    assert not none.by("meter")["web_search"].any()


def test_units_leave_what_tokens_cost_bit_identical():
    without = run(scenario("700 to 1300", 12, ask=unsure())).by("meter")
    searched = run(scenario("700 to 1300", 12, ask=unsure(web_search="0.2 to 0.9"))).by("meter")
    assert {name for name in searched if name not in without} == {"web_search"}
    for meter, usd in without.items():
        assert np.array_equal(searched[meter], usd)


def test_a_feature_appended_leaves_other_lines_alone_unless_they_share_an_allowance():
    before = run(scenario("700 to 1300", 12, ask=unsure(web_search="0.5 to 0.9"))).by("lane")

    def after(model: str, **units: Any) -> Any:
        second = {**unsure(**units), "model": model}
        first = unsure(web_search="0.5 to 0.9")
        return run(scenario("700 to 1300", 12, ask=first, draft=second)).by("lane")

    (lane,) = before
    assert np.array_equal(after("acme/two", web_search=2)[lane], before[lane])
    assert np.array_equal(after("acme/one", image=2)[lane], before[lane])
    coupled = after("acme/one", web_search=2)[lane]
    assert (coupled >= before[lane]).all()
    assert coupled.mean() > before[lane].mean() + 1


@given(st.floats(0.01, 3), st.floats(1.0, 4))
@few
def test_spend_never_falls_when_units_rise(per_call, factor):
    low, high = (
        run(scenario("700 to 1300", 3, ask=unsure(web_search=n)), uncertainty={"belief", "drift"})
        for n in (per_call, per_call * factor)
    )
    assert (high.spend >= low.spend * (1 - 1e-12)).all()


@given(st.floats(0, 3), st.floats(0, 3), st.sampled_from([GROUP, DAILY, PLAIN]))
@few
def test_simulation_closed_form_and_the_months_bill_agree(one, two, price):
    """`bill_units` of the month's counts, which knows nothing of lanes, is the third code."""
    asked = scenario(
        months=3,
        ask=feature("acme/one", 20, units={"web_search": one}),
        draft=feature("acme/two", 30, units={"web_search": two}),
    )
    prices = book({"acme/one": {"web_search": price}, "acme/two": {"web_search": price}})
    simulated = simulate(asked, prices=prices, draws=2, uncertainty=OFF)
    keys = {"one": price, "two": price}
    for row, days in enumerate((31, 31, 28)):
        counts = {"one": 20_000 * one, "two": 30_000 * two}
        total = float(bill_units(keys, counts, days).total)
        assert simulated.month(row + 1).mean == pytest.approx(total, rel=1e-9, abs=1e-9)
        assert expected(asked, prices=prices).month(row + 1) == pytest.approx(total, abs=1e-9)


def test_the_lines_sum_to_the_total_and_the_units_are_a_meter_of_their_own():
    asked = scenario("700 to 1300", 12, ask=unsure(web_search="0.5 to 0.9", image=0.2))
    projection = run(asked)
    for dimension in ("segment", "feature", "model", "meter", "lane"):
        lines = projection.by(dimension)
        np.testing.assert_allclose(sum(lines.values()), projection.spend, rtol=1e-12)
    frame = projection.to_frame()
    assert frame["usd"].sum() == pytest.approx(projection.total.mean)
    searches = frame[frame.meter == "web_search"]
    (flow,) = projection.flows().values()
    assert searches["units"].sum() == pytest.approx(flow["web_search units"])
    assert searches["tokens"].sum() == 0
    assert frame[frame.meter == "output"]["units"].sum() == 0


def test_the_closed_form_is_a_lower_bound_where_beliefs_meet_an_allowance():
    """About 5,000 searches on average, 5,000 free: nothing at the means, half the futures pay."""
    asked = scenario(ask=feature("acme/one", 20, units={"web_search": "0.15 to 0.35"}))
    prices = book({"acme/one": {"web_search": ALONE}})
    mean = simulate(asked, prices=prices, uncertainty={"belief"}).month(1).mean
    at_the_means = expected(asked, prices=prices).month(1)
    assert at_the_means < 1.0 < 4.0 < mean


def test_the_first_draws_are_those_of_a_smaller_run_and_months_those_of_a_shorter_one():
    asked = {"ask": unsure(web_search="0.5 to 0.9")}
    many = run(scenario("700 to 1300", 12, **asked), 512).spend
    assert np.array_equal(run(scenario("700 to 1300", 12, **asked), 64).spend, many[:64])
    assert np.array_equal(run(scenario("700 to 1300", 14, **asked), 512).spend[:, :12], many)


def test_a_memo_changes_no_bit_and_a_move_of_tokens_recounts_no_unit():
    memo = Memo()
    asked = scenario("700 to 1300", 12, ask=unsure(web_search="0.5 to 0.9"), draft=unsure(image=2))
    first = run(asked, memo=memo)
    for path, value in (
        ("features.ask.output.mean", "200 to 300"),
        ("features.ask.units.web_search", "0.6 to 1.1"),
        ("segments.all.users", "800 to 1500"),
    ):
        moved = asked.with_overrides({path: value})
        again = run(moved, memo=memo)
        assert np.array_equal(again.spend, run(moved).spend)
        if path == "features.ask.output.mean":
            kept = zip(first.ledger.lanes, again.ledger.lanes, strict=True)
            assert all(
                use.count is there.units[name].count and use.price is there.units[name].price
                for here, there in kept
                for name, use in here.units.items()
            )
            assert again.ledger.unit_spend is first.ledger.unit_spend


def test_sensitivity_ranks_the_units():
    dear = book({"acme/one": {"web_search": UnitPrice(usd=1)}}, CARD)
    projection = simulate(searching("0.1 to 0.9", users="950 to 1050"), prices=dear, draws=1024)
    assert sensitivity(projection)[0].path == "features.ask.units.web_search"


def test_the_explanation_of_a_turn_multiplies_out_with_its_units():
    """1,100 x $2 / 1M + 200 x $8 / 1M + 0.4 x $0.014 = $0.0094 a call; 62.5 % of $0.0056 free."""
    priced = ALONE.model_copy(update={"src": ("the vendor's page",)})
    asked = searching(0.4)
    text = simulate(asked, prices=book({"acme/one": {"web_search": priced}}, CARD)).explain("ask")
    assert "0.4  web_search x $14.00 / 1,000 = $0.005600" in text
    assert "(source: the vendor's page)" in text
    assert "- $0.003500  62.5% of the month's web_search are free (see the warnings)" in text
    assert "= $0.005900 a turn" in text
    assert "20,000 turns x $0.005900 = $118.00 a month" in text


def test_free_units_are_said_to_be_taken_for_this_scenarios_alone():
    def words(price: UnitPrice) -> str:
        prices = book({"acme/one": {"web_search": price}})
        return "\n".join(simulate(searching(0.4), prices=prices, draws=2).warnings)

    assert (
        "5,000 web_search of acme/one are free each month, shared by the models of gemini-3: taken "
        "to be this scenario's alone; other use of the same account makes it dearer"
    ) in words(GROUP)
    assert (
        "1,500 web_search of acme/one are free each day: taken to be this scenario's alone, used "
        "evenly over its days"
    ) in words(DAILY)
    assert "are free" not in words(PLAIN)


def test_whole_searches_leave_more_noise_than_their_mean():
    """1,000 people with one turn each and 0.01 searches a turn: 10 searches, Poisson, sd 32 %."""
    prices = book({"acme/one": {"web_search": UnitPrice(usd=1)}})
    rare = simulate(searching(0.01, turns=1), prices=prices, uncertainty={"spread"}).month(1)
    assert rare.mean == pytest.approx(10.0, rel=0.02)
    assert rare.sd / rare.mean == pytest.approx(math.sqrt(1 / 10), rel=0.05)


PERIOD = "web_search: {{usd: {}, per: 1000, free: {{count: {}, period: {}}}}}"


def table(tmp_path: Any, *prices: tuple[float, int, str], more: str = "") -> PriceBook:
    """A model with one unit price until 16 December, and another from then on."""
    starts = (("null", "effective"), ("2026-12-16T00:00:00Z", "announced"))
    periods = [
        since(start, 0, status, units="{" + PERIOD.format(*price) + "}")
        for (start, status), price in zip(starts, prices, strict=False)
    ]
    two = since("null", 0, units="{" + PERIOD.format(40, 1000, "month") + "}")
    return book_of(tmp_path, model("one", *periods, more=more), model("two", two))


def test_a_price_change_in_the_month_is_weighted_by_days(tmp_path):
    """3,000 above 5,000, on 15 days at $10 per 1,000 and on 16 at $20: $45.48."""
    prices = table(tmp_path, (10, 5000, "month"), (20, 5000, "month"))
    usd = 3 * (15 * 10 + 16 * 20) / 31
    assert bills(searching(0.4), prices) == pytest.approx([usd, usd])


def test_a_price_change_is_a_mark_on_its_month(tmp_path):
    prices = table(tmp_path, (10, 5000, "month"), (20, 5000, "month"))
    marks = simulate(searching(0.4, months=3), prices=prices, draws=2).marks
    assert [(mark.month, mark.kind, mark.text) for mark in marks] == [
        (1, "price", "acme/one: web_search $10.00 -> $20.00 per 1,000")
    ]


def test_an_allowance_that_changes_in_the_month_is_weighted_by_days(tmp_path):
    """(15 x 5,000 + 16 x 1,900) / 31 = 3,400 free; then 15 x 100 + 16 x 50 = 2,300 a month."""
    prices = table(tmp_path, (10, 5000, "month"), (10, 1900, "month"))
    assert bills(searching(0.4), prices) == pytest.approx([46.0, 46.0])


def test_a_daily_allowance_that_changes_counts_each_days_own(tmp_path):
    """15 x 100 + 16 x 50 = 2,300 free of 8,000 at $10 per 1,000: $57."""
    prices = table(tmp_path, (10, 100, "day"), (10, 50, "day"))
    assert bills(searching(0.4), prices) == pytest.approx([57.0, 57.0])


def test_after_a_retirement_the_successors_own_allowance_applies(tmp_path):
    """31,000 searches; 20 days of the one model: 20,000 less 5,000 at $10, then 11,000 less the
    other's 1,000 at $40, per 1,000: $150 + $400. A month later all 31,000 are the successor's."""
    goes = "    retires: 2026-12-21\n    then: acme/two\n"
    prices = table(tmp_path, (10, 5000, "month"), more=goes)
    asked = searching(1.55, months=2)
    assert bills(asked, prices) == pytest.approx([550.0, 550.0])
    assert expected(asked, prices=prices).month(2) == pytest.approx(1200.0)
    simulated = simulate(asked, prices=prices, draws=2, uncertainty=OFF)
    assert simulated.month(2).mean == pytest.approx(1200.0)


def test_a_successor_that_another_feature_uses_shares_its_allowance(tmp_path):
    """In the month after the retirement both features draw on the successor's 1,000."""
    goes = "    retires: 2026-12-21\n    then: acme/two\n"
    prices = table(tmp_path, (10, 5000, "month"), more=goes)
    both = scenario(
        months=2,
        ask=feature("acme/one", 20, units={"web_search": 1}),
        draft=feature("acme/two", 10, units={"web_search": 1}),
    )
    assert expected(both, prices=prices).month(2) == pytest.approx(29 * 40)
    simulated = simulate(both, prices=prices, draws=2, uncertainty=OFF)
    assert simulated.month(2).mean == pytest.approx(29 * 40)
    # December: of 20,000, 20 days are the first model's; 11 days join the 10,000 of the other.
    first, joined = 20_000 * 20 / 31, 20_000 * 11 / 31 + 10_000
    usd = (first - 5000) * 0.010 + (joined - 1000) * 0.040
    assert bills(both, prices) == pytest.approx([usd, usd])
