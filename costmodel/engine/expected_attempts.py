"""The closed form of retries: the mean attempts of a turn, summed one by one."""

from __future__ import annotations

import math

from costmodel.scenario.schema import Failures


def mean_attempts(failures: Failures) -> tuple[float, float]:
    """Return billed calls per turn and the share of turns that fail, summing over attempts."""
    q, t, a = failures.malformed.mean, failures.transport.mean, failures.malformed_shape

    def all_fail(k: int) -> float:
        total = 0.0
        for malformed in range(k + 1):
            moment = 1.0
            for j in range(malformed):
                moment *= 0.0 if q == 0 else (a + j) / (a / q + j)
            ways = math.comb(k, malformed) * t ** (k - malformed) * (1 - t) ** malformed
            total += ways * moment
        return total

    tries = math.fsum(all_fail(k) for k in range(failures.max_attempts))
    return tries * (1 - t), all_fail(failures.max_attempts)
