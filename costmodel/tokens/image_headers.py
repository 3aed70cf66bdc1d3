"""Width and height from the first bytes of a PNG, JPEG, GIF or WebP file.

Formats: PNG, W3C Recommendation (IHDR); GIF89a specification (logical screen); JPEG, ITU-T T.81
(frame headers SOF0 to SOF15); WebP, RFC 9649 (VP8, VP8L and VP8X chunks).
"""

from __future__ import annotations

from collections.abc import Callable

HEAD_BYTES = 1 << 20
"""How much of a file is read: the frame of a JPEG may stand behind embedded previews."""

# SOF markers are C0 to CF but for C4 (tables), C8 (reserved) and CC (arithmetic conditioning).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset([0x01, *range(0xD0, 0xD9)])
"""JPEG markers without a length: TEM, RST0 to RST7, SOI."""


def image_size(head: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels, or None where the bytes are no such image.

    Parameters
    ----------
    head : bytes
        The beginning of the file.
    """
    for magic, read in _READERS.items():
        if head.startswith(magic):
            size = read(head)
            return size if size is not None and min(size) > 0 else None
    return None


def _png(head: bytes) -> tuple[int, int] | None:
    if len(head) < 24 or head[12:16] != b"IHDR":
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _gif(head: bytes) -> tuple[int, int] | None:
    return _little(head, 6, 2, 2) if len(head) >= 10 else None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker in _FRAMES:
            return int.from_bytes(head[at + 7 : at + 9], "big"), int.from_bytes(
                head[at + 5 : at + 7], "big"
            )
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker in _BARE:
            at += 2
        else:
            at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return None


def _webp(head: bytes) -> tuple[int, int] | None:
    if len(head) < 30 or head[8:12] != b"WEBP":
        return None
    if head[12:16] == b"VP8 ":
        width, height = _little(head, 26, 2, 2)
        return width & 0x3FFF, height & 0x3FFF
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = _little(head, 24, 3, 3)
    return width + 1, height + 1


def _little(head: bytes, at: int, first: int, second: int) -> tuple[int, int]:
    middle, end = at + first, at + first + second
    return int.from_bytes(head[at:middle], "little"), int.from_bytes(head[middle:end], "little")


_READERS: dict[bytes, Callable[[bytes], tuple[int, int] | None]] = {
    b"\x89PNG\r\n\x1a\n": _png,
    b"GIF87a": _gif,
    b"GIF89a": _gif,
    b"\xff\xd8": _jpeg,
    b"RIFF": _webp,
}
