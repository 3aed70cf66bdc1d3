"""The closed form: what a scenario costs with every uncertainty off.

Written apart from the simulation, one number at a time with `math`, so that
each checks the other: with uncertainty off they must agree to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from costmodel.engine.books import scenario_book
from costmodel.engine.cliffs import OUTPUT_CORRELATION, USER_CORRELATION
from costmodel.engine.expected_attempts import MeanTries, mean_attempts, mean_fallback
from costmodel.engine.expected_cache import central_shares
from costmodel.engine.expected_units import unit_meters
from costmodel.engine.ledger import Lane
from costmodel.foundation.counts import count_pmf
from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.months import Month
from costmodel.foundation.normal import normal_cdf
from costmodel.foundation.spreads import Spread
from costmodel.prices.book import PriceBook
from costmodel.prices.cards import RateCard
from costmodel.scenario.loading import load_scenario
from costmodel.scenario.schema import (
    Feature,
    FixedPart,
    HistoryPart,
    RetrievedPart,
    Scenario,
    Step,
    TurnsPerUser,
    UserPart,
)


@dataclass(frozen=True)
class ExpectedLane:
    """One lane's expectation, by month."""

    lane: Lane
    turns: tuple[float, ...]
    usd_by_meter: tuple[dict[str, float], ...]

    @property
    def usd(self) -> tuple[float, ...]:
        """Dollars by month."""
        return tuple(math.fsum(meters.values()) for meters in self.usd_by_meter)


@dataclass(frozen=True)
class Expected:
    """The closed-form cost of a scenario at the means, USD."""

    lanes: tuple[ExpectedLane, ...]
    people: tuple[float, ...]
    months: tuple[Month, ...]

    @cached_property
    def by_month(self) -> tuple[float, ...]:
        """Spend of each month, USD."""
        columns = zip(*(lane.usd for lane in self.lanes), strict=True)
        return tuple(math.fsum(column) for column in columns)

    @property
    def total(self) -> float:
        """Spend of the whole horizon, USD."""
        return math.fsum(self.by_month)

    def month(self, number: int) -> float:
        """Return the spend of a month, counted from 1."""
        return self.by_month[number - 1]


def expected(scenario: Scenario | str | Path, *, prices: PriceBook | None = None) -> Expected:
    """Compute the scenario's cost in closed form with all uncertainty off.

    The mean of `simulate` lies slightly above it where uncertain things
    compound: about 2 % after a year of uncertain growth. Where units have a free
    allowance it is a lower bound: what is left after it is convex in the use.

    Raises
    ------
    InputError
        If the scenario's baseline has strategies: there is no closed form with them.
    UnknownModelError, PriceNotKnownError
        As `simulate`.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    picked = scenario.variant()
    if picked:
        raise InputError(_no_closed_form(picked))
    book = scenario_book(scenario) if prices is None else prices
    months = tuple(scenario.start.plus(n) for n in range(scenario.months))
    people = {
        name: [
            segment.users.mean * max(0.0, 1 + segment.growth.mean) ** n
            for n in range(scenario.months)
        ]
        for name, segment in scenario.segments.items()
    }
    kept = central_shares(scenario, book)
    lanes = [
        _expected_lane(lane, turns, costs)
        for name, feature in scenario.features.items()
        for step_name, step in feature.steps
        for path, model, share, tries in _ways(step)
        for costs in [
            _turn_costs(book, feature, step, months, model, tries, kept[name, step_name, path])
        ]
        for segment, usage in feature.turns_per_user.items()
        for lane in [Lane(segment, name, step_name, path, model)]
        for turns in [_turns(people[segment], usage, feature, months, share)]
    ]
    everyone = tuple(math.fsum(column) for column in zip(*people.values(), strict=True))
    units = unit_meters(scenario, book, months, [(lane.lane, lane.turns) for lane in lanes])
    charged = (_with_units(lane, own) for lane, own in zip(lanes, units, strict=True))
    return Expected(tuple(charged), everyone, months)


def _no_closed_form(picked: tuple[tuple[str, object], ...]) -> Problem:
    names = ", ".join(name for name, _ in picked)
    return Problem(
        f"a baseline with strategies ({names})",
        "a first variant without any",
        "use simulate(scenario, uncertainty=set()), or put a variant with [] first",
        "variants",
    )


def _ways(step: Step) -> Iterator[tuple[str, str, float, MeanTries]]:
    """Yield each path of a step: its model, the share of turns that take it, and its attempts."""
    first = mean_attempts(step.failures)
    yield "primary", step.model, 1.0, first
    if step.failures.model is not None:
        whole = mean_fallback(step.failures)
        per = 1 / first.failed if first.failed > 0 else 0.0
        then = MeanTries(whole.inputs * per, whole.outputs * per, whole.billed * per, whole.failed)
        yield "fallback", step.failures.model, first.failed, then


def _with_units(lane: ExpectedLane, units: list[dict[str, float]]) -> ExpectedLane:
    """Return a lane with what its units cost, each a meter of its own."""
    meters = tuple(usd | own for usd, own in zip(lane.usd_by_meter, units, strict=True))
    return replace(lane, usd_by_meter=meters)


def _expected_lane(
    lane: Lane, turns: tuple[float, ...], costs: list[dict[str, float]]
) -> ExpectedLane:
    meters = tuple(
        {meter: usd * count for meter, usd in cost.items()}
        for count, cost in zip(turns, costs, strict=True)
    )
    return ExpectedLane(lane, turns, meters)


def _turns(
    people: list[float],
    usage: TurnsPerUser,
    feature: Feature,
    months: tuple[Month, ...],
    share: float,
) -> tuple[float, ...]:
    return tuple(
        share * count * _turns_in(usage, month) * _started(feature, month)
        for count, month in zip(people, months, strict=True)
    )


def _turns_in(usage: TurnsPerUser, month: Month) -> float:
    spread = usage.spread
    mean = spread.centre.mean
    if spread.mean is None:
        mean *= math.exp(spread.sigma**2 / 2)
    return mean * {"day": month.days, "week": month.days / 7, "month": 1}[usage.period]


def _started(feature: Feature, month: Month) -> float:
    return 0.0 if feature.from_month is not None and month < feature.from_month else 1.0


@dataclass(frozen=True)
class _Call:
    """Token sizes of a step at the means."""

    fixed: float
    kept: float
    user: Spread | None
    visible: Spread
    reasoning: float
    answered: float


def _turn_costs(
    book: PriceBook,
    feature: Feature,
    step: Step,
    months: tuple[Month, ...],
    model: str,
    tries: MeanTries,
    kept: list[tuple[float, float]],
) -> list[dict[str, float]]:
    """Return USD per turn by meter, for each month, with the shares read and written in it."""
    failed = (
        mean_attempts(step.failures) if step.failures.model is None
        else mean_fallback(step.failures)
    ).failed  # fmt: skip
    parts = [part for part in step.prompt if isinstance(part, RetrievedPart)]
    retrieved = math.fsum(part.chunks.mean * part.tokens_each.mean for part in parts)
    call = _Call(
        fixed=retrieved
        + math.fsum(part.mean_tokens for part in step.prompt if isinstance(part, FixedPart)),
        kept=retrieved if any(part.kept_in_history for part in parts) else 0.0,
        user=next((part.size for part in step.prompt if isinstance(part, UserPart)), None),
        visible=step.output,
        reasoning=0.0 if step.reasoning is None else step.reasoning.capped_mean,
        answered=1 - failed,
    )
    resent = feature.conversation.history == "resend" and any(
        isinstance(part, HistoryPart) for part in step.prompt
    )
    law = feature.conversation.turns
    turns = count_pmf(law.mean.mean, law.cv).tolist() if resent else [1.0]
    costs = []
    for month, (read, written) in zip(months, kept, strict=True):
        shares = {"input": 1 - read - written, "cached input": read, "cache write": written}
        total = dict.fromkeys([*shares, "output"], 0.0)
        for weight, card in book.month(model, step.mode, month.year, month.month).parts:
            for meter, usd in _card_cost(card, call, turns, shares, tries).items():
                total[meter] += weight * usd
        costs.append(total)
    return costs


def _card_cost(
    card: RateCard, call: _Call, turns: list[float], shares: dict[str, float], tries: MeanTries
) -> dict[str, float]:
    """Return USD per turn by meter: below every threshold, plus what each crossing adds.

    Bad answers that repairs send along pay the rates below every threshold.
    """
    mean_turns = math.fsum((k + 1) * p for k, p in enumerate(turns))
    survival = [p / mean_turns for p in accumulate(reversed(turns))][::-1]
    tiers = sorted(card.tiers, key=lambda tier: tier.threshold)
    # A hair below the threshold stands for "at or above".
    levels = [(-math.inf, card)] + [
        (tier.threshold - (1e-6 if tier.inclusive else 0.0), tier.card) for tier in tiers
    ]
    totals = dict.fromkeys([*shares, "output"], 0.0)
    previous: dict[str, float] = dict.fromkeys(totals, 0.0)
    for threshold, level in levels:
        rates = {
            "input": level.input,
            "cached input": level.cached_rate,
            "cache write": level.written_rate,
            "output": level.output_rate,
        }
        sent = got = 0.0
        if threshold == -math.inf:
            sent = tries.carried * (call.visible.capped_mean + tries.wrong)
        for turn, share in enumerate(survival, start=1):
            above_in, above_out = _above(call, turn, threshold)
            sent += share * above_in
            got += share * above_out
        for meter, share in shares.items():
            added = sent * share * (rates[meter] - previous[meter])
            totals[meter] += tries.inputs * added / 1e6
        totals["output"] += tries.outputs * got * (rates["output"] - previous["output"]) / 1e6
        previous = rates
    return totals


def _above(call: _Call, turn: int, threshold: float) -> tuple[float, float]:
    """Return E[input; input > threshold] and E[output; input > threshold] of a turn's call."""
    user = 0.0 if call.user is None else call.user.capped_mean
    answer = call.visible.capped_mean
    output = answer + call.reasoning
    still = call.fixed + call.kept * (turn - 1)
    varying = user * turn + answer * call.answered * (turn - 1)
    if threshold < still or (threshold == still and varying > 0):
        return still + varying, output
    room = threshold - still
    if turn == 1:
        share, above = _first_message_above(call.user, room)
        return still * share + above, output * share
    user_part = 0.0 if call.user is None else _sum_variance(call.user, turn, USER_CORRELATION)
    answers = call.answered**2 * _sum_variance(call.visible, turn - 1, OUTPUT_CORRELATION)
    s2 = math.log1p((user_part + answers) / varying**2)
    if s2 < 1e-20:
        return (still + varying, output) if varying > room else (0.0, 0.0)
    s = math.sqrt(s2)
    d = (math.log(room / varying) + s2 / 2) / s
    one_answer = (call.visible.capped_cv * answer) ** 2
    shared = (
        call.answered * (turn - 1) * one_answer * _pearson(call.visible.sigma, OUTPUT_CORRELATION)
    )
    tilt = math.log1p(shared / (output * varying)) / s if output > 0 else 0.0
    share = normal_cdf(-d)
    return still * share + varying * normal_cdf(s - d), output * normal_cdf(tilt - d)


def _first_message_above(user: Spread | None, room: float) -> tuple[float, float]:
    """Return P(X > room) and E[X; X > room] of one capped lognormal message."""
    if user is None:
        return 0.0, 0.0
    s, mean = user.sigma, user.capped_mean
    if s == 0:
        return (1.0, mean) if mean > room else (0.0, 0.0)
    if room >= user.cap:
        return 0.0, 0.0
    mu = user.log_scale - s * s / 2
    share = normal_cdf((mu - math.log(room)) / s)
    above = math.exp(user.log_scale) * normal_cdf((mu + s * s - math.log(room)) / s)
    if math.isfinite(user.cap):
        top = math.log(user.cap)
        above -= math.exp(user.log_scale) * normal_cdf((mu + s * s - top) / s)
        above += user.cap * normal_cdf((mu - top) / s)
    return share, above


def _sum_variance(spread: Spread, n: int, log_correlation: float) -> float:
    one = (spread.capped_cv * spread.capped_mean) ** 2
    r = _pearson(spread.sigma, log_correlation)
    return one * n * (1 + (n - 1) * r)


def _pearson(sigma: float, log_correlation: float) -> float:
    if sigma == 0:
        return 0.0
    return math.expm1(log_correlation * sigma**2) / math.expm1(sigma**2)
