"""Request shapes of the calls that quotas and response caches leave."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.kept_answers import Answered
from costmodel.engine.pipeline.passing import NONE, Passing
from costmodel.engine.requests import RequestShape
from costmodel.strategies.remaining_calls import remaining_calls

Array = npt.NDArray[np.float64]


def remaining_shape(
    memo: Memo, shape: RequestShape, passing: Passing, answered: Answered, multi_turn: bool
) -> RequestShape:
    """Return the shape of the calls that remain: how much history they resend.

    Parameters
    ----------
    shape : RequestShape
        Of a call where every turn makes one.
    passing : Passing
        The turns that a quota lets through.
    answered : Answered
        What a response cache answers of them.
    multi_turn : bool
        Whether it may answer turns with history.
    """
    if passing.whole and memo(_nothing, answered):
        return shape
    return memo(_remaining, shape, passing, answered, multi_turn)


def _nothing(answered: Answered) -> bool:
    return answered.hits is NONE or not answered.hits.any()


def _remaining(
    shape: RequestShape, passing: Passing, answered: Answered, multi_turn: bool
) -> RequestShape:
    tries = shape.tries
    arrays = (
        passing.turns, passing.first, passing.resent, answered.hits,
        shape.user, shape.visible, shape.fixed, shape.kept,
    )  # fmt: skip
    grids = [array if array.ndim == 2 else array[None, :] for array in arrays]
    months = max(grid.shape[0] for grid in grids)
    draws = max(array.shape[-1] for array in (*arrays, shape.turns, tries.unanswered))
    earlier, sent = np.empty((months, draws)), np.empty((months, draws))
    for month in range(months):
        turns, first, resent, hits, user, visible, fixed, kept = (
            grid[month if grid.shape[0] > 1 else 0] for grid in grids
        )
        begun = np.where(first > 0, first, 1.0)
        left = remaining_calls(
            np.maximum(shape.turns * turns / begun, 1e-9),
            shape.earlier * shape.turns * resent / begun,
            hits,
            tries.unanswered,
            multi_turn=multi_turn,
        )
        earlier[month] = left.earlier
        usual = user + fixed + left.earlier * user + left.earlier_called * kept
        answers = left.earlier_answers * visible
        sent[month] = usual + answers + tries.carried * (visible + tries.wrong)
    return replace(
        shape,
        earlier=earlier,
        input=sent,
        positions=partial(_positions, shape.turns, passing, answered.hits, multi_turn),
    )


def _positions(
    turns: Array, passing: Passing, hits: Array, multi_turn: bool
) -> tuple[Array, Array]:
    """Return by how much calls of first turns, and of later ones, are more often than usual.

    First turns are 1 / E[K] of all turns; of those that pass a quota first / (turns E[K]).
    """
    through = np.where(passing.turns > 0, passing.turns, 1.0)
    usual = 1 / turns
    share = np.minimum(usual * passing.first / through, 1.0)
    called = share if multi_turn else (share - hits) / np.maximum(1 - hits, 1e-12)
    rest = np.maximum(1 - usual, 1e-12)
    return np.atleast_2d(called / usual), np.atleast_2d((1 - called) / rest)
