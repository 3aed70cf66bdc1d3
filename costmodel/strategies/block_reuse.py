"""How much of real prompts comes back, and when: learnt from a trace with block hashes.

A trace names each block of a prompt's tokens by a hash of everything up to its end, so that an
equal name is a beginning that can be read again. Of each block the time since its last use is
known, unless that lies before the trace began. The share of tokens found by a cache that keeps
blocks for a lifetime T after their last use is

    share(T) = s + (h_inf - s) F(T)

s: tokens that (nearly) every call sends, h_inf: tokens that ever come back, F: the law of the time
between two uses, lognormal beside a share at once. A short trace understates all of it: a block
seen for the first time 100 seconds after the start may have been used 200 seconds before. Such
times are taken as longer than what could be seen (Kaplan and Meier's estimate, tokens as weights).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.strategies.turn_gaps import Gaps

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

EVERY_CALL = 0.5
"""Share of calls that send a block from which it is taken as one that every call sends."""
_FEWEST = 100
"""Blocks that come back below which no law is fitted; an assumption."""


@dataclass(frozen=True, eq=False)
class Reuse:
    """The blocks of a trace, one entry for each time a block was sent.

    Parameters
    ----------
    seconds : array
        Time since the block was last used; infinite where the trace has no earlier use.
    since_start : array
        Time since the trace began: the longest time that could have been seen.
    tokens : array
    everywhere : array of bool
        Whether (nearly) every call sends the block.
    """

    seconds: Array
    since_start: Array
    tokens: Array
    everywhere: Bools

    def found(self, lifetimes: npt.ArrayLike) -> Array:
        """Return the share of tokens that a cache, empty at the start, finds again."""
        kept = np.asarray(lifetimes, dtype=np.float64)[..., None]
        return np.asarray((self.seconds <= kept) @ self.tokens / self.tokens.sum())

    def expected(self, lifetimes: npt.ArrayLike) -> Array:
        """Return the same for a cache that was in use before: Kaplan and Meier's estimate.

        Longer lifetimes than the trace give what is known at its end.
        """
        lasted = np.minimum(self.seconds, self.since_start)
        again = np.isfinite(self.seconds)
        order = np.lexsort((~again, lasted))
        weight = self.tokens[order]
        waiting = weight.sum() - np.cumsum(weight) + weight
        ends = np.where(again[order], np.minimum(weight / waiting, 1 - 1e-12), 0.0)
        share = np.concatenate([[0.0], -np.expm1(np.cumsum(np.log1p(-ends)))])
        kept = np.asarray(lifetimes, dtype=np.float64)
        return np.asarray(share[np.searchsorted(lasted[order], kept, side="right")])

    def between(self, start: float, end: float = math.inf) -> Reuse:
        """Return the blocks sent from `start` to before `end`, seconds since the trace began."""
        return self.chosen((self.since_start >= start) & (self.since_start < end))

    def chosen(self, which: Bools) -> Reuse:
        """Return some of the blocks, with their times as they were."""
        return Reuse(
            self.seconds[which],
            self.since_start[which],
            self.tokens[which],
            self.everywhere[which],
        )


def reuse(
    seconds: npt.ArrayLike,
    blocks: Sequence[Sequence[int]],
    input_tokens: npt.ArrayLike,
    block_tokens: int,
) -> Reuse:
    """Return when the blocks of a trace's calls were last used.

    Parameters
    ----------
    seconds : array_like
        When each call was made, in order.
    blocks : sequence of sequences of int
        Names of each call's blocks, in the order sent.
    input_tokens : array_like
        Tokens of each call: the last block has what is left.
    block_tokens : int
        Tokens of a full block.

    Raises
    ------
    InputError
        If there are no calls, times go backwards, or blocks and tokens do not fit together.
    """
    times = np.asarray(seconds, dtype=np.float64)
    lengths = np.asarray(input_tokens, dtype=np.float64)
    counts = np.array([len(names) for names in blocks], dtype=np.int64)
    _check(times, lengths, counts, block_tokens)
    names = np.fromiter((name for call in blocks for name in call), np.int64, int(counts.sum()))
    call = np.repeat(np.arange(times.size), counts)
    tokens = np.full(names.size, float(block_tokens))
    tokens[np.cumsum(counts)[counts > 0] - 1] -= (counts * block_tokens - lengths)[counts > 0]
    sent = times[call]
    order = np.lexsort((call, names))
    same = np.concatenate([[False], np.diff(names[order]) == 0])
    since = np.full(names.size, np.inf)
    since[order] = np.where(same, np.diff(sent[order], prepend=-np.inf), np.inf)
    _, inverse, uses = np.unique(names, return_inverse=True, return_counts=True)
    return Reuse(since, sent - times[0], tokens, (uses >= EVERY_CALL * times.size)[inverse])


def _check(times: Array, lengths: Array, counts: npt.NDArray[np.int64], block: int) -> None:
    if not times.size:
        raise InputError(Problem("no calls", "a trace with at least one call", path="trace"))
    problems = []
    back = np.flatnonzero(np.diff(times) < 0)
    if back.size:
        place = int(back[0]) + 1
        read = f"call {place + 1} at {times[place]:g} s after one at {times[place - 1]:g} s"
        problems.append(Problem(read, "calls in the order they were made", path="timestamp"))
    fits = counts == np.ceil(lengths / block)
    if not fits.all():
        place = int(np.flatnonzero(~fits)[0])
        read = f"call {place + 1} of {lengths[place]:g} tokens in {counts[place]} blocks"
        expected = f"one block for every {block} tokens begun"
        problems.append(Problem(read, expected, path="hash_ids"))
    if problems:
        raise InputError(problems)


@dataclass(frozen=True, eq=False)
class ReuseLaw:
    """share(T) = s + (h_inf - s) F(T).

    Parameters
    ----------
    always : float
        s: share of tokens that every call sends.
    ever : float
        h_inf: share of tokens that come back some time.
    gaps : Gaps
        F: weighted by tokens.
    """

    always: float
    ever: float
    gaps: Gaps

    def share(self, lifetimes: npt.ArrayLike) -> Array:
        """Return the share of tokens that a cache finds which was in use before."""
        return np.asarray(self.always + (self.ever - self.always) * self.gaps.within(lifetimes))

    def found(self, lifetimes: npt.ArrayLike, trace: Reuse) -> Array:
        """Return the share that a cache finds which was empty when a trace began.

        What came before could not be found: a lifetime counts up to the time since the start.
        """
        kept = np.asarray(lifetimes, dtype=np.float64)[..., None]
        seen = self.share(np.minimum(kept, trace.since_start))
        return np.asarray(seen @ trace.tokens / trace.tokens.sum())

    def cost_factor(
        self, lifetime: npt.ArrayLike, plain: float, read: float, written: float
    ) -> Array:
        """Return the price of input with all of it kept over that without; above 1 it loses."""
        hit = self.share(lifetime)
        return np.asarray((hit * read + (1 - hit) * written) / plain)


def fit_reuse(trace: Reuse) -> ReuseLaw:
    """Return the law of reuse that lies closest to a trace's estimate.

    s and the share at once are counted; h_inf and the lognormal are fitted by least squares to
    `Reuse.expected` at 40 lifetimes, evenly in their logarithm, from the shortest time between two
    uses to nine tenths of the trace.

    Raises
    ------
    InputError
        If fewer than 100 blocks come back after some time.
    """
    from scipy.optimize import least_squares

    always = float(trace.tokens[trace.everywhere].sum() / trace.tokens.sum())
    rest = trace.chosen(~trace.everywhere)
    later = np.isfinite(rest.seconds) & (rest.seconds > 0)
    if later.sum() < _FEWEST:
        read = f"{int(later.sum())} blocks that come back after some time"
        raise InputError(Problem(read, f"at least {_FEWEST}", "use a longer trace", path="trace"))
    shortest = float(np.quantile(rest.seconds[later], 0.01))
    lifetimes = np.geomspace(shortest, 0.9 * float(trace.since_start.max()), 40)
    known, at_once = rest.expected(lifetimes), float(rest.expected(0.0))

    def law(point: Array) -> tuple[float, Gaps]:
        ever, median, sigma = (float(value) for value in point)
        return ever, Gaps(np.array(math.exp(median)), sigma, min(at_once / ever, 1.0))

    def residual(point: Array) -> Array:
        ever, gaps = law(point)
        return ever * gaps.within(lifetimes) - known

    last = max(float(known[-1]), at_once + 1e-6)
    middle = math.log(float(lifetimes[np.searchsorted(known, last / 2).clip(0, 39)]))
    bounds = ([last, math.log(shortest), 0.1], [1.0, math.log(lifetimes[-1]) + 3, 4.0])
    start = np.clip([last, middle, 1.0], np.add(bounds[0], 1e-6), np.subtract(bounds[1], 1e-6))
    best = least_squares(residual, start, bounds=bounds).x
    ever, gaps = law(best)
    return ReuseLaw(always, always + (1 - always) * ever, gaps)
