"""Computing one thing in another process while this one goes on."""

from __future__ import annotations

import os
import pickle
import sys
import warnings
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def aside(work: Callable[[], Result]) -> Callable[[], Result]:
    """Begin `work` in a forked process and return how to fetch its result.

    A thread would not do: imports and small array operations hold the
    interpreter's lock (measured: nothing gained, where a fork hides all of it).
    Only on Linux, where a child of a process with numpy's threads is known to
    work; elsewhere, and where the child fails, the work is done when fetched.
    `work` must be pure: what it changes stays in the child.
    """
    if sys.platform != "linux":
        return work
    return _forked(work)


def _forked(work: Callable[[], Result]) -> Callable[[], Result]:
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns of numpy's idle threads; the child only computes, and never joins them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _compute(work, writing)
    os.close(writing)
    return lambda: _fetched(work, reading, child)


def _compute(work: Callable[[], Result], writing: int) -> None:
    """Write the pickled result, or nothing if there is none, and end without any clean-up."""
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps(work()))
    finally:
        os._exit(0)


def _fetched(work: Callable[[], Result], reading: int, child: int) -> Result:
    with os.fdopen(reading, "rb") as pipe:
        pickled = pipe.read()
    os.waitpid(child, 0)
    if not pickled:
        return work()
    result: Result = pickle.loads(pickled)  # noqa: S301 (our own child wrote it)
    return result
