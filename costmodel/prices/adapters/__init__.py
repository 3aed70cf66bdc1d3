"""Usage adapters: what a provider's response says it used, in one form.

    usage = usage_of(client.chat.completions.create(...))
    cost("openai/gpt-5", **usage.tokens)

Providers count differently: the input of OpenAI, Gemini, DeepSeek and LiteLLM includes
cached tokens, that of Anthropic and Bedrock does not. `SHAPES` says so for each, with
its source.
"""

from __future__ import annotations

from costmodel.prices.adapters.detection import PROVIDERS as PROVIDERS
from costmodel.prices.adapters.detection import SHAPES as SHAPES
from costmodel.prices.adapters.detection import usage_of as usage_of
from costmodel.prices.adapters.shapes import Shape as Shape

__all__ = ["PROVIDERS", "SHAPES", "Shape", "usage_of"]
