"""The scenario: frozen nouns that say what an LLM feature is asked to do, month by month.

Every model forbids unknown keys, so a misspelt one is an error and never a
default. `costmodel.scenario.loading` reads them from YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictInt, StrictStr, model_validator

from costmodel.foundation import units
from costmodel.foundation.beliefs import Belief, Fixed
from costmodel.foundation.currencies import DOLLAR, Currency
from costmodel.foundation.months import Month
from costmodel.scenario.budget import Budget
from costmodel.scenario.drift import Drift, drift_or_off
from costmodel.scenario.exchange import ExchangeRate
from costmodel.scenario.model import DEFAULT, Model, Origin
from costmodel.scenario.prompt import (
    FixedPart,
    HistoryPart,
    PromptPart,
    RetrievedPart,
    UserPart,
)
from costmodel.scenario.quantities import BeliefOf, MonthOf, NumberOf
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
from costmodel.scenario.strategies import (
    PromptCache,
    Quota,
    ResponseCache,
    SpendCap,
    Strategy,
)

__all__ = [
    "DEFAULT",
    "Budget",
    "Conversation",
    "Correlation",
    "Drift",
    "ExchangeRate",
    "Failures",
    "Feature",
    "FixedPart",
    "Gap",
    "HistoryPart",
    "ImplicitCache",
    "Override",
    "PriceChoice",
    "PromptCache",
    "PromptPart",
    "Quota",
    "ResponseCache",
    "RetrievedPart",
    "Scenario",
    "Segment",
    "SpendCap",
    "Step",
    "Strategy",
    "TurnsPerUser",
    "UnitUse",
    "UserPart",
]

LONGEST = 60
"""Months a projection may span: five years, further than any announced price; an assumption."""

Name = Annotated[StrictStr, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]


class PriceChoice(Model):
    """Which price tables to use: what was known, not when a price applies."""

    snapshot: StrictStr | None = None
    contract: StrictStr | None = None
    folder: Path | None = None

    @property
    def contract_path(self) -> Path | None:
        """The contract's file, which is named relative to the scenario's."""
        if self.contract is None:
            return None
        return Path(self.contract) if self.folder is None else self.folder / self.contract


class Override(Model):
    """One change made to a scenario after it was read: old and new value as written."""

    path: str
    old: str
    new: str

    def __str__(self) -> str:
        old, new = ("not set" if text == "null" else text for text in (self.old, self.new))
        return f"{self.path}: {old} -> {new}"


class Segment(Model):
    """A group of people with its own usage and revenue.

    `users` are the people active in the first month; `growth` is per month and
    net of churn; `revenue` is USD per person and month.
    """

    users: Annotated[Belief, BeliefOf(units.PEOPLE)]
    growth: Annotated[Belief, BeliefOf(units.GROWTH)] = Fixed(value=0.0, origin=DEFAULT)
    revenue: Annotated[Belief | None, BeliefOf(units.USD_PER_MONTH)] = None


class Correlation(Model):
    """A group of beliefs that move together: the pairwise normal correlation `strength`."""

    of: Annotated[tuple[StrictStr, ...], Field(min_length=1)]
    strength: Annotated[float, NumberOf(units.SHARE)]
    origin: Origin


class Scenario(Model):
    """Everything that is asked of the LLM features of a product, over `months` from `start`."""

    name: Annotated[StrictStr, Field(min_length=1)]
    description: StrictStr = ""
    start: Annotated[Month, MonthOf()]
    months: Annotated[StrictInt, Field(ge=1, le=LONGEST)]
    prices: PriceChoice = PriceChoice.model_construct()
    currency: ExchangeRate | None = None
    budget: Budget | None = None
    segments: Annotated[dict[Name, Segment], Field(min_length=1)]
    correlations: Annotated[dict[Name, Correlation], Field(default_factory=dict)]
    drift: Annotated[Drift, BeforeValidator(drift_or_off)] = Drift.model_construct()
    features: Annotated[dict[Name, Feature], Field(min_length=1)]
    strategies: Annotated[dict[Name, Strategy], Field(default_factory=dict)]
    variants: Annotated[dict[Name, tuple[StrictStr, ...]], Field(default_factory=dict)]

    file: str = ""
    folder: Path | None = None
    overrides: tuple[Override, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Scenario:
        from costmodel.scenario.crosschecks import check_together, expand_correlations
        from costmodel.scenario.variants import default_variants

        if not self.variants:
            self.__dict__["variants"] = default_variants(self.strategies)
        known = self.beliefs() if self.correlations else {}
        self.__dict__["correlations"] = expand_correlations(self, known)
        check_together(self, known)
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in CONTENT)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        """Return one line: a scenario's whole content is pages long, and `dump` writes it."""
        span = f"{self.months} months from {self.start}"
        parts = f"segments {', '.join(self.segments)}; features {', '.join(self.features)}"
        file = f"; file {self.file}" if self.file else ""
        return f"<Scenario {self.name!r}: {span}; {parts}{file}>"

    __str__ = __repr__

    def beliefs(self) -> dict[str, Belief]:
        """Return every belief that was stated, by its path, in the order of the schema."""
        from costmodel.scenario.naming import beliefs_of

        return beliefs_of(self)

    @property
    def shown_in(self) -> Currency:
        """The currency in which figures are shown: the scenario's own, or USD."""
        return DOLLAR if self.currency is None else self.currency.currency

    @property
    def warnings(self) -> tuple[str, ...]:
        """Reservations about the scenario, as sentences."""
        from costmodel.scenario.crosschecks import warnings_of

        return warnings_of(self)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, with the text of the prompt files."""
        from costmodel.scenario.dumping import digest_of

        return digest_of(self)

    def dump(self) -> str:
        """Return the scenario as YAML that reads back equal."""
        from costmodel.scenario.dumping import dump

        return dump(self)

    def variant(self, name: str | None = None) -> tuple[tuple[str, Strategy], ...]:
        """Return name and content of the strategies of a variant, in its order.

        Parameters
        ----------
        name : str, optional
            The baseline, which is the first one, if it is not given.

        Raises
        ------
        InputError
            If there is no such variant; the text names the nearest.
        """
        from costmodel.scenario.variants import variant_of

        return variant_of(self, name)

    def with_strategies(
        self, *strategies: str | Mapping[str, Any], variant: str | None = None
    ) -> Scenario:
        """Return a copy with one more variant, the changes logged as overrides.

        Parameters
        ----------
        *strategies : str or mapping
            Names of strategies of this scenario; mappings add new ones by name,
            each a `Strategy` or what would stand in the YAML file.
        variant : str, optional
            The variant's name; by default those of the strategies, joined by ``_and_``.

        Raises
        ------
        InputError
            If a name is unknown or taken, or strategies do not go together.
        """
        from costmodel.scenario.variants import with_strategies

        return with_strategies(self, strategies, variant)

    def with_overrides(self, changes: Mapping[str, Any]) -> Scenario:
        """Return a copy with the values at some paths replaced, each change logged.

        Parameters
        ----------
        changes : mapping of str to value
            Path such as ``segments.free.users`` to what would stand in the YAML
            file: ``"8k to 12k"``, ``0.25``, ``{"mean": 300, "cv": 0.8}``; or a Belief.

        Raises
        ------
        InputError
            If a path does not exist or a value does not fit its field.
        """
        from costmodel.scenario.overriding import with_overrides

        return with_overrides(self, changes)


CONTENT = tuple(k for k in Scenario.model_fields if k not in ("file", "folder", "overrides"))
"""The fields that say what the scenario is; the rest says how it was made."""
