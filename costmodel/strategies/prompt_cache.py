"""The provider's prompt cache for a prefix that every call shares.

Calls come at random (Poisson) at `rate` a second; the provider keeps the prefix for `lifetime`
seconds. A call finds it with probability

    lifetime renewed by each read      h = 1 - exp(-rate lifetime)
    lifetime from when it was written  h = rate lifetime / (1 + rate lifetime)

and then pays the read price for it, else the write price (or, where the provider bills no writes,
the input price): on average h read + (1 - h) write. A cache that bills writes above the input price
loses below the hit rate (write - input) / (write - read). All prices are absolute, of the call's
own model, date, tier and mode: no multiplier is taken for granted.

A response cache that answers a share of the calls leaves rate (1 - share); what is left finds the
prefix less often, so that the total can rise again as the response cache gets better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from costmodel.strategies.lookup import EvenTable

Array = npt.NDArray[np.float64]
Renewal = Literal["fixed", "sliding"]

OVERFLOW_PER_MINUTE = 15.0
"""Requests a minute of one prefix and key above which OpenAI spreads them over further servers,
each with a cache of its own: "about 15" (OpenAI's prompt caching guide)."""

STEP = 1 / 32
"""Steps of the log of rate x lifetime in a table; hit rates are then good to 6e-5."""
_LOWEST, _HIGHEST = math.log(1e-6), math.log(1e4)
"""Below, the hit rate is as good as rate x lifetime; above, as good as 1."""


@dataclass(frozen=True, eq=False)
class InputPrices:
    """What input costs, in USD per million tokens: arrays alike, or numbers.

    Parameters
    ----------
    plain, read, written : array
        Input that the cache has nothing to do with, that it serves, and that it stores. Where
        writes are not billed, `written` is `plain`.
    """

    plain: Array
    read: Array
    written: Array

    def __post_init__(self) -> None:
        for name in ("plain", "read", "written"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))

    def blended(self, hit: npt.ArrayLike) -> Array:
        """Return the mean price of a prefix found with probability `hit`, USD per million."""
        share = np.asarray(hit, dtype=np.float64)
        return np.asarray(share * self.read + (1 - share) * self.written)

    def factor(self, hit: npt.ArrayLike) -> Array:
        """Return `blended` over the price without a cache: above 1, the cache loses."""
        return np.asarray(self.blended(hit) / self.plain)

    @property
    def break_even_hit(self) -> Array:
        """Hit rate from which the cache saves: (w - p) / (w - r), 0 where writes cost nothing more.

        1 or more where reads are no cheaper than plain input.
        """
        premium, reach = self.written - self.plain, self.written - self.read
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(reach > 0, premium / reach, np.inf)
        return np.asarray(np.where((premium <= 0) & (self.read < self.plain), 0.0, share))

    def break_even_gap(self, lifetime: npt.ArrayLike) -> Array:
        """Return the mean seconds between calls above which a renewed lifetime loses.

        T / ln((w - r) / (p - r)): infinite where writes cost nothing more, 0 where reads save
        nothing.
        """
        never = self.read >= self.plain
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log((self.written - self.read) / (self.plain - self.read))
            gap = np.where(ratio > 0, lifetime / ratio, np.inf)
        return np.asarray(np.where(never, 0.0, gap))

    @property
    def reads_to_repay(self) -> Array:
        """Whole reads after which one write has saved: the least n with w + n r < (n + 1) p."""
        with np.errstate(divide="ignore", invalid="ignore"):
            exact = (self.written - self.plain) / (self.plain - self.read)
            # A write that is repaid exactly has not saved yet; rounding must not say it has.
            reads = np.floor(np.maximum(exact, 0.0) + 1e-9) + 1
        return np.asarray(np.where(self.read < self.plain, reads, np.inf))


def prefix_hit(rate: npt.ArrayLike, lifetime: npt.ArrayLike, renewal: Renewal = "sliding") -> Array:
    """Return the share of calls that find a shared prefix in the provider's cache.

    Parameters
    ----------
    rate : array_like
        Calls a second that reach one cache: those of every feature and segment that send the
        prefix to the model, without those that a response cache answered.
    lifetime : array_like
        Seconds the provider keeps it.
    renewal : str
        ``sliding``: a read renews the lifetime; ``fixed``: it runs from the write.
    """
    reads = np.asarray(rate, dtype=np.float64) * np.asarray(lifetime, dtype=np.float64)
    if renewal == "fixed":
        return np.where(np.isinf(reads), 1.0, reads / (1 + np.where(np.isinf(reads), 0.0, reads)))
    return np.asarray(-np.expm1(-reads))


def cold_prefix_hit(rate: npt.ArrayLike, lifetime: npt.ArrayLike, window: npt.ArrayLike) -> Array:
    """Return the same share in the first `window` seconds after the prompt was changed.

    With an empty cache at first a call at time s can only find what was sent since, so that
    h = 1 / W x the integral of 1 - exp(-rate min(s, T)) over s from 0 to W.

    Parameters
    ----------
    window : array_like
        Seconds from one change of the prompt to the next.
    """
    calls = np.asarray(rate, dtype=np.float64)
    span = np.asarray(window, dtype=np.float64)
    kept = np.minimum(np.asarray(lifetime, dtype=np.float64), span)
    reads = calls * kept
    found = -np.expm1(-reads)
    few = reads < 1e-6  # where the difference below is lost in rounding
    warming = kept * np.where(few, reads / 2, 1 - found / np.where(few, 1.0, reads))
    return np.asarray((warming + (span - kept) * found) / span)


def caches_in_use(
    rate: npt.ArrayLike,
    keys: npt.ArrayLike = 1.0,
    overflow_per_minute: float | None = OVERFLOW_PER_MINUTE,
) -> Array:
    """Return over how many caches each key's calls are spread; at least 1.

    Above the limit the calls of a key go to further servers, taken at random (an assumption: the
    provider does not say how).

    Parameters
    ----------
    rate : array_like
        Calls a second of all keys together.
    keys : array_like
        Cache keys the calls are spread over evenly; 1 where none is sent.
    overflow_per_minute : float or None
        Calls a minute one cache takes of a prefix and key; None where there is no such limit.
    """
    calls = np.asarray(rate, dtype=np.float64)
    if overflow_per_minute is None:
        return np.ones(1)
    return np.asarray(np.maximum(calls * 60 / overflow_per_minute / np.asarray(keys), 1.0))


@dataclass(frozen=True, eq=False)
class HitTable:
    """`prefix_hit` on an even grid of log(rate x lifetime), to be looked up for every draw.

    Parameters
    ----------
    table : EvenTable
        Hit rates at logs of calls in a lifetime.
    """

    table: EvenTable

    def __call__(self, reads: npt.ArrayLike) -> Array:
        """Return hit rates at numbers of calls in a lifetime (rate x lifetime)."""
        calls = np.asarray(reads, dtype=np.float64)
        with np.errstate(divide="ignore"):
            logs = np.log(calls)
        few = self.table.values[0] * calls / math.exp(_LOWEST)
        return np.where(logs < _LOWEST, few, self.table(logs))


@lru_cache(maxsize=32)
def hit_table(renewal: Renewal = "sliding", day: Sequence[float] = (1.0,)) -> HitTable:
    """Return the table of a renewal and a course of the day.

    Parameters
    ----------
    renewal : str
        As in `prefix_hit`.
    day : tuple of float
        How busy equal parts of the day are, in any unit, such as 24 numbers for its hours. Calls
        then see the rate of their own part: the hit rate is the mean over calls, sum p_i h(p_i n x)
        with p_i the share of the day's calls in part i of n.
    """
    log_reads = np.arange(_LOWEST, _HIGHEST + STEP, STEP)
    share = np.asarray(day, dtype=np.float64) / sum(day)
    reads = np.exp(log_reads)[:, None] * share * share.size
    return HitTable(EvenTable(_LOWEST, STEP, prefix_hit(reads, 1.0, renewal) @ share))
