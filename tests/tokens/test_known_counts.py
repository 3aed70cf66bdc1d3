"""Recorded counts are those of the shipped prompts, right, and spare the vocabulary."""

import json
import re
from pathlib import Path

import pytest

import costmodel.tokens.exact as exact
from costmodel.tokens import count_tokens, record_known_counts, vocabulary
from costmodel.tokens.estimators import shipped_estimator
from costmodel.tokens.exact import count_afresh
from costmodel.tokens.features import FEATURES
from costmodel.tokens.known_counts import known_counts, text_digest
from costmodel.tokens.tallies import Part

PROMPTS = Path(__file__).parents[2] / "scenarios" / "prompts"


@pytest.fixture
def recorded(monkeypatch):
    table = {text_digest("a recorded text"): {"o200k_base": 41, "cl100k_base": 43}}
    monkeypatch.setattr("costmodel.tokens.known_counts.known_counts", lambda: table)


@pytest.mark.skipif(not PROMPTS.is_dir(), reason="no prompts in this checkout")
def test_exactly_the_shipped_prompts_are_recorded_and_their_counts_are_right():
    written = [path.read_text(encoding="utf-8") for path in PROMPTS.glob("*.md")]
    texts = {*written, *(re.sub(r"\{\{\w+\}\}", "", text) for text in written)}
    names = ("o200k_base", "cl100k_base")
    afresh = {
        text_digest(text): {name: count_afresh(text, name) for name in names} for text in texts
    }
    assert known_counts() == afresh, "run record_known_counts (costmodel/tokens/recording.py)"


@pytest.mark.usefixtures("recorded")
def test_a_recorded_text_needs_no_vocabulary(monkeypatch):
    monkeypatch.setattr(vocabulary, "_LOADED", {})
    monkeypatch.setattr(exact, "encoding", None)
    assert count_tokens("a recorded text", "openai/gpt-5").tokens == 41
    assert count_tokens("a recorded text", "openai/gpt-4").tokens == 43
    weights = shipped_estimator("claude_v47")
    words = dict(zip(FEATURES, weights.per_feature, strict=True))
    # a, text: four letters at most; recorded: eight
    expected = 41 * weights.per_token + 2 * words["words of 1-4 letters"]
    expected += words["words of 5-8 letters"]
    measure = Part("a recorded text").measure("o200k_base")
    assert weights.tokens(measure) == pytest.approx(expected)


@pytest.mark.usefixtures("recorded")
def test_a_text_that_differs_in_one_character_is_counted():
    assert count_tokens("a recorded text.", "openai/gpt-5").tokens == 4


def test_recording_writes_the_counts_by_digest(tmp_path):
    prompt, target = tmp_path / "prompt.md", tmp_path / "counts.json"
    prompt.write_bytes("Hello\r\nwörld".encode())
    record_known_counts([prompt], target)
    expected = {name: count_afresh("Hello\nwörld", name) for name in ("o200k_base", "cl100k_base")}
    assert json.loads(target.read_text()) == {text_digest("Hello\nwörld"): expected}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counts.json", "prompt.md"]


def test_recording_replaces_what_was_recorded_before(tmp_path):
    target = tmp_path / "counts.json"
    target.write_text('{"stale": {"o200k_base": 1}}')
    record_known_counts([], target)
    assert json.loads(target.read_text()) == {}


def test_the_digest_is_the_sha256_of_the_text_in_utf_8():
    # FIPS 180-2, appendix B.1: "abc"
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert text_digest("abc") == expected
    assert text_digest("\ud800") != text_digest("\ufffd")
