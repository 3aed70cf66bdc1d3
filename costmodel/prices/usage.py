"""What one call used, in one form for all providers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

from costmodel.foundation.errors import InputError, Problem

LARGEST_COUNT = 2**53
"""Counts above it are refused: float64, in which bills are computed, is not exact there."""


@dataclass(frozen=True)
class Usage:
    """The tokens of one call, as `cost` counts them, and who served it.

    Parameters
    ----------
    input_tokens : int
        All prompt tokens: fresh, read from the prompt cache and written to it.
    output_tokens : int
        All output tokens, reasoning included.
    cached_input_tokens, cache_write_tokens : int
        Parts of the input read from, and written to, the provider's cache.
    cache_write_1h_tokens : int
        The part of `cache_write_tokens` written for one hour.
    reasoning_tokens : int
        The part of the output the user never sees.
    units : mapping of str to int
        What is billed apart from text tokens, such as ``{"web_search": 2}``.
    provider : str or None
        Who bills, as in the price tables; None where a gateway does not tell.
    model : str or None
        As the response names it.
    mode : str
        Service mode: standard, batch, flex, priority, fast, or the provider's own word.
    geo : str or None
        Region the processing was kept in, where it has a price of its own.
    response_id, finish_reason : str or None
        As the provider writes them.
    shape : str
        The kind of response it was read from, such as ``anthropic.messages``.

    Raises
    ------
    InputError
        If a count is no whole number from 0 up, or a part exceeds its whole.
    """

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0
    reasoning_tokens: int = 0
    units: Mapping[str, int] = field(default_factory=dict)
    provider: str | None = None
    model: str | None = None
    mode: str = "standard"
    geo: str | None = None
    response_id: str | None = None
    finish_reason: str | None = None
    shape: str = ""

    def __post_init__(self) -> None:
        problems = [*self._wrong_counts()] or [*self._wrong_parts()]
        if problems:
            raise InputError(problems)

    @property
    def uncached_input_tokens(self) -> int:
        """Prompt tokens billed at the full input rate."""
        return self.input_tokens - self.cached_input_tokens - self.cache_write_tokens

    @property
    def tokens(self) -> dict[str, int]:
        """The counts as `cost` takes them: ``cost(model, **usage.tokens)``."""
        return {
            "input_tokens": self.input_tokens,
            "cached_input_tokens": self.cached_input_tokens,
            "cache_write_tokens": self.cache_write_tokens,
            "cache_write_1h_tokens": self.cache_write_1h_tokens,
            "output_tokens": self.output_tokens,
        }

    @property
    def price_name(self) -> str | None:
        """The model as the price tables would name it; None if the response names none."""
        if self.model is None or self.provider is None:
            return self.model
        prefix = f"{self.provider}/"
        return self.model if self.model.startswith(prefix) else prefix + self.model

    def _wrong_counts(self) -> Iterator[Problem]:
        counts: dict[str, Any] = {**self.tokens, "reasoning_tokens": self.reasoning_tokens}
        counts |= {f"units.{name}": count for name, count in self.units.items()}
        for name, count in counts.items():
            whole = isinstance(count, Integral) and not isinstance(count, bool)
            if not whole or not 0 <= count <= LARGEST_COUNT:
                fix = "give the count as the provider's response has it"
                yield Problem(str(count), "a whole number from 0 up", fix, name)

    def _wrong_parts(self) -> Iterator[Problem]:
        cache = self.cached_input_tokens + self.cache_write_tokens
        for name, part, whole_name, whole, fix in (
            (
                "cached_input_tokens + cache_write_tokens",
                cache,
                "input_tokens",
                self.input_tokens,
                "input_tokens is the total: add the cached and written tokens to the count of a "
                "provider that leaves them out, as Anthropic and Bedrock do",
            ),
            (
                "cache_write_1h_tokens",
                self.cache_write_1h_tokens,
                "cache_write_tokens",
                self.cache_write_tokens,
                "cache_write_tokens holds the writes of all lifetimes",
            ),
            (
                "reasoning_tokens",
                self.reasoning_tokens,
                "output_tokens",
                self.output_tokens,
                "output_tokens is the total: add reasoning tokens to the count of a provider "
                "that leaves them out, as Gemini does",
            ),
        ):
            if part > whole:
                read = f"{name} {part:,} with {whole_name} {whole:,}"
                yield Problem(read, f"{name} of at most {whole_name}", fix)
