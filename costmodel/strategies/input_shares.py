"""Shares of a call's input that a provider's cache reads and stores, month by month.

The same as `cached_turns.cache_use`, which is the reference. Where every call of a conversation
reaches the same cache and every beginning is long enough to be kept, only the last call matters and
the formulas are short; a month of them stays in the processor's cache, four times as fast.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from costmodel.strategies.cache_rules import CacheRule
from costmodel.strategies.cached_turns import Ends, Traffic, cache_use, ends_of
from costmodel.strategies.prompt_length import Beginning, Prompt

Array = npt.NDArray[np.float64]

_TINY = 1e-300


def input_shares(
    prompt: Prompt,
    traffic: Traffic,
    rule: CacheRule,
    fixed_hit: npt.ArrayLike = 0.0,
    again: npt.ArrayLike = 0.0,
) -> tuple[Array, Array]:
    """Return the shares of the input that are read and written.

    Parameters
    ----------
    prompt, traffic, rule, fixed_hit
        As in `cache_use`; `traffic.conversations` is (months, draws).
    again : array_like
        Share of the calls that send once more what was sent a moment before: they find all of it
        that is kept.

    Returns
    -------
    (array, array)
        (months, draws), broadcastable.
    """
    repeats = np.asarray(again, dtype=np.float64)
    short = _Short.of(prompt, traffic, rule, np.asarray(fixed_hit, dtype=np.float64), repeats)
    if short is None:
        return _shares(prompt, traffic, rule, fixed_hit, repeats)
    months, draws = np.broadcast_shapes(traffic.conversations.shape, short.width)
    read, written = np.empty((months, draws)), np.empty((months, draws))
    for month in range(months):
        read[month], written[month], spilt = short.month(month)
        if spilt.any():
            which = _Which(month, np.broadcast_to(spilt, draws))
            some = _prompt_of(prompt, which), _traffic_of(traffic, which)
            hit, repeat = (which.of(np.asarray(share)) for share in (fixed_hit, repeats))
            read[month, which.futures], written[month, which.futures] = _shares(
                *some, rule, hit, repeat
            )
    return read, written


def _shares(
    prompt: Prompt, traffic: Traffic, rule: CacheRule, fixed_hit: npt.ArrayLike, again: Array
) -> tuple[Array, Array]:
    use = cache_use(prompt, traffic, rule, fixed_hit)
    sent = np.maximum(use.input, _TINY)
    read = ((1 - again) * use.read + again * use.repeated) / sent
    return np.asarray(read), np.asarray((1 - again) * use.written / sent)


def _row(values: npt.ArrayLike, month: int) -> Array:
    """Return a month's values, the only ones where all months are alike."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim < 2:
        return array
    return np.asarray(array[month if array.shape[0] > 1 else 0])


@dataclass(frozen=True, eq=False)
class _Which:
    """Some futures of a month."""

    month: int
    futures: npt.NDArray[np.bool_]

    def of(self, values: npt.ArrayLike) -> Array:
        """Return the values in them."""
        row = _row(values, self.month)
        return row if row.size == 1 else row[self.futures]


def _prompt_of(prompt: Prompt, which: _Which) -> Prompt:
    sizes = tuple(which.of(size) for size in prompt.tokens)
    return replace(prompt, tokens=sizes, answer=which.of(prompt.answer))


def _traffic_of(traffic: Traffic, which: _Which) -> Traffic:
    turns = replace(
        traffic.turns,
        mean=which.of(traffic.turns.mean),
        later_share=which.of(traffic.turns.later_share),
        resent_share=which.of(traffic.turns.resent_share),
    )
    return replace(
        traffic,
        conversations=which.of(traffic.conversations),
        turns=turns,
        skipped_first=which.of(traffic.skipped_first),
        skipped_later=which.of(traffic.skipped_later),
    )


@dataclass(frozen=True, eq=False)
class _Part:
    """A beginning of the prompt: tokens a call sends of it, and those an earlier turn adds."""

    alone: Array
    per_turn: Array

    @staticmethod
    def of(prompt: Prompt, count: int, least: int) -> _Part | None:
        """Return the first parts; None where some futures have too few tokens to be kept."""
        begin = Beginning.of(prompt, count)
        if (least - begin.stays > 0).any():
            return None
        return _Part(np.asarray(begin.stays + begin.message), begin.per_turn)

    def tokens(self, month: int, calls: Array, resent: Array) -> Array:
        """Return the tokens of some calls that resend some earlier turns."""
        return np.asarray(_row(self.alone, month) * calls + _row(self.per_turn, month) * resent)


@dataclass(frozen=True, eq=False)
class _Short:
    """What the short formulas need; see the formulas of `cached_turns`."""

    traffic: Traffic
    rule: CacheRule
    hit: Array
    again: Array
    ends: Ends
    own: _Part | None
    end: _Part
    whole: _Part
    second: Array
    """P(K >= 2), without any limit."""
    pairs: Array
    within: Array
    kept: Array

    @staticmethod
    def of(
        prompt: Prompt, traffic: Traffic, rule: CacheRule, fixed_hit: Array, again: Array
    ) -> _Short | None:
        """Return what is needed; None where the short formulas do not hold."""
        alike = len(traffic.day) == 1 and bool((traffic.keys == 1).all())
        simple = rule.fixed_lifetime is None and not traffic.skipped_later.any()
        if not (alike and simple and traffic.conversations.ndim == 2):
            return None
        ends = ends_of(prompt, rule)
        own = _Part.of(prompt, ends.own, rule.least_tokens) if ends.own else None
        end = _Part.of(prompt, ends.end, rule.least_tokens)
        whole = _Part.of(prompt, len(prompt.order.parts), 0)
        if end is None or whole is None or (ends.own and own is None):
            return None
        free = replace(traffic.turns, later_share=1.0, resent_share=1.0)
        return _Short(
            traffic, rule, fixed_hit if ends.whole_only else np.ones(1), again, ends, own, end,
            whole, free.reaching(2), free.pairs, traffic.gaps.within(rule.lifetime),
            traffic.gaps.kept(rule.lifetime),
        )  # fmt: skip

    @property
    def width(self) -> tuple[int, ...]:
        """How many futures there are."""
        arrays = (self.second, self.pairs, self.end.alone, self.whole.alone, self.ends.fixed,
                  self.traffic.skipped_first, self.again, self.hit)  # fmt: skip
        return np.broadcast_shapes((1,), *(array.shape[-1:] for array in arrays))

    def month(self, month: int) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
        """Return the shares of a month, and where they do not hold: calls spill to more caches."""
        turns, rule, fixed = self.traffic.turns, self.rule, self.ends.fixed
        begun = _row(self.traffic.conversations, month)
        first = 1 - _row(self.traffic.skipped_first, month)
        share = _row(turns.later_share, month)
        later = (turns.mean - 1) * share
        calls = first + later
        limit = self.traffic.overflow_per_minute
        spilt = begun * calls > np.inf if limit is None else begun * calls * 60 > limit
        second = self.second * share
        pairs = self.pairs * _row(turns.resent_share, month)
        lag = second * first + np.maximum(later - second, 0.0)
        seen = 1 - (1 - first) * (1 - second)
        others = -np.expm1(-begun * (rule.lifetime * seen + lag * self.kept))
        own = lag * self.within
        read = self.hit * fixed * (own + others * (calls - own))
        lost = 0.0 if rule.step_tokens is None else (rule.step_tokens - 1) / 2
        if self.own is not None:
            resent = np.maximum(pairs - later, 0.0)
            tokens = self.own.tokens(month, lag, resent) - lost * lag
            extra = self.within * tokens - fixed * own
            read = read + (1 - self.hit) * fixed * own + np.maximum(extra, 0.0)
        stored = self.end.tokens(month, calls, pairs)
        sent = np.maximum(self.whole.tokens(month, calls, pairs), _TINY)
        repeated = np.maximum(stored - lost * calls, 0.0)
        once = (1 - self.again) / sent
        written = once * np.maximum(stored - read, 0.0) if rule.writes_billed else np.zeros(1)
        return np.asarray(once * read + self.again / sent * repeated), np.asarray(written), spilt
