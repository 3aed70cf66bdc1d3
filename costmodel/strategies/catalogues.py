"""What can be asked, made of two laws: tenants and their questions, intents and their wordings.

A cache that answers each tenant from its own entries holds pairs (tenant, question), asked with
probability s_j p_i; a cache that matches exact text holds pairs (intent, wording). Both are
popularities like any other, so that every formula for lifetimes, capacity and cold starts holds.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.foundation.normal import normal_cdf_array, normal_quantile
from costmodel.strategies.popularity import Popularity

Array = npt.NDArray[np.float64]

WIDTH = 0.06
"""Width, in log probability, of the groups of `coarser`: hit rates then move by less than 1e-4."""
SINGLE_TENANTS = 32
"""Largest tenants that stand for themselves; the others stand in groups."""
TENANT_GROUPS = 64


def coarser(law: Popularity, width: float = WIDTH) -> Popularity:
    """Return the same questions in fewer groups: those about as popular become alike.

    Parameters
    ----------
    law : Popularity
    width : float
        Width of a group in the natural log of the probability.

    Returns
    -------
    Popularity
        With the same number of questions and the same mass.
    """
    place = np.floor(np.log(law.share) / width)
    group = (place.max() - place).astype(np.intp)
    mass, count = _sums(group, law.mass), _sums(group, law.count)
    some = count > 0
    return Popularity(mass[some] / count[some], count[some])


def _sums(group: npt.NDArray[np.intp], values: Array) -> Array:
    return np.bincount(group, values).astype(np.float64)


def pairs(one: Popularity, other: Popularity) -> Popularity:
    """Return the popularity of pairs of independent choices: probabilities s_j p_i.

    Parameters
    ----------
    one, other : Popularity
        Such as tenants and questions, or intents and wordings.
    """
    one, other = coarser(one), coarser(other)
    share = np.multiply.outer(one.share, other.share).ravel()
    return coarser(Popularity(share, np.multiply.outer(one.count, other.count).ravel()))


@lru_cache(maxsize=64)
def tenants(count: int, sigma: float = 0.0) -> Popularity:
    """Return the shares of a stream of requests that tenants make.

    Parameters
    ----------
    count : int
        How many tenants share the stream; at least 1.
    sigma : float
        Standard deviation of the log of a tenant's requests: 0 for tenants of one size. Tenants
        are the `count` equal slices of a lognormal law, each at its mean. Clients of large model
        services have 2.2 to 2.7 (ServeGen, shares of clients' requests).

    Raises
    ------
    ValueError
        If there is no tenant or sigma is negative.
    """
    if count < 1 or sigma < 0:
        message = f"tenants: {count} of sigma {sigma}; expected at least 1, sigma at least 0"
        raise ValueError(message)
    if sigma == 0 or count == 1:
        return Popularity(np.array([1 / count]), np.array([float(count)]))
    edges = _rank_edges(count)
    # The share of a lognormal mean that lies above a score z is Phi(sigma - z).
    z = normal_quantile(1 - edges[1:-1] / count)
    above = np.concatenate([[0.0], normal_cdf_array(sigma - z), [1.0]])
    mass, size = np.diff(above), np.diff(edges).astype(np.float64)
    return Popularity(mass / size, size)


def _rank_edges(count: int) -> npt.NDArray[np.int64]:
    """Return how many tenants stand above each group, from none to all, largest tenants first."""
    singles = np.arange(min(count, SINGLE_TENANTS) + 1)
    if count <= SINGLE_TENANTS:
        return np.asarray(singles, dtype=np.int64)
    later = np.geomspace(SINGLE_TENANTS, count, TENANT_GROUPS - SINGLE_TENANTS + 1)
    return np.unique(np.concatenate([singles, np.round(later)])).astype(np.int64)
