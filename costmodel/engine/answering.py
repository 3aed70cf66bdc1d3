"""What becomes of a segment's turns at a feature: blocked, answered by a cache, or by a call.

    arriving = blocked + deferred + answered from the response cache + calls' turns

Each stage states shares of what reaches it, (months, draws) or broadcastable. The first stage of
all, the demand, is in `costmodel.engine.demand`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

ALL: Array = np.ones((1, 1))
"""Every turn passes."""
NONE: Array = np.zeros((1, 1))


@dataclass(frozen=True, eq=False)
class Answering:
    """Shares of a segment's turns at one feature.

    Parameters
    ----------
    served : array
        Share of the arriving turns that a quota lets pass.
    affected : array
        Share of people whom it stops at least once in the month.
    between : array or None
        Mean square over people of their mean served, over the square of the mean: the noise of who
        the people are under the quota; None where there is none.
    degraded : array
        Share of the arriving turns that a cheaper model answers instead.
    overage : array
        Share of the arriving turns above the limit that are paid for.
    carried : array
        Share of the arriving turns that come back from, and are put off to, other windows.
    hits, wrong : array
        Share of the served turns that the response cache answers, rightly or with another
        question's answer.
    lookups : array
        Share of the served turns that are looked up in it.
    """

    served: Array = field(default_factory=lambda: ALL)
    affected: Array = field(default_factory=lambda: NONE)
    between: Array | None = None
    degraded: Array = field(default_factory=lambda: NONE)
    overage: Array = field(default_factory=lambda: NONE)
    carried: Array = field(default_factory=lambda: NONE)
    hits: Array = field(default_factory=lambda: NONE)
    wrong: Array = field(default_factory=lambda: NONE)
    lookups: Array = field(default_factory=lambda: NONE)

    @property
    def untouched(self) -> bool:
        """Whether every arriving turn becomes a call."""
        return self.served is ALL and self.hits is NONE

    @cached_property
    def passed(self) -> Array:
        """Share of the arriving turns within the limit or paid for above it."""
        return np.asarray(self.served + self.overage)

    @cached_property
    def calling(self) -> Array:
        """Share of the arriving turns that the feature's own model answers."""
        return np.asarray(self.passed * (1 - self.hits - self.wrong))

    @cached_property
    def blocked(self) -> Array:
        """Share of the arriving turns that are lost."""
        return np.asarray(1 - self.passed - self.degraded)
