"""The two OpenAI vocabularies, shipped with the package, checked, and loaded at most once.

Nothing is registered with tiktoken, no environment variable is read or changed, and nothing is
ever downloaded. Patterns and special tokens are tiktoken's own: its constructor of the encoding
is run with our reader in the place of the one that downloads.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

from costmodel.foundation.errors import TokenizerUnavailable
from costmodel.tokens.packed import content_of, unpack

if TYPE_CHECKING:
    from tiktoken import Encoding

DATA = Path(__file__).parent / "data"
"""Folder of the packed vocabularies."""

PACKED_SHA256 = {
    "o200k_base": "dce434c331e2b595eab34335423e5d1924359ebb49b6d2eae3c4539c0c0ed1c0",
    "cl100k_base": "1b57c7f611a970e92cfb0d6b24bba94d62b107e2fdeb89a0ef76f248e6169b88",
}
"""sha256 of the shipped files; that of their content is stated by tiktoken."""

Reader = Callable[[str, str], dict[bytes, int]]
"""Address and expected sha256 to the rank of each token, as tiktoken's constructors call it."""

_WHOLE_TEXT = r"(?s).+"
_LOCK = threading.Lock()
_LOADED: dict[tuple[str, bool], Encoding] = {}


def encoding(name: str, *, whole: bool = False) -> Encoding:
    """Return an encoding, loaded at its first use in the process.

    Parameters
    ----------
    name : str
        ``o200k_base`` or ``cl100k_base``.
    whole : bool
        Take each text as one piece instead of splitting it by the encoding's pattern.

    Raises
    ------
    TokenizerUnavailable
        If the vocabulary is missing or not the one tiktoken expects, or without tiktoken.
    """
    found = _LOADED.get((name, whole))
    if found is not None:
        return found
    with _LOCK:
        if (name, whole) not in _LOADED:
            _LOADED[name, whole] = load_encoding(name, whole=whole)
        return _LOADED[name, whole]


def is_loaded(name: str) -> bool:
    """Return whether an encoding has been loaded in this process."""
    return (name, False) in _LOADED


def load_encoding(name: str, *, whole: bool = False, folder: Path = DATA) -> Encoding:
    """Build an encoding from the packed vocabulary in `folder`, anew at every call."""
    try:
        import tiktoken
        from tiktoken_ext import openai_public  # type: ignore[import-untyped]
    except ImportError as error:
        raise TokenizerUnavailable("tiktoken is not installed: pip install tiktoken") from error
    constructor = openai_public.ENCODING_CONSTRUCTORS[name]
    parts = _with_reader(constructor, _reader(folder / f"{name}.vocabulary"))()
    if whole:
        parts["pat_str"] = _WHOLE_TEXT
    return tiktoken.Encoding(**parts)


def read_ranks(file: Path, expected_content: str) -> dict[bytes, int]:
    """Read a packed vocabulary and check it.

    Parameters
    ----------
    file : Path
        The packed vocabulary, named after its encoding.
    expected_content : str
        sha256 that tiktoken expects of the ``.tiktoken`` content.

    Returns
    -------
    dict of bytes to int
        Rank of each token.

    Raises
    ------
    TokenizerUnavailable
        If the file cannot be read, or it or its content has another sha256; the message names
        the file and both hashes.
    """
    try:
        packed = file.read_bytes()
    except OSError as error:
        raise TokenizerUnavailable(f"vocabulary {file} cannot be read: {error.strerror}") from error
    _check(file, "file", packed, PACKED_SHA256[file.stem])
    tokens = unpack(packed)
    _check(file, "content", content_of(tokens), expected_content)
    return dict(zip(tokens, range(len(tokens)), strict=True))


def _check(file: Path, what: str, data: bytes, expected: str) -> None:
    read = hashlib.sha256(data).hexdigest()
    if read != expected:
        raise TokenizerUnavailable(
            f"vocabulary {file}: sha256 of its {what} is {read}, expected {expected};"
            " fix: reinstall costmodel"
        )


def _reader(file: Path) -> Reader:
    def read(_address: str, expected_hash: str) -> dict[bytes, int]:
        return read_ranks(file, expected_hash)

    return read


def _with_reader(constructor: FunctionType, reader: Reader) -> Callable[[], dict[str, Any]]:
    # A copy of the function with its own globals: tiktoken's module stays as it is, so that
    # other threads and other users of tiktoken notice nothing.
    names = {**constructor.__globals__, "load_tiktoken_bpe": reader}
    return FunctionType(constructor.__code__, names)
