"""The waterfall: a variant's strategies taken one after the other, and what each of them saves.

What a strategy saves depends on those before it: a cache has less to answer where a quota has
stopped turns. So the steps add up to what the variant saves, in its own order, and what each
strategy saves alone stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from costmodel.engine.memo import Memo
from costmodel.engine.simulate import DEFAULT_DRAWS, UNCERTAINTY
from costmodel.prices.book import PriceBook
from costmodel.questions.compare import Saving
from costmodel.questions.futures import Futures
from costmodel.scenario.loading import load_scenario
from costmodel.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Step:
    """One strategy of a waterfall.

    Parameters
    ----------
    strategy : str
    added : bool
        False for one of the baseline's that the variant does without.
    saving : Saving
        Against what stood before it.
    alone : Saving
        Of this change alone, against what baseline and variant have in common; for one that is
        given up, against the baseline.
    """

    strategy: str
    added: bool
    saving: Saving
    alone: Saving

    @property
    def name(self) -> str:
        """The strategy's name, or ``without`` and its name."""
        return self.strategy if self.added else f"without {self.strategy}"


@dataclass(frozen=True, eq=False)
class Waterfall:
    """A variant's saving, taken apart.

    Parameters
    ----------
    variant : str
    saving : Saving
        Of the whole variant against the baseline.
    steps : tuple of Step
        Those given up first, then those added, in the variant's order.
    """

    variant: str
    saving: Saving
    steps: tuple[Step, ...]

    @property
    def order(self) -> str:
        """The order of the steps, in words."""
        names = ", ".join(step.name for step in self.steps)
        return f"in this order: {names}; another order gives other parts"

    def __str__(self) -> str:
        """Return a line for the variant and one for each step, USD over the horizon."""
        whole = self.saving
        lines = [f"{self.variant} saves {whole.total.mean:,.0f} in the mean, {self.order}"]
        for number, step in enumerate(self.steps, start=1):
            lines.append(f"{number} {step.name}: {_told(step)}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain data, USD over the whole horizon."""
        from costmodel.engine.figures import summary

        return {
            "variant": self.variant,
            "baseline": self.saving.baseline.variant,
            "saved": summary(self.saving.total),
            "order": self.order,
            "steps": [
                {
                    "strategy": step.strategy,
                    "added": step.added,
                    "binding": step.saving.binding,
                    "saved": summary(step.saving.total),
                    "alone": summary(step.alone.total),
                }
                for step in self.steps
            ],
        }


def _told(step: Step) -> str:
    if not step.saving.binding:
        return "not binding, changes nothing"
    saved = step.saving.total
    return (
        f"{saved.mean:,.0f} ({saved.p10:,.0f} to {saved.p90:,.0f}), "
        f"alone {step.alone.total.mean:,.0f}"
    )


def waterfall(
    scenario: Scenario | str | Path,
    variant: str,
    *,
    baseline: str | None = None,
    prices: PriceBook | None = None,
    draws: int = DEFAULT_DRAWS,
    seed: int = 0,
    uncertainty: frozenset[str] | set[str] = UNCERTAINTY,
    memo: Memo | None = None,
) -> Waterfall:
    """Take a variant's saving apart: its strategies added one by one, in the variant's order.

    The mean savings of the steps add up to that of the variant. A strategy of the baseline that
    the variant does without is given up before any is added.

    Parameters
    ----------
    scenario : Scenario, or a shipped name or path
    variant : str
    baseline : str, optional
        What it is compared with: the scenario's first variant.
    prices, draws, seed, uncertainty, memo
        As for `simulate`.

    Raises
    ------
    InputError
        If there is no such variant.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    futures = Futures(
        scenario, prices=prices, draws=draws, seed=seed, uncertainty=uncertainty, memo=memo
    )
    return waterfall_in(futures, variant, baseline or next(iter(scenario.variants)))


def waterfall_in(futures: Futures, variant: str, baseline: str) -> Waterfall:
    """Return the waterfall from one variant to another, in given futures."""
    first, last = futures.of(baseline), futures.of(variant)
    steps = tuple(_steps(futures, baseline, variant))
    return Waterfall(variant, Saving(variant, last, first), steps)


def changed(futures: Futures, variant: str, baseline: str) -> tuple[tuple[str, ...], ...]:
    """Return the strategies that a variant gives up of the baseline's, and those it adds."""
    old, new = futures.strategies(baseline), futures.strategies(variant)
    return tuple(s for s in old if s not in new), tuple(s for s in new if s not in old)


def _steps(futures: Futures, baseline: str, variant: str) -> Iterator[Step]:
    given_up, added = changed(futures, variant, baseline)
    old = held = futures.strategies(baseline)
    common = tuple(name for name in old if name not in given_up)
    for name in given_up:
        left = _without(held, name)
        yield _step(futures, name, (held, left), (old, _without(old, name)), added=False)
        held = left
    for name in added:
        more = (*held, name)
        yield _step(futures, name, (held, more), (common, (*common, name)), added=True)
        held = more


def _without(strategies: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(each for each in strategies if each != name)


def _step(
    futures: Futures,
    name: str,
    taken: tuple[tuple[str, ...], tuple[str, ...]],
    alone: tuple[tuple[str, ...], tuple[str, ...]],
    *,
    added: bool,
) -> Step:
    """Return a step by the strategies before and after it, in the waterfall and alone."""
    before, after, start, end = map(futures.with_only, (*taken, *alone))
    return Step(name, added, Saving(name, after, before), Saving(name, end, start))
