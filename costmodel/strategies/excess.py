"""What becomes of what a limit refuses: lost, answered by a cheaper model, or paid for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Excess:
    """A month's demand by what becomes of it; the first four parts sum to what was demanded.

    Parameters
    ----------
    served, degraded, overage, lost : array
        Turns within the limit, answered by a cheaper model, answered for a price, and not
        answered.
    revenue : array
        USD paid for the overage.
    """

    served: Array
    degraded: Array
    overage: Array
    lost: Array
    revenue: Array

    def cost(self, strong: Array | float, weak: Array | float = 0.0) -> Array:
        """Return what the answered turns cost, c_s (served + overage) + c_w degraded.

        Parameters
        ----------
        strong, weak : array or float
            USD per turn of the feature's model, and of the one degraded to.
        """
        return np.asarray((self.served + self.overage) * strong + self.degraded * weak)


def block(demanded: npt.ArrayLike, share: npt.ArrayLike) -> Excess:
    """Return the parts where the excess is lost.

    Parameters
    ----------
    demanded : array_like
        Turns asked for.
    share : array_like
        Share of them within the limit.
    """
    return _parts(demanded, share, 0.0, 0.0, 0.0)


def degrade(demanded: npt.ArrayLike, share: npt.ArrayLike) -> Excess:
    """Return the parts where a cheaper model answers the excess; arguments as in `block`."""
    return _parts(demanded, share, 1.0, 0.0, 0.0)


def overage(
    demanded: npt.ArrayLike, share: npt.ArrayLike, price: npt.ArrayLike, take_up: npt.ArrayLike
) -> Excess:
    """Return the parts where people may pay for the excess.

    Parameters
    ----------
    demanded, share
        As in `block`.
    price : array_like
        USD per turn above the limit.
    take_up : array_like
        Share of the excess that is paid for; the rest is lost.
    """
    return _parts(demanded, share, 0.0, take_up, price)


def _parts(
    demanded: npt.ArrayLike,
    share: npt.ArrayLike,
    degraded: float,
    taken: npt.ArrayLike,
    price: npt.ArrayLike,
) -> Excess:
    turns = np.asarray(demanded, dtype=np.float64)
    served = turns * np.asarray(share, dtype=np.float64)
    above = turns - served
    cheaper, paid = above * degraded, above * np.asarray(taken, dtype=np.float64)
    revenue = paid * np.asarray(price, dtype=np.float64)
    return Excess(served, cheaper, paid, above - cheaper - paid, revenue)
