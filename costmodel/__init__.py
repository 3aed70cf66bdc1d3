"""What an LLM feature will cost each month, how sure one can be, and what would change it.

    import costmodel as cm

    scenario = cm.load_scenario("support_chatbot")
    today = cm.simulate(scenario)
    print(today.month(12).p90, today.chance_over(5_000))

Importing this package loads nothing heavier than the standard library; each
name below is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from costmodel.foundation import version as _version
from costmodel.foundation.lazy import lazy_names

__version__ = _version.VERSION

_HOMES = {
    "CostModelError": "foundation.errors",
    "CostModelWarning": "foundation.errors",
    "InputError": "foundation.errors",
    "PriceNotKnownError": "foundation.errors",
    "TokenizerUnavailable": "foundation.errors",
    "UnknownModelError": "foundation.errors",
    "load_prices": "prices",
    "cost": "prices",
    "usage_of": "prices",
    "record": "evidence",
    "calibrate": "tokens",
    "count_tokens": "tokens",
    "count_messages": "tokens",
    "image_tokens": "tokens",
    "pdf_tokens": "tokens",
    "audio_tokens": "tokens",
    "video_tokens": "tokens",
    "reasoning_tokens": "tokens",
    "chunk": "tokens",
    "embedding_cost": "tokens",
    "load_scenario": "scenario.loading",
    "Scenario": "scenario.schema",
    "simulate": "engine.simulate",
    "expected": "engine.expected",
    "Memo": "engine.memo",
    "Projection": "engine.projection",
    "price_history": "report.price_history",
    "compare": "questions.compare",
    "compare_variants": "questions.variants",
    "waterfall": "questions.waterfall",
    "sensitivity": "questions.sensitivity",
    "what_if": "lab.what_if",
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
    from costmodel.questions.compare import compare as compare
    from costmodel.questions.sensitivity import sensitivity as sensitivity
    from costmodel.questions.variants import compare_variants as compare_variants
    from costmodel.questions.waterfall import waterfall as waterfall
    from costmodel.report.price_history import price_history as price_history
    from costmodel.scenario.loading import load_scenario as load_scenario
    from costmodel.scenario.schema import Scenario as Scenario
    from costmodel.tokens import audio_tokens as audio_tokens
    from costmodel.tokens import calibrate as calibrate
    from costmodel.tokens import chunk as chunk
    from costmodel.tokens import count_messages as count_messages
    from costmodel.tokens import count_tokens as count_tokens
    from costmodel.tokens import embedding_cost as embedding_cost
    from costmodel.tokens import image_tokens as image_tokens
    from costmodel.tokens import pdf_tokens as pdf_tokens
    from costmodel.tokens import reasoning_tokens as reasoning_tokens
    from costmodel.tokens import video_tokens as video_tokens


__getattr__, __dir__ = lazy_names(__name__, globals(), _HOMES)
