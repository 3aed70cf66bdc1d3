"""What one person is served in a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PersonWindow:
    """What people of given mean demands are served in one window; arrays (caps, days, persons).

    The first axis is for caps that differ between draws, the second for numbers of active days;
    either has one entry where there is nothing to tell apart.

    Parameters
    ----------
    demand : array
        Mean demand of the window.
    served, square : array
        Mean of what is served, and mean of its square.
    stopped : array
        Probability that the window's demand is cut.
    carried : array or None
        Mean of what comes back from earlier windows; None where nothing does.
    uncut : array or None
        Probability that no window of the month is cut; None where windows do not depend on each
        other, and it follows from `stopped`.
    begun, resent : array or None
        First turns served times E[K], and earlier turns that served turns resend over those of a
        mean turn: the mean demand where nothing is cut. None where served turns are taken as a
        fair sample.
    """

    demand: Array
    served: Array
    square: Array
    stopped: Array
    carried: Array | None = None
    uncut: Array | None = None
    begun: Array | None = None
    resent: Array | None = None

    def never_cut(self, windows: Array) -> Array:
        """Return the probability that none of a month's windows is cut: (caps, days, persons).

        Parameters
        ----------
        windows : array (days,)
            Windows of the month, for each number of active days.
        """
        if self.uncut is not None:
            return self.uncut
        return np.asarray(np.clip(1 - self.stopped, 0, 1) ** windows[:, None])
