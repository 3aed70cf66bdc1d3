"""The start of a prompt that is the same in every call, and what the provider keeps of it."""

from __future__ import annotations

from dataclasses import dataclass

from costmodel.prices.caching import cacheable
from costmodel.prices.offers import ModelPrices
from costmodel.tokens.audit.sections import Prompt
from costmodel.tokens.audit.tallying import PromptTally
from costmodel.tokens.audit.variables import Variable, changing_spans, variables


@dataclass(frozen=True)
class Prefix:
    """The start of a prompt that is the same in every call, and what the provider keeps of it.

    Parameters
    ----------
    tokens : int
        Tokens before the first part that changes.
    kept : int
        Tokens of it that the provider's cache takes: whole increments from its minimum on.
    reason : str
        Why nothing is kept, in words; empty if something is.
    broken_by : Variable or None
        The first part that changes; None if nothing does.
    possible : int
        Tokens of the prefix if everything that changes stood at the end.
    possible_kept : int
        What the cache would take of that.
    minimum : int or None
        Tokens from which the provider keeps a prefix.
    """

    tokens: int
    kept: int
    reason: str
    broken_by: Variable | None
    possible: int
    possible_kept: int
    minimum: int | None


def prefix_of(prompt: Prompt, model: ModelPrices, tally: PromptTally) -> Prefix:
    """Return the cacheable start of a prompt for a model.

    Parameters
    ----------
    prompt : Prompt
    model : ModelPrices
        With the provider's minimum and steps.
    tally : PromptTally
        Counts the prompt.
    """
    changing = variables(prompt)
    first = changing[0] if changing else None
    tokens = tally.total if first is None else tally.upto(first.offset)
    possible = tokens if first is None else tally.without(changing_spans(changing))
    now, then = cacheable(model, tokens), cacheable(model, possible)
    return Prefix(
        tokens=tokens,
        kept=int(now.tokens),
        reason=now.reason,
        broken_by=first,
        possible=max(possible, tokens),
        possible_kept=max(int(then.tokens), int(now.tokens)),
        minimum=model.cache.min_prefix_tokens,
    )
