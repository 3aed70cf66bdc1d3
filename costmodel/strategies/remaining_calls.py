"""What a response cache leaves to be called: which turns, and how much history they resend.

A hit takes a turn out of the calls but not out of the conversation: its message and its answer are
resent with every later turn. With first turns alone eligible, and a share g of them answered, a
conversation of K turns has K - g calls in the mean, which still resend E[K (K - 1)] / 2 earlier
turns:

    earlier turns per call = E[K (K - 1)] / 2 / (E[K] - g).

Where every turn is eligible and hit alike, calls are a fair sample of turns and resend as many as
before. Hits are taken as independent of the length of the conversation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RemainingCalls:
    """The turns that are still called, and what one of them resends: arrays, broadcastable."""

    share: Array
    """Turns that are called, per turn that arrived."""
    earlier: Array
    """Earlier turns resent per called turn: so many user messages."""
    earlier_answers: Array
    """Earlier answers among them: those of hits, and of calls that did not fail."""
    earlier_called: Array
    """Earlier turns among them that were called: so many sets of kept retrieved chunks."""


def eligible_share(turns: Array, cacheable: Array, *, multi_turn: bool = False) -> Array:
    """Return the share of turns that a response cache looks up.

    Parameters
    ----------
    turns : array
        Mean turns of a conversation, E[K].
    cacheable : array
        Share of those turns whose answer may be given again (no tools, no personal data).
    multi_turn : bool
        Whether turns with history are eligible; otherwise first turns, 1 / E[K], are.
    """
    return np.asarray(cacheable * np.ones_like(turns) if multi_turn else cacheable / turns)


def remaining_calls(
    turns: Array, pairs: Array, hits: Array, failed: Array, *, multi_turn: bool = False
) -> RemainingCalls:
    """Return what remains to be called after a response cache.

    Parameters
    ----------
    turns : array
        Mean turns of a conversation, E[K].
    pairs : array
        E[K (K - 1)] / 2 where history is resent (`mean_pairs`), else 0.
    hits : array
        Share of all turns that the cache answers.
    failed : array
        Share of called turns without an answer in the end: their answers enter no history.
    multi_turn : bool
        Whether any turn may have been a hit; otherwise first turns alone.
    """
    if multi_turn:
        earlier = np.asarray(pairs / turns)
        called = earlier * (1 - hits)
        answers = earlier * (1 - failed) + earlier * (hits * failed)
        return RemainingCalls(1 - hits, earlier, answers, called)
    first = hits * turns
    calls = turns - first
    # A conversation that was answered from the cache goes on for E[K] - 1 turns in the mean, and
    # those resend its first.
    held = np.where(pairs > 0, first * (turns - 1), 0.0)
    left = np.maximum(calls, 1e-300)
    earlier = np.asarray(pairs / left)
    return RemainingCalls(
        share=1 - hits,
        earlier=earlier,
        earlier_answers=earlier * (1 - failed) + held / left * failed,
        earlier_called=earlier - held / left,
    )


def called_positions(shares: Array, turns: Array, hits: Array) -> Array:
    """Return the shares of the remaining calls that positions in a conversation have.

    Parameters
    ----------
    shares : array
        Shares of turns by position, (draws, positions); the first column is the first turn.
    turns : array
        Mean turns of a conversation, (draws,).
    hits : array
        Share of all turns that the cache answers, all of them first turns: (draws,).

    Returns
    -------
    array
        (draws, positions); each row sums to what the row of `shares` does.
    """
    first = np.zeros(shares.shape[-1])
    first[0] = 1.0
    whole = shares.sum(axis=-1, keepdims=True)
    called = shares - np.broadcast_to(hits, turns.shape)[..., None] * first
    left = np.maximum(whole - np.broadcast_to(hits, turns.shape)[..., None], 1e-300)
    return np.asarray(called * (whole / left))
