"""A sign of life for whatever takes longer than a second."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE_SECONDS = 1.0
"""Shorter work shows nothing (and does not pay for importing the bar)."""


@contextmanager
def waiting(doing: str) -> Iterator[None]:
    """Show on stderr what is being done once it has taken a second, if a person is watching."""
    if not sys.stderr.isatty():
        yield
        return
    bar = _LateBar(doing)
    timer = Timer(PATIENCE_SECONDS, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        bar.stop()


class _LateBar:
    """A progress bar that may be asked to stop before it has started."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._lock = Lock()
        self._bar: Progress | None = None
        self._over = False

    def start(self) -> None:
        made = _bar()
        with self._lock:
            if self._over:
                return
            made.add_task(self._doing, total=None)
            made.start()
            self._bar = made

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
