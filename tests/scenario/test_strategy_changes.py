"""Changes to strategies and variants: by path, by `with_strategies`, by `extends`."""

from __future__ import annotations

import pytest

from costmodel.foundation.errors import InputError
from costmodel.scenario.limit import Limit
from costmodel.scenario.loading import load_scenario
from costmodel.scenario.overriding import parse_setting, setting
from costmodel.scenario.schema import Quota, SpendCap

from .strategy_texts import STRATEGIES, VARIANTS, scenario
from .texts import MINIMAL, minimal


@pytest.mark.parametrize(
    ("path", "value", "new"),
    [
        ("strategies.fair_use.limit", "40 turns per month", "40 turns per month"),
        ("strategies.fair_use.limit", 40, "40 turns per month"),
        ("strategies.fair_use.limit", "200", "200 turns per month"),
        ("strategies.fair_use.limit", Limit(9.0, "calls", "day"), "9 calls per day"),
        ("strategies.cap.limit", 8000, "$8000 per month"),
        ("strategies.cap.limit", "$8k", "$8k per month"),
    ],
)
def test_a_number_in_place_of_a_limit_keeps_its_unit_and_period(path, value, new):
    changed = scenario().with_overrides({path: value})
    assert str(changed.overrides[-1]).endswith(f"-> {new}")
    assert scenario().with_overrides({path: new}) == changed
    assert changed != scenario()


def test_a_measured_hit_rate_takes_the_catalogue_away_and_the_other_way_round():
    measured = scenario().with_overrides({"strategies.faq_cache.hit_rate": "10% to 25%"})
    cache = measured.strategies["faq_cache"]
    assert (cache.questions, cache.unique) == (None, None)
    assert "strategies.faq_cache.hit_rate" in measured.beliefs()
    back = measured.with_overrides(
        {"strategies.faq_cache.questions": "3k", "strategies.faq_cache.unique": "50%"}
    )
    assert back.strategies["faq_cache"].hit_rate is None


@pytest.mark.parametrize(
    "path", [path for path in scenario().beliefs() if path.startswith("strategies.")]
)
def test_the_set_line_of_a_strategys_belief_reads_back(path):
    belief = scenario().beliefs()[path]
    name, value = parse_setting(setting(scenario(), path, belief))
    assert scenario().with_overrides({name: value}).beliefs()[path].mean == belief.mean
    assert scenario().with_overrides({path: belief}) == scenario()


def test_strategies_that_no_change_reaches_are_kept_as_they_are():
    before = scenario()
    after = before.with_overrides({"strategies.fair_use.limit": 40})
    assert after.strategies["faq_cache"] is before.strategies["faq_cache"]


def test_a_slip_in_the_name_of_a_strategy_is_no_new_one():
    with pytest.raises(InputError, match=r"fix: did you mean 'strategies\.fair_use\.limit'"):
        scenario().with_overrides({"strategies.fair_us.limit": 40})


def test_with_strategies_adds_a_variant_and_leaves_the_others():
    before = scenario()
    after = before.with_strategies("fair_use", "faq_cache", variant="both")
    assert after.variants == {**before.variants, "both": ("fair_use", "faq_cache")}
    assert before.with_strategies("fair_use", "cap").variants["fair_use_and_cap"]
    assert [str(change) for change in after.overrides] == [
        "variants.both: not set -> [fair_use, faq_cache]"
    ]


@pytest.mark.parametrize(
    "new",
    [
        {"kind": "quota", "segment": "all", "limit": "$2 per month", "assumed": True},
        Quota(segment="all", limit="$2 per month"),
    ],
)
def test_with_strategies_takes_new_ones(new):
    after = scenario().with_strategies("cap", {"tight": new}, variant="strict")
    assert [name for name, _ in after.variant("strict")] == ["cap", "tight"]
    assert after.strategies["tight"] == Quota(segment="all", limit="$2 per month")
    again = {change.path: change.new for change in after.overrides}
    settings = dict(parse_setting(f"{path}={value}") for path, value in again.items())
    assert scenario().with_overrides(settings) == after


def test_with_strategies_on_a_scenario_without_any():
    after = minimal().with_strategies({"cap": SpendCap(limit="$6k per month")})
    assert after.variants == {"baseline": (), "cap": ("cap",)}


def test_with_strategies_refuses_a_name_that_is_taken():
    with pytest.raises(InputError, match="read the variant 'today' again; expected a name of its"):
        scenario().with_strategies("cap", variant="today")
    with pytest.raises(InputError, match="read another strategy 'cap'; expected a name of its own"):
        scenario().with_strategies({"cap": SpendCap(limit="$9k per month")}, variant="more")
    with pytest.raises(InputError, match=r"read the strategy 'fair_us'; .*mean 'fair_use'"):
        scenario().with_strategies("fair_us")


def test_a_child_may_change_one_key_of_a_parents_strategy(tmp_path):
    (tmp_path / "parent.yaml").write_text(MINIMAL + STRATEGIES + VARIANTS)
    child = tmp_path / "child.yaml"
    child.write_text("extends: parent.yaml\nstrategies: {fair_use: {limit: 9 turns per day}}\n")
    assert load_scenario(child).strategies["fair_use"].period == "day"
    child.write_text(
        "extends: parent.yaml\nstrategies: {fair_use: {kind: budget, limit: $9k per month}}\n"
        "variants: {limited: [fair_use]}\n"
    )
    assert isinstance(load_scenario(child).strategies["fair_use"], SpendCap)
    child.write_text("extends: parent.yaml\nstrategies: {cap: null}\nvariants: {limited: null}\n")
    assert "cap" not in load_scenario(child).strategies
