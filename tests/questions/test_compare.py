"""Comparisons on the same futures."""

import numpy as np
import pytest

from costmodel import compare, load_scenario, simulate
from costmodel.foundation.errors import InputError

SCENARIO = load_scenario("support_chatbot")
BASE = simulate(SCENARIO, draws=512)


def changed(changes, **given):
    return simulate(SCENARIO.with_overrides(changes), **{"draws": 512, **given})


def test_a_saving_is_the_difference_future_by_future():
    shorter = changed({"features.answer.prompt.system.tokens": 500})
    saving = compare(BASE, shorter, names=("short prompt",))["short prompt"]
    assert saving.by_month == pytest.approx(BASE.spend - shorter.spend)
    assert saving.total.mean == pytest.approx(BASE.total.mean - shorter.total.mean)
    assert saving.share == pytest.approx(1 - shorter.total.mean / BASE.total.mean)
    assert saving.chance == 1.0


def test_what_changes_nothing_is_not_binding():
    saving = compare(BASE, changed({"segments.pro.revenue": "$30 per month"}))
    assert not saving.savings[0].binding
    assert saving.savings[0].chance == 0.0
    assert str(saving).splitlines()[1].endswith("not binding, changes nothing")


def test_what_costs_more_saves_a_negative_amount_in_no_future():
    saving = compare(BASE, changed({"features.answer.prompt.system.tokens": 5000})).savings[0]
    assert saving.total.p90 < 0
    assert saving.chance == 0.0
    assert saving.binding


def test_a_paired_comparison_of_a_prompt_change_has_a_tenth_of_the_error():
    shorter = changed({"features.answer.prompt.system.tokens": 1300})
    saving = compare(BASE, shorter).savings[0]
    assert saving.error <= saving.unpaired_error / 10


def test_several_are_told_apart_by_name_and_the_order_stays():
    two = compare(BASE, BASE, BASE, names=("a", "b"))
    assert [saving.name for saving in two.savings] == ["a", "b"]
    with pytest.raises(KeyError, match="compared are a, b"):
        two["c"]


def test_an_override_names_what_it_changed():
    shorter = changed({"features.answer.prompt.system.tokens": 500})
    assert compare(BASE, shorter).savings[0].name.startswith("features.answer.prompt.system.tokens")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"seed": 1}, "read seed 0 and 1; expected the same seed; fix: simulate both with the"),
        ({"draws": 256}, "read draws 512 and 256; expected the same draws"),
        ({"uncertainty": {"belief"}}, "expected the same uncertainty"),
    ],
)
def test_other_futures_are_refused(given, words):
    with pytest.raises(InputError, match=words):
        compare(BASE, simulate(SCENARIO, **{"draws": 512, **given}))
    with pytest.raises(InputError, match="read months 12 and 3"):
        compare(BASE, changed({"months": 3}))


def test_as_many_names_as_projections_are_needed():
    with pytest.raises(InputError, match="read 1 names for 2 projections; expected a name"):
        compare(BASE, BASE, BASE, names=("one",))


def test_the_sum_of_paired_savings_is_what_both_save_only_if_they_do_not_meet():
    # Shorter prompt and fewer retries multiply: together they save less than the sum.
    prompt = {"features.answer.prompt.system.tokens": 500}
    retries = {"features.answer.failures.malformed": 0.0}
    both = compare(BASE, changed(prompt), changed(retries), changed(prompt | retries))
    one, two, together = (saving.total.values for saving in both.savings)
    assert np.all(together < one + two)
