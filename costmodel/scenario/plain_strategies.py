"""Strategies and variants as the plain data their YAML would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from costmodel.foundation import units
from costmodel.foundation.writing import duration, stated_amount
from costmodel.scenario.budget import Budget
from costmodel.scenario.limit import Limit
from costmodel.scenario.naming import beliefs_of_strategy
from costmodel.scenario.variants import default_variants

if TYPE_CHECKING:
    from costmodel.scenario.plain import Plain
    from costmodel.scenario.schema import Scenario, Strategy

Data = dict[str, Any]


def strategy_data(plain: Plain, strategy: Strategy) -> Data:
    """Return one strategy; `plain` says what stands for its beliefs, and whether to tell all."""
    fields = type(strategy).model_fields
    values = {name: getattr(strategy, name) for name in fields}
    values |= {k: plain.belief(b, unit, per) for k, b, unit, per in beliefs_of_strategy(strategy)}
    shown = (name for name in fields if plain.complete or name == "kind" or strategy.stated(name))
    data = {fields[name].alias or name: _written(name, values[name]) for name in shown}
    rest = {key: value for key, value in data.items() if plain.complete or value is not None}
    return {"kind": strategy.kind, **rest}


def _written(name: str, value: Any) -> Any:  # noqa: ANN401 - any field's
    """Return the value of a field that is no belief as it is written."""
    if name == "description":
        return value or None
    if isinstance(value, Budget):
        return f"{stated_amount(value.usd, units.BUDGET)} per {value.period}"
    if isinstance(value, Limit) or (name == "from_month" and value is not None):
        return str(value)
    if name == "ttl_seconds" and value is not None:
        return duration(value)
    return list(value) if isinstance(value, tuple) else value


def variants_data(plain: Plain, scenario: Scenario) -> Data | None:
    """Return the variants, unless they are those a scenario has without stating any."""
    stated = scenario.variants != default_variants(scenario.strategies)
    if not (stated or plain.complete):
        return None
    return {name: list(names) for name, names in scenario.variants.items()}
