"""Reading traces that name the blocks of each call's prompt: Mooncake's format.

Each line is a JSON object with `timestamp` (milliseconds), `input_length`, `output_length` (tokens)
and `hash_ids`: one name for every block of the prompt begun, equal where the prompt is equal up to
the end of the block. Published by Qin et al., Mooncake (FAST 2025), with blocks of 512 tokens.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.strategies.block_reuse import Reuse, reuse

Array = npt.NDArray[np.float64]

BLOCK_TOKENS = 512
"""Tokens of a block in the published Mooncake traces."""
MOST_PROBLEMS = 20
"""Wrong lines told one by one; the others are counted."""
_COUNTS = ("timestamp", "input_length", "output_length")


@dataclass(frozen=True, eq=False)
class BlockTrace:
    """Calls with the names of their prompts' blocks.

    Parameters
    ----------
    seconds : array
        When each call was made; in order.
    input_tokens, output_tokens : array
    blocks : tuple of tuple of int
        Names of each call's blocks, in the order sent.
    block_tokens : int
        Tokens of a full block.
    """

    seconds: Array
    input_tokens: Array
    output_tokens: Array
    blocks: tuple[tuple[int, ...], ...]
    block_tokens: int = BLOCK_TOKENS

    def __len__(self) -> int:
        return len(self.blocks)

    def before(self, seconds: float) -> BlockTrace:
        """Return the calls made before some seconds after the trace's start."""
        count = int(np.searchsorted(self.seconds - self.seconds[0], seconds, side="left"))
        return BlockTrace(
            self.seconds[:count],
            self.input_tokens[:count],
            self.output_tokens[:count],
            self.blocks[:count],
            self.block_tokens,
        )

    def reuse(self) -> Reuse:
        """Return when each block was last used before it was sent."""
        return reuse(self.seconds, self.blocks, self.input_tokens, self.block_tokens)


def read_block_trace(path: str | os.PathLike[str], block_tokens: int = BLOCK_TOKENS) -> BlockTrace:
    """Read a trace in Mooncake's format, plain or packed with gzip (.gz).

    Parameters
    ----------
    path : path-like
        The trace: a JSON object a line.
    block_tokens : int
        Tokens of a full block.

    Raises
    ------
    InputError
        If the file cannot be read or a line is no call, with file, line and fix for the first 20
        of them.
    """
    calls: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for number, line in enumerate(_lines(Path(path)), start=1):
        if not line.strip():
            continue
        call, wrong = _call(line, block_tokens)
        if wrong is None:
            calls.append(call)
        else:
            read, expected, key = wrong
            problems.append(Problem(read, expected, "", key, str(path), number))
    if not calls and not problems:
        problems = [Problem("an empty file", "a trace with a call a line", file=str(path))]
    if problems:
        raise InputError(_told(problems, str(path)))
    columns = [np.array([call[key] for call in calls], dtype=np.float64) for key in _COUNTS]
    blocks = tuple(tuple(call["hash_ids"]) for call in calls)
    return BlockTrace(columns[0] / 1000, columns[1], columns[2], blocks, block_tokens)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield from file
    except (OSError, EOFError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        read = f"nothing ({reason})"
        expected = "a trace with block names"
        raise InputError(Problem(read, expected, "check the path", file=str(path))) from None


def _call(line: bytes, block: int) -> tuple[dict[str, Any], tuple[str, str, str] | None]:
    """Return a line's call, and what is wrong with it: read, expected, key."""
    try:
        call = json.loads(line)
    except (ValueError, RecursionError):
        return {}, ("no JSON", "a JSON object a line", "")
    if not isinstance(call, dict):
        return {}, (f"a {type(call).__name__}", "a JSON object a line", "")
    for key in _COUNTS:
        value = call.get(key)
        if not _whole(value):
            read = f"no {key}" if key not in call else ascii(value)[:40]
            return {}, (read, "a whole number from 0 up", key)
    names = call.get("hash_ids")
    if not isinstance(names, list) or not all(_whole(name) for name in names):
        return {}, ("no list of whole numbers", "the names of the prompt's blocks", "hash_ids")
    needed = -(-call["input_length"] // block)
    if len(names) != needed:
        read = f"{len(names)} blocks for {call['input_length']} tokens"
        return {}, (read, f"{needed}: one for every {block} tokens begun", "hash_ids")
    return call, None


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _told(problems: list[Problem], file: str) -> list[Problem]:
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return problems
    rest = Problem(f"{more:,} more wrong lines", "calls", "is it the right file?", file=file)
    return [*problems[:MOST_PROBLEMS], rest]
