"""The turns of conversations, row by row: what each sends, receives, and may be billed."""

from dataclasses import dataclass, fields

import numpy as np

from costmodel.prices import bill

from .demand import Table
from .laws import OUTPUT_CORRELATION, USER_CORRELATION, correlated, draw_attempts

DAY = 86_400.0
Z95 = 1.6448536269514722
ASSUMED_GAP = (137.0, 840.0)
"""P50 and P95 of the seconds between turns where none is stated: those of the shipped scenario."""


@dataclass(frozen=True)
class Turns(Table):
    """Every turn that a quota by turns lets through, by conversation and position."""

    talk: np.ndarray
    position: np.ndarray
    future: np.ndarray
    lane: np.ndarray
    person: np.ndarray
    day: np.ndarray
    start: np.ndarray
    time: np.ndarray
    """Seconds since the first day of the horizon, when the turn is made."""
    cheaper: np.ndarray
    """Whether a quota leaves it to the cheaper model."""
    fixed: np.ndarray
    retrieved: np.ndarray
    kept: np.ndarray
    resend: np.ndarray
    user: np.ndarray
    visible: np.ndarray
    hidden: np.ndarray
    made: np.ndarray
    billed: np.ndarray
    answered: np.ndarray
    coin: np.ndarray
    """What decides the rest by chance: whether it may be cached, is found, or is fooled."""

    @property
    def out(self):
        return self.visible + self.hidden

    def so_far(self, values):
        """The sum of values over the earlier turns of each one's conversation."""
        total = np.cumsum(values) - values
        return total - total[np.arange(self.talk.size) - self.position]


def draw_turns(talks, judged, steps, gaps, drift, rng):
    """Draw the turns that are made of each conversation.

    Parameters
    ----------
    steps, gaps, drift : mappings by lane
        What a call is in each future; P50 and P95 of the gaps in seconds, or None; the factors on
        this month's tokens.
    """
    made = judged.within + judged.bought + judged.degraded
    parts = []
    for lane, step in steps.items():
        mine = np.flatnonzero(talks.lane == lane)
        parts.append(_of_lane(talks, judged, mine, made[mine], step, gaps[lane], drift[lane], rng))
    return Turns.stacked(parts)


def _of_lane(talks, judged, mine, count, step, gap, drift, rng):
    talk = np.repeat(mine, count)
    first = np.repeat(np.cumsum(count) - count, count)
    position = np.arange(talk.size) - first
    future = talks.future[talk]
    person, answer, thought = (
        np.repeat(scores, count) for scores in rng.standard_normal((3, mine.size))
    )
    grown = drift[future]
    tried = draw_attempts(
        step.malformed[future], step.transport[future], step.max_attempts, step.malformed_shape, rng
    )
    return Turns(
        talk=talk,
        position=position,
        future=future,
        lane=talks.lane[talk],
        person=talks.person[talk],
        day=talks.day[talk],
        start=talks.start[talk],
        time=talks.start[talk] * DAY + _since_start(position, first, gap, rng),
        cheaper=(judged.degraded[talk] > 0) & (position >= judged.within[talk]),
        fixed=step.fixed_tokens[future],
        retrieved=step.retrieved_tokens[future],
        kept=step.kept_tokens[future],
        resend=np.full(talk.size, step.resend),
        user=step.user.at(correlated(person, USER_CORRELATION, rng), future, grown),
        visible=step.output.at(correlated(answer, OUTPUT_CORRELATION, rng), future, grown),
        hidden=step.reasoning.at(correlated(thought, OUTPUT_CORRELATION, rng), future, grown),
        made=tried.made,
        billed=tried.billed,
        answered=tried.answered,
        coin=rng.random((talk.size, 4)),
    )


def _since_start(position, first, gap, rng):
    p50, p95 = ASSUMED_GAP if gap is None else gap
    pause = p50 * np.exp(np.log(p95 / p50) / Z95 * rng.standard_normal(position.size))
    pause[position == 0] = 0.0
    total = np.cumsum(pause)
    return total - total[first] if total.size else total


@dataclass(frozen=True)
class Charged:
    """USD and tokens of each turn with all its billed attempts, by meter."""

    usd: dict[str, np.ndarray]
    tokens: dict[str, np.ndarray]


@dataclass(frozen=True)
class CacheUse(Table):
    """Of each turn's input: read and written by its first billed call, and by those after it."""

    read: np.ndarray
    written: np.ndarray
    read_again: np.ndarray
    written_again: np.ndarray
    hour: np.ndarray
    """Whether writes are billed at the rate of the one-hour lifetime."""

    @staticmethod
    def none(size):
        zero = np.zeros(size)
        return CacheUse(zero, zero, zero, zero, np.zeros(size, dtype=bool))


def charge(sent, out, billed, use, parts):
    """Bill each turn at a month's prices, the first of its calls and the rest."""
    once, more = np.minimum(billed, 1), np.maximum(billed - 1, 0)
    usd, tokens = {}, {"output": out * billed}
    calls = ((once, use.read, use.written), (more, use.read_again, use.written_again))
    for count, read, written in calls:
        amounts = {"cached": read, "written": written, "uncached": sent - read - written}
        for meter, each in amounts.items():
            tokens[meter] = tokens.get(meter, 0.0) + each * count
        for weight, card in parts:
            priced = bill(
                card,
                input_tokens=sent,
                cached_input_tokens=read,
                cache_write_tokens=written,
                cache_write_1h_tokens=np.where(use.hour, written, 0.0),
                output_tokens=out,
            )
            for field in fields(priced):
                part = getattr(priced, field.name) * count * weight
                usd[field.name] = usd.get(field.name, 0.0) + part
    return Charged(usd, tokens)
