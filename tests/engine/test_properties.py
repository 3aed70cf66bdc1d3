"""What must hold for every scenario, whatever its numbers."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.engine.memo import Memo
from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import InputError
from costmodel.scenario.schema import Scenario
from tests.engine.sample import CHAT, CLIFF, PLAIN, SINGLE_TURN, book, chat

DRAWS = 256
few = settings(max_examples=20, deadline=None)


def _scaled(card, k):
    scaled = {
        name: getattr(card, name) * k for name in ("input", "cache_read", "cache_write", "output")
    }
    tiers = tuple(replace(tier, card=_scaled(tier.card, k)) for tier in card.tiers)
    return replace(card, **scaled, tiers=tiers)


@given(st.sampled_from([PLAIN, CLIFF]), st.floats(0.01, 100))
@few
def test_scaling_every_rate_scales_the_bill(card, k):
    one = simulate(chat(), prices=book(card), draws=DRAWS)
    other = simulate(chat(), prices=book(_scaled(card, k)), draws=DRAWS)
    np.testing.assert_allclose(other.spend, k * one.spend, rtol=1e-12)


def test_zero_users_make_zero_variable_spend():
    nobody = {"free": {"users": 0}, "pro": {"users": 0}}
    scenario = chat({"segments": nobody}, without=("correlations",))
    projection = simulate(scenario, prices=book(), draws=DRAWS)
    assert np.all(projection.spend == 0)
    assert projection.per_person(1) == 0.0


@given(
    st.floats(100, 50_000),
    st.floats(1.01, 3),
    st.sampled_from(
        [
            ("segments.free.users", "{}"),
            ("features.answer.turns_per_user.free.mean", "{} per month"),
            ("features.answer.output.mean", "{}"),
            ("features.answer.reasoning.mean", "{}"),
        ]
    ),
)
@few
def test_spend_never_falls_when_users_turns_or_tokens_rise(value, factor, field):
    path, form = field
    if path.endswith("output.mean"):
        value = min(value, 600)
    # Without the chance of a finite population, which more people dampen.
    low, high = (
        simulate(
            chat({path: form.format(x)}),
            prices=book(CLIFF),
            draws=DRAWS,
            uncertainty={"belief", "drift"},
        ).spend
        for x in (value, value * factor)
    )
    assert np.all(high >= low * (1 - 1e-12))


@given(st.sampled_from(["input", "output"]), st.floats(1, 5))
@few
def test_spend_never_falls_when_a_rate_rises(meter, factor):
    plain = chat(without=("features.answer.implicit_cache",))
    low = simulate(plain, prices=book(PLAIN), draws=DRAWS).spend
    dearer = replace(PLAIN, **{meter: getattr(PLAIN, meter) * factor})
    assert np.all(simulate(plain, prices=book(dearer), draws=DRAWS).spend >= low)


@pytest.mark.parametrize("dimension", ["segment", "feature", "model", "meter", "lane"])
@pytest.mark.parametrize("card", [PLAIN, CLIFF], ids=["plain", "cliff"])
def test_the_lines_of_every_dimension_sum_to_the_total(dimension, card):
    projection = simulate(chat(), prices=book(card), draws=DRAWS)
    lines = projection.by(dimension)
    np.testing.assert_allclose(sum(lines.values()), projection.spend, rtol=1e-12)


def test_the_tokens_times_their_rates_are_the_bill():
    projection = simulate(chat(), prices=book(PLAIN), draws=DRAWS, uncertainty={"belief", "drift"})
    rates = {"input": 2.0, "cached input": 0.2, "cache write": 2.5, "output": 12.0}
    for flow in projection.ledger.lanes:
        usd = sum(tokens * rates[meter] / 1e6 for meter, tokens in flow.tokens().items())
        np.testing.assert_allclose(usd, flow.spend, rtol=1e-12)


def _with_second_feature():
    data = deepcopy(CHAT)
    second = deepcopy(data["features"]["answer"])
    second["output"] = {"mean": "400 to 900", "cv": 1.0}
    data["features"]["summarise"] = second
    return Scenario.model_validate(data)


@pytest.mark.parametrize("card", [PLAIN, CLIFF], ids=["plain", "cliff"])
def test_appending_a_feature_leaves_every_other_line_bit_identical(card):
    before = simulate(chat(), prices=book(card), draws=DRAWS).by("lane")
    after = simulate(_with_second_feature(), prices=book(card), draws=DRAWS).by("lane")
    assert len(after) == 2 * len(before)
    for lane, usd in before.items():
        assert np.array_equal(after[lane], usd)


@pytest.mark.parametrize("months", [13, 24, 25, 40, 60])
def test_a_longer_horizon_leaves_earlier_months_bit_identical(months):
    short = simulate(chat(), prices=book(), draws=DRAWS).spend
    long = simulate(chat({"months": months}), prices=book(), draws=DRAWS).spend
    assert np.array_equal(long[:, :12], short)


@given(st.integers(0, 2**31))
@few
def test_the_first_draws_are_those_of_a_smaller_run(seed):
    few_draws = simulate(chat(), prices=book(), draws=64, seed=seed).spend
    many = simulate(chat(), prices=book(), draws=512, seed=seed).spend
    assert np.array_equal(many[:64], few_draws)


def test_seed_zero_works_and_differs_from_seed_one():
    zero, again, one = (simulate(chat(), prices=book(), draws=DRAWS, seed=s) for s in (0, 0, 1))
    assert np.array_equal(zero.spend, again.spend)
    assert not np.array_equal(zero.spend, one.spend)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6))
@few
def test_quantiles_are_ordered_and_equal_numpys(levels):
    projection = simulate(chat(), prices=book(), draws=DRAWS)
    for distribution in (projection.dearest_month, projection.total, projection.month(3)):
        values = [distribution.quantile(p) for p in sorted(levels)]
        assert values == sorted(values)
        np.testing.assert_allclose(
            values, np.quantile(distribution.values, sorted(levels), method="inverted_cdf")
        )


def test_a_bare_quantile_is_that_of_the_dearest_month():
    projection = simulate(chat(), prices=book(), draws=DRAWS)
    dearest = projection.spend.max(axis=1)
    assert projection.p90 == np.quantile(dearest, 0.9, method="inverted_cdf")
    assert projection.chance_over(5000) == np.mean(dearest > 5000)
    for budget in np.sort(dearest)[200:250]:
        assert (projection.p90 <= budget) == (projection.chance_over(budget) <= 0.10)


def test_a_yearly_budget_is_compared_with_the_dearest_twelve_months():
    projection = simulate(
        chat({"budget": "$40k per year", "months": 14}), prices=book(), draws=DRAWS
    )
    years = [projection.spend[:, i : i + 12].sum(axis=1) for i in range(3)]
    assert projection.chance_over_budget == np.mean(np.max(years, axis=0) > 40_000)


@pytest.mark.parametrize("kind", ["belief", "spread", "drift"])
def test_each_kind_of_uncertainty_can_be_switched_alone(kind):
    projection = simulate(chat(), prices=book(), draws=1024, uncertainty={kind})
    assert projection.total.sd > 0
    off = simulate(chat(), prices=book(), draws=1024, uncertainty=set())
    assert off.total.sd < 1e-9 * off.total.mean


@pytest.mark.parametrize("kind", ["spread", "drift"])
def test_noise_and_drift_have_mean_one(kind):
    scenario = chat(SINGLE_TURN)
    noisy = simulate(scenario, prices=book(), draws=8192, uncertainty={kind}).spend.mean(axis=0)
    calm = simulate(scenario, prices=book(), draws=8192, uncertainty=set()).spend.mean(axis=0)
    # Drift makes the caps bite a little harder; noise changes no mean at all.
    tolerance = 2e-3 if kind == "spread" else 1.5e-2
    np.testing.assert_allclose(noisy, calm, rtol=tolerance)


def test_a_memo_changes_no_bit_and_recomputes_only_what_moved():
    memo, fresh, prices = Memo(), chat(), book()
    first = simulate(fresh, prices=prices, draws=DRAWS, memo=memo)
    all_stages = memo.computed
    assert np.array_equal(first.spend, simulate(fresh, prices=book(), draws=DRAWS).spend)
    moved = chat({"segments.pro.users": "450 to 750"})
    second = simulate(moved, prices=prices, draws=DRAWS, memo=memo)
    assert 0 < memo.computed < all_stages / 5
    assert np.array_equal(second.spend, simulate(moved, prices=book(), draws=DRAWS).spend)
    back = simulate(fresh, prices=prices, draws=DRAWS, memo=memo)
    assert memo.computed == 0
    assert np.array_equal(back.spend, first.spend)


@pytest.mark.parametrize("draws", [0, 1, 1000, -8, 2**18, 8192.0])
def test_draws_that_are_no_power_of_two_are_refused(draws):
    with pytest.raises(InputError, match=r"a power of two from 2 to 131,072.*use 8192"):
        simulate(chat(), prices=book(), draws=draws)


def test_an_unknown_kind_of_uncertainty_is_refused():
    with pytest.raises(InputError, match=r"'beleif'.*'belief', 'spread' and 'drift'"):
        simulate(chat(), prices=book(), uncertainty={"beleif"})


@pytest.mark.parametrize("card", [PLAIN, CLIFF], ids=["plain", "cliff"])
def test_a_job_without_a_user_message_is_priced(card):
    """A fixed prompt of 3,000 tokens: its input never varies, its output does."""
    job = {
        "features.answer.conversation": {"turns": 1, "history": "none"},
        "features.answer.prompt": [{"system": {"tokens": 3000}}],
        "features.answer.output": {"mean": 500, "cv": 0},
    }
    scenario = chat(
        job,
        without=(
            "features.answer.failures",
            "features.answer.reasoning",
            "features.answer.implicit_cache",
        ),
    )
    projection = simulate(scenario, prices=book(card), draws=DRAWS, uncertainty={"belief"})
    for flow in projection.ledger.lanes:
        np.testing.assert_allclose(flow.spend, flow.turns * (3000 * 2 + 500 * 12) / 1e6)
    assert simulate(scenario, prices=book(card), draws=DRAWS).total.sd > 0


def test_drawn_cache_shares_never_pass_the_whole_input():
    wide = {"features.answer.implicit_cache": {"cached": "30% to 80%", "written": "10% to 70%"}}
    projection = simulate(chat(wide), prices=book(), draws=2048)
    for flow in projection.ledger.lanes:
        assert min(share.min() for share in flow.step.shares) >= 0
        assert sum(flow.step.shares).max() == pytest.approx(1)
