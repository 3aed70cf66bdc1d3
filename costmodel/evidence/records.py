"""The record of one call: a line of a usage log, costmodel.usage/1."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

from costmodel.prices.usage import LARGEST_COUNT, Usage

SCHEMA = "costmodel.usage/1"
"""Name and version of the form; a reader refuses any other."""

Tokens = Annotated[int, Field(strict=True, ge=0, le=LARGEST_COUNT)]
Name = Annotated[str, Field(strict=True, min_length=1)]
Amount = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


def _instant(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str | datetime):
        return value
    raise ValueError("an instant as YYYY-MM-DDTHH:MM:SSZ")


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant),
    PlainSerializer(_written, when_used="json"),
]


class UsageRecord(BaseModel):
    """One call: who asked for what, the tokens it used, and what they cost that day.

    Token counts are as in `cost`: input is the total, cached and written tokens are
    parts of it; output includes reasoning. Exactly one of `cost_usd` and
    `cost_unknown` (why there is none) is given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["costmodel.usage/1"] = Field(default="costmodel.usage/1", alias="schema")
    at: Instant
    feature: Name
    user: Name
    segment: Name | None = None
    conversation: Name | None = None
    provider: Name | None = None
    model: Name
    mode: Name = "standard"
    geo: Name | None = None
    input_tokens: Tokens
    cached_input_tokens: Tokens = 0
    cache_write_tokens: Tokens = 0
    cache_write_1h_tokens: Tokens = 0
    output_tokens: Tokens
    reasoning_tokens: Tokens = 0
    units: dict[Name, Tokens] = {}
    latency_seconds: Amount | None = None
    cost_usd: Amount | None = None
    cost_unknown: Name | None = None
    priced_as: Name | None = None
    snapshot: Name | None = None
    shape: str = ""
    response_id: Name | None = None
    finish_reason: Name | None = None

    @model_validator(mode="after")
    def _whole(self) -> UsageRecord:
        if (self.cost_usd is None) == (self.cost_unknown is None):
            raise ValueError("exactly one of cost_usd and cost_unknown (why there is none)")
        _ = self.usage
        return self

    @property
    def usage(self) -> Usage:
        """The tokens, as the adapters return them."""
        return Usage(**{name: getattr(self, name) for name in Usage.__dataclass_fields__})

    def line(self) -> str:
        """Return the record as a line of JSON, in ASCII, without its line break."""
        data = self.model_dump(mode="json", by_alias=True)
        return json.dumps(data, separators=(",", ":"), allow_nan=False)
