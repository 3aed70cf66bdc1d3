"""A sign of life for whatever takes longer than a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_SECONDS = 1.0
"""Shorter work shows nothing (and does not pay for importing the bar)."""


Told = Callable[[int, int | None], None]
"""Takes what is done and what there is to do in all, None if that is not known."""


@contextmanager
def waiting(doing: str) -> Iterator[Told]:
    """Show on stderr what is being done once it has taken a second, if a person is watching.

    Gives a function that may be told how far it is.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    bar = _LateBar(doing)
    timer = Timer(PATIENCE_SECONDS, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield bar.tell
    finally:
        timer.cancel()
        bar.stop()


class _LateBar:
    """A progress bar that may be asked to stop before it has started."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._lock = Lock()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._over = False

    def start(self) -> None:
        made = _bar()
        with self._lock:
            if self._over:
                return
            self._task = made.add_task(self._doing, total=None)
            made.start()
            self._bar = made

    def tell(self, done: int, total: int | None) -> None:
        with self._lock:
            if self._bar is not None and self._task is not None:
                self._bar.update(self._task, completed=done, total=total)

    def stop(self) -> None:
        with self._lock:
            self._over = True
            if self._bar is not None:
                self._bar.stop()


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
