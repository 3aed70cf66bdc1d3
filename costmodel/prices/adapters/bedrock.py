"""Amazon Bedrock: Converse, and the metadata event of ConverseStream."""

from __future__ import annotations

from dataclasses import replace

from costmodel.prices.adapters.responses import Node, count, items, needed, word
from costmodel.prices.adapters.shapes import Counts, Shape
from costmodel.prices.usage import Usage

CONVERSE = Shape(
    "bedrock.converse",
    provider="bedrock",
    input_includes_cache=False,
    output_includes_reasoning=True,
    source=(
        "docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html: total input is "
        "inputTokens + cacheReadInputTokens + cacheWriteInputTokens. Reported to include them "
        "all the same: ConverseStream of OpenAI models (github.com/maximhq/bifrost/pull/6942)"
    ),
)


def read_converse(response: Node, usage: Node, provider: str | None = None) -> Usage:  # noqa: ARG001
    """Return the usage of a Converse response, which does not name its model."""
    counts = Counts(
        input=needed(usage, "inputTokens"),
        output=needed(usage, "outputTokens"),
        cached=count(usage, "cacheReadInputTokens", "cacheReadInputTokenCount"),
        written=count(usage, "cacheWriteInputTokens", "cacheWriteInputTokenCount"),
        written_1h=sum(
            count(each, "inputTokens")
            for each in items(usage, "cacheDetails")
            if word(each, "ttl") == "1h"
        ),
    )
    return replace(
        CONVERSE.usage(counts),
        mode=_mode(response),
        response_id=word(response, "ResponseMetadata.RequestId"),
        finish_reason=word(response, "stopReason"),
    )


def _mode(response: Node) -> str:
    """Return the tier's word; latency-optimised inference has rates of its own."""
    if word(response, "performanceConfig.latency") == "optimized":
        return "latency_optimized"
    tier = word(response, "serviceTier.type")
    return "standard" if tier in (None, "default") else str(tier)
