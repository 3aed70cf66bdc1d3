"""The shape of a response: what its counts include, and who tells so."""

from __future__ import annotations

from dataclasses import dataclass, replace

from costmodel.foundation.errors import InputError
from costmodel.prices.usage import Usage


@dataclass(frozen=True)
class Counts:
    """Token counts as a provider writes them; the shape says what includes what."""

    input: int
    output: int
    cached: int = 0
    written: int = 0
    written_1h: int = 0
    reasoning: int = 0


@dataclass(frozen=True)
class Shape:
    """How one kind of response counts.

    Parameters
    ----------
    name : str
        Such as ``openai.chat``.
    provider : str or None
        Who is taken to have sent it if nobody says; None where it is a gateway.
    input_includes_cache : bool
        Whether its input count includes the tokens read from and written to the
        prompt cache. Taking one for the other bills cached tokens twice, or never.
    output_includes_reasoning : bool
        Whether its output count includes the reasoning tokens.
    source : str
        Where that is stated.
    """

    name: str
    provider: str | None
    input_includes_cache: bool
    output_includes_reasoning: bool
    source: str

    def usage(self, counts: Counts) -> Usage:
        """Return the counts as `cost` takes them: input and output are totals.

        Raises
        ------
        InputError
            If a part exceeds its whole.
        """
        apart_in = 0 if self.input_includes_cache else counts.cached + counts.written
        apart_out = 0 if self.output_includes_reasoning else counts.reasoning
        try:
            return Usage(
                input_tokens=counts.input + apart_in,
                output_tokens=counts.output + apart_out,
                cached_input_tokens=counts.cached,
                cache_write_tokens=counts.written,
                cache_write_1h_tokens=counts.written_1h,
                reasoning_tokens=counts.reasoning,
                provider=self.provider,
                shape=self.name,
            )
        except InputError as error:
            raise InputError(
                [replace(p, path=f"usage ({self.name})") for p in error.problems]
            ) from None
