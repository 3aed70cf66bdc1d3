"""Compare projections on the same futures: what a change saves, and how sure that is.

Two projections of one seed share every random stream that both have, so that their
difference in a future is what the change does there. The difference of their means has far less
Monte Carlo error than two unrelated runs would have, and "saves in 9 of 10 futures" has a meaning.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from costmodel.engine.distribution import Distribution
from costmodel.engine.projection import Projection
from costmodel.foundation.errors import InputError, Problem
from costmodel.questions.effects import ROUNDING, Effects, beside_the_bill, effects_of

if TYPE_CHECKING:
    from costmodel.questions.waterfall import Waterfall

Array = npt.NDArray[np.float64]

NOTHING = 1e-6
"""A change of a millionth of the bill, or of the people or turns, is none: it shows in no figure,
and the tables that limits are interpolated from are no finer. An assumption."""


@dataclass(frozen=True, eq=False)
class Saving:
    """What one projection saves against the baseline, future by future.

    Parameters
    ----------
    name : str
        What the projection is called.
    projection, baseline : Projection
    """

    name: str
    projection: Projection
    baseline: Projection

    @cached_property
    def by_month(self) -> Array:
        """USD saved in each future and month, negative where it costs more: (draws, months)."""
        return np.asarray(self.baseline.spend - self.projection.spend)

    @cached_property
    def total(self) -> Distribution:
        """USD saved over the whole horizon."""
        return Distribution(self.by_month.sum(axis=1), f"saved by {self.name}")

    @property
    def share(self) -> float:
        """Mean saving as a share of the baseline's mean spend."""
        spent = self.baseline.total.mean
        return self.total.mean / spent if spent > 0 else 0.0

    @property
    def chance(self) -> float:
        """Share of futures in which the projection costs less than the baseline."""
        return float((self.total.values > self._rounding).mean())

    @cached_property
    def binding(self) -> bool:
        """Whether the change makes any difference: to the bill, to anyone, or in other money."""
        # What is saved is at hand; the rest is worked out only where that is nothing.
        if self._notable(self.total) or self._notable(self.net):
            return True
        pairs = zip(self.effects.felt, self.baseline_effects.felt, strict=True)
        return any(abs(one - other) > NOTHING for one, other in pairs)

    @cached_property
    def effects(self) -> Effects:
        """What the projection's strategies do to people, answers and other money."""
        return effects_of(self.projection)

    @cached_property
    def net(self) -> Distribution:
        """USD saved with the money beside the bill: overage gained, cost of wrong answers lost."""
        ours, theirs = beside_the_bill(self.effects), beside_the_bill(self.baseline_effects)
        return Distribution(self.total.values + ours - theirs, f"saved by {self.name}, net")

    @property
    def has_money_beside(self) -> bool:
        """Whether money beside the bill changes: what `net` counts and `total` does not."""
        return bool((self.net.values != self.total.values).any())

    @cached_property
    def baseline_effects(self) -> Effects:
        """What the baseline's own strategies do to people, answers and other money."""
        return effects_of(self.baseline)

    @cached_property
    def people_lost(self) -> dict[str, float]:
        """Share of each segment's people of the last month who have left because of a quota."""
        ours, theirs = self.projection.people_by_segment, self.baseline.people_by_segment
        shares = {
            name: 1 - float(ours[name][-1]) / float(people[-1])
            for name, people in theirs.items()
            if name in ours and people[-1] > 0
        }
        return {name: share for name, share in shares.items() if abs(share) > ROUNDING}

    def _notable(self, saved: Distribution) -> bool:
        return bool((np.abs(saved.values) > self._rounding).any())

    @property
    def _rounding(self) -> Array:
        return NOTHING * self.baseline.total.values

    @property
    def error(self) -> float:
        """Standard error of the mean saving if draws were independent, USD.

        Quasi-random draws have less; it is meant for comparing with `unpaired_error`.
        """
        return float(self.total.sd / self.projection.draws**0.5)

    @property
    def unpaired_error(self) -> float:
        """What the same would be for two unrelated runs, USD."""
        apart = float(np.hypot(self.baseline.total.sd, self.projection.total.sd))
        return float(apart / self.projection.draws**0.5)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Projections beside a baseline.

    Parameters
    ----------
    baseline : Projection
    savings : tuple of Saving
        In the order given.
    """

    baseline: Projection
    savings: tuple[Saving, ...]

    @property
    def waterfalls(self) -> tuple[Waterfall, ...]:
        """What each strategy adds, where variants of one scenario are compared; else nothing."""
        return ()

    @property
    def command(self) -> str:
        """The command or Python that makes the comparison again; empty where none does."""
        return ""

    @cached_property
    def baseline_effects(self) -> Effects:
        """What the baseline's own strategies do to people, answers and other money."""
        return effects_of(self.baseline)

    def __getitem__(self, name: str) -> Saving:
        for saving in self.savings:
            if saving.name == name:
                return saving
        raise KeyError(f"{name!r}; compared are {', '.join(s.name for s in self.savings)}")

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain data, USD unless named otherwise."""
        return dict(_later("costmodel.questions.comparison_figures", "comparison_figures")(self))

    def to_markdown(self) -> str:
        """Return the tables as Markdown."""
        return str(_later("costmodel.report.comparison_files", "comparison_markdown")(self))

    def to_html(self, path: str | Path) -> Path:
        """Write the tables and pictures as one HTML file and return where it is."""
        return Path(_later("costmodel.report.comparison_page", "write_comparison_html")(self, path))

    def write(self, path: str | Path) -> Path:
        """Write Markdown, CSV or JSON, by the file's ending, and return where it is."""
        return Path(_later("costmodel.report.comparison_files", "write_comparison")(self, path))

    def __str__(self) -> str:
        """Return one line a projection, USD over the horizon."""
        first = self.baseline.total
        lines = [f"baseline: {first.p10:,.0f} | {first.p50:,.0f} | {first.p90:,.0f} (P10|P50|P90)"]
        for each in self.savings:
            if not each.binding:
                lines.append(f"{each.name}: not binding, changes nothing")
                continue
            saved = each.total
            beside = f"; {each.effects}" if str(each.effects) else ""
            lines.append(
                f"{each.name}: saves {saved.p10:,.0f} | {saved.p50:,.0f} | {saved.p90:,.0f}, "
                f"{each.share:.0%} of the mean; saves in {each.chance:.0%} of futures{beside}"
            )
        return "\n".join(lines)


def _later(module: str, function: str) -> Any:  # noqa: ANN401
    """Find what presents a comparison by name, when asked: questions do not know the report."""
    return getattr(importlib.import_module(module), function)


def compare(baseline: Projection, *others: Projection, names: tuple[str, ...] = ()) -> Comparison:
    """Compare projections with a baseline, on the same futures.

    Parameters
    ----------
    baseline : Projection
    *others : Projection
        Of the same seed, draws and months; another variant, model, prompt, price book or quota.
    names : tuple of str, optional
        What to call the others; their scenario's names, numbered, without.

    Raises
    ------
    InputError
        If the futures are not the same, so that a difference would be chance.
    """
    if names and len(names) != len(others):
        read = f"{len(names)} names for {len(others)} projections"
        raise InputError(Problem(read, "a name for each", "leave names out, or give one each"))
    for other in others:
        _require_same_futures(baseline, other)
    called = names or tuple(_name(other, number) for number, other in enumerate(others, start=1))
    pairs = zip(called, others, strict=True)
    return Comparison(baseline, tuple(Saving(name, other, baseline) for name, other in pairs))


def _name(projection: Projection, number: int) -> str:
    changes = ", ".join(str(override) for override in projection.scenario.overrides)
    return changes or f"{projection.scenario.name} {number}"


def _require_same_futures(one: Projection, other: Projection) -> None:
    for what, a, b in (
        ("seed", one.provenance.seed, other.provenance.seed),
        ("draws", one.draws, other.draws),
        ("first month", str(one.months[0]), str(other.months[0])),
        ("months", len(one.months), len(other.months)),
        ("uncertainty", one.provenance.uncertainty, other.provenance.uncertainty),
    ):
        if a != b:
            fix = f"simulate both with the same {what}"
            raise InputError(Problem(f"{what} {a} and {b}", f"the same {what}", fix))
