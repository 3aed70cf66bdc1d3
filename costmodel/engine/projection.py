"""The result of a simulation: spend by month and future, its ledger, and where it came from."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import scenario_months
from costmodel.engine.distribution import Distribution, Quantiled
from costmodel.engine.ledger import Ledger
from costmodel.engine.pipeline.flow import Flow
from costmodel.engine.provenance import Mark, Provenance
from costmodel.foundation.months import Month
from costmodel.prices.book import PriceBook
from costmodel.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from costmodel.engine.fates import Fate

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Projection(Quantiled):
    """Simulated monthly spend of a scenario.

    Any bare quantile (`p10`, `p50`, `p90`, `quantile`, `chance_over`) is that of
    each future's dearest month, so that ``p90 <= budget`` and ``chance_over(budget)
    <= 10 %`` say the same; `month(n)` and `total` say otherwise.
    """

    scenario: Scenario
    ledger: Ledger
    provenance: Provenance
    marks: tuple[Mark, ...]
    warnings: tuple[str, ...]
    prices: PriceBook
    """The book the calls were billed with."""
    beliefs: dict[str, Array]
    """The drawn value of every uncertain belief, by path: (draws,)."""
    variant: str
    """The variant whose strategies are on."""
    flow: Flow
    """What the stages of the pipeline make of the turns."""

    @property
    def title(self) -> str:
        """The scenario's name, and the variant's if it is not the baseline."""
        name = self.scenario.name
        return name if self.is_baseline else f"{name}, variant {self.variant}"

    @property
    def is_baseline(self) -> bool:
        """Whether the variant is the scenario's first."""
        return self.variant == next(iter(self.scenario.variants))

    @property
    def draws(self) -> int:
        """Number of simulated futures."""
        return self.ledger.draws

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """The months projected, in order."""
        return scenario_months(self.scenario)

    @property
    def spend(self) -> Array:
        """Spend in USD: (draws, months)."""
        return self.ledger.total.T

    def month(self, number: int) -> Distribution:
        """Return the spend of a month, counted from 1."""
        if not 1 <= number <= len(self.months):
            raise IndexError(f"month {number} is not in the projection: 1 to {len(self.months)}")
        return Distribution(self.ledger.total[number - 1], str(self.months[number - 1]))

    @cached_property
    def dearest_month(self) -> Distribution:
        """Spend of each future's dearest month."""
        return Distribution(self.ledger.total.max(axis=0), "dearest month")

    @cached_property
    def total(self) -> Distribution:
        """Spend of the whole horizon."""
        return Distribution(self.ledger.total.sum(axis=0), f"{len(self.months)} months")

    def quantile(self, p: float) -> float:
        """Return a quantile of the dearest month, USD."""
        return self.dearest_month.quantile(p)

    @property
    def mean(self) -> float:
        """Mean of the dearest month, USD."""
        return self.dearest_month.mean

    def chance_over(self, usd: float) -> float:
        """Return the share of futures in which some month costs more than `usd`."""
        return self.dearest_month.chance_over(usd)

    @property
    def chance_over_budget(self) -> float | None:
        """The chance of breaking the scenario's budget; None without one.

        A monthly budget is compared with the dearest month, a yearly one with
        the spend of each run of 12 months (or of the horizon, if shorter).
        """
        budget = self.scenario.budget
        if budget is None:
            return None
        if budget.period == "month":
            return self.chance_over(budget.usd)
        return Distribution(self.dearest_year).chance_over(budget.usd)

    @property
    def dearest_year(self) -> Array:
        """Spend of each future's dearest 12 months in a row (the horizon, if shorter): (draws,)."""
        sums = np.cumsum(self.ledger.total, axis=0)
        span = min(12, len(sums))
        ends = sums[span - 1 :].copy()
        ends[1:] -= sums[:-span]
        return np.asarray(ends.max(axis=0))

    def by(self, dimension: str) -> dict[str, Array]:
        """Return spend (draws, months) by "segment", "feature", "model", "meter" or "lane"."""
        return {key: usd.T for key, usd in self.ledger.by(dimension).items()}

    @cached_property
    def people(self) -> Array:
        """Expected people active in each month, all segments: (months,)."""
        return np.asarray(sum(self.people_by_segment.values(), np.zeros(len(self.months))))

    @cached_property
    def people_by_segment(self) -> dict[str, Array]:
        """Expected people active in each month, by segment: (months,)."""
        return dict(self._people)

    _people: tuple[tuple[str, Array], ...] = ()

    def per_person(self, number: int) -> float:
        """Return the mean cost per active person in a month, USD."""
        people = float(self.people[number - 1])
        return self.month(number).mean / people if people > 0 else 0.0

    @cached_property
    def fates(self) -> dict[tuple[str, str], Fate]:
        """What becomes of the turns of each segment at each feature."""
        fates: dict[tuple[str, str], Fate] = _later("costmodel.engine.fates", "fates_of")(self)
        return fates

    def flows(self) -> dict[str, dict[str, float]]:
        """Return the mean turns, calls, attempts, billed tokens, units and USD of every lane."""
        rows: dict[str, dict[str, float]] = {}
        for flow in self.ledger.lanes:
            tokens = {f"{meter} tokens": _mean_sum(t) for meter, t in flow.tokens().items()}
            found = {
                "turns": _mean_sum(flow.turns),
                "calls": _mean_sum(flow.calls),
                "attempts": _mean_sum(flow.attempts),
                **tokens,
                **{f"{name} units": _mean_sum(use.count) for name, use in flow.units.items()},
                "usd": _mean_sum(flow.spend),
            }
            # A fallback may be reached from more than one path.
            before = rows.get(str(flow.lane), {})
            rows[str(flow.lane)] = {k: v + before.get(k, 0.0) for k, v in found.items()}
        return rows

    def explain(self, feature: str | None = None) -> str:
        """Return the multiplication behind a feature's turn at the means, with units."""
        return str(_later("costmodel.engine.explain", "explain")(self, feature))

    def to_dict(self) -> dict[str, Any]:
        """Return the projection's figures as plain data, for JSON."""
        return dict(_later("costmodel.engine.figures", "projection_figures")(self))

    def to_frame(self) -> pd.DataFrame:
        """Return the ledger's means, one row a lane, meter and month (needs pandas)."""
        frame: pd.DataFrame = _later("costmodel.engine.figures", "ledger_frame")(self)
        return frame

    def __repr__(self) -> str:
        dearest, shown = self.dearest_month, self.scenario.shown_in
        p10, p50, p90 = (shown.of(usd) for usd in (dearest.p10, dearest.p50, dearest.p90))
        return (
            f"<Projection of {self.title!r}, {self.months[0]} to {self.months[-1]}, "
            f"{shown.code} a month at its dearest: P10 {p10:,.0f}, P50 {p50:,.0f}, "
            f"P90 {p90:,.0f}; {self.draws:,} draws>"
        )

    def _repr_html_(self) -> str:
        """Return a small table for notebooks."""
        return str(_later("costmodel.engine.figures", "notebook_table")(self))

    def to_html(self, path: str | Path) -> Path:
        """Write the one-file HTML report and return where it is."""
        return Path(_later("costmodel.report.page", "write_html")(self, Path(path)))


def _mean_sum(array: Array) -> float:
    """Return the mean over draws of the sum over months."""
    return float(np.broadcast_to(array, array.shape).mean(axis=1).sum())


def _later(module: str, function: str) -> Any:  # noqa: ANN401
    """Find what presents a projection by name, when asked: the engine does not know the report."""
    return getattr(importlib.import_module(module), function)
