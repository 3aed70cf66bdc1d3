"""Appending a line to a file that several processes share."""

from __future__ import annotations

import os
from pathlib import Path

from costmodel.foundation.errors import InputError, Problem

FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)


def append_line(path: Path, line: str) -> None:
    """Append `line` and a line break in one write.

    POSIX makes a write to a file opened with O_APPEND one step: the offset is set to
    the end and the bytes are written with no other write between. (Network file
    systems may not keep to it.) If an earlier writer was cut off in its line, a line
    break goes before, so that only its own line is lost.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    try:
        _append(path, line.encode("utf-8") + b"\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fix = "give path= a file in a folder that exists and can be written"
        raise InputError(
            Problem(f"'{path}' ({reason})", "a log that can be appended to", fix, "path")
        ) from error


def _append(path: Path, line: bytes) -> None:
    file = os.open(path, FLAGS, 0o666)
    try:
        line = b"\n" + line if _cut_off(file) else line
        written = os.write(file, line)
    finally:
        os.close(file)
    if written != len(line):
        raise OSError(None, f"{written} of {len(line)} bytes written: is the disk full?")


def _cut_off(file: int) -> bool:
    """Whether the file ends in the middle of a line."""
    if os.fstat(file).st_size == 0:
        return False
    os.lseek(file, -1, os.SEEK_END)
    return os.read(file, 1) != b"\n"
