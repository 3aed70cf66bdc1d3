"""What a projection has to say beside its numbers: marks on its months, and warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from costmodel.engine.books import further_contract, is_loadable
from costmodel.engine.demand import scenario_months
from costmodel.engine.ledger import Ledger
from costmodel.engine.pipeline.kept_prompts import is_stated
from costmodel.engine.pipeline.prompt_streams import ASSUMED_GAP
from costmodel.engine.provenance import Mark
from costmodel.engine.rates import MonthlyRates
from costmodel.engine.requests import user_spread
from costmodel.engine.sizes import held_at_cap
from costmodel.engine.unit_rates import unit_rates
from costmodel.engine.world import World
from costmodel.foundation.spreads import Spread
from costmodel.prices.book import PriceBook
from costmodel.prices.cards import rate_text
from costmodel.prices.snapshots import reconstructed_words
from costmodel.scenario.schema import FixedPart, PromptCache, Scenario, Step, Strategy
from costmodel.strategies.cache_rules import ASSUMED_LIFETIME, CacheRule, implicit_rule

Array = npt.NDArray[np.float64]

FEW_PEOPLE = 100
"""Below this the lognormal shape of the population noise is approximate (MODEL section 3)."""
NOTABLE_SHARE = 0.001
"""Share of calls over a threshold or window worth a word: one in a thousand."""


def marks(
    scenario: Scenario, book: PriceBook, strategies: Mapping[str, Strategy]
) -> tuple[Mark, ...]:
    """Return the price changes, retirements and starts that fall into the horizon.

    Parameters
    ----------
    strategies : mapping of str to Strategy
        Those of the variant.
    """
    months = scenario_months(scenario)
    start, end = months[0].first_day, months[-1].last_day + timedelta(days=1)
    found: dict[Mark, None] = {}
    for name, strategy in strategies.items():
        if strategy.from_month is not None and strategy.from_month > months[0]:
            number = strategy.from_month.since(months[0]) + 1
            found[Mark(number, "start", f"{name} starts")] = None
    for name, feature in scenario.features.items():
        if feature.from_month is not None and feature.from_month > months[0]:
            number = feature.from_month.since(months[0]) + 1
            if number <= len(months):
                found[Mark(number, "start", f"{name} starts")] = None
        for _, step in feature.steps:
            for change in book.changes(step.model, step.mode, start, end):
                number = (change.date.year - start.year) * 12 + change.date.month - start.month + 1
                found[Mark(number, "price", f"{step.model}: {change.text}")] = None
            for unit in step.units.stated:
                for number, text in _unit_moves(scenario, book, step, unit):
                    found[Mark(number, "price", f"{step.model}: {text}")] = None
            retirement = book.retirement(step.model)
            if retirement is not None and start <= retirement.date < end:
                when = retirement.date
                number = (when.year - start.year) * 12 + when.month - start.month + 1
                found[Mark(number, "retirement", f"{step.model} retires on {when}")] = None
    return tuple(sorted(found, key=lambda mark: (mark.month, mark.kind, mark.text)))


def _unit_moves(
    scenario: Scenario, book: PriceBook, step: Step, unit: str
) -> Iterator[tuple[int, str]]:
    """Yield month and words of each move of a unit's price."""
    moves = unit_rates(book, scenario.start, scenario.months, step.model, unit).moves
    for number, before, after in moves:
        rates = (rate_text(float(f"{1000 * usd:.6g}")) for usd in (before, after))
        yield number, f"{unit} {' -> '.join(rates)} per 1,000"


def warnings_of(
    world: World,
    ledger: Ledger,
    active: dict[str, Array],
    rates: Sequence[MonthlyRates],
    book: PriceBook,
    strategies: Mapping[str, Strategy],
) -> tuple[str, ...]:
    """Return every reservation about a projection, one sentence each."""
    scenario = world.scenario
    words = [*scenario.warnings, *_book_words(scenario, book)]
    words += reconstructed_words(book.snapshot, book.reconstructed)
    for resolved in rates:
        words += resolved.notes
    words += _free_units(ledger)
    words += _assumed_caches(scenario, book)
    words += _short_prefixes(scenario, book, strategies)
    words += _few_people(world, active)
    words += _held_means(world)
    words += _held_turns(world)
    words += _held_shares(world)
    words += _long_requests(ledger)
    return tuple(dict.fromkeys(words))


def _free_units(ledger: Ledger) -> Iterator[str]:
    for flow in ledger.lanes:
        for use in flow.units.values():
            yield from use.rates.notes


def _book_words(scenario: Scenario, book: PriceBook) -> Iterator[str]:
    """Say where prices come from, unless that is the shipped snapshot the scenario names."""
    wanted, contract = scenario.prices.snapshot, scenario.prices.contract_path
    if wanted is not None and wanted != book.snapshot:
        yield f"prices come from {book.snapshot}, not from the scenario's snapshot {wanted}"
    elif not is_loadable(book):
        yield f"prices come from a book given in Python, not from the shipped {book.snapshot}"
    if book.contract is not None:
        yield f"prices are those of {book.snapshot} under your contract {book.contract.file}"
    if contract is not None and (book.contract is None or further_contract(scenario, book)):
        yield f"the scenario's contract {contract} is not what these prices are under"


def _few_people(world: World, active: dict[str, Array]) -> Iterator[str]:
    if "spread" not in world.uncertainty:
        return
    for name, people in active.items():
        fewest = float(people.mean(axis=1).min())
        if fewest < FEW_PEOPLE:
            yield (
                f"segment {name} has about {fewest:.0f} people: below {FEW_PEOPLE} the shape of "
                "the noise from a small population is approximate"
            )


def _held_means(world: World) -> Iterator[str]:
    for name, feature in world.scenario.features.items():
        for _, step in feature.steps:
            sizes: dict[str, Spread | None] = {
                "prompt.user": user_spread(step),
                "output": step.output,
                "reasoning": step.reasoning,
            }
            for key, spread in sizes.items():
                if spread is None or spread.mean is None:
                    continue
                values = world.value(f"features.{name}.{key}.mean", spread.mean)
                held = held_at_cap(values, spread)
                if held:
                    yield (
                        f"features.{name}.{key}: the mean reached the cap of {spread.cap:,.0f} "
                        f"tokens in {held} of {values.size} futures and was held below it"
                    )


def _held_turns(world: World) -> Iterator[str]:
    for name, feature in world.scenario.features.items():
        path = f"features.{name}.conversation.turns.mean"
        values = world.value(path, feature.conversation.turns.mean)
        held = int(np.count_nonzero(values < 1))
        if held:
            yield (
                f"{path} fell below 1 in {held} of {values.size} futures and was held at 1: "
                "a conversation has at least one turn"
            )


def _held_shares(world: World) -> Iterator[str]:
    for name, feature in world.scenario.features.items():
        for _, step in feature.steps:
            path = f"features.{name}.implicit_cache"
            cached = world.value(f"{path}.cached", step.implicit_cache.cached)
            written = world.value(f"{path}.written", step.implicit_cache.written)
            both = cached + written
            held = int(np.count_nonzero(both > 1 + 1e-12))
            if held:
                yield (
                    f"{path}: cached and written passed 100 % together in {held} of {both.size} "
                    "futures; written was held at what was left"
                )


def _long_requests(ledger: Ledger) -> Iterator[str]:
    for flow in {id(flow.step): flow for flow in ledger.lanes}.values():
        lane, step = flow.lane, flow.step
        crossing, too_long = float(step.crossing.mean()), float(step.too_long.mean())
        if crossing > NOTABLE_SHARE:
            yield (
                f"{crossing:.1%} of the calls of {lane.feature} cross a long-context threshold "
                f"of {lane.model}: the whole request is re-priced"
            )
        if too_long > NOTABLE_SHARE:
            yield (
                f"{too_long:.1%} of the calls of {lane.feature} are longer than the "
                f"{step.rates.prompt_limit:,} tokens that {lane.model} accepts: they are priced "
                "here, the provider would refuse them"
            )


def _assumed_caches(scenario: Scenario, book: PriceBook) -> Iterator[str]:
    """Say what is assumed where a provider's cache follows from its rule."""
    for name, feature in scenario.features.items():
        for _, step in feature.steps:
            rule = implicit_rule(book.model(step.model))
            if rule is None or is_stated(step):
                continue
            yield from _assumed_cache(name, step, rule)
            if not book.model(step.model).cache.ttl_seconds:
                yield (
                    f"{name}: the cache of {step.model} is taken to last "
                    f"{ASSUMED_LIFETIME / 60:g} minutes, an assumption: the price table states none"
                )
            if feature.conversation.gap is None and feature.conversation.turns.mean.mean > 1:
                p50, p95 = ASSUMED_GAP
                yield (
                    f"{name}: its cache is worked out with gaps between turns of P50 {p50:g} s and "
                    f"P95 {p95:g} s, an assumption; state conversation: {{gap: ...}}"
                )


def _short_prefixes(
    scenario: Scenario, book: PriceBook, strategies: Mapping[str, Strategy]
) -> Iterator[str]:
    """Say where what stands first in a prompt is shorter than what a bought cache keeps."""
    for name, strategy in strategies.items():
        if not isinstance(strategy, PromptCache):
            continue
        for _, step in scenario.features[strategy.feature].steps:
            least = book.model(step.model).cache.min_prefix_tokens or 0
            fixed = [*takewhile(lambda part: isinstance(part, FixedPart), step.prompt)]
            tokens = sum(part.mean_tokens for part in fixed if isinstance(part, FixedPart))
            if 0 < tokens < least:
                yield (
                    f"{name}: the {tokens:,.0f} tokens that stand first in the prompt of "
                    f"{strategy.feature} are fewer than the {least:,} that {step.model} keeps: "
                    "only longer prompts of a conversation are read again"
                )


def _assumed_cache(name: str, step: Step, rule: CacheRule) -> Iterator[str]:
    if rule.entries == "end" and step.implicit_cache.system_hit is None:
        yield (
            f"{name}: {step.model} keeps whole prompts; that no call finds only the fixed parts is "
            "an assumption; state implicit_cache with system_hit, or the shares you measured"
        )
