"""Hypothesis strategies for the strategies and variants of a scenario."""

from __future__ import annotations

from hypothesis import strategies as st

from costmodel.foundation import units
from costmodel.foundation.beliefs import Fixed, Samples
from costmodel.foundation.converted import Converted, StatedAmount
from costmodel.scenario.limit import Limit
from costmodel.scenario.model import DEFAULT
from costmodel.scenario.schema import Budget, PromptCache, Quota, ResponseCache, SpendCap

from ..foundation.laws import beliefs, words

texts = words.filter(lambda text: text.strip() == text)
share = beliefs(units.SHARE)
seconds = st.floats(1, 1e6) | st.integers(1, 400).map(lambda n: n * 3600.0)
whole = st.integers(1, 10**6).map(float)
periods = st.sampled_from(["day", "week", "month"])


def _money(unit, rate):
    """Beliefs about money, in USD or in the scenario's currency."""
    stated = beliefs(unit)
    if rate is None:
        return stated
    own = stated.filter(lambda belief: not isinstance(belief, Samples)).map(
        lambda belief: Converted(stated=belief, code=rate.code, usd=rate.usd, origin=belief.origin)
    )
    return stated | own


def _limits(rate):
    amounts = st.floats(0.01, 1e6)
    if rate is not None:
        amounts |= amounts.map(lambda amount: StatedAmount.of(amount, rate.currency))
    counted = st.builds(
        Limit, amount=whole, unit=st.sampled_from(["turns", "calls", "tokens"]), period=periods
    )
    return counted | st.builds(Limit, amount=amounts, unit=st.just("usd"), period=periods)


def _response_caches(head, rate):
    catalogue = st.fixed_dictionaries(
        {"questions": beliefs(units.QUESTIONS), "unique": share, "ttl_seconds": seconds},
        optional={
            "popularity": beliefs(units.POPULARITY),
            "capacity": st.integers(1, 10**9),
            "tenants": st.integers(1, 10**6),
            "flushes": beliefs(units.FLUSHES),
            "renewal": st.sampled_from(["fixed", "sliding"]),
        },
    )
    measured = st.fixed_dictionaries({"hit_rate": share}, optional={"ttl_seconds": seconds})
    exact = st.just({"match": "exact"})
    semantic = st.fixed_dictionaries(
        {"match": st.just("semantic"), "false_hits": share},
        optional={"wrong_answer": _money(units.USD_EACH, rate)},
    )
    rest = st.fixed_dictionaries(
        {},
        optional={
            "cacheable": share.filter(lambda belief: belief.mean > 0),
            "multi_turn": st.booleans(),
            "lookup": _money(units.USD_PER_TURN, rate),
        },
    )
    parts = st.tuples(head, catalogue | measured, exact | semantic, rest)
    return parts.map(
        lambda found: ResponseCache(**{k: v for part in found for k, v in part.items()})
    )


@st.composite
def _prompt_caches(draw, head, features):
    given = draw(head)
    kinds = [part.kind for part in features[given["feature"]].prompt]
    named = draw(st.none() | st.sets(st.sampled_from(kinds), min_size=1))
    return PromptCache(
        **given,
        ttl=draw(st.sampled_from(["5m", "1h", "30min", "300s", "7d"])),
        breakpoints=None if named is None else tuple(kind for kind in kinds if kind in named),
        reads=draw(st.none() | share),
    )


@st.composite
def _quotas(draw, head, features, rate):
    given = draw(head)
    people = list(features[given["feature"]].turns_per_user)
    several = draw(st.lists(st.sampled_from(people), min_size=1, unique=True))
    then = draw(st.sampled_from(["block", "degrade", "overage"]))
    extra = {
        "block": {},
        "degrade": {"model": "openai/gpt-5"},
        "overage": {"price": draw(_money(units.USD_PER_TURN, rate)), "take_up": draw(share)},
    }[then]
    zero = Fixed(value=0.0, origin=DEFAULT)
    limit = draw(_limits(rate))
    on_turns = limit.unit == "turns"
    return Quota(
        **{**given, "feature": draw(st.sampled_from([None, given["feature"]]))},
        segment=draw(st.sampled_from([people[0], tuple(several)])),
        limit=limit,
        then=then,
        defer=zero if then == "degrade" else draw(st.just(zero) | share),
        churn=draw(st.just(zero) | beliefs(units.LEAVING)) if on_turns else zero,
        **extra,
    )


def _caps(head, rate):
    amounts = st.floats(0.01, 1e9)
    if rate is not None:
        amounts |= amounts.map(lambda amount: StatedAmount.of(amount, rate.currency))
    limits = st.builds(Budget, usd=amounts, period=st.sampled_from(["month", "year"]))
    bare = head.map(lambda given: {k: v for k, v in given.items() if k != "feature"})
    return st.tuples(bare, limits).map(lambda found: SpendCap(**found[0], limit=found[1]))


def strategies_of(features, start, months, rate):
    """Any strategy for some of the features."""
    head = st.fixed_dictionaries(
        {"feature": st.sampled_from(list(features))},
        optional={
            "description": texts,
            "from_month": st.integers(0, months - 1).map(start.plus),
        },
    )
    return (
        _response_caches(head, rate)
        | _prompt_caches(head, features)
        | _quotas(head, features, rate)
        | _caps(head, rate)
    )
