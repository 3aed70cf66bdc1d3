"""Strategies and variants: what is read, what follows where nothing is stated, and changes."""

from __future__ import annotations

import pytest

from costmodel.foundation.beliefs import Fixed, Interval, Source
from costmodel.foundation.errors import InputError
from costmodel.foundation.months import Month
from costmodel.lab.labels import label_of
from costmodel.scenario.limit import Limit
from costmodel.scenario.loading import load_scenario, read_scenario
from costmodel.scenario.model import DEFAULT
from costmodel.scenario.naming import all_beliefs
from costmodel.scenario.schema import Budget, PromptCache, Quota, ResponseCache, SpendCap
from costmodel.scenario.sources import origins, unsourced

from .strategy_texts import STRATEGIES, scenario
from .texts import DATA, MINIMAL, minimal


def test_strategies_are_read_by_their_kind():
    found = scenario().strategies
    assert found["prefix_cache"] == PromptCache(
        feature="answer", ttl="30min", breakpoints=("system", "history")
    )
    faq = found["faq_cache"]
    assert isinstance(faq, ResponseCache)
    assert (faq.match, faq.ttl_hours, faq.from_month) == ("semantic", 24.0, Month(2027, 1))
    assumed = Source(assumed=True)
    assert faq.questions == Interval(low=2000, high=6000, origin=assumed)
    assert faq.lookup == Fixed(value=0.0001, origin=assumed)
    quota = found["fair_use"]
    assert isinstance(quota, Quota)
    assert (quota.segments, quota.amount, quota.unit, quota.period) == (
        ("all",),
        30.0,
        "turns",
        "month",
    )
    assert found["cap"] == SpendCap(limit=Budget(usd=6000.0, period="month"))


def test_what_a_strategy_leaves_out_is_the_documented_default():
    cache = ResponseCache(feature="answer", hit_rate="20%")
    assert (cache.match, cache.renewal, cache.multi_turn, cache.tenants) == (
        "exact",
        "fixed",
        False,
        1,
    )
    assert (cache.capacity, cache.ttl_hours, cache.flushes) == (None, None, None)
    assert cache.cacheable == Fixed(value=1.0, origin=DEFAULT)
    assert cache.popularity == Fixed(value=0.8, origin=DEFAULT)
    assert cache.recall == Fixed(value=0.8, origin=DEFAULT)
    assert cache.lookup == Fixed(value=0.0, origin=DEFAULT)
    quota = Quota(segment="all", limit="5 calls per day")
    assert (quota.then, quota.feature, quota.defer.mean, quota.churn.mean) == ("block", None, 0, 0)


@pytest.mark.parametrize(
    ("ttl", "seconds"), [("5m", 300), ("1h", 3600), ("30min", 1800), ("300s", 300), ("2d", 172800)]
)
def test_a_lifetime_is_a_name_or_a_duration(ttl, seconds):
    cache = PromptCache(feature="answer", ttl=ttl)
    assert (cache.ttl, cache.ttl_seconds) == (ttl, seconds)


@pytest.mark.parametrize(
    ("text", "seconds", "written"),
    [
        ("24h", 86400, "24h"),
        ("7d", 604800, "7d"),
        ("30min", 1800, "30min"),
        ("90 s", 90, "90s"),
        ("0.5 h", 1800, "30min"),
        ("1d", 86400, "24h"),
    ],
)
def test_a_duration_is_written_in_the_largest_unit_that_divides_it(text, seconds, written):
    line = (
        f"strategies: {{c: {{kind: response_cache, feature: answer, hit_rate: 9%, ttl: {text}}}}}\n"
    )
    found = read_scenario(MINIMAL + line)
    assert found.strategies["c"].ttl_seconds == seconds
    assert f"ttl: {written}, hit_rate" in found.dump()


def test_a_quota_may_name_several_segments():
    assert Quota(segment=["a", "b"], limit="5 calls per day").segments == ("a", "b")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("30 turns per month", Limit(30.0, "turns", "month")),
        ("1 turn per day", Limit(1.0, "turns", "day")),
        ("50 calls per day", Limit(50.0, "calls", "day")),
        ("200k tokens per week", Limit(200_000.0, "tokens", "week")),
        ("$2.50 per month", Limit(2.5, "usd", "month")),
        ("2 USD per day", Limit(2.0, "usd", "day")),
    ],
)
def test_a_limit_says_what_is_counted_and_when_it_starts_again(text, limit):
    found = Quota(segment="all", limit=text).limit
    assert found == limit
    assert Quota(segment="all", limit=str(found)).limit == limit


def test_a_limit_in_the_scenarios_currency_follows_its_rate():
    rate = "currency: {code: EUR, usd: 1.08, date: 2026-11-20, source: ECB}\n"
    line = "strategies: {q: {kind: quota, segment: all, limit: €2 per month}}\n"
    found = read_scenario(MINIMAL + rate + line)
    assert found.strategies["q"].amount == pytest.approx(2.16)
    assert "limit: €2 per month" in found.dump()
    moved = found.with_overrides({"currency.usd": 1.5})
    assert moved.strategies["q"].amount == pytest.approx(3.0)
    more = found.with_overrides({"strategies.q.limit": 4})
    assert str(more.strategies["q"].limit) == "€4 per month"


def test_dollars_beside_another_dollar_are_pointed_at():
    rate = "currency: {code: CAD, usd: 0.7, date: 2026-11-20, source: ECB}\n"
    line = "strategies: {q: {kind: quota, segment: all, limit: $2 per month}}\n"
    (warning,) = (w for w in read_scenario(MINIMAL + rate + line).warnings if "CA$5k" in w)
    assert warning.startswith("strategies.q.limit: $ is US dollars")


def test_the_first_variant_is_the_baseline():
    assert scenario().variant() == ()
    assert [name for name, _ in scenario().variant("limited")] == ["fair_use", "cap"]


def test_an_unknown_variant_names_the_nearest():
    with pytest.raises(InputError, match=r"read the variant 'cahed'; expected .*mean 'cached'"):
        scenario().variant("cahed")


def test_without_variants_each_strategy_is_one_and_all_together():
    assert minimal().variants == {"baseline": ()}
    found = read_scenario(MINIMAL + STRATEGIES)
    names = tuple(found.strategies)
    assert found.variants == {"baseline": (), **{n: (n,) for n in names}, "all": names}
    assert "variants" not in found.dump()


def test_without_variants_strategies_that_exclude_each_other_are_not_put_together():
    second = "  second: {kind: budget, limit: $7k per month}\n"
    assert "all" not in read_scenario(MINIMAL + STRATEGIES + second).variants


def test_a_strategy_in_no_variant_is_warned_of():
    text = MINIMAL + STRATEGIES + "variants: {today: [], capped: [cap]}\n"
    assert "the strategy fair_use is in no variant and changes nothing" in (
        read_scenario(text).warnings
    )
    assert not any("in no variant" in warning for warning in scenario().warnings)


def test_beliefs_of_strategies_come_last():
    paths = list(scenario().beliefs())
    assert paths[: len(minimal().beliefs())] == list(minimal().beliefs())
    assert paths[len(minimal().beliefs()) :] == [
        "strategies.faq_cache.questions",
        "strategies.faq_cache.unique",
        "strategies.faq_cache.false_hits",
        "strategies.faq_cache.lookup",
        "strategies.fair_use.defer",
    ]


def test_every_belief_of_a_strategy_has_a_name_for_people():
    for path, *_ in all_beliefs(scenario()):
        if path.startswith("strategies."):
            name = path.split(".")[1]
            assert label_of(path, scenario()).startswith(f"{name}: "), path


def test_a_star_in_a_correlation_reaches_strategies():
    line = "correlations: {hits: {of: [strategies.*.unique, segments.*.users], strength: 0.5}}\n"
    found = read_scenario(MINIMAL + STRATEGIES + line)
    assert found.correlations["hits"].of == ("strategies.faq_cache.unique", "segments.all.users")


def test_numbers_of_strategies_need_a_source_and_decisions_do_not():
    text = MINIMAL + STRATEGIES.replace("30%, assumed: true", "30%")
    bare = [path for path in unsourced(read_scenario(text)) if path.startswith("strategies.")]
    assert bare == ["strategies.fair_use.defer"]
    assert "strategies.fair_use.limit" not in dict(origins(scenario()))


def test_the_time_between_turns_needs_a_source():
    text = MINIMAL + "    conversation: {turns: 3, gap: {p50: 137s, p95: 14min}}\n"
    found = read_scenario(text)
    gap = found.features["answer"].conversation.gap
    assert (gap.p50_seconds, gap.p95_seconds) == (137.0, 840.0)
    assert "features.answer.conversation.gap.p95" in unsourced(found)
    moved = found.with_overrides({"features.answer.conversation.gap.p50": "2 min"})
    assert moved.features["answer"].conversation.gap.p50_seconds == 120.0
    assert moved.features["answer"].conversation.gap.origin == Source(source="override")


def test_a_small_scenario_without_strategies_is_written_without_them():
    text = load_scenario(DATA / "small.yaml").dump()
    assert "strategies" not in text
    assert "variants" not in text
