"""What the provider's prompt cache reads and stores of the calls of conversations.

A call of a conversation finds

- what its own conversation's last call has in common with it, if that was within the lifetime:
  the fixed parts, the history of that call, and its message if that became history unchanged;
- else the fixed parts that stand first, if any other conversation's call was within the lifetime.

Conversations begin at random (Poisson) at rate c. One covers the fixed parts for the union of the
lifetimes after its calls, T + sum of min(gap, T); so that they are found with probability

    p = 1 - exp(-c E[T + sum of min(gap, T)])

by a call whose own conversation gives no help. With F the law of the gaps, a call reads

    turn 1            p S                                          S: fixed parts, n = t - 2,
    turn t            F(T) (S + n m + u) + (1 - F(T)) p S          m: tokens a turn adds, u: message

and over all calls share(T) = s + (h_inf - s) F(T) where p = 1. Turns that a response cache answers,
or that go to another server, are not seen by the cache: the last call is then more gaps ago.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from costmodel.prices.caching import whole_steps
from costmodel.strategies.cache_rules import CacheRule
from costmodel.strategies.prompt_cache import InputPrices, caches_in_use, hit_table, prefix_hit
from costmodel.strategies.prompt_length import Beginning, Prompt
from costmodel.strategies.turn_gaps import MOST_TURNS_BACK, Gaps
from costmodel.strategies.turn_reach import Lag, Turns, any_seen, lags, reach_grid

Array = npt.NDArray[np.float64]

SMALLEST_LAG = 1e-4
"""A share of calls with an earlier call so far back that it is left out if smaller."""


@dataclass(frozen=True, eq=False)
class Traffic:
    """The conversations whose calls share a provider's cache.

    Parameters
    ----------
    conversations : array
        Conversations that begin per second, those of every segment that send the same fixed parts
        to the model; (months, draws) or broadcastable.
    turns : Turns
    gaps : Gaps
    skipped_first, skipped_later : array
        Share of first turns, and of later ones, that make no call of this prompt: a response cache
        answers them, or their step is not reached. They still join the history.
    keys : array
        Cache keys that conversations are spread over; each conversation keeps its own.
    overflow_per_minute : float or None
        Calls a minute of one key above which further servers take some; None for no such limit.
    day : tuple of float
        How busy equal parts of the day are; as in `hit_table`.
    """

    conversations: Array
    turns: Turns
    gaps: Gaps
    skipped_first: Array = field(default_factory=lambda: np.zeros(()))
    skipped_later: Array = field(default_factory=lambda: np.zeros(()))
    keys: Array = field(default_factory=lambda: np.ones(()))
    overflow_per_minute: float | None = None
    day: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        for name in ("conversations", "skipped_first", "skipped_later", "keys"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))

    @property
    def calls(self) -> Array:
        """Calls of a conversation."""
        return 1 - self.skipped_first + (1 - self.skipped_later) * self.turns.later


@dataclass(frozen=True, eq=False)
class CacheUse:
    """Mean tokens of a call, by what the cache does with them: arrays alike.

    Parameters
    ----------
    read, written, plain : array
        Served from the cache, billed as stored, and neither; they sum to `input`.
    written_fixed : array
        Of `written`, the fixed parts that stand first: billed at another rate where their
        lifetime is another. 0 where only the whole prompt is kept.
    fixed_found : array
        Share of calls that find the fixed parts.
    calls : array
        Calls per turn.
    repeated : array
        What a call would read that sends the same prompt again at once.
    """

    read: Array
    written: Array
    written_fixed: Array
    plain: Array
    fixed_found: Array
    calls: Array
    repeated: Array

    @property
    def input(self) -> Array:
        """Mean tokens a call sends."""
        return np.asarray(self.read + self.written + self.plain)

    def input_usd(self, prices: InputPrices, fixed_written: npt.ArrayLike | None = None) -> Array:
        """Return the mean price of a call's input, in USD.

        Parameters
        ----------
        prices : InputPrices
            USD per million tokens.
        fixed_written : array_like or None
            The write rate of the fixed parts, where they are kept for another lifetime.
        """
        usd = self.read * prices.read + self.written * prices.written + self.plain * prices.plain
        if fixed_written is not None:
            usd = usd + self.written_fixed * (np.asarray(fixed_written) - prices.written)
        return np.asarray(usd / 1e6)

    def saving_usd(self, prices: InputPrices, fixed_written: npt.ArrayLike | None = None) -> Array:
        """Return what the cache saves of a call's input in USD; below 0 where it loses."""
        return np.asarray(self.input * prices.plain / 1e6 - self.input_usd(prices, fixed_written))


def cache_use(
    prompt: Prompt, traffic: Traffic, rule: CacheRule | None, fixed_hit: npt.ArrayLike = 0.0
) -> CacheUse:
    """Return what a provider's prompt cache reads and stores of a mean call.

    Parameters
    ----------
    prompt : Prompt
    traffic : Traffic
    rule : CacheRule or None
        None where the provider keeps nothing unasked.
    fixed_hit : array_like
        `system_hit` of a scenario: where only the whole prompt is kept (``entries="end"``), the
        share of calls that find the fixed parts all the same while they are kept. Public reports
        conflict; 0 is the careful choice.

    Returns
    -------
    CacheUse
    """
    if rule is None:
        return _without(prompt, traffic)
    kept, seen = ends_of(prompt, rule), _seen(traffic)
    hit = np.asarray(fixed_hit, dtype=np.float64) if kept.whole_only else np.ones(1)
    found, own = _found(traffic, seen, rule)
    fixed = hit * kept.fixed * found
    if kept.own:
        # A call that finds its own conversation's entry reads it instead of the fixed parts'.
        fixed = fixed + (1 - hit) * kept.fixed * own
        extra = _own_tokens(prompt, traffic, seen, rule, kept.own) - kept.fixed * own
        read = fixed + np.maximum(extra, 0.0)
    else:
        read = fixed
    stored = _total(prompt, traffic, rule.least_tokens, kept.end)
    written = np.maximum(stored - read, 0.0) if rule.writes_billed else np.zeros(1)
    per = 1 / np.maximum(seen.calls, 1e-300)
    unread = 0.0 * fixed if kept.whole_only else np.maximum(kept.fixed * seen.calls - fixed, 0.0)
    return CacheUse(
        read=read * per,
        written=written * per,
        written_fixed=np.minimum(unread, written) * per,
        plain=(_sent(prompt, traffic) - read - written) * per,
        fixed_found=found * per,
        calls=seen.calls / (1 + traffic.turns.later),
        repeated=_whole_steps(stored, traffic, rule) * per,
    )


def _without(prompt: Prompt, traffic: Traffic) -> CacheUse:
    plain = _sent(prompt, traffic) / np.maximum(traffic.calls, 1e-300)
    none = np.zeros_like(plain)
    return CacheUse(none, none, none, plain, none, traffic.calls / (1 + traffic.turns.later), none)


@dataclass(frozen=True, eq=False)
class Ends:
    """Where the beginnings that can be found again end, in parts, and the fixed one's tokens."""

    fixed: Array
    own: int
    end: int
    whole_only: bool


def ends_of(prompt: Prompt, rule: CacheRule) -> Ends:
    """Return where the beginnings that a rule keeps of a prompt end."""
    order = prompt.order
    count, shared, lasting = len(order.parts), order.shared, order.lasting
    if rule.entries == "anywhere":
        fixed, own, end = shared, lasting, count
    elif rule.entries == "end":
        fixed, own, end = shared, count if lasting == count else 0, count
    else:
        after = order.after(rule.entries)
        fixed = max((place for place in after if place <= shared), default=0)
        own = max((place for place in after if place <= lasting), default=0)
        end = after[-1]
    tokens = order.tokens(prompt.tokens, fixed, joining=False)
    return Ends(
        whole_steps(tokens, rule.least_tokens, rule.step_tokens),
        own if own > fixed else 0,
        end,
        rule.entries == "end" and shared < count,
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """What one cache sees of the conversations; per conversation."""

    calls: Array
    caches: Array
    any: Array
    lags: tuple[Lag, ...]


def _seen(traffic: Traffic) -> _Seen:
    calls, turns = traffic.calls, traffic.turns
    rate = traffic.conversations * calls
    caches = caches_in_use(rate, traffic.keys, traffic.overflow_per_minute)
    caches = caches if caches.max() > 1 else np.ones(1)
    calling = 1 - traffic.skipped_later
    first, later = (1 - traffic.skipped_first) / caches, calling / caches
    most = _turns_back(turns, 1 - later)
    return _Seen(
        calls,
        caches,
        any_seen(turns, first, later, most),
        lags(turns, first, later, calling, most),
    )


def _turns_back(turns: Turns, unseen: Array) -> int:
    """Return how many turns to look back until earlier calls no longer matter, in the mean."""
    _, reached = reach_grid(turns.span, turns.cv)
    missed = unseen if unseen.max() > 0 else np.zeros(1)
    for ago in range(1, MOST_TURNS_BACK):
        if ago >= reached.shape[1] or float(missed.mean()) * reached[-1, ago] < SMALLEST_LAG:
            return ago
        missed = missed * unseen
    return MOST_TURNS_BACK


def _found(traffic: Traffic, seen: _Seen, rule: CacheRule) -> tuple[Array, Array]:
    """Return calls of a conversation that find the fixed parts, and their own last prompt."""
    longer = rule.lifetime if rule.fixed_lifetime is None else rule.fixed_lifetime
    kept, own_fixed, own = np.zeros(1), np.zeros(1), np.zeros(1)
    for lag in seen.lags:
        kept = kept + lag.calls * traffic.gaps.kept(longer, lag.turns)
        own = own + lag.calls * traffic.gaps.within(rule.lifetime, lag.turns)
        if rule.fixed_lifetime is not None:
            own_fixed = own_fixed + lag.calls * traffic.gaps.within(longer, lag.turns)
    own_fixed = own if rule.fixed_lifetime is None else own_fixed
    covered = longer * seen.any + kept / seen.caches
    covering = traffic.conversations / traffic.keys * covered
    steady = len(traffic.day) == 1
    others = prefix_hit(covering, 1.0) if steady else hit_table("sliding", traffic.day)(covering)
    return others * seen.calls + (1 - others) * own_fixed, own


def _own_tokens(
    prompt: Prompt, traffic: Traffic, seen: _Seen, rule: CacheRule, count: int
) -> Array:
    """Return the tokens a conversation's calls read of its own last prompts."""
    part = Beginning.of(prompt, count)
    lost = 0.0 if rule.step_tokens is None else (rule.step_tokens - 1) / 2
    total = np.zeros(1)
    for lag in seen.lags:
        tokens, calls = part.long_enough(
            traffic.turns, rule.least_tokens, lag.after_first, lag.after_later, lag.resent, 1
        )
        within = traffic.gaps.within(rule.lifetime, lag.turns)
        total = total + within * (tokens - lost * calls)
    return total


def _whole_steps(stored: Array, traffic: Traffic, rule: CacheRule) -> Array:
    """Return the tokens of a conversation's calls that are found when they are sent again."""
    lost = 0.0 if rule.step_tokens is None else (rule.step_tokens - 1) / 2 * traffic.calls
    return np.maximum(stored - lost, 0.0)


def _sent(prompt: Prompt, traffic: Traffic) -> Array:
    """Return the input tokens of a conversation's calls."""
    return _total(prompt, traffic, 0, len(prompt.order.parts))


def _total(prompt: Prompt, traffic: Traffic, least: int, count: int) -> Array:
    turns = traffic.turns
    calling = 1 - traffic.skipped_later
    first = 1 - traffic.skipped_first
    later, resent = calling * turns.later, calling * turns.pairs
    return Beginning.of(prompt, count).long_enough(turns, least, first, later, resent, 0)[0]
