"""A user's own contract: discounts, own models and commitments, laid over the tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from costmodel.foundation.reading import Document, ValuePath, read_yaml
from costmodel.prices.checks import GIVEN
from costmodel.prices.pledges import Capacity, Commitment
from costmodel.prices.records import Name, Record, Sources
from costmodel.prices.schema import CacheFacts, Mode, ModelEntry, Period, PriceFile, Source
from costmodel.prices.snapshots import file_sha256
from costmodel.prices.tables import checked

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day_start(value: object) -> object:
    """Read a bare day as its first instant in UTC."""
    return f"{value}T00:00:00Z" if isinstance(value, str) and _DAY.fullmatch(value) else value


Start = Annotated[AwareDatetime, BeforeValidator(_day_start)]
FullName = Annotated[str, Field(pattern=r"^[^/\s]+/\S+$")]
"""A model as ``provider/id``."""


class Discount(Record):
    """A factor on the token prices of a provider or a model.

    Parameters
    ----------
    provider, model : str, optional
        One of them: a provider, or a model as ``provider/id``.
    mode : str, optional
        The service mode; absent: every mode.
    multiply : float
        0.85 for 15 % off.
    from_, until : datetime.datetime, optional
        Half-open; a bare day is its first instant in UTC.
    """

    provider: Name | None = None
    model: FullName | None = None
    mode: Mode | None = None
    multiply: Annotated[float, Field(gt=0, le=1, strict=True, allow_inf_nan=False)]
    from_: Start | None = Field(default=None, alias="from")
    until: Start | None = None
    note: str | None = None
    src: Sources = (GIVEN,)

    @model_validator(mode="after")
    def _one_target(self) -> Discount:
        if (self.provider is None) == (self.model is None):
            raise ValueError("exactly one of provider and model")
        if self.from_ is not None and self.until is not None and self.until <= self.from_:
            raise ValueError("an until: after from:")
        return self

    @property
    def rank(self) -> tuple[bool, bool]:
        """How specific it is; the most specific discount applies, alone."""
        return self.model is not None, self.mode is not None

    def __str__(self) -> str:
        mode = "" if self.mode is None else f" in {self.mode}"
        start = "" if self.from_ is None else f" from {self.from_:%Y-%m-%d}"
        end = "" if self.until is None else f" until {self.until:%Y-%m-%d}"
        return f"{self.model or self.provider}{mode} x {self.multiply:g}{start}{end}"


class OwnPeriod(Period):
    """A period of an own model: effective, by the contract, at all dates unless said otherwise."""

    from_: Start | None = Field(default=None, alias="from")
    until: Start | None = None
    status: Literal["effective", "announced", "withdrawn"] = "effective"
    src: Sources = (GIVEN,)


class OwnCapacity(Capacity):
    """What one unit serves of an own model."""

    src: Sources = (GIVEN,)


class OwnModel(ModelEntry):
    """A private or self-hosted model; `id` is ``provider/id``."""

    id: FullName
    cache: CacheFacts = CacheFacts(mode="none")
    periods: tuple[OwnPeriod, ...] = Field(min_length=1)
    capacity: OwnCapacity | None = None


class OwnCommitment(Commitment):
    """Reserved capacity at the contract's price; it replaces a table's of the same id."""

    provider: Name
    src: Sources = (GIVEN,)


class ContractTerms(PriceFile):
    """The file: what somebody has agreed with providers, or runs alone."""

    schema_: Literal["costmodel.contract/1"] = Field(alias="schema")
    name: Name
    discounts: tuple[Discount, ...] = ()
    models: tuple[OwnModel, ...] = ()
    commitments: tuple[OwnCommitment, ...] = ()

    def further_citations(self) -> Iterator[tuple[ValuePath, Sources]]:
        for number, discount in enumerate(self.discounts):
            yield ("discounts", number, "src"), discount.src


@dataclass(frozen=True)
class Contract:
    """A contract that is applied to a price book.

    Parameters
    ----------
    name : str
        As the contract calls itself.
    file : str
        The file as it was given.
    digest : str
        The sha256 of the file.
    terms : ContractTerms
        What stands in it.
    document : Document
        The file's data with its lines.
    """

    name: str
    file: str
    digest: str
    terms: ContractTerms = field(repr=False)
    document: Document = field(repr=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.file}, sha256 {self.digest})"

    @property
    def sources(self) -> dict[str, Source]:
        """The file's sources, with the contract itself."""
        own = Source(name=f"contract {self.name}", kind="contract")
        return {GIVEN: own, **self.terms.sources}


def read_contract(path: str | Path) -> Contract:
    """Read and check a contract.

    Raises
    ------
    InputError
        With every problem found: file, line, what was read, what was expected.
    """
    document = read_yaml(Path(path), file=str(path))
    terms = checked(ContractTerms, document)
    digest = file_sha256(Path(path))
    return Contract(terms.name, str(path), digest, terms, document)
