"""Google: generate_content of the Gemini API and of Vertex AI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from costmodel.prices.adapters.responses import Node, count, items, look, needed, word
from costmodel.prices.adapters.shapes import Counts, Shape
from costmodel.prices.usage import Usage

GENERATE_CONTENT = Shape(
    "gemini.generate_content",
    provider="google",
    input_includes_cache=True,
    output_includes_reasoning=False,
    source=(
        "ai.google.dev/api/generate-content#UsageMetadata: promptTokenCount is the total effective "
        "prompt size, cached content included; thoughtsTokenCount stands beside "
        "candidatesTokenCount"
    ),
)
MODES = {"ON_DEMAND": "standard", "ON_DEMAND_PRIORITY": "priority", "ON_DEMAND_FLEX": "flex"}
"""trafficType in the words of the price tables (the values litellm 1.106.2 has seen)."""
MODES |= {"FLEX": "flex", "BATCH": "batch", "TRAFFIC_TYPE_UNSPECIFIED": "standard"}
BY_PROMPT = ("gemini-1", "gemini-2")
"""Families whose grounding is billed by the grounded prompt, not by the search query
(discuss.ai.google.dev/t/102927; ai.google.dev/gemini-api/docs/pricing, from Gemini 3 on)."""
OTHER_RATES = ("AUDIO", "IMAGE", "VIDEO")
"""Modalities that can have rates of their own."""


def read_generate_content(response: Node, usage: Node, provider: str | None = None) -> Usage:  # noqa: ARG001
    """Return the usage of a response, or of the last chunk of its stream."""
    model = (word(response, "model_version", "modelVersion") or "").removeprefix("models/") or None
    searches = _searches(response)
    candidates = items(response, "candidates")
    return replace(
        GENERATE_CONTENT.usage(_counts(usage, grounded=bool(searches))),
        units=_units(usage, model, searches),
        model=model,
        mode=_mode(usage),
        response_id=word(response, "response_id", "responseId"),
        finish_reason=word(candidates[0], "finish_reason", "finishReason") if candidates else None,
    )


def _counts(usage: Node, *, grounded: bool) -> Counts:
    prompt = needed(usage, "promptTokenCount", "prompt_token_count")
    tools = count(usage, "toolUsePromptTokenCount", "tool_use_prompt_token_count")
    candidates = count(
        usage,
        "candidatesTokenCount",
        "candidates_token_count",
        "responseTokenCount",
        "response_token_count",
    )
    thoughts = count(usage, "thoughtsTokenCount", "thoughts_token_count")
    total = count(usage, "totalTokenCount", "total_token_count")
    if thoughts and total == prompt + tools + candidates:
        # some responses count thoughts among the candidates (github.com/BerriAI/litellm/pull/10141)
        candidates -= min(thoughts, candidates)
    return Counts(
        # what Google Search brings into the prompt is not billed as input, what other tools
        # bring is (ai.google.dev/gemini-api/docs/pricing; litellm 1.106.2 does the same)
        input=prompt + (0 if grounded else tools),
        output=candidates,
        cached=count(usage, "cachedContentTokenCount", "cached_content_token_count"),
        reasoning=thoughts,
    )


def _mode(usage: Node) -> str:
    traffic = word(usage, "traffic_type", "trafficType")
    return "standard" if traffic is None else MODES.get(traffic, traffic.lower())


def _searches(response: Node) -> int:
    """Return how many different queries Google Search was asked."""
    queries: set[str] = set()
    for candidate in items(response, "candidates"):
        grounding = look(candidate, "grounding_metadata") or look(candidate, "groundingMetadata")
        found = items(grounding, "web_search_queries", "webSearchQueries")
        queries |= {query for query in found if isinstance(query, str) and query}
    return len(queries)


def _units(usage: Node, model: str | None, searches: int) -> dict[str, int]:
    units = dict(_modalities(usage))
    if searches:
        by_prompt = model is not None and model.startswith(BY_PROMPT)
        units["web_search"] = 1 if by_prompt else searches
    return units


def _modalities(usage: Node) -> Iterator[tuple[str, int]]:
    """Yield tokens that text rates need not hold for: audio input, and output that is no text."""
    for side, kinds, paths in (
        ("input", OTHER_RATES[:1], ("prompt_tokens_details", "promptTokensDetails")),
        ("output", OTHER_RATES, ("candidates_tokens_details", "candidatesTokensDetails")),
    ):
        for kind in kinds:
            tokens = sum(
                count(each, "token_count", "tokenCount")
                for each in items(usage, *paths)
                if word(each, "modality") == kind
            )
            if tokens:
                yield f"{kind.lower()}_{side}_tokens", tokens
