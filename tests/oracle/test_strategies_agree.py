"""The engine's strategies against the slow simulator's: the same variant, played turn by turn.

Mean costs agree within 1 % or three standard errors; shares of turns served and of people affected
within 0.5 points; hit rates within 0.5 points, 1.5 in a month that starts with an empty cache.
What differs by more is named where it stands, with the reason; one kind of strategy at a time is
in `test_quotas_agree` and `test_caches_agree`.
"""

import numpy as np
import pytest

from .scenes import CHEAPER, shelf
from .strategy_scenes import (
    DRAFT,
    SINGLE,
    assert_affected_agree,
    assert_cost_agrees,
    assert_hit_rates_agree,
    assert_shares_agree,
    faq,
    pair,
    prefix,
    quota,
)

pytestmark = pytest.mark.filterwarnings("ignore::costmodel.foundation.errors.CostModelWarning")

BUDGETS = {
    "each month": {"kind": "budget", "limit": "$10 per month"},
    "a year": {"kind": "budget", "limit": "$26 per year", "from": "2027-02"},
}


@pytest.mark.parametrize("cap", BUDGETS.values(), ids=BUDGETS)
def test_a_cap_on_the_bill_cuts_each_future(cap):
    growing = {
        **SINGLE,
        "months": 3,
        "segments.free": {"users": "160 to 240", "growth": "0% to 8% per month"},
    }
    # A cap is felt by what each future happens to spend: with people as they come.
    uncertainty = frozenset({"belief", "spread"})
    both = pair(growing, {"cap": cap}, 300, uncertainty=uncertainty, draws=4096)
    for some in [*both.months, slice(None)]:
        spend, projected = both.spend(some)
        error = spend.std(ddof=1) / np.sqrt(spend.size)
        assert abs(projected - spend.mean()) < max(0.01 * projected, 3 * error)
    assert 0 < both.slow.fate("blocked").mean() < 0.2 * both.slow.fate("demanded").mean()


SECOND = {
    "segments.free.users": 250,
    "segments.pro": {"users": "40 to 60", "growth": "0% to 4% per month"},
    "features.draft": {
        **DRAFT,
        "prompt": [{"system": {"tokens": 1200}}, {"user": {"mean": 300, "cv": 1}}],
        "turns_per_user": {
            "free": {"mean": "3 to 5 per month", "cv": 0.8},
            "pro": {"mean": "8 per month", "cv": 0.6},
        },
        "from": "2027-02",
    },
    "features.answer.turns_per_user": {
        "free": {"mean": "8 to 12 per month", "cv": 1, "active_days": "6 per month"},
        "pro": {"mean": "20 to 30 per month", "cv": 0.6},
    },
}
EVERYTHING = {
    "kept": faq(
        ttl="24h", questions="80 to 160", unique="30% to 50%", match="semantic", false_hits="2%",
        lookup="$0.0001 per turn",
    ),
    "prefix": prefix(ttl="30min", breakpoints=["system", "history"], **{"from": "2027-02"}),
    "fair": quota("60 turns per month", feature="answer", churn="10% per month"),
    "cheap": {
        "kind": "quota", "segment": "pro", "feature": "answer", "limit": "25 turns per day",
        "then": "degrade", "model": CHEAPER,
    },
    "drafts": quota("$0.05 per month", feature="draft"),
    "cap": {"kind": "budget", "limit": "$36 per month", "from": "2027-03"},
}  # fmt: skip


def test_everything_at_once_agrees():
    both = pair({"months": 3, **SECOND}, EVERYTHING, 48, prices=shelf())
    assert_cost_agrees(both)
    assert_hit_rates_agree(both)
    names = ("blocked", "degraded", "response_cache")
    assert_shares_agree(both, *names, months=[slice(1, None)], known=0.005)
    assert_affected_agree(both, months=both.months[1:])


def test_everything_at_once_agrees_where_beliefs_are_unsure():
    unsure = frozenset({"belief", "spread"})
    changes = {"months": 3, **SECOND}
    both = pair(changes, EVERYTHING, 40, prices=shelf(), uncertainty=unsure, draws=2048)
    assert_cost_agrees(both, known=0.008)


def test_nobody_is_stopped_before_a_feature_begins():
    late = {"features.draft": {**DRAFT, "from": "2027-02"}}
    both = pair(late, {"drafts": quota("4 turns per month", feature="draft")}, 20)
    place, january = ("free", "draft"), slice(0, 1)
    assert both.slow.lanes[place].fates["affected"][:, january].max() == 0
    assert float(np.array(both.fast.fates[place].affected)[january].max()) == 0
