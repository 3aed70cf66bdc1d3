"""Counting in parts: the parts of a text come to the whole, wherever it is cut."""

import base64
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.tokens import count_blocks, count_tokens
from costmodel.tokens.cuts import CUT, parts
from costmodel.tokens.exact import count_afresh, count_with
from costmodel.tokens.features import count_features
from costmodel.tokens.vocabulary import read_ranks
from costmodel.tokens.vocabulary_files import _DEEPSEEK, _QWEN, Vocabulary

from .conftest import NAMES
from .test_vocabulary import PUBLISHED

MIXED = st.text(
    alphabet="abXY zé'sIT 12³٣\n\r\t.,:;/-_()\u3000\xa0日本ゞ・。한क्e\u0301👍\u200d\x00\x1c\x85",
    max_size=80,
)


@pytest.fixture(scope="session")
def patterned():
    """The patterns of the optional tokenizers over the ranks of cl100k_base."""
    from costmodel.tokens.vocabulary import DATA

    ranks = read_ranks(DATA / "cl100k_base.vocabulary", PUBLISHED["cl100k_base"][0])
    return [
        Vocabulary("deepseek", _DEEPSEEK, ranks),
        Vocabulary("qwen", _QWEN, ranks, composed=True),
    ]


@given(text=MIXED, size=st.integers(1, 20), block=st.integers(1, 20))
@settings(deadline=None)
def test_parts_are_the_text_and_their_counts_are_its_count(text, size, block):
    blocks = [text[at : at + block] for at in range(0, len(text), block)]
    made = list(parts(blocks, size))
    assert "".join(made) == text
    for name in NAMES:
        assert sum(count_afresh(part, name) for part in made) == count_afresh(text, name)


@given(text=st.text(max_size=60), size=st.integers(1, 10))
@settings(deadline=None)
def test_any_text_counts_the_same_in_parts(text, size):
    made = list(parts([text], size))
    for name in NAMES:
        assert sum(count_afresh(part, name) for part in made) == count_afresh(text, name)


@given(text=MIXED, size=st.integers(1, 20))
@settings(deadline=None)
def test_the_optional_tokenizers_patterns_can_be_cut_too(text, size, patterned):
    for vocabulary in patterned:

        def count(part, vocabulary=vocabulary):
            return count_with(vocabulary.encoding, vocabulary.prepared(part))

        assert sum(map(count, parts([text], size))) == count(text)


@given(text=MIXED, size=st.integers(1, 20))
def test_features_of_the_parts_add_up(text, size):
    total = sum(count_features(part) for part in parts([text], size))
    assert (total == count_features(text)).all()


@given(text=MIXED)
def test_every_cut_stands_after_a_letter_or_number(text):
    for cut in CUT.finditer(text):
        assert text[cut.start() - 1].isalnum()


@pytest.mark.parametrize(
    "text",
    [
        "".join(
            path.read_text(encoding="utf-8")
            for path in sorted(Path(os.__file__).parent.glob("[a-c]*.py"))
        ),
        base64.b64encode(random.Random(3).randbytes(400_000)).decode(),
        "价格表是版本化的。" * 60_000,
    ],
    ids=["source", "one line of base64", "Chinese without white space"],
)
def test_half_a_megabyte_counts_the_same_in_parts(text, name):
    made = list(parts([text], 50_000))
    assert len(made) > (1 if text[0] == "价" else 5) or "。" in text
    assert sum(count_afresh(part, name) for part in made) == count_afresh(text, name)


def test_a_part_is_no_longer_than_the_size_and_the_way_to_the_next_cut():
    made = list(parts(["word " * 10_000], 1_000))
    assert all(len(part) <= 1_005 for part in made)


def test_a_text_without_a_cut_stays_whole():
    assert list(parts(["=" * 500, "=" * 500], 100)) == ["=" * 1000]


def test_several_models_are_counted_in_one_reading():
    models = ["openai/gpt-5", "openai/gpt-4", "anthropic/claude-opus-5", "openai/gpt-5-mini"]
    blocks = ["How many ", "tokens are", " these? 你好"]
    counts = count_blocks(iter(blocks), models)
    assert counts == [count_tokens("".join(blocks), model) for model in models]
