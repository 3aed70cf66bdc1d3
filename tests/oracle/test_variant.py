"""Whole variants of the slow simulator against closed forms, and their books against themselves."""

import math

import numpy as np
import pytest

from .scenes import CARD, CHEAPER, book, scene, shelf, standard_error, with_strategies
from .simulator import simulate_slowly
from .test_engine_agrees import RICH

SPREAD = frozenset({"spread"})


def played(scenario, futures, variant="all", prices=None, uncertainty=SPREAD, seed=11):
    return simulate_slowly(
        scenario,
        futures=futures,
        rng=np.random.default_rng(seed),
        uncertainty=uncertainty,
        prices=book() if prices is None else prices,
        variant=variant,
    )


def near(sample, expected, errors=4.0):
    return abs(np.mean(sample) - expected) <= errors * standard_error(sample) + 1e-12


def share(result, name, of="demanded", month=None):
    some = slice(None) if month is None else month
    return result.fate(name)[:, some].sum() / result.fate(of)[:, some].sum()


def quota(limit, **keys):
    return {"kind": "quota", "segment": "free", "limit": limit, **keys}


def faq(**keys):
    return {"kind": "response_cache", "feature": "answer", **keys}


def test_a_strategy_that_does_nothing_leaves_all_means_as_they_are():
    one = with_strategies(RICH, fair=quota("100k turns per month"))
    plain, idle = (played(one, 60, variant, seed=5) for variant in ("none", "all"))
    for meter in ("uncached", "cached", "written", "output"):
        first, second = plain.tokens(meter).sum(axis=1), idle.tokens(meter).sum(axis=1)
        error = math.hypot(standard_error(first), standard_error(second))
        assert abs(first.mean() - second.mean()) < 4 * error
    for name in ("conversations", "turns", "failed", "attempts", "calls"):
        first, second = plain.count(name).sum(axis=1), idle.count(name).sum(axis=1)
        error = math.hypot(standard_error(first), standard_error(second))
        assert abs(first.mean() - second.mean()) < 4 * error
    assert idle.fate("affected").max() == 0


def test_two_turns_a_day_of_people_who_ask_for_two_serve_73_percent():
    daily = {"features.answer.turns_per_user.free": {"mean": "2 per day", "cv": 0}, "months": 1}
    result = played(with_strategies(daily, cap=quota("2 turns per day")), 40)
    # E min(Poisson(2), 2) = 2 - 4 e^-2 = 1.459 of 2; P(X > 2) = 1 - 5 e^-2
    assert share(result, "primary") == pytest.approx(1.4587 / 2, abs=0.003)
    assert result.fate("affected").min() >= 99


def test_active_days_squeeze_the_month_into_few_windows():
    few = {
        "months": 1,
        "features.answer.turns_per_user.free": {
            "mean": "4 per month",
            "cv": 0,
            "active_days": "2 per month",
        },
    }
    result = played(with_strategies(few, cap=quota("2 turns per day")), 200)
    # Two days of Poisson(2) each; a person is cut with 1 - (5 e^-2)^2 = 54.2 %
    assert share(result, "primary") == pytest.approx(0.7293, abs=0.004)
    assert near(result.fate("affected")[:, 0] / 100, 1 - (5 * math.exp(-2)) ** 2)


def test_calls_are_counted_as_billed_and_money_until_it_is_used_up():
    calls = played(with_strategies({}, cap=quota("3 calls per month")), 200)
    # E min(Poisson(4), 3) = sum of P(X > k) for k = 0, 1, 2
    pmf = [math.exp(-4) * 4**k / math.factorial(k) for k in range(4)]
    served = sum(1 - sum(pmf[: k + 1]) for k in range(3))
    assert near(calls.fate("primary")[:, 0], 100 * served)
    assert near(calls.fate("affected")[:, 0], 100 * (1 - sum(pmf)))
    # $0.0042 a call: two are $0.0084 < $0.01, so that three go through
    money = played(with_strategies({}, cap=quota("$0.01 per month")), 200)
    assert near(money.fate("primary")[:, 0], 100 * served)
    np.testing.assert_allclose(money.spend, money.count("calls") * 0.0042)


def test_turns_beyond_are_answered_cheaper_or_sold():
    cheap = with_strategies({}, cap=quota("2 turns per month", then="degrade", model=CHEAPER))
    result = played(cheap, 80, prices=shelf(), uncertainty=frozenset())
    lane = result.lanes["free", "answer"]
    over = 4 - (2 - math.exp(-4) * (2 + 4))
    assert near(lane.fates["degraded"][:, 0], 100 * over)
    # The cheap card is a fifth of the other, and no prompt is kept below 1,024 of 1,100 tokens.
    for path, turns in (("primary", 1.0), ("degraded", 0.2)):
        per_turn = lane.path_usd[path].sum() / lane.fates[path].sum()
        assert per_turn == pytest.approx(turns * (1100 * 2.5 + 250 * 8) / 1e6)
    sold = quota("2 turns per month", then="overage", price="$0.05 per turn", take_up="40%")
    result = played(with_strategies({}, cap=sold), 300)
    assert near(result.fate("blocked")[:, 0], 60 * over)
    money = result.lanes["free", "answer"].beside["turns sold"]
    assert near(money[:, 0], 40 * over * 0.05)


def test_a_share_of_those_who_are_stopped_leave_and_the_heavy_leave_first():
    leaving = quota("2 turns per month", churn="50% per month")
    result = played(with_strategies({}, cap=leaving), 300)
    met = 1 - math.exp(-4) * (1 + 4 + 8)
    people = result.people["free"]
    assert near(people[:, 1], 100 * (1 - met / 2))
    assert near(people[:, 2], 100 * (1 - met / 2) ** 2)
    assert near(result.fate("demanded")[:, 1], 400 * (1 - met / 2))
    uneven = {"features.answer.turns_per_user.free": {"mean": "4 per month", "cv": 1.5}}
    result = played(with_strategies(uneven, cap=leaving), 200)
    each = [result.fate("demanded")[:, m].sum() / result.people["free"][:, m].sum() for m in (0, 2)]
    assert each[1] < 0.8 * each[0]


def test_what_is_put_off_comes_back_as_much_on_average():
    off = with_strategies({"months": 3}, cap=quota("3 turns per month", defer="60%"))
    result = played(off, 300)
    deferred, carried = result.fate("deferred"), result.fate("carried_in")
    assert carried[:, 0].max() == 0
    for m in (1, 2):
        gap = carried[:, m] - deferred[:, m - 1]
        assert abs(gap.mean()) < 4 * standard_error(gap)
    assert share(result, "deferred") > 0.1


def test_a_measured_hit_rate_takes_its_share_of_first_turns_and_its_cost_is_on_the_bill():
    chat = {"features.answer.conversation.turns": {"mean": 2, "cv": 0}}
    cache = faq(
        hit_rate="25%", match="semantic", false_hits="5%", cacheable="80%",
        lookup="$0.001 per turn", wrong_answer="$0.50",
    )  # fmt: skip
    result = played(with_strategies(chat, cache=cache), 200)
    lane = result.lanes["free", "answer"]
    assert share(result, "looked_up") == pytest.approx(0.4, abs=0.005)
    assert share(result, "response_cache", "looked_up") == pytest.approx(0.25, abs=0.005)
    # wrong = .25 - (.25 - .05) / .95 = .0395
    assert share(result, "wrong", "looked_up") == pytest.approx(0.0395, abs=0.002)
    np.testing.assert_allclose(lane.usd["cache lookups"], lane.fates["looked_up"] * 0.001)
    np.testing.assert_allclose(lane.beside["wrong answers"], lane.fates["wrong"] * 0.5)
    # A second turn sends the first and its answer, called or not: 1,100 + 1,400 a conversation.
    calls, firsts = lane.counts["calls"].sum(), lane.fates["looked_up"].sum() / 0.8
    sent = lane.tokens["uncached"].sum() / calls
    first_calls = firsts - lane.fates["response_cache"].sum()
    seconds = calls - first_calls
    assert sent == pytest.approx((1100 * first_calls + 1400 * seconds) / calls, rel=0.002)


def test_kept_answers_are_found_at_the_rate_of_their_lifetime():
    cache = faq(ttl="24h", questions=3, popularity=1, unique="50%")
    busy = {
        "months": 2,
        "segments.free.users": 44,
        "features.answer.turns_per_user.free": {"mean": "1 per day", "cv": 0},
    }
    result = played(with_strategies(busy, cache=cache), 60)
    # 44 a day, 22 of them shared: x = 12, 6, 4 and H = .8827; the month starts empty
    asked = np.array([12, 6, 4])
    steady = 0.5 * float((asked / 22) @ (asked / (1 + asked)))
    assert steady == pytest.approx(0.4414, abs=1e-4)
    assert share(result, "right", "looked_up", month=1) == pytest.approx(steady, abs=0.004)
    assert 0.42 < share(result, "right", "looked_up", month=0) < steady + 0.004


def test_a_cap_on_the_bill_cuts_all_lanes_alike():
    both = {
        "segments.pro": {"users": 50},
        "features.answer.turns_per_user.pro": {"mean": "4 per month", "cv": 0},
    }
    capped = with_strategies(both, cap={"kind": "budget", "limit": "$2 per month"})
    whole, cut = (played(capped, 100, variant, seed=3) for variant in ("none", "all"))
    np.testing.assert_allclose(cut.spend.max(axis=0), 2.0)
    assert whole.spend.mean() == pytest.approx(600 * 0.0042, rel=0.02)
    lanes = [cut.lanes[s, "answer"] for s in ("free", "pro")]
    shares = [lane.fates["blocked"] / lane.fates["demanded"] for lane in lanes]
    np.testing.assert_allclose(*shares, atol=1e-12)
    yearly = with_strategies(both, cap={"kind": "budget", "limit": "$3 per year"})
    spend = played(yearly, 50).spend
    np.testing.assert_allclose(spend.sum(axis=1), 3.0)
    assert spend[:, 0].min() > spend[:, 1].max()


def test_a_strategy_does_nothing_before_its_month():
    late = with_strategies(
        {"features.answer.conversation.turns": {"mean": 2, "cv": 0}},
        cap=quota("1 turns per month", **{"from": "2027-02"}),
        cache=faq(hit_rate="50%", **{"from": "2027-03"}),
    )
    result = played(late, 40)
    assert result.fate("blocked")[:, 0].max() == 0
    assert result.fate("blocked")[:, 1].min() > 0
    assert result.fate("looked_up")[:, :2].max() == 0
    assert result.fate("looked_up")[:, 2].min() > 0


CHAT = {
    "months": 1,
    "segments.free.users": 400,
    "features.answer.conversation": {
        "turns": {"mean": 4, "cv": 0},
        "gap": {"p50": "137s", "p95": "14min"},
        "history": "resend",
    },
    "features.answer.prompt": [
        {"system": {"tokens": 1500}},
        "history",
        {"user": {"mean": 100, "cv": 0}},
    ],
    "features.answer.output": {"mean": 300, "cv": 0},
    "features.answer.turns_per_user.free": {"mean": "44.64 per month", "cv": 0},
}
"""A conversation every ten minutes: 400 x 44.64 / 4 = 4,464 a month of 44,640 minutes."""


def test_five_minutes_at_a_conversation_every_ten_read_73_percent():
    claude = "anthropic/claude-opus-5-5"
    cache = {
        "kind": "prompt_cache",
        "feature": "answer",
        "ttl": "5m",
        "breakpoints": ["system", "history", "user"],
    }
    chat = {**CHAT, "features.answer.model": claude}
    result = played(with_strategies(chat, cache=cache), 5, prices=shelf(**{claude: CARD}))
    tokens = {m: result.tokens(m).sum() for m in ("uncached", "cached", "written")}
    sent = sum(tokens.values())
    # By hand: 6,437 read and 2,363 written of 8,800 a conversation
    assert sent / result.count("conversations").sum() == pytest.approx(8800, rel=1e-9)
    assert tokens["cached"] / sent == pytest.approx(6437 / 8800, abs=0.005)
    assert tokens["uncached"] == 0


def test_a_provider_that_keeps_prompts_unasked_does_so_in_every_variant():
    result = played(scene(CHAT), 4, None, prices=shelf())
    tokens = {m: result.tokens(m).sum() for m in ("uncached", "cached", "written")}
    # Whole prompts, 30 minutes: ln(1800 / 137) / 1.102 = 2.337, F = 99.0 %; the next turn reads
    # 1,600, 2,000 and 2,400 tokens, the rest is written.
    assert tokens["uncached"] == 0
    assert tokens["cached"] / sum(tokens.values()) == pytest.approx(0.990 * 6000 / 8800, abs=0.005)
    stated = {**CHAT, "features.answer.implicit_cache": {"cached": "10%"}}
    known = played(scene(stated), 4, None, prices=shelf())
    assert known.tokens("cached").sum() == pytest.approx(known.tokens("uncached").sum() / 9)


EVERYTHING = {
    **RICH,
    "months": 3,
    "features.draft": {**RICH["features.draft"], "from": "2027-02"},
    "features.answer.conversation.gap": {"p50": "60s", "p95": "10min"},
    "features.answer.turns_per_user.free": {
        "mean": "6 per month", "cv": 1.0, "active_days": "3 per month",
    },
}  # fmt: skip
STRATEGIES = {
    "kept": faq(
        ttl="24h", questions=60, unique="40%", match="semantic", false_hits="2%",
        lookup="$0.0001 per turn", wrong_answer="$0.5",
    ),
    "prefix": {"kind": "prompt_cache", "feature": "answer", "ttl": "30min",
               "breakpoints": ["system", "history"]},
    "fair": quota("8 turns per week", defer="30%", churn="5% per month"),
    "paid": {"kind": "quota", "segment": "pro", "limit": "30 turns per month", "then": "degrade",
             "model": CHEAPER},
    "money": {"kind": "quota", "segment": ["free", "pro"], "limit": "$0.40 per month"},
    "cap": {"kind": "budget", "limit": "$23 per month"},
}  # fmt: skip


def test_every_turn_has_one_fate_and_every_dollar_one_meter():
    result = played(with_strategies(EVERYTHING, **STRATEGIES), 6, prices=shelf())
    for lane in result.lanes.values():
        fates = lane.fates
        ends = ("blocked", "deferred", "failed", "primary", "degraded", "response_cache")
        came = fates["demanded"] + fates["carried_in"]
        np.testing.assert_allclose(came, sum(fates[name] for name in ends))
        np.testing.assert_allclose(fates["response_cache"], fates["right"] + fates["wrong"])
        np.testing.assert_allclose(lane.spend, sum(lane.path_usd.values()))
        assert (fates["looked_up"] >= fates["response_cache"]).all()
    for name in ("blocked", "deferred", "carried_in", "failed", "primary", "degraded", "wrong"):
        assert result.fate(name).sum() > 0
    assert result.spend.max() <= 23 + 1e-9
    assert np.isclose(result.spend, 23).any()
    for segment, people in result.people.items():
        for (owner, _), lane in result.lanes.items():
            assert owner != segment or (lane.fates["affected"] <= people).all()


def test_the_same_generator_plays_the_same_variant():
    scenario = with_strategies(EVERYTHING, **STRATEGIES)
    first, second = (played(scenario, 2, prices=shelf()).spend for _ in range(2))
    assert np.array_equal(first, second)
