"""A scenario as the plain data its YAML would hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from costmodel.foundation import units
from costmodel.foundation.beliefs import NO_SOURCE, Belief, Source
from costmodel.foundation.counts import Count
from costmodel.foundation.marks import Raw
from costmodel.foundation.spreads import Spread
from costmodel.foundation.units import Period, Unit
from costmodel.foundation.writing import amount, duration, stated_amount, width_text
from costmodel.scenario.model import DEFAULT
from costmodel.scenario.plain_strategies import strategy_data, variants_data
from costmodel.scenario.prompt import FixedPart, HistoryPart, PromptPart, RetrievedPart, UserPart
from costmodel.scenario.sourced import Data, as_text, number, stated
from costmodel.scenario.steps import (
    Conversation,
    Failures,
    Feature,
    Gap,
    ImplicitCache,
    Step,
    TurnsPerUser,
    UnitUse,
)

if TYPE_CHECKING:
    from costmodel.scenario.schema import (
        Correlation,
        Drift,
        ExchangeRate,
        Scenario,
        Segment,
        Strategy,
    )

T = TypeVar("T")
Leaf: TypeAlias = Callable[[Belief, Unit, Period | None, Source], Any]
"""Turns a belief into what stands for it, given the source its surroundings state."""


class Plain:
    """Writes the parts of a scenario as plain data.

    Parameters
    ----------
    leaf : Leaf
        What stands for a belief: `as_text` or `as_object`.
    complete : bool
        Whether values left to their defaults are written too, None included.
    """

    def __init__(self, leaf: Leaf = as_text, *, complete: bool = False) -> None:
        self.leaf = leaf
        self.complete = complete

    def scenario(self, s: Scenario) -> Data:
        """Return the whole scenario."""
        head = {"name": s.name, "description": s.description or None, "start": str(s.start)}
        budget = s.budget and f"{stated_amount(s.budget.usd, units.BUDGET)} per {s.budget.period}"
        return self._stated(
            {
                **head,
                "months": s.months,
                "prices": self.prices(s) or None,
                "currency": self.currency(s.currency),
                "budget": budget,
                "segments": self.named("segments", s.segments, self.segment),
                "correlations": self.correlations(s.correlations),
                "drift": self.drift(s.drift),
                "features": self.named("features", s.features, lambda f: self.feature(f, s)),
                "strategies": self.named("strategies", s.strategies, self.strategy) or None,
                "variants": self.variants(s),
            }
        )

    def prices(self, s: Scenario) -> Data:
        """Return which price tables are used, and under which contract."""
        chosen = s.prices
        data = self._stated({"snapshot": chosen.snapshot, "contract": chosen.contract})
        if chosen.contract is not None and self.complete:
            data["folder"] = chosen.folder
        elif chosen.contract is not None and chosen.folder != s.folder:
            data["contract"] = str(chosen.contract_path)  # an extended scenario's
        return data

    def currency(self, rate: ExchangeRate | None) -> Data | None:
        """Return the scenario's own currency with the source of its rate."""
        if rate is None:
            return None
        data = {"code": rate.code, "usd": number(amount(rate.usd, units.EXCHANGE_RATE))}
        return stated(data, rate.origin)

    def named(self, key: str, parts: dict[str, T], write: Callable[[T], Data]) -> Data:  # noqa: ARG002
        """Return the parts that stand under `key`, by name."""
        return {name: write(part) for name, part in parts.items()}

    def _stated(self, data: Data) -> Data:
        return {k: v for k, v in data.items() if self.complete or v is not None}

    def belief(
        self,
        belief: Belief | None,
        unit: Unit,
        period: Period | None = None,
        outer: Source = NO_SOURCE,
    ) -> Raw:
        """Return what stands for a belief; None if it is absent or left to its default."""
        if belief is None or (belief.origin == DEFAULT and not self.complete):
            return None
        return self.leaf(belief, unit, period, outer)

    def segment(self, segment: Segment) -> Data:
        """Return one segment."""
        return self._stated(
            {
                "users": self.belief(segment.users, units.PEOPLE),
                "growth": self.belief(segment.growth, units.GROWTH, "month"),
                "revenue": self.belief(segment.revenue, units.USD_PER_MONTH, "month"),
            }
        )

    def correlations(self, groups: dict[str, Correlation]) -> Data | None:
        """Return the groups, their patterns expanded."""
        data = {name: self._group(group) for name, group in groups.items()}
        return data if data or self.complete else None

    def _group(self, group: Correlation) -> Data:
        strength = number(amount(group.strength, units.CV))
        return stated({"of": list(group.of), "strength": strength}, group.origin)

    def drift(self, drift: Drift) -> Data | None:
        """Return the drift, unless it is the default."""
        if drift == type(drift)() and not self.complete:
            return None
        data = {
            "volume": amount(drift.volume, units.SHARE),
            "tokens": amount(drift.tokens, units.SHARE),
            "half_life": amount(drift.half_life_months, units.HALF_LIFE),
        }
        return stated(data, drift.origin)

    def feature(self, feature: Feature, scenario: Scenario) -> Data:
        """Return one feature with the keys of its step."""
        usage = feature.turns_per_user.items()
        start = feature.from_month
        return self._stated(
            {
                "description": feature.description or None,
                "from": None if start is None else str(start),
                **self._call(feature),
                "turns_per_user": {name: self.turns(turns) for name, turns in usage},
                "conversation": self.conversation(feature.conversation),
                **self._content(feature, scenario),
            }
        )

    def _call(self, step: Step) -> Data:
        mode = step.mode if self.complete or step.mode != "standard" else None
        return {"model": step.model, "mode": mode}

    def _content(self, step: Step, scenario: Scenario) -> Data:
        reasoning = step.reasoning
        return {
            "prompt": [self.part(part, scenario) for part in step.prompt],
            "output": self.spread(step.output, units.TOKENS),
            "reasoning": None if reasoning is None else self.spread(reasoning, units.TOKENS),
            "failures": self.failures(step.failures),
            "implicit_cache": self.cache(step.implicit_cache),
            "units": self.units(step.units),
        }

    def turns(self, turns: TurnsPerUser) -> Data:
        """Return the turns of one segment's people."""
        unit, outer = units.TURNS_PER_USER, turns.spread.origin
        data = self.spread(turns.spread, unit, turns.period)
        days = self.belief(turns.active_days, units.ACTIVE_DAYS, "month", outer)
        return {**data, **self._stated({"active_days": days})}

    def spread(self, spread: Spread, unit: Unit, period: Period | None = None) -> Data:
        """Return a spread; a rate whose text cannot say its period has ``per``."""
        key = "mean" if spread.mean is not None else "p50"
        form, width = spread.stated
        data: Data = {key: self.leaf(spread.centre, unit, period, spread.origin)}
        data[form] = number(width_text(form, width, unit))
        if self.complete or not math.isinf(spread.cap):
            data["max"] = None if math.isinf(spread.cap) else number(amount(spread.cap, unit))
        if period and isinstance(data[key], Belief):
            data["per"] = period
        return stated(data, spread.origin)

    def strategy(self, strategy: Strategy) -> Data:
        """Return one strategy."""
        return strategy_data(self, strategy)

    def variants(self, s: Scenario) -> Data | None:
        """Return the variants, unless they are those of a scenario that states none."""
        return variants_data(self, s)

    def conversation(self, conversation: Conversation) -> Data | None:
        """Return the conversation, unless it is the default."""
        if conversation == Conversation() and not self.complete:
            return None
        turns = None
        if conversation.turns.origin != DEFAULT or self.complete:
            turns = self.count(conversation.turns)
        gap = None if conversation.gap is None else self.gap(conversation.gap)
        return self._stated({"turns": turns, "gap": gap, "history": conversation.history})

    def gap(self, gap: Gap) -> Data:
        """Return the time between two turns."""
        data = {"p50": duration(gap.p50_seconds), "p95": duration(gap.p95_seconds)}
        return stated(data, gap.origin)

    def count(self, count: Count) -> Data:
        """Return an integer law."""
        mean = self.leaf(count.mean, units.TURNS, None, count.origin)
        return stated({"mean": mean, "cv": number(amount(count.cv, units.CV))}, count.origin)

    def failures(self, failures: Failures) -> Data | None:
        """Return the failures, unless there are none."""
        if failures == Step.model_fields["failures"].default and not self.complete:
            return None
        data = {
            "malformed": self.belief(failures.malformed, units.SHARE, None, failures.origin),
            "transport": self.belief(failures.transport, units.SHARE, None, failures.origin),
            "max_attempts": failures.max_attempts,
            "repair": self.belief(failures.repair, units.TOKENS, None, failures.origin),
            "cut_off": self.belief(failures.cut_off, units.SHARE, None, failures.origin),
            "cut_at": self.belief(failures.cut_at, units.SHARE, None, failures.origin),
            "then": failures.then,
            "model": failures.model,
            "alike": self.belief(failures.alike, units.SHARE, None, failures.origin),
            "malformed_shape": number(amount(failures.malformed_shape, units.SHAPE)),
        }
        return stated(self._stated(data), failures.origin)

    def cache(self, cache: ImplicitCache) -> Data | None:
        """Return the shares of the provider's cache, unless they are the default."""
        data = self._stated(
            {
                "cached": self.belief(cache.cached, units.SHARE),
                "written": self.belief(cache.written, units.SHARE),
                "system_hit": self.belief(cache.system_hit, units.SHARE),
            }
        )
        return data or None

    def units(self, use: UnitUse) -> Data | None:
        """Return the units of a call that are not tokens, unless there are none."""
        names, per_call = type(use).model_fields, units.UNITS_PER_CALL
        data = {name: self.belief(getattr(use, name), per_call, "call") for name in names}
        return self._stated(data) or None

    def part(self, part: PromptPart, scenario: Scenario) -> Raw:
        """Return one item of a prompt."""
        if isinstance(part, HistoryPart):
            return "history"
        if isinstance(part, UserPart):
            return {"user": self.spread(part.size, units.TOKENS)}
        if isinstance(part, RetrievedPart):
            return {"retrieved": self._retrieved(part)}
        return {part.name: self._fixed(part, scenario)}

    def _retrieved(self, part: RetrievedPart) -> Data:
        return {
            "chunks": self.belief(part.chunks, units.CHUNKS),
            "tokens_each": self.belief(part.tokens_each, units.TOKENS),
            "kept_in_history": part.kept_in_history,
        }

    def _fixed(self, part: FixedPart, scenario: Scenario) -> Data:
        tokens = self.leaf(part.tokens, units.TOKENS, None, NO_SOURCE)
        filled = {
            name: self.leaf(size, units.TOKENS, None, NO_SOURCE)
            for name, size in part.placeholders.items()
        }
        sizes: Data = {"placeholders": filled} if filled else {}
        if part.file is None:
            return {"tokens": tokens, **sizes, **({"times": part.times} if part.times else {})}
        if self.complete:
            beside = {"folder": part.folder, "file_sha256": part.file_sha256, "times": part.times}
            return {"file": part.file, "tokens": tokens, **sizes, **beside}
        if part.folder == scenario.folder:
            return {"file": part.file, **sizes}
        # A file of another folder (an extended scenario's) cannot be named from here.
        often = {name: times for name, times, _ in part.filled if times > 1}
        return {"tokens": tokens, **sizes, **({"times": often} if often else {})}
