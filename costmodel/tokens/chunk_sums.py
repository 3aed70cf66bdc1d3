"""How many chunks a document makes, and what they hold: the sums, without the text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem

Array = npt.NDArray[np.float64]


def chunk_count(tokens: npt.ArrayLike, size: int, overlap: int) -> Array:
    """Return the chunks of documents cut by tokens: ceil((T - o) / (c - o)).

    Parameters
    ----------
    tokens : array_like
        T, the tokens of each document; one chunk up to the size, none for an empty one.
    size, overlap : int
        c and o, in tokens.

    Raises
    ------
    InputError
        If overlap is not below size, or a number is negative or not finite.
    """
    held = np.asarray(tokens, dtype=np.float64)
    if not 0 <= overlap < size:
        expected = f"from 0 to below the size of {size}"
        raise InputError(Problem(f"{overlap}", expected, "make overlap smaller", "overlap"))
    wrong = held[~(np.isfinite(held) & (held >= 0))]
    if wrong.size:
        raise InputError(Problem(f"{wrong.flat[0]:g}", "tokens from 0 up, finite", path="tokens"))
    made = np.maximum(np.ceil((held - overlap) / (size - overlap)), 1)
    return np.asarray(np.where(held > 0, made, 0.0))


def stored_tokens(tokens: npt.ArrayLike, size: int, overlap: int) -> Array:
    """Return the tokens of those chunks, T + o (chunks - 1), in the shape of `tokens`."""
    held = np.asarray(tokens, dtype=np.float64)
    return np.asarray(held + overlap * np.maximum(chunk_count(held, size, overlap) - 1, 0))
