"""Variants in the same futures: what they save and whom they affect."""

import numpy as np
import pytest

import costmodel as cm
from costmodel.foundation.errors import InputError
from costmodel.scenario.loading import read_scenario
from tests.questions.scenes import ABOVE, BOOK, STOPPED, TEXT, TURN, WHOLE, certain, desk

ALL = certain()


def test_names_are_those_of_the_variants_and_the_first_is_the_baseline():
    assert ALL.baseline.variant == "today"
    assert [one.name for one in ALL.savings] == list(desk().variants)[1:]
    some = certain(("both", "today"))
    assert (some.baseline.variant, some.savings[0].name) == ("both", "today")


def test_one_variant_alone_is_compared_with_the_baseline():
    one = certain(("cached",))
    assert (one.baseline.variant, one.savings[0].name) == ("today", "cached")


def test_a_cache_that_answers_a_fifth_saves_a_fifth():
    assert ALL.baseline.total.mean == pytest.approx(WHOLE)
    cached = ALL["cached"]
    assert cached.total.mean == pytest.approx(0.2 * WHOLE)
    assert cached.effects.no_call == pytest.approx(0.2)
    assert cached.effects.affected == {}
    assert cached.effects.blocked == 0


def test_a_quota_stops_those_who_ask_more_often_than_it_allows():
    both = ALL["both"]
    # What arrives is counted, hits included: the cache answers a fifth of what is left.
    assert both.total.mean == pytest.approx(WHOLE * (1 - 0.8 * (1 - ABOVE)), rel=1e-3)
    assert both.effects.blocked == pytest.approx(ABOVE, rel=1e-3)
    stopped = both.effects.affected["all"]
    assert stopped.mean == pytest.approx(STOPPED, rel=1e-3)
    assert stopped.largest >= stopped.mean
    assert stopped.month in ALL.baseline.months


def test_a_cheaper_model_at_half_the_price_saves_half_of_what_it_answers():
    cheaper = ALL["cheaper"]
    assert cheaper.effects.cheaper == pytest.approx(ABOVE, rel=1e-3)
    assert cheaper.total.mean == pytest.approx(WHOLE * ABOVE / 2, rel=1e-3)
    assert cheaper.effects.blocked == 0


def test_wrong_answers_are_counted_and_their_cost_stands_beside_the_bill():
    risky = ALL["risky"]
    # 20 % hits, 1 % of the turns without a right answer wrong: .20 = r + .01 (1 - r).
    right = (0.20 - 0.01) / 0.99
    wrong = risky.effects.wrong
    assert wrong.share == pytest.approx(0.20 - right)
    assert wrong.a_month == pytest.approx(5000 * (0.20 - right))
    assert wrong.usd.mean == pytest.approx(4.0 * 10_000 * (0.20 - right))
    assert risky.total.mean == pytest.approx(0.2 * WHOLE)
    assert risky.net.mean == pytest.approx(0.2 * WHOLE - wrong.usd.mean)
    assert ALL["cached"].effects.wrong.usd is None


def test_overage_is_what_those_who_buy_pay_for_turns_above_the_limit():
    sold = ALL["sold"]
    paid = 0.5 * ABOVE * 10_000
    assert sold.effects.overage.mean == pytest.approx(0.01 * paid, rel=1e-3)
    assert sold.effects.blocked == pytest.approx(ABOVE / 2, rel=1e-3)
    assert sold.net.mean == pytest.approx(paid * (TURN + 0.01), rel=1e-3)


def test_an_uncertain_price_of_overage_is_that_of_the_same_futures():
    text = {"price: $0.01 per turn": "price: $0.005 to $0.02 per turn"}
    scenario = desk(**text)
    one = cm.compare_variants(scenario, ("sold",), prices=BOOK, draws=256).savings[0]
    paid = sum(fate.paid.sum(axis=0) for fate in one.projection.fates.values())
    price = one.effects.overage.values / paid
    assert np.quantile(price, 0.05) == pytest.approx(0.005, rel=0.05)
    assert np.quantile(price, 0.95) == pytest.approx(0.02, rel=0.05)


def test_a_cap_runs_out_when_its_share_of_the_month_has_passed():
    cap = ALL["capped"].effects.cap
    # $15 a month against $10: after 2/3 of December's 31 days, on day 21; of January's, too.
    assert (cap.chance, str(cap.month), cap.day) == (1.0, "2026-12", 21)
    assert ALL["capped"].effects.blocked == pytest.approx(1 / 3)
    ample = certain(("capped",), desk(**{"limit: $10 per month": "limit: $16 per month"}))
    assert ample.savings[0].effects.cap.chance == 0
    assert ample.savings[0].effects.cap.month is None
    assert not ample.savings[0].binding


def test_a_yearly_cap_runs_out_once_and_its_day_is_that_one():
    text = {"limit: $10 per month": "limit: $20 per year"}
    cap = certain(("capped",), desk(**text)).savings[0].effects.cap
    # $15 in December, then $5 of January's $15: a third of 31 days, so on day 11.
    assert (cap.chance, str(cap.month), cap.day) == (1.0, "2027-01", 11)


def test_a_variant_without_strategies_is_the_baseline_bit_for_bit_and_not_binding():
    scenario = desk(**{"  idle: [cache, wide]": "  idle: []"})
    made = cm.compare_variants(scenario, ("today", "idle"), prices=BOOK, draws=64)
    np.testing.assert_array_equal(made.baseline.spend, made["idle"].projection.spend)
    assert not made["idle"].binding
    assert "idle: not binding, changes nothing" in str(made)


def test_a_quota_that_changes_no_bill_but_stops_people_is_binding():
    # Everyone buys: the bill is the same, people pay for it.
    scenario = desk(**{"take_up: 50%": "take_up: 100%"})
    sold = certain(("sold",), scenario).savings[0]
    assert sold.total.mean == pytest.approx(0, abs=1e-12)
    assert sold.binding
    assert sold.effects.overage.mean > 0


def test_people_who_leave_because_of_a_quota_are_told_by_segment():
    text = {"limit: 5 turns per month}": "limit: 5 turns per month, churn: 20% per month}"}
    fair = certain(("both",), desk(**text)).savings[0]
    # After the first month, a fifth of those stopped has left.
    assert fair.people_lost["all"] == pytest.approx(0.2 * STOPPED, rel=2e-3)
    assert ALL["both"].people_lost == {}


def test_what_stands_beside_the_dollars_is_said():
    words = str(certain(("today", "both", "risky", "sold", "cheaper", "capped")))
    for part in (
        "stops 38.4% of all in a month", "17.6% of turns blocked", "answered without a call",
        "40 wrong answers a month", "9 USD of overage", "17.6% by a cheaper model",
        "the cap runs out in 100% of futures",
    ):  # fmt: skip
        assert part in words


def test_unknown_variants_are_told_all_at_once_with_what_was_meant():
    with pytest.raises(InputError) as caught:
        cm.compare_variants(desk(), ("today", "cachd", "bth"), prices=BOOK, draws=2)
    first, second = str(caught.value).splitlines()
    assert first.startswith("read the variant 'cachd'; expected a variant of this scenario (today")
    assert first.endswith("fix: did you mean 'cached'?")
    assert second.endswith("fix: did you mean 'both'?")


def test_the_baseline_alone_is_nothing_to_compare():
    with pytest.raises(InputError, match="read only the variant 'today', which is the baseline; "):
        certain(("today",))


def test_a_scenario_with_one_variant_is_told_what_to_add_and_that_can_be_added():
    text = TEXT[: TEXT.index("strategies:")]
    with pytest.raises(InputError) as caught:
        certain(scenario=read_scenario(text))
    assert str(caught.value) == (
        "read a scenario with one variant, 'baseline'; expected two variants or more to compare; "
        "fix: add to the scenario, for example, strategies: {fair_use: {kind: quota, segment: "
        "all, limit: 30 turns per month}} and variants: {today: [], limited: [fair_use]}"
    )
    fix = caught.value.problems[0].fix.removeprefix("add to the scenario, for example, ")
    made = certain(scenario=read_scenario(text + "\n".join(fix.split(" and "))))
    assert [one.name for one in made.savings] == ["limited"]


def test_a_scenario_whose_strategies_are_in_no_variant_is_told_to_name_them():
    alone = desk().with_overrides({"variants": {"today": []}})
    with pytest.raises(InputError, match=r"fix: add one under variants, for example limited: \[ca"):
        certain(scenario=alone)


def test_the_command_makes_the_same_comparison_again():
    scenario = cm.load_scenario("support_chatbot")
    every = cm.compare_variants(scenario, draws=2, seed=3)
    assert every.command == (
        "costmodel compare support_chatbot --snapshot 2026-11-23 --seed 3 --draws 2"
    )
    some = cm.compare_variants(scenario, ("everything", "cached"), draws=2)
    assert "compare support_chatbot --variants everything,cached --snapshot" in some.command
    assert ALL.command.startswith("cm.compare_variants(cm.load_scenario('Desk'), ('today', ")


def test_a_projection_is_named_by_its_variant_unless_it_is_the_baseline():
    projection = ALL["cached"].projection
    assert projection.title == "Desk, variant cached"
    assert "'Desk, variant cached'" in repr(projection)
    assert "Desk, variant cached: monthly spend" in projection._repr_html_()
    assert ALL.baseline.title == "Desk"
    assert "variant='cached'" in projection.provenance.command
    shipped = cm.simulate("support_chatbot", variant="cached", draws=2)
    assert "run support_chatbot --variant cached --snapshot" in shipped.provenance.command
    assert shipped.to_dict()["variant"] == "cached"
