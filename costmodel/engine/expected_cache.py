"""What providers' caches read and store at the means: the one thing the closed form looks up.

The mathematics of caches is checked against conversations drawn one by one
(tests/strategies, tests/oracle), not by the closed form.
"""

from __future__ import annotations

import numpy as np

from costmodel.engine.demand import people
from costmodel.engine.lanes import demands_of
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.chosen import Chosen
from costmodel.engine.pipeline.passing import UNLIMITED
from costmodel.engine.pipeline.paths import Stages, paths_of
from costmodel.engine.world import Steady
from costmodel.prices.book import PriceBook
from costmodel.scenario.schema import Scenario

Shares = list[tuple[float, float]]
"""Read and written, for each month."""


def central_shares(scenario: Scenario, book: PriceBook) -> dict[tuple[str, str, str], Shares]:
    """Return the shares of input read and written by feature, step and path, without strategies.

    Raises
    ------
    UnknownModelError, PriceNotKnownError
        As `simulate`.
    """
    memo = Memo()
    world = Steady(scenario, memo)
    active = {
        name: people(np.array([each.users.mean]), np.array([each.growth.mean]), scenario.months)
        for name, each in scenario.segments.items()
    }
    demands = demands_of(world, memo, active)
    stages = Stages(demands, dict.fromkeys(demands, UNLIMITED), {}, Chosen(""))
    found = {}
    for path in paths_of(world, memo, book, stages):
        assert path.kept is not None
        columns = (np.broadcast_to(np.atleast_2d(part), (scenario.months, 1))[:, 0].tolist()
                   for part in (path.kept.read, path.kept.written))  # fmt: skip
        key = (path.lane.feature, path.lane.step, path.lane.path)
        found[key] = list(zip(*columns, strict=True))
    return found
