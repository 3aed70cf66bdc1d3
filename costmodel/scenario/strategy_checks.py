"""What must hold between strategies, variants and the features they change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from costmodel.foundation.converted import StatedAmount
from costmodel.foundation.errors import Problem, did_you_mean
from costmodel.scenario.strategies import PromptCache, Quota, ResponseCache, SpendCap
from costmodel.scenario.variants import BASELINE

if TYPE_CHECKING:
    from costmodel.scenario.schema import Scenario
    from costmodel.scenario.steps import Feature
    from costmodel.scenario.strategies import Strategy


def strategy_problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield everything in which strategies and variants contradict the rest."""
    for name, strategy in scenario.strategies.items():
        at = f"strategies.{name}"
        yield from _start_problems(scenario, at, strategy)
        if isinstance(strategy, Quota):
            yield from _quota_problems(scenario, at, strategy)
        if isinstance(strategy, ResponseCache | PromptCache):
            yield from unknown(at, "feature", strategy.feature, scenario.features)
        if isinstance(strategy, PromptCache) and strategy.feature in scenario.features:
            yield from _breakpoint_problems(at, strategy, scenario.features[strategy.feature])
    yield from _name_problems(scenario)
    for name, names in scenario.variants.items():
        yield from _variant_problems(f"variants.{name}", names, scenario.strategies)


def unknown(at: str, what: str, name: str, known: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem if a strategy names a feature, segment or strategy that does not exist."""
    names = list(known)
    if name not in names:
        listed = ", ".join(names)
        fix = did_you_mean(name, names) or f"add it under {_PLACES[what]}"
        fix += f", or use {listed}" if listed and not fix.startswith("did") else ""
        expected = f"one of {listed}" if listed else f"a {what} of this scenario"
        yield Problem(
            f"the {what} '{name}'", expected, fix, at if what == "strategy" else f"{at}.{what}"
        )


_PLACES = {"feature": "features", "segment": "segments", "strategy": "strategies"}


def _start_problems(scenario: Scenario, at: str, strategy: Strategy) -> Iterator[Problem]:
    first, start = scenario.start, strategy.from_month
    last = first.plus(scenario.months - 1)
    if start is not None and start < first:
        fix = f"leave out from: it then holds from {first}"
        yield Problem(f"'{start}'", f"a month from {first} on", fix, f"{at}.from")
    if start is not None and start > last:
        fix = f"write {last} or an earlier month, or raise months"
        yield Problem(f"'{start}'", f"a month up to {last}", fix, f"{at}.from")


def _quota_problems(scenario: Scenario, at: str, quota: Quota) -> Iterator[Problem]:
    for segment in quota.segments:
        yield from unknown(at, "segment", segment, scenario.segments)
    for segment in {s for s in quota.segments if quota.segments.count(s) > 1}:
        yield Problem(f"'{segment}' twice", "each once", "remove one", f"{at}.segment")
    if quota.feature is not None:
        yield from unknown(at, "feature", quota.feature, scenario.features)
    for segment in quota.segments:
        yield from _usage_problems(scenario, at, segment, quota.feature)


def _usage_problems(
    scenario: Scenario, at: str, segment: str, feature: str | None
) -> Iterator[Problem]:
    """Yield a problem if a segment uses nothing that the quota limits."""
    if segment not in scenario.segments or (feature or "") not in ("", *scenario.features):
        return
    used = [n for n, f in scenario.features.items() if segment in f.turns_per_user]
    if feature is None and not used:
        fix = "name another segment, or let a feature have turns of it"
        yield Problem(
            f"'{segment}', which uses no feature", "a segment with turns", fix, f"{at}.segment"
        )
    if feature is not None and feature not in used:
        fix = f"add turns_per_user.{segment} to {feature}"
        fix = f"name {' or '.join(used)}, or {fix}" if used else fix
        read = f"the feature '{feature}', which '{segment}' does not use"
        yield Problem(read, "a feature of the segment", fix, f"{at}.feature")


def _breakpoint_problems(at: str, cache: PromptCache, feature: Feature) -> Iterator[Problem]:
    if cache.breakpoints is None:
        return
    order = [part.kind for part in feature.prompt]
    listed, at = ", ".join(order), f"{at}.breakpoints"
    strange = [kind for kind in cache.breakpoints if kind not in order]
    for kind in strange:
        fix = did_you_mean(kind, order) or f"name parts of the prompt of '{cache.feature}'"
        yield Problem(f"'{kind}'", f"parts of the prompt: {listed}", fix, at)
    if strange:
        return
    kept = [kind for kind in order if kind in cache.breakpoints]
    if kept != list(cache.breakpoints):
        read = f"[{', '.join(cache.breakpoints)}]"
        yield Problem(
            read, f"each once, in the order sent: {listed}", f"write [{', '.join(kept)}]", at
        )


def _name_problems(scenario: Scenario) -> Iterator[Problem]:
    if BASELINE in scenario.strategies and scenario.variants.get(BASELINE) == (BASELINE,):
        fix = "rename it, or write variants:"
        at = f"strategies.{BASELINE}"
        yield Problem(f"the strategy '{BASELINE}'", "the name of no variant", fix, at)


def _variant_problems(
    at: str, names: tuple[str, ...], known: Mapping[str, Strategy]
) -> Iterator[Problem]:
    for name in dict.fromkeys(names):
        yield from unknown(at, "strategy", name, known)
        if names.count(name) > 1:
            yield Problem(f"'{name}' twice", "each strategy once", "remove one", at)
    there = tuple(name for name in dict.fromkeys(names) if name in known)
    for first, second, why in clashes(there, known):
        read = f"{first} and {second}: {why}"
        yield Problem(
            read, "one of them", f"remove {second}, or put it into a variant of its own", at
        )


def clashes(
    names: tuple[str, ...], strategies: Mapping[str, Strategy]
) -> Iterator[tuple[str, str, str]]:
    """Yield the pairs of strategies that cannot stand in one variant, each with the reason."""
    for first, second in combinations(names, 2):
        why = _clash(strategies[first], strategies[second])
        if why:
            yield first, second, why


def _clash(one: Strategy, other: Strategy) -> str:
    if isinstance(one, Quota) and isinstance(other, Quota):
        return _quota_clash(one, other)
    if isinstance(one, SpendCap) and isinstance(other, SpendCap):
        return "two caps on the whole bill"
    caches = ResponseCache | PromptCache
    if isinstance(one, caches) and isinstance(other, caches) and one.kind == other.kind:
        same = one.feature == other.feature
        return f"two strategies of kind {one.kind} on '{one.feature}'" if same else ""
    return ""


def _quota_clash(one: Quota, other: Quota) -> str:
    """Return why two quotas exclude each other: the same people, feature and way of counting."""
    people = [segment for segment in one.segments if segment in other.segments]
    apart = None not in (one.feature, other.feature) and one.feature != other.feature
    if not people or apart or (one.unit == "turns") is not (other.unit == "turns"):
        return ""
    how = "turns" if one.unit == "turns" else "calls, tokens or money"
    feature = one.feature or other.feature
    where = f"'{feature}' in '{people[0]}'" if feature else f"'{people[0]}'"
    return f"two quotas by {how} on {where}"


def unused_strategies(scenario: Scenario) -> Iterator[str]:
    """Yield a word on each strategy that no variant has."""
    used = {name for names in scenario.variants.values() for name in names}
    for name in scenario.strategies:
        if name not in used:
            yield f"the strategy {name} is in no variant and changes nothing"


def in_plain_dollars(strategy: Strategy) -> bool:
    """Tell whether a strategy's limit is money that was not written in another currency."""
    if isinstance(strategy, Quota):
        return strategy.unit == "usd" and not isinstance(strategy.amount, StatedAmount)
    return isinstance(strategy, SpendCap) and not isinstance(strategy.limit.usd, StatedAmount)
