"""Refit a family's estimator from pairs of a text and the tokens billed for it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.calibration import Calibration
from costmodel.tokens.estimators import KINDS, Estimator, Knots, Measure, shipped_estimator
from costmodel.tokens.families import Family, model_family
from costmodel.tokens.features import FEATURES
from costmodel.tokens.tallies import Part

Array = npt.NDArray[np.float64]

FEWEST = 5
"""Pairs below which nothing is fitted; an assumption."""
FEWEST_FOR_FEATURES = 40
"""Pairs from which on the weights of the features are fitted too: about one per weight."""
FEWEST_FOR_BAND = 19
"""Pairs from which on their own 5 % and 95 % quantiles exist: 1 / 0.05 - 1."""
TRUST = 0.05
"""Standard deviation of each weight's share of the tokens around the shipped one: of 0.01 to 0.1,
the value with the least errors for 50 to 300 texts of one kind and ctok's counts of them."""
WIDEST = 3.0
"""Ratio of the upper to the lower quartile of billed / estimated above which the pairs contradict
each other; an assumption: the widest 5-95 % band of the shipped estimators is about 2."""

Pair = tuple[str, float]


def calibrate(pairs: Iterable[Pair], model: str) -> Calibration:
    """Refit a model's estimator from your own texts and the tokens billed for them.

    The estimate is first scaled by the median of billed / estimated, weighted by tokens. From
    `FEWEST_FOR_FEATURES` pairs on, the weights of the features and a constant per text are moved
    too, by ridge regression towards the scaled ones: where the pairs say nothing new, nothing
    changes.

    Parameters
    ----------
    pairs : iterable of (str, float)
        A text and the input tokens billed for it, both of one kind of request.
    model : str
        The model that billed them.

    Returns
    -------
    Calibration
        For ``count_tokens(text, model, calibration=...)``; its band is the 5-95 % of the pairs,
        each predicted from the others; with fewer than `FEWEST_FOR_BAND` pairs, the shipped band
        widened to hold them all.

    Raises
    ------
    InputError
        For fewer than `FEWEST` pairs, texts that are empty or not str, counts that are not positive
        finite numbers, one text billed in two ways, or pairs that do not fit together.
    TokenizerUnavailable
        For a model that is not known.
    """
    family = model_family(model)
    texts, billed = _checked(list(pairs))
    base = _base(family)
    measures = [Part(text).measure(family.encoding) for text in texts]
    factor = _factor(billed / np.array([base.tokens(each) for each in measures]), measures, base)
    scaled = _scaled(base, factor)
    fitted = _ridge(measures, billed, scaled) if len(texts) >= FEWEST_FOR_FEATURES else _Fit(scaled)
    ratio = fitted.ratio if fitted.ratio is not None else _ratios(measures, billed, scaled)
    own = Estimator(
        fitted.estimator.per_token, fitted.estimator.per_feature, _bands(base, ratio), model
    )
    return Calibration(model, family.name, len(texts), factor, fitted.per_text, own)


@dataclass(frozen=True)
class _Fit:
    estimator: Estimator
    per_text: float = 0.0
    ratio: Array | None = None


def _base(family: Family) -> Estimator:
    """Return what is calibrated: the shipped estimator, or the shipped encoding itself."""
    shipped = shipped_estimator(family.name)
    if shipped is not None:
        return shipped
    ratio, nothing = family.ratio, (0.0,) * len(FEATURES)
    if ratio is None:
        knots: Knots = ((1.0, 1.0, 1.0),)
        return Estimator(1.0, nothing, dict.fromkeys(KINDS, knots), family.source)
    knots = ((1.0, ratio.p05 / ratio.median, ratio.p95 / ratio.median),)
    return Estimator(ratio.median, nothing, dict.fromkeys(KINDS, knots), family.source)


def _scaled(base: Estimator, factor: float) -> Estimator:
    weights = tuple(factor * weight for weight in base.per_feature)
    return Estimator(factor * base.per_token, weights, base.bands, base.source)


def _factor(ratio: Array, measures: Sequence[Measure], base: Estimator) -> float:
    """Return the median of the ratios, weighted by estimated tokens: short texts say little."""
    low, high = np.quantile(ratio, [0.25, 0.75])
    if high > WIDEST * low:
        read = f"billed / estimated of {low:.3g} to {high:.3g} in the middle half of the pairs"
        fix = "check that each text is what was billed, and that all are of one kind"
        raise InputError(Problem(read, f"at most {WIDEST:g} to 1", fix, path="pairs"))
    order = np.argsort(ratio)
    weights = np.cumsum(np.array([base.tokens(each) for each in measures])[order])
    return float(ratio[order][np.searchsorted(weights, weights[-1] / 2)])


def _ratios(measures: Sequence[Measure], billed: Array, estimator: Estimator) -> Array:
    return np.asarray(billed / np.array([estimator.tokens(each) for each in measures]))


def _ridge(measures: Sequence[Measure], billed: Array, scaled: Estimator) -> _Fit:
    """Move the weights towards the pairs: least squares of the relative error, plus a penalty.

    With rows (1, tokens, features) / billed, columns brought to a root mean square of one and s the
    root mean square of the relative errors that the scaled estimator leaves, the penalty of a
    weight is (s / TRUST)^2: the posterior mean for normal errors of size s and weights known to
    TRUST. The constant has none.
    """
    rows = np.array([[1.0, each.tokens, *each.features] for each in measures]) / billed[:, None]
    start = np.array([0.0, scaled.per_token, *scaled.per_feature])
    left = 1.0 - rows @ start
    size = np.sqrt(np.mean(rows**2, axis=0))
    used = size > 0
    unit = rows[:, used] / size[used]
    penalty = float(np.mean(left**2)) / TRUST**2
    held = np.full(unit.shape[1], max(penalty, 1e-12))
    held[0] = 1e-12  # nothing is known beforehand of what is billed with every text
    gram = unit.T @ unit + np.diag(held)
    moved = start.copy()
    moved[used] += np.linalg.solve(gram, unit.T @ left) / size[used]
    moved = np.maximum(moved, 0.0)
    own = np.minimum(np.einsum("ij,ji->i", unit, np.linalg.solve(gram, unit.T)), 0.99)
    alone = (1.0 - rows @ moved) / (1.0 - own)  # each pair as the others predict it
    estimator = Estimator(moved[1], tuple(map(float, moved[2:])), scaled.bands, scaled.source)
    ratio = 1.0 / np.maximum(1.0 - alone, 0.01)
    return _Fit(estimator, float(moved[0]), ratio)


def _bands(base: Estimator, ratio: Array) -> dict[str, Knots]:
    """Return the quantiles of the pairs, or the shipped band widened to hold few pairs."""
    ordered = np.sort(ratio)
    if len(ordered) >= FEWEST_FOR_BAND:
        rank = int(0.05 * (len(ordered) + 1))
        low, high = min(ordered[rank - 1], 1.0), max(ordered[-rank], 1.0)
        return dict.fromkeys(KINDS, ((1.0, float(low), float(high)),))
    low, high = float(ordered[0]), float(ordered[-1])
    return {
        kind: tuple((at, min(low, below), max(high, above)) for at, below, above in knots)
        for kind, knots in base.bands.items()
    }


def _checked(pairs: Sequence[Any]) -> tuple[list[str], Array]:
    """Return texts and counts; every fault of the pairs is reported at once."""
    faults = [fault for at, pair in enumerate(pairs) if (fault := _fault(at, pair)) is not None]
    if len(pairs) < FEWEST:
        fix = "give more texts with what was billed for them"
        faults.append(Problem(f"{len(pairs)} pairs", f"at least {FEWEST}", fix, path="pairs"))
    faults += _contradictions([pair for at, pair in enumerate(pairs) if _fault(at, pair) is None])
    if faults:
        raise InputError(faults)
    return [text for text, _ in pairs], np.array([float(count) for _, count in pairs])


def _fault(at: int, pair: Any) -> Problem | None:  # noqa: ANN401 - whatever the user gave
    path = f"pairs[{at}]"
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        return Problem(f"{pair!r:.60}", "a text and a count", "write (text, tokens)", path)
    text, count = pair
    if not isinstance(text, str) or not text:
        return Problem(f"{text!r:.60}", "a text that is not empty", "leave the pair out", path)
    number = isinstance(count, int | float | np.integer) and not isinstance(count, bool)
    if not number or not math.isfinite(count) or count <= 0:
        return Problem(f"{count!r:.60} tokens", "a positive number", "give what was billed", path)
    return None


def _contradictions(pairs: Sequence[Pair]) -> list[Problem]:
    seen: dict[str, set[float]] = {}
    for text, count in pairs:
        seen.setdefault(text, set()).add(float(count))
    return [
        Problem(
            f"{' and '.join(f'{count:g}' for count in sorted(counts))} tokens for {text!r:.40}",
            "one count for a text",
            "keep pairs of one kind of request only",
            path="pairs",
        )
        for text, counts in seen.items()
        if len(counts) > 1
    ]
