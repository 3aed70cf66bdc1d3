"""The shipped vocabularies: what they are, that damage is seen, that nothing else is touched."""

import hashlib
import os
import shutil
import socket
import sys
import threading

import pytest
import requests
import tiktoken
from tiktoken_ext import openai_public

from costmodel.foundation.errors import TokenizerUnavailable
from costmodel.tokens import count_tokens, vocabulary
from costmodel.tokens.packed import content_of, pack, unpack
from costmodel.tokens.vocabulary import DATA, PACKED_SHA256, load_encoding, read_ranks

from .conftest import published

# tiktoken_ext/openai_public.py, expected_hash; and n_vocab less the special tokens
PUBLISHED = {
    "o200k_base": (
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        199_998,
    ),
    "cl100k_base": (
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        100_256,
    ),
}


def test_the_shipped_files_hold_the_published_vocabularies(name):
    digest, tokens = PUBLISHED[name]
    assert hashlib.sha256(published(name)).hexdigest() == digest
    assert len(read_ranks(DATA / f"{name}.vocabulary", digest)) == tokens


def test_the_notice_names_both_vocabularies_and_their_licence():
    notice = (DATA / "NOTICE").read_text(encoding="utf-8")
    assert all(name in notice and digest in notice for name, (digest, _) in PUBLISHED.items())
    assert "MIT License" in notice
    assert "OpenAI" in notice


def test_packing_a_vocabulary_and_unpacking_it_gives_it_back():
    content = b"IQ== 0\nIg== 1\naGVsbG8= 2\n"  # "!", '"', "hello"
    assert unpack(pack(content)) == [b"!", b'"', b"hello"]
    assert content_of(unpack(pack(content))) == content
    assert unpack(pack(b"")) == []


def test_a_vocabulary_whose_ranks_have_gaps_is_not_packed():
    with pytest.raises(ValueError, match=r"expected 'base64 rank' with ranks 0, 1, 2"):
        pack(b"IQ== 0\nIg== 2\n")


@pytest.mark.parametrize("position", [0, 1, 1000, -1])
def test_a_flipped_byte_is_refused_with_the_file_and_both_hashes(name, position, tmp_path):
    file = tmp_path / f"{name}.vocabulary"
    damaged = bytearray((DATA / file.name).read_bytes())
    damaged[position] ^= 1
    file.write_bytes(damaged)
    with pytest.raises(TokenizerUnavailable) as caught:
        load_encoding(name, folder=tmp_path)
    assert str(caught.value) == (
        f"vocabulary {file}: sha256 of its file is {hashlib.sha256(damaged).hexdigest()},"
        f" expected {PACKED_SHA256[name]}; fix: reinstall costmodel"
    )


def test_a_content_that_tiktoken_does_not_expect_is_refused(name):
    file = DATA / f"{name}.vocabulary"
    with pytest.raises(TokenizerUnavailable) as caught:
        read_ranks(file, "0" * 64)
    assert str(caught.value) == (
        f"vocabulary {file}: sha256 of its content is {PUBLISHED[name][0]},"
        f" expected {'0' * 64}; fix: reinstall costmodel"
    )


def test_a_missing_vocabulary_is_named(name, tmp_path):
    with pytest.raises(TokenizerUnavailable, match=rf"{name}.vocabulary cannot be read: No such"):
        load_encoding(name, folder=tmp_path)


def test_a_damaged_vocabulary_reaches_the_caller_of_count_tokens(tmp_path, monkeypatch):
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    (tmp_path / "o200k_base.vocabulary").write_bytes(b"")
    load = vocabulary.load_encoding
    monkeypatch.setattr(vocabulary, "_LOADED", {})
    monkeypatch.setattr(
        vocabulary, "load_encoding", lambda name, whole: load(name, whole=whole, folder=tmp_path)
    )
    with pytest.raises(TokenizerUnavailable, match=r"o200k_base\.vocabulary: sha256 of its file"):
        count_tokens("Hello", "openai/gpt-5")
    assert count_tokens("Hello", "openai/gpt-4").tokens == 1  # the other one is sound


def test_without_tiktoken_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    with pytest.raises(TokenizerUnavailable, match=r"^tiktoken is not installed: pip install"):
        load_encoding("o200k_base")


def test_counting_uses_no_network(name, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("network used")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(requests, "get", refuse)
    monkeypatch.setattr(vocabulary, "_LOADED", {})
    model = {"o200k_base": "openai/gpt-5", "cl100k_base": "openai/gpt-4"}[name]
    assert count_tokens("Hello", model).tokens == 1


def test_loading_leaves_tiktoken_and_the_environment_as_they_were(name, monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "/nowhere")
    reader, encodings = openai_public.load_tiktoken_bpe, dict(tiktoken.registry.ENCODINGS)
    environment = dict(os.environ)
    load_encoding(name)
    assert openai_public.load_tiktoken_bpe is reader
    assert encodings == tiktoken.registry.ENCODINGS
    assert dict(os.environ) == environment


def test_patterns_and_special_tokens_are_tiktoken_s_own(name, tiktokens):
    ours = load_encoding(name)
    assert ours._pat_str == tiktokens[name]._pat_str
    assert ours._special_tokens == tiktokens[name]._special_tokens
    assert ours._mergeable_ranks == tiktokens[name]._mergeable_ranks


def test_threads_that_ask_at_once_load_a_vocabulary_once(monkeypatch):
    loads, start = [], threading.Barrier(8)
    monkeypatch.setattr(vocabulary, "_LOADED", {})
    monkeypatch.setattr(vocabulary, "load_encoding", lambda *name, **_: loads.append(name))

    def ask():
        start.wait()
        vocabulary.encoding("o200k_base")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == [("o200k_base",)]
