"""The hit rate of one catalogue of questions against how often it is asked.

`asked` is in requests for the catalogue: in a lifetime where answers have one, else since the
cache was last empty. Personal questions, which nobody asks again, are not in it; `personal` of
them come for each, and take up room.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from costmodel.strategies.coverage import new_covers, over_groups, uncovered
from costmodel.strategies.eviction import hit_rate_with_room, least_recent_stay, oldest_stay
from costmodel.strategies.popularity import Popularity, Renewal

Array = npt.NDArray[np.float64]


def lasting_hits(
    law: Popularity,
    asked: Array,
    renewal: Renewal,
    *,
    emptied: float = 0.0,
    recall: float = 1.0,
    room: float | None = None,
    personal: float = 0.0,
    semantic: bool = False,
) -> Array:
    """Return the hit rate of a cache whose answers have a lifetime.

    Parameters
    ----------
    law : Popularity
    asked : array
        Requests for the catalogue in a lifetime, one dimension.
    renewal : str
        ``fixed`` or ``sliding``.
    emptied : float
        How often the whole cache is emptied in a lifetime: 0 for never, 2 for twice.
    recall : float
        Share of requests that find the answer to their question where it is kept; 1 for exact
        matching.
    room : float, optional
        Answers the cache holds.
    personal : float
        Personal questions per question of the catalogue.
    semantic : bool
        Matched by meaning: the oldest answer makes room, not the least recently used.
    """
    window = np.inf if emptied == 0 else 1 / emptied
    if room is None:
        return _hits(law, asked, asked * window, recall, renewal)
    if semantic:
        stay = oldest_stay(law, room, recall, personal)
    elif renewal == "fixed":
        return _with_room(law, asked, window, room, personal)
    else:
        stay = least_recent_stay(law, room, personal)
    return _hits(law, np.minimum(asked, stay), asked * window, recall, renewal)


def endless_hits(
    law: Popularity,
    asked: Array,
    *,
    recall: float = 1.0,
    room: float | None = None,
    personal: float = 0.0,
    semantic: bool = False,
) -> Array:
    """Return the mean hit rate since a cache without lifetimes was empty.

    Parameters
    ----------
    asked : array
        Requests for the catalogue since then, one dimension.
    law, recall, room, personal, semantic
        As in `lasting_hits`.
    """
    if room is None:
        return _hits(law, asked, asked, recall, "fixed")
    if semantic:
        stay = oldest_stay(law, room, recall, personal)
        return _hits(law, np.minimum(asked, stay), asked, recall, "fixed")
    stay = least_recent_stay(law, room, personal)
    return _hits(law, np.minimum(asked, stay), asked, recall, "sliding")


def _hits(law: Popularity, stay: Array, window: Array, recall: float, renewal: Renewal) -> Array:
    """Return the hit rate for stays and windows in requests for the catalogue."""
    times = stay[:, None] * law.share
    if np.all(np.isinf(window)):
        return np.asarray(recall * (1 - over_groups(uncovered(times, recall, renewal), law.mass)))
    begun = new_covers(times, (window / stay)[:, None], recall, renewal)
    covers = over_groups(begun, law.count)
    return np.asarray(recall * np.maximum(1 - covers / window, 0.0))


def _with_room(law: Popularity, asked: Array, window: float, room: float, personal: float) -> Array:
    """Return the hit rate for a fixed lifetime and room for the last used.

    From an empty cache it is at most what either limit alone leaves. Both together cost more, by
    as much as in the long run, but only once answers have begun to leave (an approximation; its
    error is tested).
    """
    lasting = hit_rate_with_room(law, asked, room, personal)
    if np.isinf(window):
        return lasting
    stay = np.minimum(least_recent_stay(law, room, personal), asked)

    def alone(requests: Array) -> Array:
        roomy = _hits(law, asked, requests, 1.0, "fixed")
        return np.minimum(roomy, _hits(law, stay, requests, 1.0, "sliding"))

    both = np.minimum(lasting / np.maximum(alone(np.full(asked.shape, np.inf)), 1e-300), 1.0)
    started = np.maximum(0.0, 1 - stay / (asked * window))
    return np.asarray(alone(asked * window) * both**started)
