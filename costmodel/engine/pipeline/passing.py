"""Shares of a segment's turns at a feature that pass a stage, and which turns they are.

Turns, first turns of conversations and the earlier turns that turns resend are cut in different
shares: a limit lets the first turns of a conversation through rather than the last, a response
cache takes first turns only. Each is told as a share of what arrives.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

ALL: Array = np.ones((1, 1))
"""Everything passes."""
NONE: Array = np.zeros((1, 1))


@dataclass(frozen=True, eq=False)
class Passing:
    """What goes on of the arriving turns; arrays (months, draws), broadcastable.

    Parameters
    ----------
    turns, first, resent : array
        Share of the turns, of the first turns, and of the earlier turns that they resend.
    """

    turns: Array = field(default_factory=lambda: ALL)
    first: Array = field(default_factory=lambda: ALL)
    resent: Array = field(default_factory=lambda: ALL)

    @property
    def whole(self) -> bool:
        """Whether every turn passes."""
        return self.turns is ALL


WHOLE = Passing()


@dataclass(frozen=True, eq=False)
class Limited:
    """What quotas by turns make of a segment's turns at a feature; arrays (months, draws).

    Parameters
    ----------
    primary : Passing
        Turns that go on as they would without a quota, those paid for above it included.
    cheaper : Passing or None
        Turns above a quota that go on to a cheaper model.
    model : str
        That model's name.
    affected : array
        Share of the people who are stopped at least once in the month.
    carried, deferred : array
        What comes back from earlier windows, and what is put off, as shares of the arriving turns.
    paid : array
        Share of the arriving turns that are paid for above the limit.
    between : array or None
        Mean square over people of what they are served over its squared mean, less one: the
        relative variance between people; not a number in months without the quota. None where
        it is that of their intensity.
    """

    primary: Passing = WHOLE
    cheaper: Passing | None = None
    model: str = ""
    affected: Array = field(default_factory=lambda: NONE)
    carried: Array = field(default_factory=lambda: NONE)
    deferred: Array = field(default_factory=lambda: NONE)
    paid: Array = field(default_factory=lambda: NONE)
    between: Array | None = None


UNLIMITED = Limited()
