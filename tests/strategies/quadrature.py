"""Limited expected values over people by Gauss-Legendre panels: what the tables are checked by."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.strategies.limits import turns_of_person

Array = npt.NDArray[np.float64]

PANELS, NODES_A_PANEL = 5, 14
"""Gauss-Legendre panels of the intensity on each side of the person who just reaches the limit,
and nodes in each: a limit is a kink, across which rules for smooth functions oscillate."""
_ALIKE = 1e-6
"""Log spreads below which people are taken as alike."""
FURTHEST = 7.5
"""Standard scores the quadrature reaches; beyond lies 6e-14 of the people."""
_NOTHING = 1e-300
"""Stands for a zero that is divided by: what it divides is zero too."""


@dataclass(frozen=True, eq=False)
class Limited:
    """What a limit does to the people of a segment in one window, per person: arrays alike.

    Parameters
    ----------
    served : array
        Mean turns served.
    served_square : array
        Mean square of the turns served.
    between : array
        Mean square over people of a person's own mean turns served: what does not average out
        from month to month.
    affected : array
        Share of people who are stopped in the window.
    """

    served: Array
    served_square: Array
    between: Array
    affected: Array


def intensities(sigma: float, kink: npt.ArrayLike = 1.0) -> tuple[Array, Array]:
    """Return nodes of a mean-one lognormal intensity and their weights, which sum to one.

    Parameters
    ----------
    sigma : float
        Standard deviation of the log intensity between people; 0 for people who are alike.
    kink : array_like
        Intensities at which the integrand has a corner; one set of nodes for each.

    Returns
    -------
    (array, array)
        Both in the shape of `kink` with the nodes behind.
    """
    corner = np.asarray(kink, dtype=np.float64)
    if sigma < _ALIKE:
        return np.ones((*corner.shape, 1)), np.ones((*corner.shape, 1))
    # The mean lies in people `sigma` scores up, mean squares two sigma up.
    top = FURTHEST + 2 * sigma
    score = np.log(np.maximum(corner, _NOTHING)) / sigma + sigma / 2
    score = np.clip(score, -FURTHEST + 1, top - 1)[..., None]
    steps = np.arange(PANELS + 1) / PANELS
    edges = [-FURTHEST + (score + FURTHEST) * steps, score + (top - score) * steps[1:]]
    z, width = _panel_nodes(np.concatenate(edges, axis=-1))
    weight = width * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return np.exp(sigma * z - sigma**2 / 2), weight


def _panel_nodes(edges: Array) -> tuple[Array, Array]:
    """Return Gauss-Legendre nodes and weights of the panels between edges, along the last axis."""
    x, w = np.polynomial.legendre.leggauss(NODES_A_PANEL)
    half = np.diff(edges, axis=-1)[..., None] / 2
    nodes = edges[..., :-1, None] + half * (x + 1)
    shape = (*edges.shape[:-1], -1)
    return nodes.reshape(shape), (half * w).reshape(shape)


def limited(
    mean: npt.ArrayLike, limit: int, sigma: float, turns: float = 1.0, turns_cv: float = 0.0
) -> Limited:
    """Return what a limit of `limit` turns a window does, for several mean demands.

    Parameters
    ----------
    mean : array_like
        Turns a person asks for in a window, averaged over people.
    limit : int
        Turns a person may make in a window; at least 0.
    sigma : float
        Standard deviation of the log intensity between people.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns of a conversation.

    Returns
    -------
    Limited
        Arrays in the shape of `mean`.
    """
    asked = np.atleast_1d(np.asarray(mean, dtype=np.float64))
    h, weight = intensities(sigma, limit / np.maximum(asked, _NOTHING))
    first, second, over = turns_of_person(asked[..., None] * h, limit, turns, turns_cv)

    def over_people(values: Array) -> Array:
        return np.asarray((values * weight).sum(axis=-1).reshape(np.shape(mean)))

    return Limited(*map(over_people, (first, second, first**2, over)))
