"""What a variant does besides changing the bill: people, quality, latency, and its own money.

Shares of turns are ratios of means over all months and futures, of the turns that people ask for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from costmodel.engine.distribution import Distribution
from costmodel.engine.fates import Fate
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.chosen import Chosen, chosen
from costmodel.engine.pipeline.paths import CACHE as FROM_CACHE
from costmodel.engine.pipeline.paths import CHEAPER
from costmodel.engine.projection import Projection
from costmodel.engine.world import World
from costmodel.foundation.months import Month
from costmodel.scenario.schema import Quota

Array = npt.NDArray[np.float64]
Place = tuple[str, str]

ROUNDING = 1e-9
"""A share below this is rounding, and told as 0."""


@dataclass(frozen=True)
class Affected:
    """Share of a segment's people whom a quota stops at least once in a month.

    Parameters
    ----------
    mean : float
        Over all months and futures.
    largest : float
        Mean over futures in the month where that is largest.
    month : Month
        That month.
    """

    mean: float
    largest: float
    month: Month


@dataclass(frozen=True, eq=False)
class WrongAnswers:
    """Turns that a response cache gives another question's answer.

    Parameters
    ----------
    a_month : float
        Mean number a month.
    share : float
        Of the turns.
    usd : Distribution or None
        What they cost over the whole horizon, beside the bill, those of caches that state a cost;
        None where none does.
    """

    a_month: float
    share: float
    usd: Distribution | None


@dataclass(frozen=True)
class CapEnd:
    """When a cap on the whole bill runs out.

    Parameters
    ----------
    chance : float
        Share of futures in which it does, in some month.
    month : Month or None
        Median month in which it first does; None where it never does.
    day : int or None
        Median day of the month on which it does, counted from 1.
    """

    chance: float
    month: Month | None
    day: int | None


@dataclass(frozen=True, eq=False)
class Effects:
    """What a projection's strategies do to people, answers and other money.

    Parameters
    ----------
    affected : dict of str to Affected
        By segment; those whom no quota stops are left out.
    blocked : float
        Share of turns that are lost to a quota or a cap.
    no_call : float
        Share of turns answered from the response cache: without a model's delay.
    cheaper : float
        Share of turns answered by the cheaper model of a quota.
    wrong : WrongAnswers
    overage : Distribution or None
        USD over the whole horizon that people pay for turns above a quota; None where none sells.
    cap : CapEnd or None
        None where the bill has no cap.
    """

    affected: dict[str, Affected]
    blocked: float
    no_call: float
    cheaper: float
    wrong: WrongAnswers
    overage: Distribution | None
    cap: CapEnd | None

    @cached_property
    def felt(self) -> tuple[float, ...]:
        """What of it anyone notices, as shares: all 0 where strategies do nothing."""
        people = sum(each.mean for each in self.affected.values())
        stopped = 0.0 if self.cap is None else self.cap.chance
        return (people, self.blocked, self.no_call, self.cheaper, self.wrong.share, stopped)

    def __str__(self) -> str:
        """Return what is not nothing, in words; empty if nothing is."""
        return ", ".join(_words(self))

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain data; shares of 1, money in USD over the whole horizon."""
        wrong, cap = self.wrong, self.cap
        return {
            "people_affected": {
                name: {"mean": one.mean, "largest": one.largest, "month": str(one.month)}
                for name, one in self.affected.items()
            },
            "turns_blocked": self.blocked,
            "turns_without_call": self.no_call,
            "turns_by_cheaper_model": self.cheaper,
            "wrong_answers": {
                "a_month": wrong.a_month,
                "share_of_turns": wrong.share,
                "mean_usd": None if wrong.usd is None else wrong.usd.mean,
            },
            "overage_mean_usd": None if self.overage is None else self.overage.mean,
            "cap": None
            if cap is None
            else {
                "chance": cap.chance,
                "month": None if cap.month is None else str(cap.month),
                "day": cap.day,
            },
        }


def beside_the_bill(effects: Effects) -> Array | float:
    """Return what people pay for overage, less what wrong answers cost, USD: (draws,)."""
    gained = 0.0 if effects.overage is None else effects.overage.values
    return gained - (0.0 if effects.wrong.usd is None else effects.wrong.usd.values)


def _words(effects: Effects) -> Iterator[str]:
    for name, one in effects.affected.items():
        yield f"stops {one.mean:.1%} of {name} in a month"
    for share, words in (
        (effects.blocked, "of turns blocked"),
        (effects.no_call, "answered without a call"),
        (effects.cheaper, "by a cheaper model"),
    ):
        if share > 0:
            yield f"{share:.1%} {words}"
    if effects.wrong.share > 0:
        yield f"{effects.wrong.a_month:,.0f} wrong answers a month"
    if effects.overage is not None:
        yield f"{effects.overage.mean:,.0f} USD of overage"
    if effects.cap is not None:
        yield f"the cap runs out in {effects.cap.chance:.0%} of futures"


def effects_of(projection: Projection) -> Effects:
    """Return what a projection's strategies do besides changing the bill."""
    picked = chosen(projection.scenario, projection.variant)
    fates = projection.fates
    asked = sum(float(fate.demanded.mean(axis=1).sum()) for fate in fates.values())

    def share(turns: Iterator[Array]) -> float:
        found = sum(float(each.mean(axis=1).sum()) for each in turns)
        return found / asked if asked > 0 and found > ROUNDING * asked else 0.0

    return Effects(
        affected=_affected(projection, fates),
        blocked=share(fate.blocked for fate in fates.values()),
        no_call=share(_answered(fates, FROM_CACHE)),
        cheaper=share(_answered(fates, CHEAPER)),
        wrong=_wrong(projection, picked, share(fate.wrong for fate in fates.values())),
        overage=_overage(projection, picked),
        cap=_cap_end(projection),
    )


def _answered(fates: dict[Place, Fate], path: str) -> Iterator[Array]:
    return (fate.answered[path] for fate in fates.values() if path in fate.answered)


def _affected(projection: Projection, fates: dict[Place, Fate]) -> dict[str, Affected]:
    """Return who is stopped, by segment.

    Who meets the limit of one feature is likely to meet that of another: of a segment's features
    the largest share is taken.
    """
    shares: dict[str, Array] = {}
    for (segment, _), fate in fates.items():
        own = shares.get(segment)
        shares[segment] = fate.affected if own is None else np.maximum(own, fate.affected)
    found = {}
    for segment, values in shares.items():
        by_month = values.mean(axis=1)
        if float(by_month.max()) > ROUNDING:
            largest = int(by_month.argmax())
            month = projection.months[largest]
            found[segment] = Affected(float(by_month.mean()), float(by_month[largest]), month)
    return found


def _wrong(projection: Projection, picked: Chosen, share: float) -> WrongAnswers:
    fates, months = projection.fates, len(projection.months)
    number = sum(float(fate.wrong.mean(axis=1).sum()) for fate in fates.values()) / months
    stated = [name for name, (_, cache) in picked.answers.items() if cache.wrong_answer is not None]
    usd = [
        (fate.wrong * projection.flow.answers[feature].wrong_answer).sum(axis=0)
        for (_, feature), fate in fates.items()
        if feature in stated
    ]
    cost = Distribution(np.asarray(sum(usd)), "wrong answers") if usd else None
    return WrongAnswers(number if share > 0 else 0.0, share, cost)


def _overage(projection: Projection, picked: Chosen) -> Distribution | None:
    quotas = {name: quota for name, quota in picked.by_turns.items() if quota.then == "overage"}
    if not quotas:
        return None
    origin = projection.provenance
    world = World(
        projection.scenario,
        draws=origin.draws,
        seed=origin.seed,
        uncertainty=frozenset(origin.uncertainty),
        memo=Memo(),
    )
    usd = np.zeros(projection.draws)
    for name, quota in quotas.items():
        assert quota.price is not None  # an overage without a price is refused
        paid = sum(fate.paid.sum(axis=0) for fate in _limited_by(quota, projection.fates))
        usd = usd + paid * world.value(f"strategies.{name}.price", quota.price)
    return Distribution(usd, "overage")


def _limited_by(quota: Quota, fates: dict[Place, Fate]) -> Iterator[Fate]:
    for (segment, feature), fate in fates.items():
        if segment in quota.segments and quota.feature in (None, feature):
            yield fate


def _cap_end(projection: Projection) -> CapEnd | None:
    capped = projection.flow.capped
    if capped is None:
        return None
    ends = np.isfinite(capped.exhausted)
    futures = ends.any(axis=0)
    if not futures.any():
        return CapEnd(0.0, None, None)
    first = Distribution(ends.argmax(axis=0)[futures].astype(float)).p50
    # A year's cap that is used up stays so: those months begin without anything left.
    days = Distribution(capped.exhausted[ends & (capped.share > 0)])
    day = int(days.p50) + 1 if days.values.size else 1
    return CapEnd(float(futures.mean()), projection.months[int(first)], day)
