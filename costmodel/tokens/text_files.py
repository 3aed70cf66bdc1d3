"""Text files read in blocks: UTF-8, checked to the byte, in bounded memory."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from costmodel.foundation.errors import InputError, Problem

BLOCK = 1 << 20
"""Bytes read at once."""

Progress = Callable[[int, int | None], None]
"""Told the bytes read so far, and those of the whole file or None if that is not known."""


def file_blocks(path: Path, progress: Progress | None = None) -> Iterator[str]:
    """Read a text file in blocks.

    Parameters
    ----------
    path : Path
        A file in UTF-8; a byte order mark is left out, line ends are kept as they are.
    progress : callable, optional
        Called after each block.

    Raises
    ------
    InputError
        For a folder, a file that is not there or cannot be read, or bytes that are not UTF-8; the
        message says at which byte.
    """
    try:
        with path.open("rb") as stream:
            size = path.stat().st_size
            yield from decoded_blocks(stream, str(path), size or None, progress)
    except IsADirectoryError:
        fix = f"name the files in it: {path}/*"
        raise InputError(Problem("a folder", "a text file", fix, file=str(path))) from None
    except OSError as error:
        read = f"nothing ({error.strerror or error})"
        raise InputError(Problem(read, "a text file", "check the path", file=str(path))) from None


def decoded_blocks(
    stream: BinaryIO, name: str, size: int | None = None, progress: Progress | None = None
) -> Iterator[str]:
    """Decode a stream of UTF-8 in blocks; `name` is what messages call it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    position, first = 0, True
    while True:
        data = stream.read(BLOCK)
        text = _decoded(decoder, data, position, name)
        position += len(data)
        if progress is not None:
            progress(position, size)
        yield text.removeprefix("\ufeff") if first else text
        first = first and not text
        if not data:
            return


def _decoded(decoder: codecs.IncrementalDecoder, data: bytes, position: int, name: str) -> str:
    held: bytes = decoder.getstate()[0]
    try:
        return decoder.decode(data, final=not data)
    except UnicodeDecodeError as error:
        at = position - len(held) + error.start
        raise InputError(_not_utf8(name, (held + data)[error.start], at)) from None


def _not_utf8(name: str, byte: int, position: int) -> Problem:
    convert = f"iconv -t utf-8 {name}" if name != "-" else "pipe it through iconv -t utf-8"
    return Problem(f"byte 0x{byte:02x} at position {position}", "text in UTF-8", convert, file=name)
