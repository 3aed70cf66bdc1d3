"""Conversations played turn by turn: what each call sends, receives and costs."""

from dataclasses import dataclass, field

import numpy as np

from costmodel.prices import bill

from .laws import OUTPUT_CORRELATION, USER_CORRELATION, Size, correlated, draw_attempts

METERS = ("uncached", "cached", "written", "output")
COUNTS = ("conversations", "turns", "failed", "attempts", "calls")


@dataclass(frozen=True)
class Step:
    """One feature's only step as it is in each future: arrays have one value per future."""

    fixed_tokens: np.ndarray
    retrieved_tokens: np.ndarray
    kept_tokens: np.ndarray
    """The part of the retrieved tokens that stays in the history."""
    user: Size
    output: Size
    reasoning: Size
    resend: bool
    malformed: np.ndarray
    transport: np.ndarray
    max_attempts: int
    malformed_shape: float
    cached_share: np.ndarray
    written_share: np.ndarray
    units: dict[str, np.ndarray] = field(default_factory=dict)
    """Mean units of a billed call by name: searches, images, pages."""


class Tally:
    """Sums by future of what one lane did in one month."""

    def __init__(self, futures, units=()):
        self.futures = futures
        self.sums = dict.fromkeys(COUNTS, 0.0)
        self.usd = dict.fromkeys(METERS, 0.0)
        self.tokens = dict.fromkeys((*METERS, "reasoning"), 0.0)
        self.units = dict.fromkeys(units, 0.0)

    def add(self, table, name, future, weights):
        table[name] = table[name] + np.bincount(future, weights, minlength=self.futures)


def play(step, future, turns, factor, parts, tally, rng):
    """Play conversations to their end and add them up.

    Parameters
    ----------
    future, turns : integer arrays, one per conversation
        The future it belongs to and how many turns it has.
    factor : array, one per future
        This month's drift of tokens.
    parts : sequence of (weight, rate card)
        The month's prices.
    """
    tally.add(tally.sums, "conversations", future, np.ones(future.size))
    history = np.zeros(future.size)
    person, answer, thought = rng.standard_normal((3, future.size))
    while future.size:
        grown = factor[future]
        user = step.user.at(correlated(person, USER_CORRELATION, rng), future, grown)
        visible = step.output.at(correlated(answer, OUTPUT_CORRELATION, rng), future, grown)
        hidden = step.reasoning.at(correlated(thought, OUTPUT_CORRELATION, rng), future, grown)
        sent = step.fixed_tokens[future] + history + user + step.retrieved_tokens[future]
        tried = draw_attempts(
            step.malformed[future],
            step.transport[future],
            step.max_attempts,
            step.malformed_shape,
            rng,
        )
        _count(tally, future, tried)
        _use_units(tally, step, future, tried.billed, rng)
        _charge(tally, step, future, sent, visible, hidden, tried.billed, parts)
        if step.resend:
            history = history + user + step.kept_tokens[future] + visible * tried.answered
        turns = turns - 1
        on = turns > 0
        future, turns, history = future[on], turns[on], history[on]
        person, answer, thought = person[on], answer[on], thought[on]


def _count(tally, future, tried):
    tally.add(tally.sums, "turns", future, np.ones(future.size))
    tally.add(tally.sums, "failed", future, ~tried.answered)
    tally.add(tally.sums, "attempts", future, tried.made)
    tally.add(tally.sums, "calls", future, tried.billed)


def _use_units(tally, step, future, billed, rng):
    # Whole units of each billed call, Poisson: a malformed answer's calls use theirs too, and
    # the sum over a turn's calls is Poisson again.
    for name, mean in step.units.items():
        tally.add(tally.units, name, future, rng.poisson(mean[future] * billed))


def _charge(tally, step, future, sent, visible, hidden, billed, parts):
    # All billed attempts of a turn send and receive the same: bill one, then multiply.
    cached = sent * step.cached_share[future]
    written = sent * step.written_share[future]
    tokens = {
        "uncached": sent - cached - written,
        "cached": cached,
        "written": written,
        "output": visible + hidden,
        "reasoning": hidden,
    }
    for meter, amount in tokens.items():
        tally.add(tally.tokens, meter, future, amount * billed)
    for weight, card in parts:
        charge = bill(
            card,
            input_tokens=sent,
            cached_input_tokens=cached,
            cache_write_tokens=written,
            output_tokens=visible + hidden,
        )
        for meter in METERS:
            tally.add(tally.usd, meter, future, getattr(charge, meter) * billed * weight)
