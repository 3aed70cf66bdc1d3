"""What is drawn once per simulated future: every belief, and the paths of drift."""

import numpy as np

from .laws import Size, draw_drift


class Beliefs:
    """The value of each belief in every future, by its path in the scenario.

    With `uncertain` off each counts as its mean. Beliefs of a correlation group
    have normal scores sqrt(r) F + sqrt(1 - r) e with F common to the group.
    """

    def __init__(self, scenario, futures, rng, *, uncertain):
        self.futures = futures
        self.values = {}
        scores = _scores(scenario, futures, rng)
        for path, belief in scenario.beliefs().items():
            self.values[path] = (
                belief.values(scores[path]) if uncertain else np.full(futures, belief.mean)
            )

    def at(self, path, belief):
        """The belief's value in each future; one the scenario left out must be certain."""
        if path in self.values:
            return np.asarray(self.values[path], dtype=float)
        assert belief.certain, f"{path} is uncertain but was never drawn"
        return np.full(self.futures, float(belief.mean))

    def size(self, path, spread):
        """The law of a size or an intensity in each future; none stated means 0."""
        if spread is None:
            return Size(np.full(self.futures, -np.inf), 0.0, np.inf)
        if spread.mean is not None:
            return Size.with_mean(self.at(f"{path}.mean", spread.mean), spread.sigma, spread.cap)
        return Size.with_median(self.at(f"{path}.p50", spread.p50), spread.sigma, spread.cap)


def _scores(scenario, futures, rng):
    scores = {path: rng.standard_normal(futures) for path in scenario.beliefs()}
    for group in scenario.correlations.values():
        common = rng.standard_normal(futures)
        for path in group.of:
            own = scores[path]
            scores[path] = np.sqrt(group.strength) * common + np.sqrt(1 - group.strength) * own
    return scores


class Drift:
    """Factors (futures x months) of each feature's turns and tokens.

    Turns wander by a path of the whole scenario and one of the feature, each
    with sd/sqrt(2), so that a feature alone has the stated sd.
    """

    def __init__(self, scenario, futures, rng, *, wandering):
        law, shape = scenario.drift, (futures, scenario.months)

        def path(sd):
            if not wandering:
                return np.ones(shape)
            return draw_drift(sd, law.half_life_months, *shape, rng)

        common = path(law.volume / np.sqrt(2))
        self.volume = {f: common * path(law.volume / np.sqrt(2)) for f in scenario.features}
        self.tokens = {f: path(law.tokens) for f in scenario.features}
