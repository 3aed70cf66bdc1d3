"""Responses of each provider, made by hand with the field names of their references.

Texts are left out; counts are ours.
"""

# openai-python 2.54.0: types/chat/chat_completion.py, types/completion_usage.py
OPENAI_CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1763900000,
    "model": "gpt-5",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant"}}],
    "service_tier": "default",
    "usage": {
        "prompt_tokens": 1800,
        "completion_tokens": 350,
        "total_tokens": 2150,
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 600},
        "completion_tokens_details": {
            "reasoning_tokens": 120,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    },
}

# the same, types/chat/chat_completion_chunk.py: the last chunk has usage and no choices
OPENAI_CHUNKS = [
    {
        "id": "chatcmpl-2",
        "object": "chat.completion.chunk",
        "model": "gpt-5",
        "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": None}],
        "usage": None,
    },
    {
        "id": "chatcmpl-2",
        "object": "chat.completion.chunk",
        "model": "gpt-5",
        "choices": [],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010},
    },
]

# openai-python 2.54.0: types/responses/response.py, response_usage.py,
# response_function_web_search.py
OPENAI_RESPONSES = {
    "id": "resp_1",
    "object": "response",
    "model": "gpt-6-sol",
    "status": "completed",
    "service_tier": "flex",
    "output": [
        {"type": "web_search_call", "action": {"type": "search", "query": "a"}},
        {"type": "web_search_call", "action": {"type": "open_page", "url": "b"}},
        {"type": "message"},
    ],
    "usage": {
        "input_tokens": 5000,
        "input_tokens_details": {"cached_tokens": 2000, "cache_write_tokens": 1000},
        "output_tokens": 800,
        "output_tokens_details": {"reasoning_tokens": 500},
        "total_tokens": 5800,
    },
}

# anthropic-sdk-python: types/message.py, types/usage.py, types/cache_creation.py
ANTHROPIC = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-5-5",
    "stop_reason": "end_turn",
    "content": [],
    "usage": {
        "input_tokens": 200,
        "cache_read_input_tokens": 4000,
        "cache_creation_input_tokens": 5000,
        "cache_creation": {"ephemeral_5m_input_tokens": 3000, "ephemeral_1h_input_tokens": 2000},
        "output_tokens": 1000,
        "output_tokens_details": {"thinking_tokens": 700},
        "server_tool_use": {"web_search_requests": 3},
        "service_tier": "standard",
        "inference_geo": "global",
    },
}

# anthropic-sdk-python: types/raw_message_start_event.py, message_delta_usage.py (cumulative)
ANTHROPIC_EVENTS = [
    {
        "type": "message_start",
        "message": {
            "id": "msg_2",
            "type": "message",
            "model": "claude-haiku-4-5",
            "usage": {
                "input_tokens": 100,
                "cache_read_input_tokens": 5000,
                "cache_creation_input_tokens": 0,
                "output_tokens": 1,
                "service_tier": "standard",
            },
        },
    },
    {"type": "content_block_delta", "delta": {"text": "Hi"}},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "max_tokens"},
        "usage": {"output_tokens": 64},
    },
    {"type": "message_stop"},
]

# ai.google.dev/api/generate-content#UsageMetadata, REST
GEMINI = {
    "responseId": "r1",
    "modelVersion": "gemini-2.5-flash",
    "candidates": [{"finishReason": "STOP", "content": {}}],
    "usageMetadata": {
        "promptTokenCount": 3000,
        "cachedContentTokenCount": 2048,
        "candidatesTokenCount": 400,
        "thoughtsTokenCount": 900,
        "toolUsePromptTokenCount": 500,
        "totalTokenCount": 4800,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 3000}],
        "trafficType": "ON_DEMAND",
    },
}

# docs.aws.amazon.com/bedrock/latest/APIReference: API_runtime_Converse, API_runtime_TokenUsage,
# API_runtime_CacheDetail
BEDROCK = {
    "output": {"message": {"role": "assistant"}},
    "stopReason": "end_turn",
    "usage": {
        "inputTokens": 40,
        "outputTokens": 200,
        "totalTokens": 7240,
        "cacheReadInputTokens": 6000,
        "cacheWriteInputTokens": 1000,
        "cacheDetails": [{"ttl": "1h", "inputTokens": 700}, {"ttl": "5m", "inputTokens": 300}],
    },
    "metrics": {"latencyMs": 900},
    "ResponseMetadata": {"RequestId": "aws-1"},
}

# api-docs.deepseek.com/api/create-chat-completion
DEEPSEEK = {
    "id": "ds-1",
    "object": "chat.completion",
    "model": "deepseek-v4-pro",
    "choices": [{"finish_reason": "stop"}],
    "usage": {
        "prompt_tokens": 10_000,
        "prompt_cache_hit_tokens": 8_000,
        "prompt_cache_miss_tokens": 2_000,
        "completion_tokens": 1_000,
        "total_tokens": 11_000,
        "completion_tokens_details": {"reasoning_tokens": 600},
    },
}

# litellm 1.106.2, types/utils.py: Usage, PromptTokensDetailsWrapper, CacheCreationTokenDetails;
# a call of claude-opus-5-5 with the counts of ANTHROPIC
LITELLM = {
    "id": "chatcmpl-3",
    "object": "chat.completion",
    "model": "claude-opus-5-5",
    "choices": [{"finish_reason": "stop"}],
    "usage": {
        "prompt_tokens": 9200,
        "completion_tokens": 1000,
        "total_tokens": 10_200,
        "prompt_tokens_details": {
            "cached_tokens": 4000,
            "cache_creation_tokens": 5000,
            "cache_creation_token_details": {
                "ephemeral_5m_input_tokens": 3000,
                "ephemeral_1h_input_tokens": 2000,
            },
        },
        "completion_tokens_details": {"reasoning_tokens": 700},
        "cache_creation_input_tokens": 5000,
        "cache_read_input_tokens": 4000,
        "server_tool_use": {"web_search_requests": 3},
    },
}

ALL = {
    "openai.chat": OPENAI_CHAT,
    "openai.responses": OPENAI_RESPONSES,
    "anthropic.messages": ANTHROPIC,
    "gemini.generate_content": GEMINI,
    "bedrock.converse": BEDROCK,
    "deepseek.chat": DEEPSEEK,
    "litellm.completion": LITELLM,
}


def with_usage(body, **fields):
    """Return a body whose usage has other fields; None removes one."""
    place = next(name for name in ("usage", "usageMetadata") if name in body)
    usage = {**body[place], **fields}
    return {**body, place: {name: value for name, value in usage.items() if value is not None}}
