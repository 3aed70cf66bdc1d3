"""The console that data is written to."""

from __future__ import annotations

from rich.console import Console


class DataConsole(Console):
    """A console that guesses nothing and leaves a broken pipe to its caller.

    Rich would end the program with exit code 1, which here means over budget.
    """

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Raise the BrokenPipeError that is being handled."""
        raise  # rich calls this from its except block
