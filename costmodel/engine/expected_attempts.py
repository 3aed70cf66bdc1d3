"""The closed form of retries: the mean attempts of a turn, summed one by one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from costmodel.scenario.schema import Failures


@dataclass(frozen=True)
class MeanTries:
    """The attempts of a turn at one model, on average.

    Parameters
    ----------
    inputs, outputs : float
        Whole inputs and outputs that are billed.
    billed : float
        Calls that got an answer.
    failed : float
        Share of turns this model has not answered after the last attempt.
    carried : float
        Bad answers that repairs send along, per billed input.
    wrong : float
        Tokens sent with each of them.
    """

    inputs: float
    outputs: float
    billed: float
    failed: float
    carried: float = 0.0
    wrong: float = 0.0


def mean_attempts(failures: Failures) -> MeanTries:
    """Return a turn's attempts at the feature's own model, at the means."""
    t, most = failures.transport.mean, failures.max_attempts
    tries = math.fsum(_all_fail(failures, k) for k in range(most))
    inputs = outputs = tries * (1 - t)
    if failures.cut_off is not None and failures.cut_at is not None:
        cut = tries * t * failures.cut_off.mean
        inputs, outputs = inputs + cut, outputs + cut * failures.cut_at.mean
    carried = wrong = 0.0
    if failures.repair is not None:
        sent = math.fsum(
            malformed * _chance(failures, k, malformed, malformed)
            for k in range(1, most)
            for malformed in range(k + 1)
        )
        carried, wrong = (1 - t) * sent / inputs, failures.repair.mean
    return MeanTries(inputs, outputs, tries * (1 - t), _all_fail(failures, most), carried, wrong)


def mean_fallback(failures: Failures) -> MeanTries:
    """Return the attempts at the fallback, per turn of the feature."""
    alike = 1.0 if failures.alike is None else failures.alike.mean
    t, most = failures.transport.mean, failures.max_attempts

    def both_fail(k: int) -> float:
        return math.fsum(
            _chance(failures, most, first, first)
            * _ways(k, second, t)
            * _moment(failures, alike * first, second)
            for first in range(most + 1)
            for second in range(k + 1)
        )

    billed = math.fsum(both_fail(k) for k in range(most)) * (1 - t)
    return MeanTries(billed, billed, billed, both_fail(most))


def _all_fail(failures: Failures, attempts: int) -> float:
    return math.fsum(_chance(failures, attempts, bad, bad) for bad in range(attempts + 1))


def _chance(failures: Failures, attempts: int, malformed: int, moment: int) -> float:
    """Return the chance that the first attempts all fail, so many of them malformed."""
    t = failures.transport.mean
    return _ways(attempts, malformed, t) * _moment(failures, 0.0, moment)


def _ways(attempts: int, malformed: int, transport: float) -> float:
    ways = math.comb(attempts, malformed)
    return ways * transport ** (attempts - malformed) * (1 - transport) ** malformed


def _moment(failures: Failures, seen: float, count: int) -> float:
    """Return the chance of so many malformed answers after having seen some, q being Beta."""
    q, a = failures.malformed.mean, failures.malformed_shape
    if count == 0:
        return 1.0
    if q == 0:
        return 0.0
    return math.prod((a + seen + j) / (a / q + seen + j) for j in range(count))
