"""What an LLM feature will cost each month, how sure one can be, and what would change it.

    import costmodel as cm

    scenario = cm.load_scenario("support_chatbot")
    today = cm.simulate(scenario)
    print(today.month(12).p90, today.chance_over(5_000))

Importing this package loads nothing heavier than the standard library; each
name below is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from costmodel.foundation import version as _version

__version__ = _version.VERSION

_HOMES = {
    "CostModelError": "costmodel.foundation.errors",
    "CostModelWarning": "costmodel.foundation.errors",
    "InputError": "costmodel.foundation.errors",
    "PriceNotKnownError": "costmodel.foundation.errors",
    "TokenizerUnavailable": "costmodel.foundation.errors",
    "UnknownModelError": "costmodel.foundation.errors",
    "load_prices": "costmodel.prices",
    "cost": "costmodel.prices",
    "usage_of": "costmodel.prices",
    "record": "costmodel.evidence",
    "count_tokens": "costmodel.tokens",
    "load_scenario": "costmodel.scenario.loading",
    "Scenario": "costmodel.scenario.schema",
    "simulate": "costmodel.engine.simulate",
    "expected": "costmodel.engine.expected",
    "Memo": "costmodel.engine.memo",
    "Projection": "costmodel.engine.projection",
    "sensitivity": "costmodel.questions.sensitivity",
    "what_if": "costmodel.lab.what_if",
}

__all__ = ["__version__", *_HOMES]

if TYPE_CHECKING:
    from costmodel.engine.expected import expected as expected
    from costmodel.engine.memo import Memo as Memo
    from costmodel.engine.projection import Projection as Projection
    from costmodel.engine.simulate import simulate as simulate
    from costmodel.evidence import record as record
    from costmodel.foundation.errors import CostModelError as CostModelError
    from costmodel.foundation.errors import CostModelWarning as CostModelWarning
    from costmodel.foundation.errors import InputError as InputError
    from costmodel.foundation.errors import PriceNotKnownError as PriceNotKnownError
    from costmodel.foundation.errors import TokenizerUnavailable as TokenizerUnavailable
    from costmodel.foundation.errors import UnknownModelError as UnknownModelError
    from costmodel.lab.what_if import what_if as what_if
    from costmodel.prices import cost as cost
    from costmodel.prices import load_prices as load_prices
    from costmodel.prices import usage_of as usage_of
    from costmodel.questions.sensitivity import sensitivity as sensitivity
    from costmodel.scenario.loading import load_scenario as load_scenario
    from costmodel.scenario.schema import Scenario as Scenario
    from costmodel.tokens import count_tokens as count_tokens


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'costmodel' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
