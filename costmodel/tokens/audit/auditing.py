"""The audit of one prompt: tokens and dollars by section, the cacheable prefix, what to save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.prices.book import PriceBook, load_prices
from costmodel.prices.caching import cacheable
from costmodel.prices.cards import RateCard
from costmodel.prices.instants import instant_of
from costmodel.prices.offers import ModelPrices
from costmodel.tokens.audit.hygiene import Remark, remarks
from costmodel.tokens.audit.sections import Kind, Prompt
from costmodel.tokens.audit.variables import Variable, variables
from costmodel.tokens.audit.waste import Waste, wasted
from costmodel.tokens.count import TokenCount, count_tokens
from costmodel.tokens.placeholders import placeholders, times_used

PER_MILLION = 1e-6


@dataclass(frozen=True)
class SectionCost:
    """What a section of a prompt comes to.

    Parameters
    ----------
    kind : str
        system, tools, examples, retrieved, history or user.
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


@dataclass(frozen=True)
class Saving:
    """What a change of the prompt would save.

    Parameters
    ----------
    kind : str
        duplicate, whitespace, json, prefix or order.
    line : int
        Where, one-based.
    tokens : int
        Tokens per call that are no longer sent, or are read from the cache.
    usd_per_month : float or None
        At most this much: cache savings count every call as a hit.
    text : str
        What to do.
    """

    kind: str
    line: int
    tokens: int
    usd_per_month: float | None
    text: str


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
        return _monthly(self.turns_per_month, self.filled, self.input_usd_per_mtok)

    @property
    def cached_usd_per_month(self) -> float | None:
        """The same if every call finds the prefix in the cache: the least it can be."""
        saved = self.input_usd_per_mtok - self.cached_usd_per_mtok
        usd, less = self.usd_per_month, _monthly(self.turns_per_month, self.prefix.kept, saved)
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
    tally = _Tally(prompt, found.id, sized)
    card = found.mode_card(found.period_at(when), "standard").card.at(tally.total)
    rate, cached = card.input, card.cached_rate
    prefix = _prefix(prompt, found, tally)
    monthly = partial(_monthly, turns_per_month)
    return Audit(
        name=prompt.name,
        model=found.id,
        snapshot=book.snapshot,
        at=at or book.snapshot,
        turns_per_month=turns_per_month,
        input_usd_per_mtok=rate,
        cached_usd_per_mtok=cached,
        count=count_tokens(prompt.text, found.id),
        filled=tally.total,
        sections=tuple(
            SectionCost(s.kind, prompt.line_of(s.start), n, monthly(n, rate))
            for s in prompt.sections
            if (n := tally.between(s.start, s.end)) or s.text.strip()
        ),
        prefix=prefix,
        savings=_savings(wasted(prompt, tally.count), prefix, card, turns_per_month),
        remarks=remarks(prompt),
        unsized=tuple(name for name in times_used(prompt.text) if name not in sized),
    )


def _monthly(turns: float | None, tokens: float, usd_per_mtok: float) -> float | None:
    return None if turns is None else turns * tokens * usd_per_mtok * PER_MILLION


class _Tally:
    """Tokens of stretches of a prompt, with placeholders at their given sizes."""

    def __init__(self, prompt: Prompt, model: str, sizes: Mapping[str, float]) -> None:
        self._text = prompt.text
        self._model = model
        self._sizes = sizes

    def count(self, text: str) -> int:
        """Return the tokens of any text as written."""
        return count_tokens(text, self._model).tokens

    @property
    def total(self) -> int:
        """Tokens of the whole prompt."""
        return self.upto(len(self._text))

    def upto(self, offset: int) -> int:
        """Return the tokens of the first `offset` characters."""
        return self.count(self._text[:offset]) + self._filled(self._text[:offset])

    def between(self, start: int, end: int) -> int:
        """Return the tokens of a stretch: what the prompt has more with it than up to it."""
        return self.upto(end) - self.upto(start)

    def _filled(self, text: str) -> int:
        """Return the tokens that filled placeholders add to those of their names."""
        added = 0.0
        for slot in placeholders(text):
            if slot.name in self._sizes:
                added += self._sizes[slot.name] - self.count(text[slot.start : slot.end])
        return round(added)


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


def _prefix(prompt: Prompt, model: ModelPrices, tally: _Tally) -> Prefix:
    changing = variables(prompt)
    first = changing[0] if changing else None
    tokens = tally.total if first is None else tally.upto(first.offset)
    possible = tally.count(_fixed_text(prompt, changing))
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


def _fixed_text(prompt: Prompt, changing: tuple[Variable, ...]) -> str:
    """Return the prompt without what changes: what a cache could keep if that stood last."""
    text = prompt.text
    for each in reversed(changing):
        if each.what == "section":
            section = prompt.section_at(each.offset)
            text = text[: section.start] + text[section.end :]
        else:
            text = text[: each.offset] + text[each.offset + len(each.text) :]
    return text


def _savings(
    waste: tuple[Waste, ...], prefix: Prefix, card: RateCard, turns: float | None
) -> tuple[Saving, ...]:
    """Return the savings, the largest first."""
    words = {
        "duplicate": "say it once: {}",
        "whitespace": "take out {}",
        "json": "{}",
    }
    found = [
        Saving(
            each.kind,
            each.line,
            each.tokens,
            _monthly(turns, each.tokens, card.input),
            words[each.kind].format(each.text),
        )
        for each in waste
    ]
    gained = prefix.possible_kept - prefix.kept
    cheaper = card.input - card.cached_rate
    if gained > 0 and prefix.broken_by is not None and cheaper > 0:
        text = (
            f"move {prefix.broken_by} behind what stays the same: the cached prefix grows from "
            f"{prefix.kept:,} to {prefix.possible_kept:,} tokens"
        )
        usd = _monthly(turns, gained, cheaper)
        found.append(Saving("order", prefix.broken_by.line, gained, usd, text))
    return tuple(sorted(found, key=lambda saving: -(saving.usd_per_month or saving.tokens)))
