"""Estimates for families whose tokenizer is not at hand: data/estimators.json.

estimate = a x (tokens of o200k_base) + sum of b_i x (feature i of the text), with a band of 5-95 %
that depends on the size of the text and on what it is written in.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from costmodel.tokens.features import FEATURES, Counts

ESTIMATORS_FILE = Path(__file__).parent / "data" / "estimators.json"
"""Coefficients and bands, made by benchmarks/fit_estimators.py."""

KINDS = ("plain", "accented", "other scripts")
"""Kinds of text with a band each."""

ACCENTED_SHARE = 0.03
"""Accented words per word from which a text is of the kind ``accented``; an assumption."""
OTHER_SHARE = 0.2
"""Letters of other scripts per o200k_base token from which a text is in them; an assumption."""

Knots = tuple[tuple[float, float, float], ...]
"""(o200k_base tokens, 5 % and 95 % quantile of true / estimated), tokens rising."""

_SCRIPTS = slice(FEATURES.index("Cyrillic letters"), FEATURES.index("other characters of 2 bytes"))
_SIGNS = FEATURES.index("East Asian punctuation")
_WORDS = slice(0, FEATURES.index("letters beyond 12"))
_ACCENTED = FEATURES.index("accented words")


@dataclass(frozen=True)
class Measure:
    """What is counted in a text to estimate its tokens; measures of the parts of a text add up.

    Parameters
    ----------
    tokens : int
        Tokens in a shipped encoding, o200k_base for the shipped estimators.
    features : array of int
        One count per name in `FEATURES`.
    """

    tokens: int
    features: Counts

    def __add__(self, other: Measure) -> Measure:
        return Measure(self.tokens + other.tokens, self.features + other.features)

    @property
    def kind(self) -> str:
        """One of `KINDS`: what the text is mostly written in."""
        letters = int(self.features[_SCRIPTS].sum() - self.features[_SIGNS])
        if letters > OTHER_SHARE * self.tokens:
            return "other scripts"
        words = int(self.features[_WORDS].sum())
        return "accented" if self.features[_ACCENTED] > ACCENTED_SHARE * words else "plain"


@dataclass(frozen=True)
class Estimator:
    """Tokens of one family as a weighted sum, with its band.

    Parameters
    ----------
    per_token : float
        Tokens per token of the shipped encoding.
    per_feature : tuple of float
        Tokens per unit of each of `FEATURES`.
    bands : mapping of str to Knots
        The band of each of `KINDS`.
    source : str
        What it was fitted on.
    """

    per_token: float
    per_feature: tuple[float, ...]
    bands: Mapping[str, Knots]
    source: str

    def tokens(self, measure: Measure) -> float:
        """Return the estimate, not rounded."""
        weighted = float(np.dot(self.per_feature, measure.features))
        return self.per_token * measure.tokens + weighted

    def band(self, measure: Measure) -> tuple[float, float]:
        """Return the 5 % and the 95 % quantile of true / estimated for a text like this."""
        knots = self.bands[measure.kind]
        sizes, low, high = zip(*knots, strict=True)
        at = math.log(min(max(measure.tokens, sizes[0]), sizes[-1]))
        places = [math.log(size) for size in sizes]
        return float(np.interp(at, places, low)), float(np.interp(at, places, high))


def shipped_estimator(family: str) -> Estimator | None:
    """Return the fitted estimator of a family, or None if there is none."""
    entry = _document()["families"].get(family)
    return None if entry is None else read_estimator(entry)


def read_estimator(entry: Mapping[str, Any]) -> Estimator:
    """Return an estimator from its entry in JSON; features that are not named weigh nothing.

    Raises
    ------
    KeyError, TypeError, ValueError
        If the entry is not one.
    """
    for name in entry["per_feature"]:
        if name not in FEATURES:
            raise ValueError(f"no feature is called {name!r}")
    bands = {
        kind: tuple((at, low, high) for at, low, high in entry["bands"][kind]) for kind in KINDS
    }
    weights = tuple(float(entry["per_feature"].get(name, 0.0)) for name in FEATURES)
    return Estimator(float(entry["per_token"]), weights, bands, entry["source"])


def entry_of(estimator: Estimator) -> dict[str, Any]:
    """Return the entry in JSON that `read_estimator` reads."""
    weights = zip(FEATURES, estimator.per_feature, strict=True)
    return {
        "source": estimator.source,
        "per_token": estimator.per_token,
        "per_feature": {name: weight for name, weight in weights if weight},
        "bands": {kind: [list(knot) for knot in estimator.bands[kind]] for kind in KINDS},
    }


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(ESTIMATORS_FILE.read_text(encoding="utf-8"))
    return document
