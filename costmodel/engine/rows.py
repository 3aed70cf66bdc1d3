"""Arithmetic month by month, so that temporaries stay in the processor's cache.

A (12, 8192) array is as large as a core's cache; a formula of ten operations
on whole arrays spends its time moving temporaries through memory.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def by_month(kernel: Callable[..., Array], *arrays: Array) -> Array:
    """Apply `kernel` to each month's row of some arrays: (months, draws).

    Arrays are (months, draws), (1, draws), (months, 1) or (draws,); a single
    row serves every month.
    """
    grids = [array if array.ndim == 2 else array[None, :] for array in arrays]
    months = max(grid.shape[0] for grid in grids)
    rows = None
    for month in range(months):
        row = kernel(*(grid[month if grid.shape[0] > 1 else 0] for grid in grids))
        if rows is None:
            rows = np.empty((months, row.size))
        rows[month] = row
    assert rows is not None
    return rows
