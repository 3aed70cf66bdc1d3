"""The packed form in which a vocabulary is shipped.

A ``.tiktoken`` file has one line per token, ``base64(token) rank``, and the ranks run 0, 1, 2, ...
so they need not be kept. Packed, a vocabulary is ``zlib(count, lengths, tokens)``: the number of
tokens in four bytes (big-endian), one byte of length per token, then the bytes of the tokens.
Deflate, not xz: 1.42 MB for the two vocabularies instead of 1.19 MB, but four times as quick to
read, and a Python built without liblzma can read it.
"""

from __future__ import annotations

import zlib
from binascii import a2b_base64, b2a_base64
from itertools import accumulate, pairwise

_COUNT_BYTES = 4


def pack(content: bytes) -> bytes:
    """Pack the content of a ``.tiktoken`` file.

    Parameters
    ----------
    content : bytes
        Lines of ``base64(token) rank`` with ranks 0, 1, 2, ... and tokens of 1 to 255 bytes.

    Returns
    -------
    bytes
        The packed vocabulary; ``content_of(unpack(pack(content))) == content``.

    Raises
    ------
    ValueError
        If the packed form could not give the content back.
    """
    tokens = [a2b_base64(line.split()[0]) for line in content.splitlines()]
    if content_of(tokens) != content:
        raise ValueError("read other lines; expected 'base64 rank' with ranks 0, 1, 2, ...")
    count = len(tokens).to_bytes(_COUNT_BYTES, "big")
    return zlib.compress(count + bytes(map(len, tokens)) + b"".join(tokens), level=9)


def unpack(packed: bytes) -> list[bytes]:
    """Return the tokens of a packed vocabulary, in the order of their ranks."""
    data = zlib.decompress(packed)
    first = _COUNT_BYTES + int.from_bytes(data[:_COUNT_BYTES], "big")
    ends = accumulate(data[_COUNT_BYTES:first], initial=first)
    return [data[start:end] for start, end in pairwise(ends)]


def content_of(tokens: list[bytes]) -> bytes:
    """Return the ``.tiktoken`` file of these tokens, byte for byte."""
    return b"".join(
        b"%b %d\n" % (b2a_base64(token, newline=False), rank) for rank, token in enumerate(tokens)
    )
