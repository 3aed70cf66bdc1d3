"""The hand-kept overlay: which models a snapshot has, and facts that no package carries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, field_validator, model_validator

from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.foundation.reading import Document, ValuePath, read_yaml
from costmodel.prices.charges import Unit, UnitPrice
from costmodel.prices.pledges import Capacity, Commitment
from costmodel.prices.records import Confidence, Factor, Name, Record, Sources
from costmodel.prices.schema import (
    CacheFacts,
    Card,
    Limits,
    Mode,
    Source,
    Tokenizer,
    Window,
)
from costmodel.prices.tables import problem, validated

Evidence = Annotated[Sources, Field(min_length=1)]


class Launch(Record):
    """When a model's first price in the packages started."""

    from_: AwareDatetime = Field(alias="from")
    from_kind: Literal["effective", "observed"] = "effective"


class Step(Record):
    """A change of the periods: the one that starts at `from`, else a copy of the one before it.

    A copy starts there with what stood before it, then the changes are made;
    the first period is meant by ``from: null``.
    """

    from_: AwareDatetime | None = Field(alias="from")
    cards: dict[Mode, Card] = Field(default_factory=dict)
    without: tuple[Mode, ...] = ()
    units: dict[Unit, UnitPrice] = Field(default_factory=dict)
    promo: bool | None = None
    confidence: Confidence | None = None
    note: str | None = None


class Added(Record):
    """A period the packages lack."""

    from_: AwareDatetime | None = Field(alias="from")
    from_kind: Literal["effective", "observed"] = "effective"
    withdrawn_on: date | None = None
    promo: bool = False
    until: AwareDatetime | None = None
    confidence: Confidence | None = None
    note: str | None = None
    src: Evidence
    cards: dict[Mode, Card] = Field(min_length=1)
    units: dict[Unit, UnitPrice] = Field(default_factory=dict)


class Fact(Record):
    """Something known of some models, or of all of a provider's, from a day on.

    Later facts of the file win over earlier ones, key by key.
    """

    known: date
    src: Evidence
    models: tuple[Name, ...] | None = None
    aliases: tuple[Name, ...] = ()
    tokenizer: Tokenizer | None = None
    limits: Limits | None = None
    cache: CacheFacts | None = None
    retires: date | None = None
    then: str | None = None
    launch: Launch | None = None
    note: str | None = None
    left_out: dict[Literal["batch", "flex", "priority", "fast"], str] = Field(default_factory=dict)
    no_output: bool = False
    periods: tuple[Added, ...] = ()
    add: tuple[Added, ...] = ()
    steps: tuple[Step, ...] = ()
    capacity: Capacity | None = None
    geo: dict[Name, Factor] = Field(default_factory=dict)


class KnownWindow(Window):
    """Hours of the week, and since when they were known."""

    known: date


class KnownCommitment(Commitment):
    """Reserved capacity, and since when it was known."""

    known: date


class Names(Record):
    """What the packages call a provider."""

    genai_prices: Name
    litellm: Name
    prefixes: tuple[str, ...]


class Provider(Record):
    """What the overlay says of one provider.

    `models` names those a snapshot has, if a package of its day lists them;
    where a package calls one otherwise, the mapping gives that name. Models
    that are gone by that day are left out but for those in `retired`. `regions`
    gives, for a region, what replaces the start of a model's name in litellm.
    """

    title: Name
    page: Name
    names: Names
    launch_from_ids: bool = False
    retired: tuple[Name, ...] = ()
    models: dict[Name, dict[Literal["genai_prices", "litellm"], str]] = Field(min_length=1)
    regions: dict[Name, dict[str, str]] = Field(default_factory=dict)
    windows: dict[str, KnownWindow] = Field(default_factory=dict)
    commitments: tuple[KnownCommitment, ...] = ()
    facts: tuple[Fact, ...] = ()

    @field_validator("models", mode="before")
    @classmethod
    def _plain_list(cls, models: object) -> object:
        return {name: {} for name in models} if isinstance(models, list) else models

    @model_validator(mode="after")
    def _known_names(self) -> Provider:
        for number, fact in enumerate(self.facts):
            strange = [name for name in fact.models or () if name not in self.models]
            if strange:
                raise ValueError(
                    f"models of this provider in facts.{number} (not {', '.join(strange)})"
                )
        return self


class Overlay(Record):
    """pricing/overlay.yaml."""

    schema_: Literal["costmodel.pricing-overlay/1"] = Field(alias="schema")
    sources: dict[str, Source]
    providers: dict[Name, Provider] = Field(min_length=1)

    def provider(self, name: str) -> Provider:
        """Return what it says of a provider.

        Raises
        ------
        InputError
            If it has none of that name; the fix names the nearest.
        """
        if name not in self.providers:
            expected = f"one of {', '.join(self.providers)}"
            fix = did_you_mean(name, self.providers)
            raise InputError(Problem(f"provider '{name}'", expected, fix))
        return self.providers[name]


def read_overlay(file: Path, *, shown: str = "pricing/overlay.yaml") -> Overlay:
    """Read and check the overlay.

    Raises
    ------
    InputError
        With every problem found: file, line, what was read, what was expected,
        how to fix it.
    """
    document = read_yaml(file, file=shown)
    overlay = validated(Overlay, document)
    problems = list(_unknown_sources(overlay, document))
    if problems:
        raise InputError(problems)
    return overlay


def _unknown_sources(overlay: Overlay, document: Document) -> Iterator[Problem]:
    known = [*overlay.sources, "gp", "ll", "id"]
    for name, provider in overlay.providers.items():
        for path, keys in _cited(provider):
            for key in keys:
                if key not in known:
                    read, expected = f"source '{key}'", f"one of {', '.join(known)}"
                    at: ValuePath = ("providers", name, *path)
                    yield problem(document, at, read, expected, "define it under sources:")


def _cited(provider: Provider) -> Iterator[tuple[ValuePath, Sources]]:
    yield ("page",), (provider.page,)
    for number, fact in enumerate(provider.facts):
        yield ("facts", number, "src"), fact.src
        for step, period in enumerate((*fact.periods, *fact.add)):
            yield ("facts", number, "periods" if fact.periods else "add", step), period.src
    for name, window in provider.windows.items():
        yield ("windows", name, "src"), window.src
    for number, sold in enumerate(provider.commitments):
        yield ("commitments", number, "src"), sold.src
