"""What attempts cost besides the first: repairs that carry the bad answer, and streams cut short.

A malformed answer is asked for again either alike, or by a repair call that sends the bad answer
and the error message along, so that the k-th billed call sends

    P + (k - 1) (output + error message)

where all before it were malformed. Transport errors send nothing new. q, the chance that a prompt
comes back malformed, is Beta distributed between prompts as in `retries`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def beta_moments(mean: Array, shape: float, most: int) -> list[Array]:
    """Return E[q^0], ..., E[q^most] of a Beta law.

    E[q^(j+1)] / E[q^j] = (a + j) / (a / mean + j).

    Parameters
    ----------
    mean : array of shares
    shape : float
        First shape parameter, a.
    most : int
    """
    moments = [np.ones(np.shape(mean))]
    for j in range(most):
        moments.append(moments[-1] * ((shape + j) * mean / (shape + j * mean)))
    return moments


def failing_paths(malformed: Array, transport: Array, shape: float, most: int) -> list[list[Array]]:
    """Return the chances that the first k attempts all fail, i of them by being malformed.

    Parameters
    ----------
    malformed, transport, shape, most
        As in `retries.attempts`.

    Returns
    -------
    list of lists of arrays
        Element [k][i] for k up to `most` and i up to k; over i they sum to `retries.all_fail`.
    """
    moments = beta_moments(malformed, shape, most)
    return [
        [
            comb(k, i) * transport ** (k - i) * (1 - transport) ** i * moments[i]
            for i in range(k + 1)
        ]
        for k in range(most + 1)
    ]


def earlier_malformed(malformed: Array, transport: Array, shape: float, most: int) -> Array:
    """Return how many bad answers the billed calls of a turn send along, in all and on average.

    sum over k of (1 - t) E[malformed among the first k; all k failed]: each adds
    output + error message to the input of a repair call.
    """
    paths = failing_paths(malformed, transport, shape, most)
    sent = sum(
        (i * path for k in range(1, most) for i, path in enumerate(paths[k]) if i > 0),
        start=np.zeros(np.broadcast(malformed, transport).shape),
    )
    return np.asarray((1 - transport) * sent)


@dataclass(frozen=True, eq=False)
class RepairInput:
    """Input tokens that repairs add: arrays (draws,), broadcastable."""

    per_turn: Array
    per_call: Array
    """Of a billed call, first attempts included."""


def repair_input(
    malformed: Array,
    transport: Array,
    shape: float,
    most: int,
    *,
    output_tokens: Array,
    error_tokens: Array,
) -> RepairInput:
    """Return the input that repair calls add to attempts that repeat the prompt alone.

    Parameters
    ----------
    malformed, transport, shape, most
        As in `retries.attempts`.
    output_tokens : array
        Tokens of a bad answer that are sent back: what the user would have seen, no reasoning.
    error_tokens : array
        Tokens of the error message and the request to mend it.
    """
    carried = earlier_malformed(malformed, transport, shape, most)
    paths = failing_paths(malformed, transport, shape, most)
    tried = sum((sum(path[1:], start=path[0]) for path in paths[1:most]), start=paths[0][0])
    each = output_tokens + error_tokens
    return RepairInput(
        per_turn=carried * each,
        per_call=carried * each / np.maximum(tried * (1 - transport), 1e-300),
    )


@dataclass(frozen=True, eq=False)
class CutStreams:
    """What streams that broke off are billed, per turn: arrays (draws,), broadcastable."""

    inputs: Array
    """Whole inputs billed, besides those of answers that arrived."""
    outputs: Array
    """Whole outputs' worth billed, besides those of answers that arrived."""


def cut_streams(tried: Array, transport: Array, begun: Array, fraction: Array) -> CutStreams:
    """Return what is billed for attempts that failed after the answer had begun to arrive.

    Parameters
    ----------
    tried : array
        Requests per turn, `Attempts.tried`.
    transport : array
        Share of attempts that fail in transport.
    begun : array
        Share of those that had begun to stream: their input is billed in full, and of the output
        what had been written. The others are billed nothing.
    fraction : array
        Share of the output written by then; 1 where the provider writes on after a client left.
    """
    cut = tried * transport * begun
    return CutStreams(inputs=cut, outputs=cut * fraction)
