"""What must hold between the parts of a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from costmodel.foundation.beliefs import Belief
from costmodel.foundation.errors import InputError, Problem, did_you_mean, nearest_names
from costmodel.foundation.marks import Raw
from costmodel.scenario.naming import all_beliefs, stated_beliefs
from costmodel.scenario.prompt import FixedPart
from costmodel.scenario.strategy_checks import (
    in_plain_dollars,
    strategy_problems,
    unused_strategies,
)

if TYPE_CHECKING:
    from costmodel.foundation.currencies import Currency
    from costmodel.scenario.schema import Correlation, Feature, Scenario


def check_together(scenario: Scenario, known: dict[str, Belief]) -> None:
    """Raise InputError with everything in which the parts contradict each other.

    Parameters
    ----------
    scenario : Scenario
        With its correlations expanded.
    known : dict
        Its beliefs by path; only correlations need them.
    """
    problems = [
        *_budget_problems(scenario),
        *_currency_problems(scenario),
        *_correlation_problems(scenario, known),
        *(p for name, f in scenario.features.items() for p in _feature_problems(scenario, name, f)),
        *strategy_problems(scenario),
    ]
    if problems:
        raise InputError(problems)


def _budget_problems(scenario: Scenario) -> Iterator[Problem]:
    if scenario.budget is not None and scenario.budget.usd <= 0:
        yield Problem("$0", "a budget above $0", "leave out the budget if there is none", "budget")


def _currency_problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield the amounts that were written in another currency than the scenario now has."""
    from costmodel.foundation.converted import Converted

    own = scenario.shown_in
    for path, belief, _, _ in all_beliefs(scenario):
        if isinstance(belief, Converted) and (belief.code, belief.usd) != (own.code, own.usd):
            read = f"an amount in {belief.code} at {belief.usd:g} USD"
            expected = (
                f"amounts in {own.code} or USD" if own.is_usd else f"{own.code} at {own.usd:g}"
            )
            yield Problem(read, expected, "write the amount anew, or keep the currency", path)


def _feature_problems(scenario: Scenario, name: str, feature: Feature) -> Iterator[Problem]:
    at = f"features.{name}"
    yield from unknown_segments(name, feature.turns_per_user, scenario.segments)
    yield from _prompt_problems(at, feature)
    yield from _history_problems(at, feature)
    yield from _cache_problems(at, feature)
    last = scenario.start.plus(scenario.months - 1)
    if feature.from_month is not None and feature.from_month > last:
        fix = f"write {last} or an earlier month, or raise months"
        yield Problem(f"'{feature.from_month}'", f"a month up to {last}", fix, f"{at}.from")


def unknown_segments(
    feature: str, usage: Iterable[str], segments: Iterable[str]
) -> Iterator[Problem]:
    """Yield a problem for each segment a feature names that the scenario lacks."""
    known = list(segments)
    listed = ", ".join(known)
    for name in usage:
        if name not in known:
            fix = did_you_mean(name, known) or f"add it under segments, or use {listed}"
            path = f"features.{feature}.turns_per_user.{name}"
            yield Problem(f"the segment '{name}'", f"one of {listed}", fix, path)


def _prompt_problems(at: str, feature: Feature) -> Iterator[Problem]:
    kinds = [part.kind for part in feature.prompt]
    for kind in dict.fromkeys(kinds):
        if kinds.count(kind) > 1:
            read = f"{kinds.count(kind)} items '{kind}'"
            yield Problem(read, "each kind once", "put them together", f"{at}.prompt")


def _history_problems(at: str, feature: Feature) -> Iterator[Problem]:
    turns, history = feature.conversation.turns, feature.conversation.history
    has_item = any(part.kind == "history" for part in feature.prompt)
    several = not (turns.mean.certain and turns.mean.mean == 1)
    if several and history == "resend" and not has_item:
        read = "several turns with history: resend, and no history item"
        fix = "add '- history' where earlier messages are sent, or set history: none"
        yield Problem(read, "a history item in the prompt", fix, f"{at}.prompt")
    if has_item and history == "none":
        fix = "remove '- history', or set history: resend"
        yield Problem("a history item with history: none", "one or the other", fix, f"{at}.prompt")


def _cache_problems(at: str, feature: Feature) -> Iterator[Problem]:
    cache = feature.implicit_cache
    total = cache.cached.mean + cache.written.mean
    if total > 1 + 1e-9:
        read = f"cached {cache.cached.mean:.1%} and written {cache.written.mean:.1%}, on average"
        fix = "lower one: both are shares of the same input"
        yield Problem(read, "at most 100% together", fix, f"{at}.implicit_cache")


def expand_correlations(scenario: Scenario, known: dict[str, Belief]) -> dict[str, Correlation]:
    """Return the correlation groups with every ``*`` replaced by the paths it stands for."""
    groups = scenario.correlations.items()
    return {
        name: group.model_copy(update={"of": _expanded(group.of, known)}) for name, group in groups
    }


def _expanded(patterns: tuple[str, ...], known: dict[str, Belief]) -> tuple[str, ...]:
    found = (path for pattern in patterns for path in _matches(pattern, known) or (pattern,))
    return tuple(dict.fromkeys(found))


def _matches(pattern: str, known: dict[str, Belief]) -> list[str]:
    """Return the paths a pattern names; ``*`` stands for one name between dots."""
    if pattern in known:
        return [pattern]
    wanted = pattern.split(".")
    return [path for path in known if _fits(path.split("."), wanted)]


def _fits(names: list[str], wanted: list[str]) -> bool:
    return len(names) == len(wanted) and all(map(fnmatchcase, names, wanted))


def _correlation_problems(scenario: Scenario, known: dict[str, Belief]) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for name, group in scenario.correlations.items():
        at = f"correlations.{name}.of"
        for path in group.of:
            if path not in known:
                near = nearest_names(path, known, 1)
                fix = f"did you mean '{near[0]}'?" if near else "name a belief of this scenario"
                yield Problem(f"'{path}'", "the path of a belief, or a pattern of paths", fix, at)
            elif path in owner:
                read = f"'{path}', already in '{owner[path]}'"
                yield Problem(read, "each belief in one group", "remove it from one", at)
            owner.setdefault(path, name)


def warnings_of(scenario: Scenario) -> tuple[str, ...]:
    """Return reservations about a scenario that is valid."""
    found = (_currency_warnings, _growth_warnings, _usage_warnings, unused_strategies)
    return tuple(warning for warnings in found for warning in warnings(scenario))


def _currency_warnings(scenario: Scenario) -> Iterator[str]:
    rate, own = scenario.currency, scenario.shown_in
    if rate is None or own.is_usd:
        return
    last = scenario.start.plus(scenario.months - 1)
    if rate.origin.date[:7] > str(last):
        yield f"the rate of {rate.code} is dated {rate.origin.date}, after the last month, {last}"
    elif rate.origin.date[:7] > str(scenario.start):
        yield f"the rate of {rate.code} is dated {rate.origin.date}, after the first month"
    if own.sign.endswith("$"):
        yield from _dollars_beside(scenario, own)


def _dollars_beside(scenario: Scenario, own: Currency) -> Iterator[str]:
    """Yield a word on each amount with a plain $, which may mean dollars of the own kind."""
    from costmodel.foundation.converted import Converted, StatedAmount

    budget = scenario.budget
    found = [] if budget is None or isinstance(budget.usd, StatedAmount) else ["budget"]
    found += [
        f"strategies.{name}.limit"
        for name, strategy in scenario.strategies.items()
        if in_plain_dollars(strategy)
    ]
    found += [
        path
        for path, belief, unit, _ in stated_beliefs(scenario)
        if unit.money and not isinstance(belief, Converted) and belief.median != 0
    ]
    if found:
        yield (
            f"{', '.join(found)}: $ is US dollars; write {own.sign}5k or 5k {own.code} if another "
            "dollar is meant"
        )


def _growth_warnings(scenario: Scenario) -> Iterator[str]:
    names = [n for n, segment in scenario.segments.items() if not segment.growth.certain]
    paths = [f"segments.{name}.growth" for name in names]
    together = any(set(paths) <= set(group.of) for group in scenario.correlations.values())
    if len(paths) > 1 and not together:
        yield (
            f"the growths of {', '.join(names)} are drawn independently, which narrows the total;"
            " if one market drives them, add"
            " correlations: {growth: {of: [segments.*.growth], strength: 0.6}}"
        )


def _usage_warnings(scenario: Scenario) -> Iterator[str]:
    used = {segment for f in scenario.features.values() for segment in f.turns_per_user}
    for name in scenario.segments:
        if name not in used:
            yield f"the segment {name} uses no feature and costs nothing"
    for name, feature in scenario.features.items():
        kinds = {part.kind for part in feature.prompt}
        if "user" not in kinds:
            yield f"the prompt of {name} has no user item: the user's own message costs nothing"
        for part in feature.prompt:
            if isinstance(part, FixedPart) and part.unsized:
                yield (
                    f"{part.file} has placeholders whose size is not stated, counted as written: "
                    f"{', '.join(part.unsized)}; add placeholders: {{{part.unsized[0]}: 20}}"
                )
        single = feature.conversation.turns.mean.mean == 1
        if "history" in kinds and single:
            yield f"the conversations of {name} have one turn: its history item is always empty"


def reference_problems(data: Raw) -> Iterator[Problem]:
    """Yield the segments that features name and the data lacks, before validation."""
    segments, features = data.get("segments"), data.get("features")
    if not isinstance(segments, dict) or not isinstance(features, dict):
        return
    for name, feature in features.items():
        usage = feature.get("turns_per_user") if isinstance(feature, dict) else None
        if isinstance(usage, dict):
            yield from unknown_segments(name, usage, segments)
