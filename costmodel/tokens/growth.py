"""How the input of a conversation grows: history resent, kept in a window, or summarised.

Every turn sends the system prompt, what is kept of the earlier turns, and the new message; its
answer joins the history. With S tokens of system prompt, u of a message and a of an answer, turn
n of a resent history sends S + u n + a (n - 1). All functions take arrays, which broadcast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Growth:
    """The tokens of whole conversations.

    Parameters
    ----------
    input_tokens, output_tokens : numpy.ndarray
        Of the calls that answer.
    summary_input_tokens, summary_output_tokens : numpy.ndarray
        Of the calls that summarise; 0 where nothing is summarised.
    """

    input_tokens: Array
    output_tokens: Array
    summary_input_tokens: Array
    summary_output_tokens: Array

    @property
    def total_input_tokens(self) -> Array:
        """Input of all calls."""
        return self.input_tokens + self.summary_input_tokens

    @property
    def total_output_tokens(self) -> Array:
        """Output of all calls."""
        return self.output_tokens + self.summary_output_tokens


def resent(
    system: npt.ArrayLike, user: npt.ArrayLike, answer: npt.ArrayLike, turns: npt.ArrayLike
) -> Growth:
    """Return the tokens of a conversation whose whole history is resent.

    Input over N turns: N S + u N (N + 1) / 2 + a N (N - 1) / 2.

    Parameters
    ----------
    system, user, answer : array_like
        Tokens of the system prompt, of a message and of an answer.
    turns : array_like
        Turns of the conversation, whole numbers from 0.

    Raises
    ------
    InputError
        If a number is negative or not finite, or turns are not whole.
    """
    s, u, a = _sizes(system=system, user=user, answer=answer)
    n = _whole("turns", turns)
    return _plain(n * s + u * n * (n + 1) / 2 + a * n * (n - 1) / 2, n * a)


def windowed(
    system: npt.ArrayLike,
    user: npt.ArrayLike,
    answer: npt.ArrayLike,
    turns: npt.ArrayLike,
    window: npt.ArrayLike,
) -> Growth:
    """Return the tokens of a conversation of which the last turns are kept.

    Turn n sends S + u + min(n - 1, W) (u + a): linear in the turns once the window is full.

    Parameters
    ----------
    system, user, answer : array_like
        Tokens of the system prompt, of a message and of an answer.
    turns : array_like
        Turns of the conversation, whole numbers from 0.
    window : array_like
        W, how many earlier turns (message and answer) go with each message; 0 sends none.

    Raises
    ------
    InputError
        If a number is negative or not finite, or turns or window are not whole.
    """
    s, u, a = _sizes(system=system, user=user, answer=answer)
    n, w = _whole("turns", turns), _whole("window", window)
    filling = np.minimum(np.maximum(n - 1, 0), w)
    kept = filling * (filling + 1) / 2 + w * np.maximum(n - 1 - filling, 0)
    return _plain(n * (s + u) + (u + a) * kept, n * a)


def summarised(
    system: npt.ArrayLike,
    user: npt.ArrayLike,
    answer: npt.ArrayLike,
    turns: npt.ArrayLike,
    *,
    every: npt.ArrayLike,
    summary: npt.ArrayLike,
    instruction: npt.ArrayLike = 0,
) -> Growth:
    """Return the tokens of a conversation whose history is summarised from time to time.

    After every k turns, the last one of the conversation included, a call reads the instruction,
    the previous summary and those k turns, and writes a summary; it then stands for all of them.

    Parameters
    ----------
    system, user, answer : array_like
        Tokens of the system prompt, of a message and of an answer.
    turns : array_like
        Turns of the conversation, whole numbers from 0.
    every : array_like
        k, whole numbers from 1.
    summary : array_like
        Tokens of a summary.
    instruction : array_like
        Tokens of the prompt of the summarising call.

    Raises
    ------
    InputError
        If a number is negative or not finite, or turns or every are not whole.
    """
    s, u, a = _sizes(system=system, user=user, answer=answer)
    brief, prompt = _sizes(summary=summary, instruction=instruction)
    n, k = _whole("turns", turns), _whole("every", every, least=1)
    full, rest = np.divmod(n, k)
    kept = full * k * (k - 1) / 2 + rest * (rest - 1) / 2
    later = np.maximum(n - k, 0)  # turns that carry a summary
    sent = n * (s + u) + (u + a) * kept + brief * later
    read = full * (prompt + k * (u + a)) + brief * np.maximum(full - 1, 0)
    sent, out, read, wrote = np.broadcast_arrays(sent, n * a, read, full * brief)
    return Growth(sent, out, read, wrote)


def _plain(sent: Array, out: Array) -> Growth:
    sent, out = np.broadcast_arrays(sent, out)
    return Growth(sent, out, np.zeros(sent.shape), np.zeros(sent.shape))


def _sizes(**given: npt.ArrayLike) -> list[Array]:
    return [_checked(name, value, "a number of tokens from 0 up") for name, value in given.items()]


def _whole(name: str, value: npt.ArrayLike, least: int = 0) -> Array:
    expected = f"a whole number from {least} up"
    found = _checked(name, value, expected)
    wrong = found[(found != np.floor(found)) | (found < least)]
    if wrong.size:
        raise InputError(Problem(f"{wrong.flat[0]:g}", expected, path=name))
    return found


def _checked(name: str, value: npt.ArrayLike, expected: str) -> Array:
    found = np.asarray(value, dtype=np.float64)
    wrong = found[~(np.isfinite(found) & (found >= 0))]
    if wrong.size:
        raise InputError(Problem(f"{wrong.flat[0]:g}", expected, path=name))
    return found
