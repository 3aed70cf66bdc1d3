"""Chunks: sums against brute force, whole units, nothing lost, sentences of many kinds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError, PriceNotKnownError, UnknownModelError
from costmodel.tokens import chunk, count_tokens, embedding_cost
from costmodel.tokens.chunk_sums import chunk_count, stored_tokens
from costmodel.tokens.sentences import paragraph_spans, sentence_spans
from tests.tokens.test_counting import LANGUAGES, ODDITIES

O200K, CL100K, CLAUDE = "openai/gpt-5", "openai/gpt-4", "anthropic/claude-opus-5"
EMBEDDER = "openai/text-embedding-3-small"
WAYS = ("tokens", "characters", "sentences", "paragraphs")

PROSE = "\n\n".join(
    " ".join(f"Sentence {n} of paragraph {p} tells what it costs, and why." for n in range(12))
    for p in range(15)
)


def sentences(text):
    return [text[start:end] for start, end in sentence_spans(text)]


def put_together(text, made):
    done, whole = 0, ""
    for each in made.chunks:
        whole += text[max(each.start, done) : each.end]
        done = max(done, each.end)
    return whole


# --- sums


def brute_force(tokens, size, overlap):
    """Take chunks from a list of tokens one after the other."""
    left, chunks = list(range(tokens)), []
    while left:
        chunks.append(left[:size])
        if len(left) <= size:
            break
        left = left[size - overlap :]
    return len(chunks), sum(map(len, chunks))


@given(st.integers(0, 3000), st.integers(1, 300), st.data())
def test_the_sums_equal_taking_chunks_one_by_one(tokens, size, data):
    overlap = data.draw(st.integers(0, size - 1))
    chunks, stored = brute_force(tokens, size, overlap)
    assert chunk_count(tokens, size, overlap) == chunks
    assert stored_tokens(tokens, size, overlap) == stored


def test_half_an_overlap_stores_twice_the_text():
    # T c / (c - o): 400 and 200, 800 and 400 store twice, 512 and 64 store 1.14 times
    for size, overlap, times in ((400, 200, 2), (800, 400, 2), (512, 64, 512 / 448)):
        assert stored_tokens(1_000_000, size, overlap) == pytest.approx(times * 1e6, rel=1e-3)


def test_the_sums_take_arrays():
    assert chunk_count([0, 1, 400, 401, 1000], 400, 50).tolist() == [0, 1, 1, 2, 3]


# --- cutting


@pytest.mark.parametrize("model", [O200K, CL100K])
def test_chunks_by_tokens_are_as_many_as_the_formula_says(model):
    tokens = count_tokens(PROSE, model).tokens
    for size, overlap in ((400, 50), (100, 99), (7, 0), (10_000, 50)):
        made = chunk(PROSE, model, size, overlap, by="tokens")
        assert len(made) == chunk_count(tokens, size, overlap)
        assert made.stored_tokens == stored_tokens(tokens, size, overlap)
        assert made.overhead == pytest.approx(made.stored_tokens / tokens - 1)
        assert made.exact


def test_chunks_by_characters_are_as_many_as_the_formula_says():
    made = chunk(PROSE, O200K, 1000, 100, by="characters")
    assert len(made) == math.ceil((len(PROSE) - 100) / 900)
    assert all(each.end - each.start == 1000 for each in made.chunks[:-1])
    assert [each.tokens for each in made.chunks] == [
        count_tokens(part, O200K).tokens for part in made.texts(PROSE)
    ]


def test_chunks_of_sentences_hold_whole_sentences_and_fit():
    made = chunk(PROSE, O200K, 100, 20)
    assert made.broken == 0
    assert made.sentences == 15 * 12
    assert not made.oversize
    assert all(count_tokens(part, O200K).tokens <= 100 for part in made.texts(PROSE))
    starts = {start for start, _ in sentence_spans(PROSE)}
    assert {each.start for each in made.chunks} <= starts


def test_the_overlap_repeats_whole_sentences_of_at_most_that_many_tokens():
    made = chunk(PROSE, O200K, 100, 40)
    shared = [
        PROSE[after.start : before.end]
        for before, after in zip(made.chunks, made.chunks[1:], strict=False)
    ]
    assert all(shared)
    assert all(count_tokens(part, O200K).tokens <= 40 for part in shared)


def test_chunks_of_paragraphs_hold_whole_paragraphs():
    made = chunk(PROSE, O200K, 400, 0, by="paragraphs")
    parts = made.texts(PROSE)
    assert len(parts) == 8  # a paragraph of 12 sentences has about 180 tokens: two fit
    assert all(part.startswith("Sentence 0 of") for part in parts)
    assert made.broken == 0


def test_cutting_by_tokens_or_characters_breaks_sentences_and_says_how_many():
    text = "One two three four. Five six seven eight. Nine ten."
    made = chunk(text, O200K, 8, 0, by="tokens")
    # 5 + 5 + 3 tokens: the second sentence has its first three words in the first chunk
    assert made.texts(text) == ["One two three four. Five six seven", " eight. Nine ten."]
    assert (made.sentences, made.broken) == (3, 1)
    assert chunk(text, O200K, 8, 4, by="tokens").broken == 0 or made.broken == 1


def test_a_sentence_longer_than_a_chunk_is_listed_and_not_cut():
    long = "Word " * 300 + "end."
    text = f"Short one. {long} Short two."
    made = chunk(text, O200K, 50, 10)
    (oversize,) = made.oversize
    assert text[oversize.start : oversize.end].strip() == long
    assert oversize.tokens > 50
    assert made.broken == 0
    assert put_together(text, made) == text


def test_an_empty_text_has_no_chunk():
    for way in WAYS:
        made = chunk("", O200K, by=way)
        assert (len(made), made.stored_tokens, made.overhead, made.broken) == (0, 0, 0.0, 0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", [*LANGUAGES, *ODDITIES[:9], PROSE[:2000]])
def test_nothing_is_lost_in_any_language_or_oddity(text, way):
    for model in (O200K, CLAUDE):
        made = chunk(text, model, 7, 3, by=way)
        assert put_together(text, made) == text


PIECES = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            [". ", "! ", "\n\n", "\r\n\r\n", "。", "Dr. ", "e.g. ", "a", " ", "…", "👩‍👧"]
        ),
    ),
    max_size=40,
).map("".join)


@given(PIECES, st.integers(1, 12), st.data(), st.sampled_from(WAYS))
@settings(deadline=None, max_examples=200)
def test_chunks_cover_the_text_in_order_and_fit(text, size, data, way):
    overlap = data.draw(st.integers(0, size - 1))
    made = chunk(text, O200K, size, overlap, by=way)
    assert put_together(text, made) == text
    starts = [each.start for each in made.chunks]
    ends = [each.end for each in made.chunks]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    if way in ("sentences", "paragraphs"):
        assert [each for each in made.chunks if each.tokens > size] == list(made.oversize)
        assert made.broken == 0
    if way == "tokens":
        assert all(each.tokens <= size for each in made.chunks)
    assert 0 <= made.broken <= made.sentences


@given(PIECES)
def test_sentences_and_paragraphs_are_the_whole_text(text):
    for spans in (sentence_spans(text), paragraph_spans(text)):
        assert "".join(text[start:end] for start, end in spans) == text
        assert all(start < end for start, end in spans)


def test_a_model_without_a_shipped_vocabulary_is_cut_in_proportion():
    made = chunk(PROSE, CLAUDE, 150, 0, by="tokens")
    whole = count_tokens(PROSE, CLAUDE).tokens
    assert not made.exact
    assert all(each.tokens <= 150 for each in made.chunks)
    assert made.stored_tokens == pytest.approx(whole, abs=len(made))
    assert len(made) == pytest.approx(whole / 150, abs=2)


def test_a_million_blanks_do_no_harm():
    text = "Start. " + " " * 1_000_000 + " End."
    made = chunk(text, O200K, 400, 50, by="tokens")
    assert made.chunks[-1].end == len(text)
    assert sentence_spans("." * 200_000 + "x") == [(0, 200_001)]


# --- sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", " Two!", " Three?", " Four"]),
        ("Dr. Smith met J. R. Jones at 3.30 p.m. today.", None),
        ("See fig. 3 and no. 7, e.g. the left one. Then go.", [
            "See fig. 3 and no. 7, e.g. the left one.", " Then go."]),
        ("He said no. Then he left.", ["He said no.", " Then he left."]),
        ("It costs $3.50. Cheap!", ["It costs $3.50.", " Cheap!"]),
        ('"Stop!" he said. "Why?" She left.', ['"Stop!" he said.', ' "Why?"', " She left."]),
        ("Wait... what? Yes.", ["Wait... what?", " Yes."]),
        ("来月の費用は？東京で決まります。以上", ["来月の費用は？", "東京で決まります。", "以上"]),
        ("「高い。」と言った。", ["「高い。」", "と言った。"]),
        ("कितना होगा। पता नहीं।", ["कितना होगा।", " पता नहीं।"]),
        ("no punctuation at all in this text", None),
        ("A line\nwrapped here. Next", ["A line\nwrapped here.", " Next"]),
        ("Head\r\n\r\nBody one.\r\nBody two.\r\n", [
            "Head\r\n\r\n", "Body one.\r\n", "Body two.\r\n"]),
        ("Head\n \t\nBody", ["Head\n \t\n", "Body"]),
        ("1. First thing. 2. Second", ["1. First thing.", " 2. Second"]),
        ("Das gilt z.B. Montag. Und bzw. Dienstag.", [
            "Das gilt z.B. Montag.", " Und bzw. Dienstag."]),
        ("   ", None),
        ("End.   ", ["End.   "]),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_says(text, expected):
    assert sentences(text) == ([text] if expected is None else expected)


def test_paragraphs_end_at_blank_lines_of_any_system():
    text = "One\nstill one\n\nTwo\r\n\r\nThree\r\rFour"
    found = [text[start:end] for start, end in paragraph_spans(text)]
    assert found == ["One\nstill one\n\n", "Two\r\n\r\n", "Three\r\r", "Four"]


# --- embedding


def test_embedding_a_corpus_costs_its_stored_tokens_at_the_rate():
    # 1,000 documents of 2,000 tokens: ceil(1,950 / 350) = 6 chunks, 2,250 tokens each
    cost = embedding_cost([2000] * 1000, EMBEDDER, size=400, overlap=50)
    assert (cost.documents, cost.chunks, cost.stored_tokens) == (1000, 6000, 2_250_000)
    assert cost.usd == pytest.approx(2.25 * 0.02)  # $0.02 per million on 2026-11-23
    assert cost.usd_band == pytest.approx((cost.usd, cost.usd))


def test_texts_are_cut_and_counted_with_the_model_s_own_vocabulary():
    cost = embedding_cost([PROSE, PROSE], EMBEDDER, size=100, overlap=20)
    made = chunk(PROSE, EMBEDDER, 100, 20, by="tokens")
    assert cost.chunks == 2 * len(made)
    assert cost.stored_tokens == 2 * made.stored_tokens
    assert cost.text_tokens == 2 * count_tokens(PROSE, EMBEDDER).tokens
    assert embedding_cost([PROSE], EMBEDDER, by="sentences").chunks == len(chunk(PROSE, EMBEDDER))


def test_changing_the_model_embeds_everything_again_at_its_rate():
    old = embedding_cost([PROSE], EMBEDDER)
    new = embedding_cost([PROSE], "google/gemini-embedding-001")
    assert new.usd_per_mtok == pytest.approx(0.15)
    assert new.text_tokens != old.text_tokens
    low, high = new.usd_band
    assert low < new.usd < high
    again = embedding_cost([PROSE], EMBEDDER, re_embeddings=2)
    assert again.usd == pytest.approx(3 * old.usd)
    assert again.usd_once == old.usd


def test_a_batch_is_half_the_price():
    usual, batch = (embedding_cost([1000], EMBEDDER, mode=m).usd for m in ("standard", "batch"))
    assert batch == pytest.approx(usual / 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: chunk("a", O200K, 100, 100),
            r"^overlap: read 100; expected from 0 to below the size of 100; fix: chunks must",
        ),
        (lambda: chunk("a", O200K, 0, 0), r"^size: read 0; expected a size from 1 up"),
        (
            lambda: chunk("a", O200K, by="sentence"),
            r"^by: read 'sentence'; expected one of tokens, characters, sentences, paragraphs; "
            r"fix: did you mean 'sentences'\?$",
        ),
        (lambda: chunk_count(1, 10, 10), r"^overlap: read 10; expected from 0 to below"),
        (lambda: chunk_count([1, -2], 10, 1), r"^tokens: read -2; expected tokens from 0 up"),
        (lambda: chunk_count(np.nan, 10, 1), r"^tokens: read nan; expected tokens from 0 up"),
        (lambda: embedding_cost("a text", EMBEDDER), r"^documents: read one text; expected a list"),
        (lambda: embedding_cost([1.5], EMBEDDER), r"^documents: read 1.5 by tokens; expected"),
        (
            lambda: embedding_cost([100], EMBEDDER, by="sentences"),
            r"^documents: read 100 by sentences; expected texts",
        ),
        (lambda: embedding_cost([1], EMBEDDER, re_embeddings=-1), r"^re_embeddings: read -1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_a_chunk_the_model_does_not_take_and_a_model_without_price_are_refused():
    with pytest.raises(PriceNotKnownError, match="9,000 tokens is longer than the 8,191"):
        embedding_cost([1], EMBEDDER, size=9000)
    with pytest.raises(UnknownModelError, match="text-embedding-4"):
        embedding_cost([1], "openai/text-embedding-4")
