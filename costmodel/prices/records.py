"""What every record of a price file shares: frozen, unknown keys refused, checked numbers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticKnownError

from costmodel.prices.usage import LARGEST_COUNT

LARGEST_RATE = 1e9
"""Rates above it are refused as slips: the dearest capacity sold is far below a billion dollars a
unit, and bills stay finite. An assumption."""
Rate = Annotated[float, Field(ge=0, le=LARGEST_RATE, strict=True, allow_inf_nan=False)]
"""USD per million tokens, per unit, per hour or per month: zero or more, finite."""
Factor = Annotated[float, Field(gt=0, le=100, strict=True, allow_inf_nan=False)]
"""A number to multiply with; regions cost a tenth more, a hundred times is a slip (assumption)."""
Tokens = Annotated[int, Field(ge=0, le=LARGEST_COUNT, strict=True)]
Count = Annotated[int, Field(gt=0, le=LARGEST_COUNT, strict=True)]
Confidence = Literal["vendor", "aggregator", "secondary", "derived", "memory"]
"""Who says a figure: the vendor's page, a data set gathered from such pages, somebody else, a
calculation, or nobody's page."""
Name = Annotated[str, Field(min_length=1)]
Sources = tuple[str, ...]
"""Keys of the file's `sources`."""


INSTANTS = ("from_", "until", "to")
DAYS = ("snapshot", "retires", "withdrawn_on", "verified_from", "retrieved", "default")
FLAGS = ("promo", "refresh_on_read", "write_billed", "explicit_only")


class Record(BaseModel):
    """A mapping of a price file; a key it does not define is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator(*INSTANTS, *DAYS, mode="before", check_fields=False)
    @classmethod
    def _written_as_text(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401
        """Refuse ``20261201``, which pydantic would take for seconds since 1970."""
        if isinstance(value, int | float):
            raise PydanticKnownError(
                "datetime_type" if info.field_name in INSTANTS else "date_type"
            )
        return value

    @field_validator(*FLAGS, mode="before", check_fields=False)
    @classmethod
    def _true_or_false(cls, value: Any) -> Any:  # noqa: ANN401
        """Refuse ``yes`` and ``1``, which are a text and a number."""
        if value is not None and not isinstance(value, bool):
            raise PydanticKnownError("bool_type")
        return value
