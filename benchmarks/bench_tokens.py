"""Time of counting against bare tiktoken on the same text in one run, and of loading; errors.

Run: ``python benchmarks/bench_tokens.py``. Prints medians and ratios; asserts nothing. The errors
are over the texts of tests/tokens/data/real_counts.json, which were not fitted;
benchmarks/fit_estimators.py has them over some 1,400 documents, but needs the other tokenizers.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from costmodel.tokens import count_tokens
from costmodel.tokens.estimators import shipped_estimator
from costmodel.tokens.tallies import Part
from costmodel.tokens.vocabulary import PACKED_SHA256, load_encoding

MODELS = {"o200k_base": "openai/gpt-5", "cl100k_base": "openai/gpt-4"}
ROUNDS = 15
COLD = {
    "interpreter alone": "pass",
    "import costmodel.tokens": "import costmodel.tokens",
    "import tiktoken": "import tiktoken, tiktoken_ext.openai_public",
    "count one word": "import costmodel.tokens as t; t.count_tokens('Hello', 'openai/gpt-5')",
}


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def sources():
    files = sorted(Path(os.__file__).parent.glob("[a-f]*.py"))
    return [file.read_text(encoding="utf-8") for file in files]


def texts():
    python = "".join(sources())
    return {
        "1 kB": [python[at : at + 1_000] for at in range(0, 1_000_000, 1_000)],
        "40 kB": [python[at : at + 40_000] for at in range(0, 1_000_000, 40_000)],
        "1 MB": [python[:1_000_000]],
    }


def compare(name, documents):
    """Seconds of a round of ours, and the median of ours / theirs, in time of the processor."""
    bare, model = load_encoding(name), MODELS[name]

    def theirs():
        return [len(bare.encode_ordinary(text)) for text in documents]

    def ours():
        return [count_tokens(text, model) for text in documents]

    rounds = []
    for number in range(ROUNDS):  # interleaved, the first one in turn: both see the same machine
        order = (ours, theirs) if number % 2 else (theirs, ours)
        taken = {action: processor_seconds(action) for action in order}
        rounds.append((taken[ours], taken[ours] / taken[theirs]))
    return tuple(map(statistics.median, zip(*rounds, strict=True)))


def processor_seconds(action):
    start = time.process_time()
    action()
    return time.process_time() - start


def show_loading():
    for name in PACKED_SHA256:
        times = [seconds(lambda name=name: load_encoding(name)) for _ in range(ROUNDS)]
        print(f"load {name:12} {statistics.median(times):6.3f} s (slowest {max(times):.3f})")
    for what, code in COLD.items():
        start = [
            seconds(lambda c=code: subprocess.run([sys.executable, "-c", c])) for _ in range(5)
        ]
        print(f"process: {what:24} {statistics.median(start):6.3f} s")


def show_counting():
    for name in PACKED_SHA256:
        count_tokens("Hello", MODELS[name])
        for size, documents in texts().items():
            ours, ratio = compare(name, documents)
            rate = sum(map(len, documents)) / 1e6 / ours
            print(f"{name:12} {size:>6} texts: {rate:5.1f} Mchar/s, {ratio:.3f} x tiktoken")


def show_long_run():
    text = " " * 1_000_000 + "x"
    first, again = (seconds(lambda: count_tokens(text, MODELS["o200k_base"])) for _ in range(2))
    print(f"a million spaces: {first:.3f} s the first time, {again:.3f} s after")


REAL = Path(__file__).parents[1] / "tests" / "tokens" / "data" / "real_counts.json"
GROUPS = {".md": "English", ".py": "Python", "sentence": "other languages", "": "YAML, JSON"}


def group_of(document):
    kinds = (name for mark, name in GROUPS.items() if mark in Path(document["from"]).name)
    return next(kinds)


def show_estimates():
    documents = json.loads(REAL.read_text(encoding="utf-8"))["documents"]
    groups = np.array([group_of(document) for document in documents])
    texts = [document["text"] for document in documents]
    measures = [Part(text).measure("o200k_base") for text in texts]
    for family in ("claude_v47", "claude_v3", "gemini", "deepseek_v4", "qwen3_5", "mistral_tekken"):
        estimator = shipped_estimator(family)
        true = np.array([document["counts"][family] for document in documents])
        guesses = {
            "chars/4": [len(text) / 4 for text in texts],
            "words x 4/3": [len(text.split()) * 4 / 3 for text in texts],
            "ours": [estimator.tokens(measure) for measure in measures],
        }
        print(f"{family}: median / p95 error in %")
        for group in sorted(set(groups)):
            of = groups == group
            cells = (error(np.array(guess)[of], true[of]) for guess in guesses.values())
            told = ", ".join(f"{name} {cell}" for name, cell in zip(guesses, cells, strict=True))
            print(f"  {group:16} {of.sum():3} texts: {told}")


def error(guess, true):
    off = np.abs(guess / true - 1) * 100
    return f"{np.median(off):.1f} / {np.quantile(off, 0.95):.1f}"


if __name__ == "__main__":
    show_loading()
    show_counting()
    show_long_run()
    show_estimates()
