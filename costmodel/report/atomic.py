"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from costmodel.foundation.errors import InputError, Problem


def write_atomically(path: str | Path, content: str | bytes) -> Path:
    """Write a text (as UTF-8) or bytes through a temporary file, then rename; return the path.

    Whatever goes wrong, a file that stood there before is left as it was.

    Raises
    ------
    InputError
        If `path` is a folder or no regular file, its folder does not exist, or
        it cannot be written.
    """
    path = Path(path)
    check_target(path)
    target = path.resolve()  # a link keeps pointing at the file that is replaced
    temporary = target.with_name(f".costmodel-{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        os.replace(temporary, target)
    except OSError as error:
        raise InputError(_unwritable(path, error)) from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def check_target(path: Path) -> None:
    """Raise InputError if `path` is no place for a file; cheap, to be asked before long work."""
    shown = f"'{path}'"
    if path.is_dir():
        fix = f"name a file in it, such as '{path / 'report.html'}'"
        raise InputError(Problem(f"{shown}, which is a folder", "a file to write", fix))
    if path.exists() and not path.is_file():
        fix = "write to a file, such as 'report.html'"
        raise InputError(Problem(f"{shown}, which is no regular file", "a file to write", fix))
    if not path.parent.is_dir():
        fix = f"make the folder '{path.parent}' first, or write elsewhere"
        expected = "a file in a folder that exists"
        raise InputError(Problem(shown, expected, fix))


def _unwritable(path: Path, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    return Problem(f"'{path}' ({reason})", "a file that can be written", "write elsewhere")
