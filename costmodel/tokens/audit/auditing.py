"""The audit of one prompt: tokens and dollars by section, the cacheable prefix, what to save."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.prices.book import PriceBook, load_prices
from costmodel.prices.instants import instant_of
from costmodel.tokens.audit.hygiene import Remark, remarks
from costmodel.tokens.audit.prefixes import Prefix, prefix_of
from costmodel.tokens.audit.saving import Saving, monthly, savings_of
from costmodel.tokens.audit.sections import Kind, Prompt
from costmodel.tokens.audit.tallying import PromptTally
from costmodel.tokens.audit.waste import wasted
from costmodel.tokens.count import TokenCount
from costmodel.tokens.placeholders import times_used


@dataclass(frozen=True)
class SectionCost:
    """What a section of a prompt comes to.

    Parameters
    ----------
    kind : str
        system, tools, examples, retrieved, history or user; of a request also schema, images,
        audio, documents, and framing: what the provider adds around messages.
    line : int
        Where it starts, one-based.
    tokens : int
        Tokens per call, filled-in placeholders of a known size included.
    usd_per_month : float or None
        At the input rate, for all calls of a month; None without `turns_per_month`.
    """

    kind: Kind
    line: int
    tokens: int
    usd_per_month: float | None


@dataclass(frozen=True)
class Audit:
    """Everything found in a prompt, for one model.

    Parameters
    ----------
    name, model : str
        The file, and ``provider/id``.
    snapshot, at : str
        What was known of prices, and when they apply.
    count : TokenCount
        Tokens of the whole prompt as it is written; a band where the tokenizer is estimated.
    filled : int
        Tokens with the given sizes of placeholders in their place.
    unsized : tuple of str
        Placeholders whose size was not given: they count as they are written.
    """

    name: str
    model: str
    snapshot: str
    at: str
    turns_per_month: float | None
    input_usd_per_mtok: float
    cached_usd_per_mtok: float
    count: TokenCount
    filled: int
    sections: tuple[SectionCost, ...]
    prefix: Prefix
    savings: tuple[Saving, ...]
    remarks: tuple[Remark, ...]
    unsized: tuple[str, ...]

    @property
    def usd_per_month(self) -> float | None:
        """All calls of a month at the input rate, nothing cached."""
        return monthly(self.turns_per_month, self.filled, self.input_usd_per_mtok)

    @property
    def cached_usd_per_month(self) -> float | None:
        """The same if every call finds the prefix in the cache: the least it can be."""
        saved = self.input_usd_per_mtok - self.cached_usd_per_mtok
        usd, less = self.usd_per_month, monthly(self.turns_per_month, self.prefix.kept, saved)
        return None if usd is None or less is None else usd - less

    def by_kind(self) -> dict[Kind, int]:
        """Return the tokens of each kind of section."""
        sums: dict[Kind, int] = {}
        for section in self.sections:
            sums[section.kind] = sums.get(section.kind, 0) + section.tokens
        return sums


def audit_prompt(
    prompt: Prompt,
    model: str,
    *,
    turns_per_month: float | None = None,
    sizes: Mapping[str, float] | None = None,
    at: str | None = None,
    prices: PriceBook | None = None,
) -> Audit:
    """Audit a prompt for a model.

    Parameters
    ----------
    prompt : Prompt
        From `read_prompt`.
    model : str
        ``provider/id`` or an exact alias.
    turns_per_month : float, optional
        Calls a month that send the prompt; without it there are no dollars a month.
    sizes : mapping of str to float, optional
        Tokens that placeholders are filled with, by name.
    at : str, optional
        When the price applies; the snapshot's day by default.
    prices : PriceBook, optional
        The newest snapshot by default.

    Raises
    ------
    InputError
        If a size or the turns are negative or not finite, or a sized placeholder is not there.
    UnknownModelError, PriceNotKnownError, TokenizerUnavailable
        If the model has no price or no tokenizer.
    """
    book = load_prices() if prices is None else prices
    found = book.model(model)
    when = book.instant if at is None else instant_of(at)[0]
    sized = _checked(prompt, turns_per_month, sizes or {})
    tally = PromptTally(prompt, found.id, sized)
    card = found.mode_card(found.period_at(when), "standard").card.at(tally.total)
    rate, cached = card.input, card.cached_rate
    prefix = prefix_of(prompt, found, tally)
    return Audit(
        name=prompt.name,
        model=found.id,
        snapshot=book.snapshot,
        at=at or book.snapshot,
        turns_per_month=turns_per_month,
        input_usd_per_mtok=rate,
        cached_usd_per_mtok=cached,
        count=tally.written,
        filled=tally.total,
        sections=tuple(_sections(prompt, tally, partial(monthly, turns_per_month), rate)),
        prefix=prefix,
        savings=savings_of(wasted(prompt, tally.count), prefix, card, turns_per_month),
        remarks=remarks(prompt),
        unsized=tuple(name for name in times_used(prompt.text) if name not in sized),
    )


def _sections(
    prompt: Prompt, tally: PromptTally, usd: Callable[[float, float], float | None], rate: float
) -> Iterator[SectionCost]:
    for section in prompt.sections:
        tokens = tally.between(section.start, section.end)
        if tokens or section.text.strip():
            line = prompt.line_of(section.start)
            yield SectionCost(section.kind, line, tokens, usd(tokens, rate))
    if tally.framing:
        line = prompt.line_of(len(prompt.text))
        yield SectionCost("framing", line, tally.framing, usd(tally.framing, rate))


def _checked(
    prompt: Prompt, turns: float | None, sizes: Mapping[str, float]
) -> Mapping[str, float]:
    problems = []
    known = times_used(prompt.text)
    given = {**sizes, **({} if turns is None else {"turns_per_month": turns})}
    for name, value in given.items():
        if not np.isfinite(value) or value < 0:
            problems.append(Problem(f"{value:g}", "a number from 0 up, finite", path=name))
    for name in sizes:
        if name not in known:
            expected = f"a placeholder of the prompt ({', '.join(known) or 'it has none'})"
            fix = did_you_mean(name, known) or "leave it out"
            problems.append(Problem(f"a size for '{name}'", expected, fix, file=prompt.name))
    if problems:
        raise InputError(problems)
    return sizes
