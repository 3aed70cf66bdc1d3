"""What every record of a price file shares: frozen, unknown keys refused, checked numbers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Rate = Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)]
"""USD per million tokens, per unit, per hour or per month: zero or more, finite."""
Factor = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]
"""A number to multiply with."""
Tokens = Annotated[int, Field(ge=0, strict=True)]
Count = Annotated[int, Field(gt=0, strict=True)]
Confidence = Literal["vendor", "aggregator", "secondary", "derived", "memory"]
"""Who says a figure: the vendor's page, a data set gathered from such pages, somebody else, a
calculation, or nobody's page."""
Name = Annotated[str, Field(min_length=1)]
Sources = tuple[str, ...]
"""Keys of the file's `sources`."""


class Record(BaseModel):
    """A mapping of a price file; a key it does not define is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
