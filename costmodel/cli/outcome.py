"""How a command ends: its exit code, and its errors as words instead of tracebacks."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import ParamSpec, TypeVar

import typer

from costmodel.cli.terminal import say, write_json
from costmodel.foundation.errors import CostModelError, InputError

OVER_BUDGET = 1
BAD_INPUT = 2
INTERNAL_ERROR = 70
"""EX_SOFTWARE of BSD's sysexits.h."""
INTERRUPTED = 130
"""128 + SIGINT, as a shell reports it."""
BROKEN_PIPE = 141
"""128 + SIGPIPE: the reader, such as `head`, went away."""

Inputs = ParamSpec("Inputs")
Result = TypeVar("Result")


def guarded(command: Callable[Inputs, Result]) -> Callable[Inputs, Result]:
    """Make a command end with words and an exit code whatever goes wrong.

    The command takes `_debug`, which lets errors through with their traceback,
    and may take `as_json`, with which the error is also data on stdout.
    """

    @wraps(command)
    def ending(*args: Inputs.args, **kwargs: Inputs.kwargs) -> Result:
        try:
            result = command(*args, **kwargs)
            sys.stdout.flush()
        except typer.Exit:
            raise
        except BrokenPipeError:
            raise typer.Exit(_silenced()) from None
        except KeyboardInterrupt:
            say("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if kwargs.get("_debug"):
                raise
            raise typer.Exit(_told(error, as_json=bool(kwargs.get("as_json")))) from None
        return result

    return ending


def _silenced() -> int:
    """Let the interpreter's last flush go nowhere: the reader of stdout is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _told(error: Exception, *, as_json: bool) -> int:
    """Say what went wrong and return the exit code."""
    message, code = _message(error)
    say(message)
    if as_json:
        write_json({"error": _as_data(error)})
    return code


def _message(error: Exception) -> tuple[str, int]:
    if isinstance(error, CostModelError):
        return "\n".join(f"error: {line}" for line in str(error).splitlines()), BAD_INPUT
    if isinstance(error, OSError):
        return f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "), BAD_INPUT
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return f"internal error: {words}; --debug shows where", INTERNAL_ERROR


def _as_data(error: Exception) -> dict[str, object]:
    data: dict[str, object] = {"type": type(error).__name__, "message": str(error)}
    if isinstance(error, InputError):
        data["problems"] = [asdict(problem) for problem in error.problems]
    return data
