"""Named random streams: quasi-random standard normal scores by (seed, name).

Every name has one column of an unscrambled Sobol sequence, chosen by its hash,
XOR-shifted by a key of (seed, name). Nothing depends on the order in which
streams are asked for, so strategies are compared on the same futures, and the
first 1,024 of 8,192 draws are those of a run with 1,024.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt

from costmodel.foundation.normal import normal_quantile

Array = npt.NDArray[np.float64]

COLUMNS = 1021
"""Sobol columns there are (a prime, so that probing reaches them all)."""
BITS = 17
"""Resolution of a stream: it takes 131,072 values, which is also the most draws."""
MOST_DRAWS = 1 << BITS


def assign_columns(names: Iterable[str]) -> dict[str, int | None]:
    """Give each name a Sobol column of its own: its hash, then the next free one.

    A name appended later moves none before it. Names beyond 1,021 get None:
    their stream is pseudo-random instead.
    """
    taken: dict[int, str] = {}
    columns: dict[str, int | None] = {}
    for name in names:
        if name in columns:
            continue
        if len(taken) == COLUMNS:
            columns[name] = None
            continue
        column = _digest(name) % COLUMNS
        while column in taken:
            column = (column + 1) % COLUMNS
        taken[column] = name
        columns[name] = column
    return columns


def normal_scores(
    names: Sequence[str], columns: dict[str, int | None], draws: int, seed: int
) -> Array:
    """Return standard normal scores, one row a name: shape (names, draws).

    Parameters
    ----------
    columns : dict
        From `assign_columns`.
    draws : int
        A power of two, at most 131,072.
    """
    scores = np.empty((len(names), draws))
    points = np.empty(draws, dtype=np.intp)
    cells = _normal_grid(draws)
    for row, name in zip(scores, names, strict=True):
        column = columns[name]
        if column is None:
            row[:] = _pseudo_random(name, draws, seed)
        else:
            # The first 2^k points differ in their top k bits only: the rest is the key's.
            cell, offset = divmod(_digest(name, seed) % MOST_DRAWS, MOST_DRAWS // draws)
            _fill_sobol(points, column, key=cell)
            np.take(cells[offset], points, out=row, mode="clip")
    return scores


def _fill_sobol(points: npt.NDArray[np.intp], column: int, key: int) -> None:
    """Fill `points` with a column's first 2^k points XOR `key`, as k-bit integers, binary order."""
    points[0] = key
    bits = points.size.bit_length() - 1
    filled = 1
    for direction in (_directions()[column, :bits] >> (BITS - bits)).tolist():
        np.bitwise_xor(points[:filled], direction, out=points[filled : 2 * filled])
        filled *= 2


def _pseudo_random(name: str, draws: int, seed: int) -> Array:
    bits = np.random.SFC64(np.random.SeedSequence([abs(seed), seed < 0, _digest(name)]))
    return np.random.Generator(bits).standard_normal(draws)


@lru_cache(maxsize=65536)
def _digest(name: str, seed: int | None = None) -> int:
    key = b"" if seed is None else str(seed).encode()
    return int.from_bytes(blake2b(name.encode(), digest_size=8, key=key).digest(), "big")


@cache
def _directions() -> npt.NDArray[np.uint32]:
    with as_file(files("costmodel.engine") / "data" / "sobol_directions.npy") as path:
        return np.asarray(np.load(path), dtype=np.uint32)


@lru_cache(maxsize=4)
def _normal_grid(draws: int) -> Array:
    """Return the normal quantile at the middle of each of the 131,072 cells.

    One row for each offset within a stratum, (131072 / draws, draws): what a
    stream reads is one row, small enough for the cache.
    """
    half = normal_quantile((np.arange(MOST_DRAWS // 2) + 0.5) / MOST_DRAWS)
    every = np.concatenate([half, -half[::-1]])
    return np.ascontiguousarray(every.reshape(draws, -1).T)
