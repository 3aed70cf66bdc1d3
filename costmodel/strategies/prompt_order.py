"""The order of a prompt's parts decides what a prompt cache can find again.

A cache finds a prompt's beginning, up to the first token that changed. Between calls of different
conversations that is the fixed parts that stand first. Between calls of one conversation it goes on
through the history, which only grows at its end, and through the parts of the earlier call that
have joined the history as they were sent; it ends before anything that changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem, did_you_mean

Array = npt.NDArray[np.float64]

Kind = Literal["fixed", "conversation", "history", "joins", "changes"]
"""How a part of the prompt comes back: ``fixed`` in every call, ``conversation`` in every call of
a conversation; ``joins`` is new in each call and stands in the history of the next (the user's
message, passages that are kept); ``changes`` is new in each call and dropped afterwards."""


@dataclass(frozen=True)
class Part:
    """A part of the prompt: its name, such as ``system``, and how it comes back."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class PromptOrder:
    """The parts of a prompt in the order sent.

    Parameters
    ----------
    parts : tuple of Part
        In the order sent; a text that is filled in anew inside a part splits it in two.
    as_sent : bool
        Whether the history holds earlier messages and answers as they were; False where it is
        cut, summarised or reworded from call to call.
    """

    parts: tuple[Part, ...]
    as_sent: bool = True

    @property
    def shared(self) -> int:
        """How many of the first parts are the same in all conversations."""
        return sum(1 for _ in takewhile(lambda part: part.kind == "fixed", self.parts))

    @property
    def lasting(self) -> int:
        """How many of the first parts are found again by the next call of the conversation."""
        still: tuple[Kind, ...] = ("fixed", "conversation")
        count = 0
        for part in self.parts:
            if part.kind == "history" and "joins" not in still and self.as_sent:
                # What follows the history is found again only where it has become history.
                still = ("joins",)
            elif part.kind not in still:
                break
            count += 1
        return count

    def resends(self, count: int) -> bool:
        """Return whether the history is among the first `count` parts."""
        return any(part.kind == "history" for part in self.parts[:count])

    def tokens(self, sizes: Sequence[npt.ArrayLike], count: int, *, joining: bool) -> Array:
        """Return the tokens of the first `count` parts, the history apart.

        Parameters
        ----------
        sizes : sequence of array_like
            Tokens of each part; that of the history is not looked at.
        joining : bool
            Count the parts that join the history, or those that do not.
        """
        total = np.zeros(1)
        for part, size in zip(self.parts[:count], sizes, strict=False):
            if part.kind != "history" and (part.kind == "joins") == joining:
                total = total + np.asarray(size, dtype=np.float64)
        return total

    def after(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return how many parts stand before breakpoints set after named parts, in order.

        Raises
        ------
        InputError
            If the prompt has no part of a name; all such names at once.
        """
        last = {part.name: place for place, part in enumerate(self.parts, start=1)}
        problems = [_no_part(name, last) for name in names if name not in last]
        if problems:
            raise InputError(problems)
        return tuple(sorted({last[name] for name in names}))


def _no_part(name: str, known: dict[str, int]) -> Problem:
    hint = did_you_mean(name, known) or f"breakpoints: [{next(iter(known), 'system')}]"
    expected = f"a part of the prompt: {', '.join(known)}"
    return Problem(f"a breakpoint after '{name}'", expected, hint, path="breakpoints")
