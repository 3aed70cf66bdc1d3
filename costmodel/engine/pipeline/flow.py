"""The pipeline of a variant: from arriving turns to a ledger, each stage conserving them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import Demand, scenario_months
from costmodel.engine.lanes import demands_of, lane_flow
from costmodel.engine.ledger import LaneFlow, Ledger
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.chosen import Chosen, Place, running
from costmodel.engine.pipeline.kept_answers import Kept, kept_answers
from costmodel.engine.pipeline.leaving import limited_without, people_left, without_the_left
from costmodel.engine.pipeline.passing import UNLIMITED, Limited
from costmodel.engine.pipeline.paths import CACHE, Path, Stages, paths_of
from costmodel.engine.pipeline.spend_cap import Capped, cap_spend
from costmodel.engine.pipeline.turn_quotas import limit_turns
from costmodel.engine.pipeline.use_quotas import limit_use
from costmodel.engine.unit_charges import ledger_with_units
from costmodel.engine.world import World
from costmodel.prices.book import PriceBook
from costmodel.scenario.schema import Strategy

Array = npt.NDArray[np.float64]

LOOKUPS, STORAGE = "cache lookups", "cache storage"
"""Meters of what a response cache's lookups and a stored prompt cache cost."""


@dataclass(frozen=True, eq=False)
class Flow:
    """What a variant makes of a scenario's turns.

    Parameters
    ----------
    ledger : Ledger
    active : mapping of str to array
        People of each segment, those who left because of a quota apart: (months, draws).
    demands : mapping
        Arriving turns by segment and feature.
    limited, by_turns : mapping
        What quotas leave of them; and what those by turns alone leave.
    answers : mapping of str to Kept
        By feature.
    paths : sequence of Path
        In the ledger's order.
    capped : Capped or None
    strategies : mapping of str to Strategy
        Those of the variant, by name.
    """

    ledger: Ledger
    active: Mapping[str, Array]
    demands: Mapping[Place, Demand]
    limited: Mapping[Place, Limited]
    answers: Mapping[str, Kept]
    paths: Sequence[Path]
    by_turns: Mapping[Place, Limited] = field(default_factory=dict)
    capped: Capped | None = None
    strategies: Mapping[str, Strategy] = field(default_factory=dict)


def flow_of(
    world: World, memo: Memo, book: PriceBook, picked: Chosen, active: dict[str, Array]
) -> Flow:
    """Return what becomes of all turns, and the ledger of what they cost.

    Quota by turns, response cache, prompt cache, call with retries, bill; then quotas by what was
    billed, and the cap on the bill (MODEL section 2).
    """
    demands = demands_of(world, memo, active)
    limited = limit_turns(world, memo, picked.by_turns, demands)
    arriving = dict(demands)
    for segment, places, left in people_left(world, memo, picked.by_turns, arriving):
        for place in [place for place in demands if place[0] == segment]:
            demands[place] = without_the_left(memo, demands[place], left)
            active = active | {segment: demands[place].active}
        for place in places:
            limited[place] = limited_without(memo, limited[place], left)
    by_turns = dict(limited)
    answers = kept_answers(world, memo, picked.answers, demands, limited)
    if picked.by_use:
        free = Stages(demands, dict.fromkeys(demands, UNLIMITED), answers, picked)
        unlimited = tuple(paths_of(world, memo, book, free))
        limited = limit_use(world, memo, picked.by_use, demands, unlimited, limited)
    paths = tuple(paths_of(world, memo, book, Stages(demands, limited, answers, picked)))
    lanes = tuple(_lane(world, memo, path, demands, answers) for path in paths)
    lanes = _with_storage(memo, lanes, paths)
    ledger = ledger_with_units(world, memo, book, lanes)
    flow = Flow(
        ledger, active, demands, limited, answers, paths, by_turns, strategies=picked.strategies
    )
    if picked.cap is None:
        return flow
    months = scenario_months(world.scenario)
    _, cap = picked.cap
    ledger, capped = cap_spend(ledger, cap, running(months, cap.from_month), months)
    return replace(flow, ledger=ledger, capped=capped)


def _lane(
    world: World,
    memo: Memo,
    path: Path,
    demands: Mapping[Place, Demand],
    answers: Mapping[str, Kept],
) -> LaneFlow:
    demand = demands[path.lane.segment, path.lane.feature]
    taken = through(memo, demand, path.turns)
    if path.lane.path != CACHE:
        return lane_flow(world, memo, path.lane, taken, path.cost, path.cv, path.between)
    free = memo(_nothing, world.scenario.months, world.draws)
    flow = LaneFlow(path.lane, taken, free, path.cost)
    lookup = answers[path.lane.feature].lookup
    usd = memo(_lookups, through(memo, demand, path.looked_up).turns, lookup)
    return replace(flow, charges={LOOKUPS: usd})


def through(memo: Memo, demand: Demand, share: Array) -> Demand:
    """Return a demand of which a share goes on; itself where all does."""
    if share.size == 1 and share.flat[0] == 1:
        return demand
    return replace(demand, volume=memo(_times, demand.volume, share))


def _times(values: Array, share: Array) -> Array:
    return np.asarray(values * share)


def _nothing(months: int, draws: int) -> Array:
    return np.zeros((months, draws))


def _lookups(turns: Array, usd: Array) -> Array:
    return np.asarray(turns * usd)


def _with_storage(
    memo: Memo, lanes: tuple[LaneFlow, ...], paths: Sequence[Path]
) -> tuple[LaneFlow, ...]:
    """Return lanes with what keeping prompt caches costs, shared by the turns that use one."""
    stored: dict[int, list[int]] = {}
    for lane, path in enumerate(paths):
        if path.kept is not None and path.kept.storage.any():
            stored.setdefault(id(path.kept.storage), []).append(lane)
    found = list(lanes)
    for users in stored.values():
        turns = tuple(lanes[lane].turns for lane in users)
        storage = paths[users[0]].kept
        assert storage is not None
        for lane, usd in zip(users, memo(_by_turns, storage.storage, turns), strict=True):
            found[lane] = replace(lanes[lane], charges={STORAGE: usd})
    return tuple(found)


def _by_turns(usd: Array, turns: tuple[Array, ...]) -> tuple[Array, ...]:
    total = sum(turns, np.zeros(1))
    each = np.divide(usd, total, out=np.zeros(np.broadcast(usd, total).shape), where=total > 0)
    return tuple(np.asarray(count * each) for count in turns)
