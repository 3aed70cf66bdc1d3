"""A second implementation of byte-pair encoding, slow and plain, as the oracle."""

import base64
from functools import cache
from itertools import pairwise

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.tokens.exact import count_afresh

from .conftest import NAMES, published

SAMPLES = [
    "Hello, world! It's 12345 o'clock.\n\n\tfor (i = 0; i < n; ++i) { sum += a[i]; }",
    "Größenwahn, naïve café; 東京タワー 下个月 다음 달 Сколько שלום नमस्ते",
    "👩‍👩‍👧‍👦🏳️‍🌈 <|endoftext|> \x00\x01  \r\n  x   ",
    '{"id": 17, "tags": ["a", null], "url": "https://example.org/?q=1&r=%20"}',
    "WeDON'T camelCaseXMLHttp I'LL e\u0301e\u0301 \u3000\u2003x",
    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz" * 3,
]


@cache
def ranks(name):
    lines = (line.split() for line in published(name).splitlines())
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def piece_size(piece, rank):
    """Merge the neighbours of lowest rank, leftmost first, until none can be merged."""
    parts = [bytes([byte]) for byte in piece]
    while len(parts) > 1:
        pairs = [(rank.get(a + b), at) for at, (a, b) in enumerate(pairwise(parts))]
        known = [pair for pair in pairs if pair[0] is not None]
        if not known:
            break
        _, at = min(known)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return len(parts)


def oracle(text, name, pattern):
    pieces = regex.findall(pattern, text)
    assert "".join(pieces) == text
    return sum(piece_size(piece.encode(), ranks(name)) for piece in pieces)


@pytest.mark.parametrize("text", SAMPLES)
def test_counts_equal_a_plain_byte_pair_encoder_s(text, name, tiktokens):
    assert count_afresh(text, name) == oracle(text, name, tiktokens[name]._pat_str)


WORDS = st.text(alphabet="abcdeABC ABC'sst re12 \n\t.,!/éü中日", max_size=60)


@given(text=WORDS)
@settings(deadline=None)
def test_counts_equal_a_plain_byte_pair_encoder_s_on_any_words(text, tiktokens):
    for name in NAMES:
        assert count_afresh(text, name) == oracle(text, name, tiktokens[name]._pat_str)
