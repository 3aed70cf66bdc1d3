"""Drift: how the level of usage wanders from month to month, and its default.

Where the default comes from. What public logs say about changes of a level:

- Totals of a provider's tenants, one week against the week before (ServeGen,
  arXiv:2505.09999, daily requests over 14 days): log change -0.14 for the large
  model's clients together, +0.19 for the small one's.
- One campus, 20 days against the 20 before (BurstGPT, KDD 2025): requests -0.12,
  tokens per request +0.40.
- Single tenants move far more: the week-over-week log change of the 20 largest
  clients of a model has a robust sd of 0.23 (large model) and 0.46 (small), and
  a median absolute deviation of 0.15 in cost per call.

So the *volume* of a product with many users changes by some 10 to 20 % between
adjacent periods beyond its growth: 15 % is the middle. Tokens per call move less
than volume once the feature, its prompt and its model stay the same; the larger
figures above mix features, tenants and models, which a scenario states one by
one. 5 % is the judgement that is left of them. No public log is longer than 40
days, so the half-life of 6 months is a judgement too: long enough that a level
reached is kept for a season, short enough that it does not wander for ever. The
level's log-sd then grows from 0.15 in month 1 towards
0.15 / sqrt(1 - 2^(-1/3)) = 0.33.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field, model_validator

from costmodel.foundation import units
from costmodel.foundation.beliefs import Source
from costmodel.foundation.marks import Raw
from costmodel.scenario.model import Model, Origin, as_marked
from costmodel.scenario.quantities import NumberOf, in_unit

DRIFT_VOLUME = 0.15
"""Default innovation sd of turns per user and month, in logs; see the module's text."""
DRIFT_TOKENS = 0.05
"""Default innovation sd of tokens per message and month, in logs."""
DRIFT_HALF_LIFE = 6.0
"""Default half-life of an excursion, in months."""

DRIFT_SOURCE = Source(source="costmodel's default drift, from ServeGen and BurstGPT", assumed=True)

Sd: TypeAlias = Annotated[float, NumberOf(units.SHARE)]


class Drift(Model):
    """How levels wander from month to month: innovation sds, and the half-life in months."""

    volume: Sd = DRIFT_VOLUME
    tokens: Sd = DRIFT_TOKENS
    half_life_months: Annotated[float, NumberOf(units.HALF_LIFE), Field(alias="half_life")] = (
        DRIFT_HALF_LIFE
    )
    origin: Origin = DRIFT_SOURCE

    @model_validator(mode="before")
    @classmethod
    def _in_months(cls, data: Raw) -> Raw:
        key = "half_life_months"
        if not isinstance(data, dict) or key not in data:
            return data
        marked = as_marked(data)
        marked[key] = in_unit(marked[key])
        return marked


def drift_or_off(value: Raw) -> Raw:
    """Return ``off`` as a drift of nothing."""
    return {"volume": 0.0, "tokens": 0.0} if value == "off" else value
