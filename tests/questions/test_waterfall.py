"""The waterfall: parts that add up, in an order that is said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import costmodel as cm
from costmodel.foundation.errors import InputError
from tests.questions.scenes import ABOVE, BOOK, WHOLE, certain, desk

SCENARIO = cm.load_scenario("support_chatbot")
NAMES = tuple(SCENARIO.strategies)


def means(waterfall):
    return [step.saving.total.mean for step in waterfall.steps]


def taken(variant, **given):
    off = {"prices": BOOK, "draws": 2, "uncertainty": frozenset()}
    return cm.waterfall(given.pop("scenario", desk()), variant, **(off | given))


def test_each_step_saves_what_is_left_by_those_before_it():
    # The cache saves a fifth of $30; the quota 17.5 % of the $24 that are left, of $30 alone.
    cache, fair = taken("both").steps
    assert cache.saving.total.mean == pytest.approx(0.2 * WHOLE)
    assert fair.saving.total.mean == pytest.approx(ABOVE * 0.8 * WHOLE, rel=1e-3)
    assert fair.alone.total.mean == pytest.approx(ABOVE * WHOLE, rel=1e-3)


def test_another_order_gives_other_parts_of_the_same_sum():
    one, other = taken("both"), taken("turned")
    assert [step.name for step in other.steps] == ["fair", "cache"]
    assert other.steps[0].saving.total.mean == pytest.approx(ABOVE * WHOLE, rel=1e-3)
    assert sum(means(one)) == pytest.approx(sum(means(other)), rel=1e-12)
    assert means(one)[0] != pytest.approx(means(other)[1], rel=1e-3)
    assert one.order == "in this order: cache, fair; another order gives other parts"
    assert one.order in str(one)


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(NAMES), size=st.integers(1, len(NAMES)))
def test_the_steps_add_up_to_the_variants_saving_in_every_future(order, size):
    strategies = tuple(order[:size])
    scenario = SCENARIO.with_strategies(*strategies, variant="tried")
    tried = cm.waterfall(scenario, "tried", draws=64)
    assert tuple(step.strategy for step in tried.steps) == strategies
    summed = np.sum([step.saving.total.values for step in tried.steps], axis=0)
    np.testing.assert_allclose(summed, tried.saving.total.values, rtol=1e-12, atol=1e-9)
    assert sum(means(tried)) == pytest.approx(tried.saving.total.mean, rel=1e-12)


def test_it_adds_up_to_the_saving_that_is_compared():
    compared = cm.compare_variants(SCENARIO, draws=64)
    for waterfall in compared.waterfalls:
        whole = compared[waterfall.variant].total.mean
        assert sum(means(waterfall)) == pytest.approx(whole, rel=1e-12)
        apart = cm.waterfall(SCENARIO, waterfall.variant, draws=64)
        assert means(apart) == pytest.approx(means(waterfall), rel=1e-12)


def test_only_variants_that_differ_by_several_strategies_have_one():
    assert [one.variant for one in certain().waterfalls] == ["both", "turned", "idle"]


def test_a_strategy_that_changes_nothing_is_not_binding():
    wide = taken("idle").steps[1]
    assert not wide.saving.binding
    assert not wide.alone.binding
    assert "2 wide: not binding, changes nothing" in str(taken("idle"))


def test_a_strategy_of_the_baseline_that_is_given_up_comes_first():
    # From [fair] to [cache]: giving up the quota costs what it saved, then the cache is added.
    scenario = desk(**{"  turned: [fair, cache]": "  limited: [fair]"})
    found = taken("cached", scenario=scenario, baseline="limited")
    assert [step.name for step in found.steps] == ["without fair", "cache"]
    assert means(found) == pytest.approx([-ABOVE * WHOLE, 0.2 * WHOLE], rel=1e-3)
    assert found.steps[1].alone.total.mean == pytest.approx(0.2 * WHOLE)
    assert sum(means(found)) == pytest.approx(found.saving.total.mean, rel=1e-12)


def test_strategies_that_exclude_each_other_are_exchanged():
    scenario = desk(**{"  cheaper: [cheap]": "  cheaper: [cheap, cache]"})
    found = taken("cheaper", scenario=scenario, baseline="both")
    assert [step.name for step in found.steps] == ["without fair", "cheap"]
    assert sum(means(found)) == pytest.approx(found.saving.total.mean, rel=1e-12)


def test_the_last_step_is_the_variant_itself_and_parts_can_be_made_again():
    found = taken("both")
    assert found.steps[-1].saving.projection is found.saving.projection
    parts = cm.waterfall(SCENARIO, "everything", draws=2).steps
    command = parts[2].alone.projection.provenance.command
    assert "--set 'variants.part_1=[fair_use]' --variant part_1" in command


def test_an_unknown_variant_is_refused_with_what_was_meant():
    with pytest.raises(InputError, match=r"read the variant 'bth'; .*fix: did you mean 'both'"):
        taken("bth")
