"""Limits worth trying, and a variant's limits as a file for a gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from costmodel.engine.ledger import LaneFlow
from costmodel.engine.projection import Projection
from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.book import PriceBook
from costmodel.scenario.loading import load_scenario
from costmodel.scenario.schema import Quota, Scenario
from costmodel.strategies.features import Stream, merged
from costmodel.strategies.gateway import GatewayLimit, budget_file
from costmodel.strategies.proposals import Policy, Proposal, Usage, policy, propose

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ProposedLimit:
    """A limit that suits a segment's own use, and what it does.

    Parameters
    ----------
    segment : str
    kind : str
        The kind of segment it was taken for: free, pro, internal or api.
    policy : Policy
        The kind's target, what happens beyond the limit, and where the target comes from.
    proposal : Proposal
        The limit that meets it, the share of people it stops in a month and of use it refuses.
    """

    segment: str
    kind: str
    policy: Policy
    proposal: Proposal

    @property
    def limit(self) -> str:
        """The limit as a scenario states it."""
        amount, window = self.proposal.limit, self.proposal.window
        if self.policy.unit == "usd":
            return f"${amount:.3g} per {window}"
        return f"{amount:.0f} turn{'' if amount == 1 else 's'} per {window}"

    def strategy(self) -> dict[str, Any]:
        """Return the limit as a strategy of a scenario; `degrade` and `overage` need more keys."""
        then = self.policy.then
        own = {} if then == "block" else {"then": then}
        return {"kind": "quota", "segment": self.segment, "limit": self.limit, **own}


def propose_limits(
    scenario: Scenario | str | Path,
    kinds: Mapping[str, str] | None = None,
    *,
    prices: PriceBook | None = None,
) -> tuple[ProposedLimit, ...]:
    """Propose a limit for each segment: the smallest that meets the target of its kind.

    Targets are shares of people stopped or of use refused, never a number of turns: that follows
    from how much a segment's people use in the first month, everything at its mean.

    Parameters
    ----------
    scenario : Scenario, or a shipped name or path
    kinds : mapping of str to str, optional
        Kind of each segment: "free", "pro", "internal" or "api". Without it a segment of one of
        these names is of that kind, another is pro if it brings revenue and free if not.
    prices : PriceBook, optional

    Raises
    ------
    InputError
        If a kind or a segment is unknown.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    chosen = {} if kinds is None else dict(kinds)
    for segment in chosen:
        if segment not in scenario.segments:
            known = ", ".join(scenario.segments)
            raise InputError(Problem(f"segment '{segment}'", f"one of {known}", "use one of them"))
    central = simulate(scenario, prices=prices, draws=2, uncertainty=frozenset())
    found = []
    for segment in scenario.segments:
        flows = [flow for flow in central.ledger.lanes if flow.lane.segment == segment]
        row = next((m for m in range(scenario.months) if any(_at(f.turns, m) for f in flows)), None)
        if row is not None:
            kind = chosen.get(segment) or _kind(scenario, segment)
            found.append(_proposed(central, segment, kind, flows, row))
    return tuple(found)


def _kind(scenario: Scenario, segment: str) -> str:
    if segment in ("free", "pro", "internal", "api"):
        return segment
    revenue = scenario.segments[segment].revenue
    return "pro" if revenue is not None and revenue.mean > 0 else "free"


def _at(values: Array, row: int) -> float:
    grid = np.atleast_2d(values)
    return float(grid[min(row, grid.shape[0] - 1), 0])


def _proposed(
    central: Projection, segment: str, kind: str, flows: list[LaneFlow], row: int
) -> ProposedLimit:
    rule = policy(kind)
    people = float(central.people_by_segment[segment][row])
    in_calls = rule.unit == "usd"
    asked = [_at(flow.calls if in_calls else flow.turns, row) / people for flow in flows]
    used = [(flow, each) for flow, each in zip(flows, asked, strict=True) if each > 0]
    streams = [_stream(central.scenario, flow, in_calls) for flow, _ in used]
    stream = merged([each for _, each in used], streams)
    usage = Usage(
        demand=sum(each for _, each in used),
        sigma=stream.sigma,
        turns=stream.turns,
        turns_cv=stream.turns_cv,
        active=_active_days(central.scenario, segment),
        days=central.months[row].days,
    )
    calls = sum(_at(flow.calls, row) for flow, _ in used)
    usd = sum(_at(flow.spend, row) for flow, _ in used) / calls if calls > 0 else 0.0
    cv = max((path.cv for path in central.flow.paths if path.lane.segment == segment), default=1.0)
    return ProposedLimit(segment, kind, rule, propose(kind, usage, usd, cv))


def _stream(scenario: Scenario, flow: LaneFlow, in_calls: bool) -> Stream:
    feature = scenario.features[flow.lane.feature]
    law, usage = feature.conversation.turns, feature.turns_per_user[flow.lane.segment]
    per_turn = float(flow.step.shape.tries.billed.flat[0]) if in_calls else 1.0
    return Stream(usage.spread.sigma, max(law.mean.mean * per_turn, 1.0), law.cv)


def _active_days(scenario: Scenario, segment: str) -> float | None:
    stated = (
        feature.turns_per_user[segment].active_days
        for feature in scenario.features.values()
        if segment in feature.turns_per_user
    )
    return next((days.mean for days in stated if days is not None), None)


def gateway_budgets(projection: Projection) -> dict[str, Any]:
    """Return a variant's quotas and cap as plain data for a LiteLLM gateway.

    Such a gateway holds budgets in USD: limits on turns, calls and tokens become the dollars they
    cost on average, which `not_expressed` says of each.

    Parameters
    ----------
    projection : Projection
        Of the variant; its mean costs turn limits into dollars.

    Raises
    ------
    InputError
        If the variant has no quota, or two for one segment.
    """
    strategies = projection.flow.strategies
    quotas = [each for each in strategies.values() if isinstance(each, Quota)]
    if not quotas:
        fix = "name a variant with a quota, with --variant or variant="
        read = f"the variant '{projection.variant}', which has no quota"
        raise InputError(Problem(read, "a variant with a limit on people", fix))
    limits = [
        GatewayLimit(
            segment=segment,
            limit=quota.amount,
            unit=quota.unit,
            window=quota.period,
            usd_per_unit=_usd_per(projection, quota, segment),
            then=quota.then,
        )
        for quota in quotas
        for segment in quota.segments
    ]
    caps = [each.limit for each in strategies.values() if each.kind == "budget"]
    monthly = next((float(cap.usd) for cap in caps if cap.period == "month"), None)
    return budget_file(limits, monthly)


def _usd_per(projection: Projection, quota: Quota, segment: str) -> float:
    """Return what a turn, call or token of a segment costs on average, over all months."""
    if quota.unit == "usd":
        return 1.0
    flows = [
        flow
        for flow in projection.ledger.lanes
        if flow.lane.segment == segment and quota.feature in (None, flow.lane.feature)
    ]
    usd = sum(float(flow.spend.mean(axis=1).sum()) for flow in flows)
    counted = (part for flow in flows for part in _counted(flow, quota.unit))
    count = sum(float(np.atleast_2d(part).mean(axis=1).sum()) for part in counted)
    return usd / count if count > 0 else 0.0


def _counted(flow: LaneFlow, unit: str) -> list[Array]:
    if unit == "tokens":
        return list(flow.tokens().values())
    return [flow.turns if unit == "turns" else flow.calls]
