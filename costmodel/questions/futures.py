"""The same futures with other strategies: what variants and their parts are simulated in."""

from __future__ import annotations

from itertools import count

from costmodel.engine.memo import Memo
from costmodel.engine.projection import Projection
from costmodel.engine.simulate import DEFAULT_DRAWS, UNCERTAINTY, simulate
from costmodel.prices.book import PriceBook
from costmodel.scenario.schema import Scenario


class Futures:
    """A scenario's futures, in which each set of strategies is simulated once.

    Parameters
    ----------
    scenario : Scenario
    prices, draws, seed, uncertainty, memo
        As for `simulate`.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        prices: PriceBook | None = None,
        draws: int = DEFAULT_DRAWS,
        seed: int = 0,
        uncertainty: frozenset[str] | set[str] = UNCERTAINTY,
        memo: Memo | None = None,
    ) -> None:
        self.scenario = scenario
        self._prices, self._draws, self._seed = prices, draws, seed
        self._uncertainty, self._memo = uncertainty, Memo() if memo is None else memo
        self._variants: dict[str, Projection] = {}
        self._known: dict[frozenset[str], Projection] = {}

    def strategies(self, variant: str | None) -> tuple[str, ...]:
        """Return the names of a variant's strategies; of the baseline's without a name.

        Raises
        ------
        InputError
            If there is no such variant.
        """
        return tuple(name for name, _ in self.scenario.variant(variant))

    def of(self, variant: str) -> Projection:
        """Return the projection of a variant."""
        if variant not in self._variants:
            made = self._simulated(self.scenario, variant)
            self._variants[variant] = made
            self._known.setdefault(frozenset(self.strategies(variant)), made)
        return self._variants[variant]

    def with_only(self, strategies: tuple[str, ...]) -> Projection:
        """Return the projection of any of the scenario's strategies together.

        Raises
        ------
        InputError
            If they do not go together.
        """
        wanted = frozenset(strategies)
        if wanted not in self._known:
            name = next(
                (name for name, listed in self.scenario.variants.items() if set(listed) == wanted),
                None,
            )
            if name is not None:
                return self.of(name)
            name = self._new_name()
            part = self.scenario.with_strategies(*strategies, variant=name)
            self._known[wanted] = self._simulated(part, name)
        return self._known[wanted]

    def _new_name(self) -> str:
        names = (f"part_{number}" for number in count(1))
        return next(name for name in names if name not in self.scenario.variants)

    def _simulated(self, scenario: Scenario, variant: str) -> Projection:
        return simulate(
            scenario,
            prices=self._prices,
            draws=self._draws,
            seed=self._seed,
            uncertainty=self._uncertainty,
            memo=self._memo,
            variant=variant,
        )
