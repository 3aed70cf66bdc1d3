"""Texts made to break a tokenizer: every one is counted, by every method."""

import random
import sys

import pytest

from costmodel.tokens import count_tokens
from costmodel.tokens.exact import count_afresh, token_length
from costmodel.tokens.vocabulary import load_encoding

MILLION = 1_000_000
RUNS = {
    "spaces": " " * MILLION,
    "spaces and a letter": " " * MILLION + "x",
    "spaces and tabs": " \t" * (MILLION // 2),
    "line feeds": "\n" * MILLION,
    "lines of Windows": "\r\n" * (MILLION // 2),
    "no-break spaces": "\xa0" * MILLION,
    "ideographic spaces": "\u3000" * MILLION,
    "all kinds of spaces": "".join(random.Random(1).choices("\xa0\u2003 \t\u2028\x85", k=MILLION)),
    "spaces and line feeds": "".join(random.Random(2).choices(" \n", k=MILLION)),
}
TEXTS = {
    "lone surrogates": "\ud800a\udfff" * 500,
    "special tokens": "<|endoftext|><|im_start|>system<|fim_prefix|>" * 500,
    "NUL bytes": "\x00" * 20_000,
    "control characters": "".join(map(chr, range(32))) * 500,
    "one letter": "a" * 50_000,
    "marks": "e" + "\u0301" * 50_000,
    "joined emoji": "👩‍👩‍👧‍👦" * 5_000,
    "signs": "=" * 50_000,
}
MODELS = ["openai/gpt-5", "openai/gpt-4", "anthropic/claude-opus-5", "google/gemini-2.5-pro"]


@pytest.mark.parametrize("text", RUNS.values(), ids=RUNS)
def test_a_million_blanks_are_counted(text, name):
    assert 0 < count_afresh(text, name) <= len(text.encode())


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("model", MODELS)
def test_every_text_is_counted_by_every_method(text, model):
    count = count_tokens(text, model)
    size = len(text.encode("utf-8", "surrogatepass"))
    assert 0 < count.low <= count.tokens <= count.high
    assert count.tokens <= 2 * size


def test_special_tokens_written_in_a_text_never_count_as_one():
    assert count_tokens("<|endoftext|>" * 100, "openai/gpt-5").tokens >= 500


@pytest.mark.parametrize(
    "text", ["<|endoftext|> and <|endofprompt|>", "a\ud800b", "\x00", "👍" * 50]
)
@pytest.mark.parametrize("name", ["o200k_base", "cl100k_base"])
def test_counting_without_a_list_of_tokens_counts_the_same(monkeypatch, name, text):
    encoding = load_encoding(name)
    with_numpy = token_length(encoding, text)
    monkeypatch.delitem(sys.modules, "numpy")
    assert token_length(encoding, text) == with_numpy == len(encoding.encode_ordinary(text))
