"""What becomes of turns: every one that arrives is answered, blocked, put off or fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from costmodel.engine.ledger import LaneFlow
from costmodel.engine.pipeline.flow import Flow
from costmodel.engine.pipeline.paths import FALLBACK
from costmodel.engine.projection import Projection

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fate:
    """A segment's turns at a feature by what becomes of them; arrays (months, draws).

        demanded + carried in = blocked + deferred + answered on each path + failed

    Parameters
    ----------
    demanded : array
        Turns that people ask for.
    carried_in, deferred : array
        Turns that come back from earlier windows of a quota, and that are put off to later ones.
    blocked : array
        Turns that are lost: a quota or a budget stops them.
    answered : mapping of str to array
        Turns answered, by path.
    failed : array
        Turns without an answer after the last attempt.
    affected : array
        Share of the segment's people whom a quota stops at least once in the month.
    looked_up, wrong : array
        Turns looked up in a response cache, and given another question's answer.
    paid : array
        Turns paid for above a quota.
    """

    demanded: Array
    carried_in: Array
    deferred: Array
    blocked: Array
    answered: Mapping[str, Array]
    failed: Array
    affected: Array
    looked_up: Array = field(default_factory=lambda: np.zeros((1, 1)))
    wrong: Array = field(default_factory=lambda: np.zeros((1, 1)))
    paid: Array = field(default_factory=lambda: np.zeros((1, 1)))

    @property
    def served(self) -> Array:
        """Share of the demanded turns that reach a path, failed ones included."""
        made = sum(self.answered.values(), self.failed)
        return np.asarray(np.divide(made, self.demanded, out=np.ones_like(made),
                                    where=self.demanded > 0))  # fmt: skip


def fates_of(projection: Projection) -> dict[tuple[str, str], Fate]:
    """Return what becomes of the turns of each segment at each feature, of its first step."""
    shape = (len(projection.months), projection.draws)
    return {place: _fate(projection, place, shape) for place in projection.flow.demands}


def _fate(projection: Projection, place: tuple[str, str], shape: tuple[int, int]) -> Fate:
    flow = projection.flow
    first = projection.scenario.features[place[1]].steps[0][0]
    lanes = [
        lane for lane in projection.ledger.lanes
        if (lane.lane.segment, lane.lane.feature, lane.lane.step) == (*place, first)
    ]  # fmt: skip

    def full(values: Array) -> Array:
        return np.array(np.broadcast_to(values, shape))

    demanded = full(flow.demands[place].turns)
    reached: dict[str, Array] = {}
    answered: dict[str, Array] = {}
    for lane in lanes:
        path, turns = lane.lane.path, full(lane.turns)
        reached[path] = reached.get(path, 0.0) + turns
        answered[path] = answered.get(path, 0.0) + turns * (1 - _failed(lane))
    # Turns of the fallback took another path first.
    reached.pop(FALLBACK, None)
    limits = flow.limited[place]
    carried, deferred = (demanded * full(part) for part in (limits.carried, limits.deferred))
    capped = np.ones((1, 1)) if flow.capped is None else flow.capped.share
    made = sum(reached.values(), np.zeros(shape))
    return Fate(
        demanded=demanded,
        carried_in=carried,
        deferred=deferred,
        blocked=demanded + carried - deferred - made,
        answered=answered,
        failed=made - sum(answered.values(), np.zeros(shape)),
        affected=full(limits.affected),
        looked_up=full(demanded * capped * _sum(flow, place, first, "looked_up")),
        wrong=full(demanded * capped * _sum(flow, place, first, "wrong")),
        paid=full(demanded * capped * limits.paid),
    )


def _failed(lane: LaneFlow) -> Array:
    return lane.step.shape.tries.failed


def _sum(flow: Flow, place: tuple[str, str], step: str, column: str) -> Array:
    found = [
        getattr(path, column)
        for path in flow.paths
        if (path.lane.segment, path.lane.feature, path.lane.step) == (*place, step)
    ]
    return sum(found, np.zeros((1, 1)))
