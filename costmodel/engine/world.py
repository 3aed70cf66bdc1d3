"""The world of a simulation: every belief drawn once, by name, and every drift path.

Arrays inside the engine are (months, draws), contiguous along the draws; a
quantity that does not vary has length 1 along that axis and broadcasts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.engine.memo import Memo
from costmodel.engine.streams import assign_columns, normal_scores
from costmodel.foundation.beliefs import Belief
from costmodel.scenario.schema import Drift, Scenario

Array = npt.NDArray[np.float64]

QUASI_MONTHS = 24
"""Months of drift and noise that have Sobol columns; later months are pseudo-random.

Columns are reserved for all of them whatever the horizon, so that a longer
horizon leaves earlier months as they are.
"""


EXTREME_SCORE = 3.0
"""A bad future: every belief and the drift three standard deviations up at once."""

LARGEST_SCORE = 6.4
"""No quasi-random stream has a larger score: 4.48 at the end of 17 bits, sqrt(2) times that
where a correlated belief adds two of them."""


class Steady:
    """A world without chance: every belief at its mean, or all at one score.

    What must not depend on the draws (which thresholds are in reach, the noise
    of a conversation) is decided in one of these. Arrays have length 1.
    """

    def __init__(
        self,
        scenario: Scenario,
        memo: Memo,
        *,
        score: float = 0.0,
        uncertainty: frozenset[str] = frozenset(),
    ) -> None:
        self.scenario = scenario
        self.uncertainty = uncertainty
        self._memo = memo
        self._score = score

    def value(self, path: str, belief: Belief) -> Array:  # noqa: ARG002 - as World.value
        """Return the belief at the world's score, or at its mean: shape (1,)."""
        if belief.certain or "belief" not in self.uncertainty:
            return self._memo(_at_mean, belief)
        return self._memo(_at_score, belief, self._score)

    def volume(self, feature: str) -> Array:  # noqa: ARG002 - as World.volume
        """Return 1: no drift of turns, (1, 1)."""
        return _ONE

    def log_token_drift(self, feature: str) -> Array:  # noqa: ARG002 - as World.log_token_drift
        """Return the log drift of token sizes at the world's score: shape (1, 1)."""
        drift = self.scenario.drift
        if "drift" not in self.uncertainty:
            return _ZERO
        settled = drift.tokens / math.sqrt(1 - persistence(drift) ** 2)
        return self._memo(_constant, self._score * settled)


class World:
    """All random numbers of one simulation.

    Parameters
    ----------
    uncertainty : frozenset of str
        Which of "belief", "spread" and "drift" are on (MODEL section 3).
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        draws: int,
        seed: int,
        uncertainty: frozenset[str],
        memo: Memo,
    ) -> None:
        self.scenario = scenario
        self.draws = draws
        self.uncertainty = uncertainty
        self._seed = seed
        self._memo = memo
        self.drawn: dict[str, Array] = {}
        """Every uncertain belief that was asked for, by path: what the spend depends on."""
        self._columns = _columns(tuple(stream_names(scenario)))
        self._groups = {
            path: (group, correlation.strength)
            for group, correlation in scenario.correlations.items()
            for path in correlation.of
        }

    def value(self, path: str, belief: Belief) -> Array:
        """Return a belief's value in each future: shape (draws,), or (1,) where it is certain.

        The path names its random stream.
        """
        if belief.certain:
            return self._memo(_at_mean, belief)
        self.drawn[path] = self._value(path, belief)
        return self.drawn[path]

    def _value(self, path: str, belief: Belief) -> Array:
        if "belief" not in self.uncertainty:
            return self._memo(_at_mean, belief)
        own = self._scores((path,))
        shared, strength = None, 0.0
        if path in self._groups:
            group, strength = self._groups[path]
            shared = self._scores((f"correlations.{group}",))
        return self._memo(_draw_belief, belief, own, shared, strength)

    def volume(self, feature: str) -> Array:
        """Return the drift factor of a feature's turns per user: (months, draws), mean one."""
        drift = self.scenario.drift
        if "drift" not in self.uncertainty or drift.volume == 0:
            return _ONE
        everyone = self._monthly("drift.volume")
        own = self._monthly(f"drift.volume.{feature}")
        return self._memo(_volume_factor, everyone, own, drift)

    def log_token_drift(self, feature: str) -> Array:
        """Return the log of the drift factor of a feature's token sizes: (months, draws)."""
        drift = self.scenario.drift
        if "drift" not in self.uncertainty or drift.tokens == 0:
            return _ZERO
        return self._memo(
            _drift_path, self._monthly(f"drift.tokens.{feature}"), drift.tokens, drift
        )

    def people_scores(self, segment: str) -> Array:
        """Return the score of who a segment's people happen to be: (1, draws), all months alike."""
        return self._scores((f"people.{segment}",))

    def conversation_scores(self, segment: str, feature: str) -> Array:
        """Return the scores of what conversations a lane happens to have: (months, draws)."""
        return self._monthly(f"conversations.{segment}.{feature}")

    def unit_scores(self, segment: str, feature: str, unit: str) -> Array:
        """Return the scores of how many units those conversations happen to use."""
        return self._monthly(f"units.{segment}.{feature}.{unit}")

    def _monthly(self, name: str) -> Array:
        months = range(1, self.scenario.months + 1)
        return self._scores(tuple(f"{name}@{month}" for month in months))

    def _scores(self, names: tuple[str, ...]) -> Array:
        columns = tuple(self._columns.get(name) for name in names)
        return self._memo(_scores, names, columns, self.draws, self._seed)


_ONE: Array = np.ones((1, 1))
_ZERO: Array = np.zeros((1, 1))


def stream_names(scenario: Scenario) -> Iterator[str]:
    """Yield every stream's name in file order: the order in which columns are given out.

    A feature appended to the file comes after the others, whatever its beliefs are called, and
    strategies after all of them: what is compared is compared in the same futures.
    """
    beliefs = list(scenario.beliefs())
    units = _unit_paths(scenario)
    yield from (f"correlations.{group}" for group in scenario.correlations)
    yield from _over_months("drift.volume")
    named: set[str] = set()
    for feature in scenario.features:
        for segment in scenario.features[feature].turns_per_user:
            # Just before the first feature that uses it: a feature may bring its own segment.
            if segment not in named:
                named.add(segment)
                yield from (p for p in beliefs if p.startswith(f"segments.{segment}."))
                yield f"people.{segment}"
        yield from (
            path
            for path in beliefs
            if path.startswith(f"features.{feature}.") and path not in units
        )
        yield from _over_months(f"drift.volume.{feature}")
        yield from _over_months(f"drift.tokens.{feature}")
        for segment in scenario.features[feature].turns_per_user:
            yield from _over_months(f"conversations.{segment}.{feature}")
        yield from _unit_streams(scenario, feature)
    yield from (path for path in beliefs if path.startswith("strategies."))


def _unit_paths(scenario: Scenario) -> frozenset[str]:
    return frozenset(
        f"features.{name}.units.{unit}"
        for name, feature in scenario.features.items()
        for _, step in feature.steps
        for unit in step.units.stated
    )


def _unit_streams(scenario: Scenario, name: str) -> Iterator[str]:
    """Yield the streams of a feature's units, which come after all its others.

    A unit that is never used has none, so that it moves no other stream.
    """
    feature = scenario.features[name]
    for _, step in feature.steps:
        for unit, belief in step.units.stated.items():
            if belief.mean > 0:
                yield f"features.{name}.units.{unit}"
                for segment in feature.turns_per_user:
                    yield from _over_months(f"units.{segment}.{name}.{unit}")


def _over_months(name: str) -> Iterator[str]:
    return (f"{name}@{month}" for month in range(1, QUASI_MONTHS + 1))


@lru_cache(maxsize=8)
def _columns(names: tuple[str, ...]) -> dict[str, int | None]:
    return assign_columns(names)


def _scores(
    names: tuple[str, ...], columns: tuple[int | None, ...], draws: int, seed: int
) -> Array:
    return normal_scores(names, dict(zip(names, columns, strict=True)), draws, seed)


def _constant(value: float) -> Array:
    return np.array([[value]])


def _at_score(belief: Belief, score: float) -> Array:
    return belief.values(np.array([score]))


def _at_mean(belief: Belief) -> Array:
    return np.array([belief.mean])


def _draw_belief(belief: Belief, own: Array, shared: Array | None, strength: float) -> Array:
    z = own[0]
    if shared is not None:
        z = math.sqrt(strength) * shared[0] + math.sqrt(1 - strength) * z
    return belief.values(z)


def persistence(drift: Drift) -> float:
    """Return phi = 2^(-1/half-life), what is left of a deviation after a month."""
    return float(2.0 ** (-1.0 / drift.half_life_months))


def _wander(innovations: Array, sd: float, drift: Drift) -> Array:
    """Return x_m = phi x_(m-1) + sd e_m, one row a month, x_0 = 0."""
    phi = persistence(drift)
    path = np.empty_like(innovations)
    path[0] = sd * innovations[0]
    for month in range(1, len(path)):
        np.multiply(path[month - 1], phi, out=path[month])
        path[month] += sd * innovations[month]
    return path


def _half_variance(months: int, sd: float, drift: Drift) -> Array:
    """Return v_m / 2, v_m = sd^2 (1 - phi^(2m)) / (1 - phi^2): what keeps the factor's mean one."""
    phi2 = persistence(drift) ** 2
    powers = phi2 ** np.arange(months)
    return np.asarray(sd * sd * np.cumsum(powers)[:, None] / 2)


def _drift_path(innovations: Array, sd: float, drift: Drift) -> Array:
    path = _wander(innovations, sd, drift)
    path -= _half_variance(len(path), sd, drift)
    return path


def _volume_factor(everyone: Array, own: Array, drift: Drift) -> Array:
    # Half of the variance is everyone's, half the feature's own, so the sum has the stated sd.
    path = _wander(everyone + own, drift.volume / math.sqrt(2), drift)
    path -= _half_variance(len(path), drift.volume, drift)
    return np.asarray(np.exp(path, out=path))
