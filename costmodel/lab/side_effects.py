"""What a strategy does beside dollars: people stopped, turns lost, answers without a call.

All figures are means over the futures and over the months in which the strategy is on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.engine.ledger import LaneFlow
from costmodel.engine.pipeline.chosen import Place
from costmodel.engine.pipeline.passing import UNLIMITED, Limited
from costmodel.engine.pipeline.paths import CACHE, PRIMARY, Path
from costmodel.engine.pipeline.turn_quotas import covered
from costmodel.engine.projection import Projection
from costmodel.report.amounts import amounts_of, number, percent
from costmodel.scenario.schema import (
    PromptCache,
    Quota,
    ResponseCache,
    Scenario,
    SpendCap,
    Strategy,
)

Array = npt.NDArray[np.float64]
Mean = Callable[[Array], float]
"""The mean over futures and months of a figure (months, draws)."""

NOTHING = 1e-9
"""Shares below this are rounding."""


@dataclass(frozen=True)
class SideEffect:
    """What a strategy does in a projection.

    Whether a prompt cache changes anything cannot be seen from the projection alone; it is taken
    to.

    Parameters
    ----------
    binding : bool
        Whether it changes anything.
    words : str
        One short line; where it is not binding, why.
    """

    binding: bool
    words: str


def side_effect(projection: Projection, name: str) -> SideEffect:
    """Return what one of the strategies that are on does."""
    strategy = projection.scenario.strategies[name]
    mean = _mean_from(projection.scenario, strategy)
    if isinstance(strategy, Quota):
        return _of_quota(projection, strategy, mean)
    if isinstance(strategy, ResponseCache):
        return _of_response_cache(projection, strategy, mean)
    if isinstance(strategy, PromptCache):
        return _of_prompt_cache(projection, strategy, mean)
    assert isinstance(strategy, SpendCap)
    return _of_cap(projection, mean)


def _mean_from(scenario: Scenario, strategy: Strategy) -> Mean:
    """Return a function that averages over the months from the strategy's start on."""
    start = strategy.from_month
    first = 0 if start is None else start.since(scenario.start)

    def mean(values: Array) -> float:
        return float((values[first:] if values.shape[0] > 1 else values).mean())

    return mean


@dataclass(frozen=True)
class _Limited:
    """A month's means under a quota: people of its segments, and their turns by what they meet.

    `affected` is the mean share of people who meet it times their mean number; `stopped` is the
    mean of their number.
    """

    people: float
    affected: float
    stopped: float
    turns: float
    blocked: float
    cheaper: float
    paid: float
    put_off: float

    @property
    def binding(self) -> bool:
        """Whether it changes what becomes of any turn."""
        moved = max(abs(self.blocked), self.cheaper, self.paid, self.put_off)
        return moved > NOTHING * self.turns


def _of_quota(projection: Projection, quota: Quota, mean: Mean) -> SideEffect:
    found = _limited(projection, quota, mean)
    if not found.binding:
        return SideEffect(False, "nobody meets this limit")
    several = len(projection.scenario.segments) > 1
    of = " and ".join(quota.segments) if several else "people"
    about = f"about {number(found.stopped)}" if found.stopped >= 1 else "fewer than 1"
    stops = f"stops {percent(found.affected / found.people)} of {of} in a month"
    # What a limit on use stops is known only together with that on turns before it.
    others = [] if quota.unit == "turns" else _before(projection, quota)
    together = f" together with {' and '.join(others)}" if others else ""
    words = f"{stops}{together} ({about}{' people' * several}); {_excess(quota, found)}"
    return SideEffect(True, words)


def _before(projection: Projection, quota: Quota) -> list[str]:
    """Return the quotas by turns that are on for some of the people of a quota by use."""
    demands, scenario = projection.flow.demands, projection.scenario
    places = {place for segment in quota.segments for place in covered(quota, segment, demands)}
    on = ((name, scenario.strategies[name]) for name in scenario.variants[projection.variant])
    return [
        name
        for name, other in on
        if isinstance(other, Quota) and other.unit == "turns"
        if any(places & set(covered(other, segment, demands)) for segment in other.segments)
    ]


def _excess(quota: Quota, found: _Limited) -> str:
    """Return what becomes of the turns above a quota, as shares of those that arrive."""

    def share(turns: float) -> str:
        return percent(max(turns, 0.0) / found.turns if found.turns > 0 else 0.0)

    parts = []
    if found.cheaper > 0 and quota.model is not None:
        parts.append(f"{share(found.cheaper)} of their turns answered by {quota.model}")
    if not parts or found.blocked > NOTHING * found.turns:
        parts.append(f"{share(found.blocked)} of their turns blocked")
    if quota.then == "overage":
        parts.append(f"{share(found.paid)} paid for")
    if found.put_off > 0:
        parts.append(f"{share(found.put_off)} put off at first")
    return ", ".join(parts)


def _limited(projection: Projection, quota: Quota, mean: Mean) -> _Limited:
    """Return the sums over the segments that a quota limits, each with the features it counts."""
    sums = np.zeros(8)
    for segment in quota.segments:
        places = covered(quota, segment, projection.flow.demands)
        if places:
            met = _around(projection, quota, places[0])[1].affected
            active = projection.flow.active[segment]
            turns = sum((_turns(projection, quota, place, mean) for place in places), np.zeros(5))
            people = mean(active)
            sums += [people, mean(met) * people, mean(active * met), *turns]
    return _Limited(*sums.tolist())


def _around(projection: Projection, quota: Quota, place: Place) -> tuple[Limited, Limited]:
    """Return what is left of a place's turns before a quota, and after it.

    What arrives at a quota by use is what a quota by turns lets through.
    """
    flow = projection.flow
    by_turns = flow.by_turns[place]
    return (UNLIMITED, by_turns) if quota.unit == "turns" else (by_turns, flow.limited[place])


def _turns(projection: Projection, quota: Quota, place: Place, mean: Mean) -> Array:
    """Return a place's turns: arriving, blocked, sent to a cheaper model, paid for, put off."""
    before, after = _around(projection, quota, place)
    turns = projection.flow.demands[place].turns
    back, put_off = after.carried - before.carried, after.deferred - before.deferred
    parts = (
        _through(before),
        _through(before) - _through(after) + back - put_off,
        _cheaper(after) - _cheaper(before),
        after.paid - before.paid,
        put_off,
    )
    return np.array([mean(turns * part) for part in parts])


def _through(limits: Limited) -> Array:
    return np.asarray(limits.primary.turns + _cheaper(limits))


def _cheaper(limits: Limited) -> Array:
    return np.zeros((1, 1)) if limits.cheaper is None else limits.cheaper.turns


def _lanes(
    projection: Projection, feature: str, path: str, *, first_step: bool = False
) -> Iterator[tuple[LaneFlow, Path]]:
    """Yield the lanes of a feature's path with what they are made of."""
    first = projection.scenario.features[feature].steps[0][0]
    for flow, made in zip(projection.ledger.lanes, projection.flow.paths, strict=True):
        lane = flow.lane
        if (lane.feature, lane.path) == (feature, path) and (not first_step or lane.step == first):
            yield flow, made


def _of_response_cache(projection: Projection, cache: ResponseCache, mean: Mean) -> SideEffect:
    lanes = list(_lanes(projection, cache.feature, CACHE, first_step=True))
    asked = sum(
        mean(demand.turns)
        for place, demand in projection.flow.demands.items()
        if place[1] == cache.feature
    )
    hits = sum(mean(flow.turns) for flow, _ in lanes)
    if hits <= NOTHING * asked:
        paid = sum(mean(usd) for flow, _ in lanes for usd in flow.charges.values())
        return SideEffect(paid > 0, "it answers nothing" + (", and is paid for" * (paid > 0)))
    words = f"answers {percent(hits / asked)} of turns without a call"
    if cache.false_hits is None:
        return SideEffect(True, words)
    wrong = sum(mean(flow.turns * _wrong_share(path)) for flow, path in lanes)
    words += f"; {_count(wrong)} wrong answers a month"
    beside = wrong * float(projection.flow.answers[cache.feature].wrong_answer.mean())
    if beside > 0:
        words += f" ({amounts_of(projection.scenario)(beside)} beside the bill)"
    return SideEffect(True, words)


def _wrong_share(path: Path) -> Array:
    """Return the share of a response cache's answers that are wrong."""
    shape = np.broadcast(path.wrong, path.turns).shape
    return np.divide(path.wrong, path.turns, out=np.zeros(shape), where=path.turns > 0)


def _count(times: float) -> str:
    """Return ``1,230``, or ``fewer than 1``."""
    return f"{times:,.0f}" if times >= 1 else "fewer than 1" if times > 0 else "no"


def _of_prompt_cache(projection: Projection, cache: PromptCache, mean: Mean) -> SideEffect:
    sent = read = 0.0
    for flow, path in _lanes(projection, cache.feature, PRIMARY):
        if path.kept is not None:
            tokens = flow.calls * flow.step.shape.input
            sent += mean(tokens)
            read += mean(tokens * path.kept.read)
    share = percent(read / sent if sent > 0 else 0.0)
    return SideEffect(
        True, f"{share} of the input is read from the provider's cache; no answer changes"
    )


def _of_cap(projection: Projection, mean: Mean) -> SideEffect:
    capped = projection.flow.capped
    assert capped is not None
    cut = capped.share < 1
    often = mean(cut.astype(float))
    if often == 0:
        return SideEffect(False, "no month costs as much")
    day = float(np.median(capped.exhausted[cut & np.isfinite(capped.exhausted)])) + 1
    lost = mean(1 - capped.share)
    words = f"runs out before the end of {percent(often)} of months, on day {day:.0f} in the middle"
    return SideEffect(True, f"{words}; {percent(lost)} of turns not answered")
