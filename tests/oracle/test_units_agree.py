"""Units by the engine against the slow simulator, which draws whole searches call by call."""

import numpy as np
import pytest

from costmodel.engine.expected import expected
from costmodel.engine.simulate import simulate
from costmodel.prices import UnitPrice
from costmodel.prices.charges import FreeUnits

from .scenes import CARD, PLAIN, book, scene
from .simulator import ALL, simulate_slowly
from .test_engine_agrees import SPREAD, UNSURE, assert_means_agree, assert_sds_agree

pytestmark = pytest.mark.filterwarnings("ignore::costmodel.foundation.errors.CostModelWarning")

MONTHLY = UnitPrice(usd=14, per=1000, free=FreeUnits(count=1200, period="month"))
DAILY = UnitPrice(usd=35, per=1000, free=FreeUnits(count=40, period="day"))
PLAIN_PRICE = UnitPrice(usd=0.05)
"""Prices in the shape of Google's grounding, with allowances near what the scenes use."""

SEARCHING = {
    "months": 3,
    "segments.free": {"users": 300, "growth": "4% per month"},
    "segments.pro": {"users": 40},
    "features.answer.turns_per_user": {
        "free": {"mean": "6 per month", "cv": 1.0},
        "pro": {"mean": "14 per month", "cv": 0.7},
    },
    "features.answer.conversation.turns": {"mean": 2.5, "cv": 0.9},
    "features.answer.failures": {"malformed": "8%", "transport": "2%", "max_attempts": 3},
    "features.answer.units": {"web_search": 0.4, "code_execution": "5%"},
    "features.draft": {
        "model": PLAIN["features"]["answer"]["model"],
        "from": "2027-02",
        "turns_per_user": {"pro": {"mean": "10 per month", "cv": 0.5}},
        "prompt": [{"system": {"tokens": 400}}, {"user": {"mean": 300, "cv": 1}}],
        "output": {"mean": 300, "cv": 0.6},
        "units": {"web_search": 1.5},
    },
}
"""About 950 to 1,750 searches a month in two features, an allowance of 1,200 or 40 a day."""


def both(changes, futures, price, uncertainty=SPREAD):
    scenario = scene({**SEARCHING, **changes})
    prices = book(CARD, {"web_search": price, "code_execution": PLAIN_PRICE})
    slow = simulate_slowly(
        scenario,
        futures=futures,
        rng=np.random.default_rng(20261123),
        uncertainty=uncertainty,
        prices=prices,
    )
    fast = simulate(scenario, prices=prices, draws=8192, seed=0, uncertainty=uncertainty)
    return slow, fast, expected(scenario, prices=prices)


def assert_units_agree(slow, fast):
    meters = fast.by("meter")
    for unit in ("web_search", "code_execution"):
        drawn = slow.usd_of(unit)
        assert drawn.mean() > 0
        assert_means_agree(drawn, meters[unit])
    for (segment, feature), lane in slow.lanes.items():
        flow = fast.flows()[f"{segment}/{feature}/call/primary"]
        for unit, counts in lane.units.items():
            error = counts.sum(axis=1).std() / np.sqrt(len(counts))
            assert abs(flow[f"{unit} units"] - counts.sum(axis=1).mean()) < 3 * error


@pytest.mark.parametrize("price", [MONTHLY, DAILY], ids=["monthly", "daily"])
def test_units_of_a_finite_population_agree_on_both_sides_of_an_allowance(price):
    slow, fast, closed = both({}, 2500, price)
    assert_units_agree(slow, fast)
    assert_means_agree(slow.spend, fast.spend)
    assert_sds_agree(slow.spend, fast.spend)
    # What is left after an allowance is convex: chance alone makes the mean dearer.
    charged = sum(m["web_search"] for lane in closed.lanes for m in lane.usd_by_meter)
    assert charged < slow.usd_of("web_search").sum(axis=1).mean()


@pytest.mark.slow
def test_units_agree_with_every_uncertainty_on():
    unsure = {
        "segments.free": {"users": "220 to 400", "growth": "2% to 8% per month"},
        "features.answer.units": {"web_search": "0.25 to 0.6", "code_execution": "3% to 8%"},
        "features.answer.failures": UNSURE["features.answer.failures"],
        "features.answer.conversation.turns": UNSURE["features.answer.conversation.turns"],
    }
    slow, fast, _ = both(unsure, 4000, MONTHLY, ALL)
    assert_units_agree(slow, fast)
    assert_sds_agree(slow.spend, fast.spend)
