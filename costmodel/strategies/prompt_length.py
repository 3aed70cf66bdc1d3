"""How long prompts, and their beginnings, are over the calls of a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from costmodel.strategies.least_prefix import Widths, above_alone, above_grown
from costmodel.strategies.prompt_order import PromptOrder
from costmodel.strategies.turn_reach import Turns

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prompt:
    """What a call sends: the order of its parts and their mean tokens.

    Parameters
    ----------
    order : PromptOrder
    tokens : sequence of array
        Mean tokens of each part, (months, draws) or broadcastable; that of the history is not
        looked at.
    answer : array
        Mean tokens of an answer that enter the history: those of failed turns do not.
    widths : Widths
        How sizes differ, for prompts near the provider's least.
    """

    order: PromptOrder
    tokens: Sequence[npt.ArrayLike]
    answer: Array = field(default_factory=lambda: np.zeros(()))
    widths: Widths = field(default_factory=Widths)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answer", np.asarray(self.answer, dtype=np.float64))

    @property
    def per_turn(self) -> Array:
        """Tokens a turn adds to the history, where the prompt sends one."""
        count = len(self.order.parts)
        if not self.order.resends(count):
            return np.zeros(1)
        return np.asarray(self.order.tokens(self.tokens, count, joining=True) + self.answer)


@dataclass(frozen=True, eq=False)
class Beginning:
    """The first parts of a prompt: tokens that stay, that differ, and that the history adds."""

    stays: Array
    message: Array
    per_turn: Array
    widths: Widths

    @staticmethod
    def of(prompt: Prompt, count: int) -> Beginning:
        """Return the first `count` parts of a prompt."""
        order = prompt.order
        return Beginning(
            order.tokens(prompt.tokens, count, joining=False),
            order.tokens(prompt.tokens, count, joining=True),
            prompt.per_turn if order.resends(count) else np.zeros(1),
            prompt.widths,
        )

    def long_enough(
        self, turns: Turns, least: int, first: Array, later: Array, resent: Array, ago: int
    ) -> tuple[Array, Array]:
        """Return the tokens, and the number, of beginnings that reach a least number of tokens.

        Parameters
        ----------
        first, later, resent : array
            Calls without history, calls with some, and the turns in it, summed.
        """
        grown = self.message * later + self.per_turn * resent
        alone = self.message * first
        missing = least - self.stays
        if not (missing > 0).any():
            return self.stays * (first + later) + alone + grown, first + later
        share, tokens = above_alone(self.message, self.widths.message, missing)
        if self.per_turn.any():
            shares, more = above_grown(
                turns, self.per_turn, self.message, self.widths, ago, missing
            )
        else:
            shares, more = share, tokens
        calls = first * share + later * shares
        return self.stays * calls + alone * tokens + grown * more, calls
