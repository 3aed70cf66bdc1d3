"""The assumption table: everything a projection takes for granted, and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from costmodel.foundation import units
from costmodel.foundation.beliefs import Belief, Source
from costmodel.foundation.units import Unit
from costmodel.foundation.writing import belief_data, duration, width_text
from costmodel.report.amounts import DOLLARS, Amounts, amounts_of, number
from costmodel.report.tables import NOTHING, Row, Table
from costmodel.report.wording import RATE_IS_FIXED
from costmodel.scenario.naming import stated_beliefs
from costmodel.scenario.prompt import UserPart

if TYPE_CHECKING:
    from costmodel.foundation.counts import Count
    from costmodel.foundation.spreads import Spread
    from costmodel.scenario.schema import Feature, Scenario

UNIT_WORDS: Mapping[str, str] = {
    units.PEOPLE.noun: "people",
    units.TOKENS.noun: "tokens",
    units.CHUNKS.noun: "chunks",
    units.TURNS.noun: "turns",
    units.TURNS_PER_USER.noun: "turns",
    units.ACTIVE_DAYS.noun: "days",
    units.SHARE.noun: "share",
    units.GROWTH.noun: "growth",
    units.UNITS_PER_CALL.noun: "units",
    units.QUESTIONS.noun: "questions",
    units.POPULARITY.noun: "exponent",
    units.FLUSHES.noun: "changes",
    units.LEAVING.noun: "share",
}
"""What a unit is called in a column; its long name where it is not here."""


def beliefs_table(scenario: Scenario) -> Table:
    """Return every stated belief: as written, its P5, P50 and P95, and where it comes from."""
    money = amounts_of(scenario)
    rows = [
        (
            path,
            written(belief, unit, period),
            *_quantiles(belief, unit, money),
            _unit_words(unit, money) + (f" per {period}" if period else ""),
            origin_words(belief.origin),
        )
        for path, belief, unit, period in stated_beliefs(scenario)
    ]
    head = ("Belief", "As written", "P5", "P50", "P95", "Unit")
    kinds = ("path", "written", "", "", "", "unit")
    return _with_sources("Beliefs: averages and shares", head, kinds, rows)


def _with_sources(caption: str, head: Row, kinds: Row, rows: Sequence[Row]) -> Table:
    """Return a table of rows whose last entry, where the value comes from, goes below them."""
    values, about = tuple(row[:-1] for row in rows), tuple(row[-1] for row in rows)
    return Table(caption, head, values, kinds=kinds, about=about)


def written(belief: Belief, unit: Unit, period: units.Period | None) -> str:
    """Return a belief as it stands in a scenario, on one line."""
    data = belief_data(belief, unit, period)
    if isinstance(data, str):
        return data
    if isinstance(data.get("samples"), list):
        return f"{len(data['samples'])} samples"
    return ", ".join(f"{key} {value}" for key, value in data.items())


def _unit_words(unit: Unit, money: Amounts) -> str:
    return money.code if unit.money else UNIT_WORDS.get(unit.noun, unit.noun)


def _quantiles(belief: Belief, unit: Unit, money: Amounts) -> Row:
    if belief.certain:
        return NOTHING, amount(belief.median, unit, money), NOTHING
    return tuple(amount(belief.quantile(p), unit, money) for p in (0.05, 0.50, 0.95))


def amount(value: float, unit: Unit, money: Amounts = DOLLARS) -> str:
    """Return a value rounded for people, in its unit: ``25.3 %``, ``$29``, ``8,000``."""
    if unit.percent:
        return f"{number(100 * value)} %"
    return money(value) if unit.money else number(value)


def origin_words(origin: Source) -> str:
    """Return where a number comes from: ``Source: pilot (2026-10). Owner: Dana``."""
    words = "Assumption" if origin.assumed else "Source" if origin.source else "No source given"
    words += f": {origin.source}" if origin.source else ""
    words += f" ({origin.date})" if origin.date else ""
    return words + (f". Owner: {origin.owner}" if origin.owner else "")


def differences_table(scenario: Scenario) -> Table:
    """Return how people, conversations and calls differ, how levels wander, what moves together.

    The rate of the scenario's currency comes first.
    """
    rows = [
        *_rate(scenario),
        *(row for name, feature in scenario.features.items() for row in _widths(name, feature)),
        *_drift(scenario),
        *_correlations(scenario),
    ]
    head = ("Setting", "As written", "Meaning")
    kinds = ("path", "written", "meaning")
    caption = "Spread, drift and correlation"
    if not scenario.shown_in.is_usd:
        caption = "Exchange rate, spread, drift and correlation"
    return _with_sources(caption, head, kinds, rows)


def _rate(scenario: Scenario) -> Iterator[Row]:
    rate = scenario.currency
    if rate is not None and not scenario.shown_in.is_usd:
        yield ("currency.usd", rate.rate, RATE_IS_FIXED, origin_words(rate.origin))


def _widths(name: str, feature: Feature) -> Iterator[Row]:
    at = f"features.{name}"
    for segment, usage in feature.turns_per_user.items():
        yield _spread(f"{at}.turns_per_user.{segment}", usage.spread, "people")
    if not feature.conversation.turns.mean.certain or feature.conversation.turns.cv > 0:
        yield _count(f"{at}.conversation.turns", feature.conversation.turns)
    gap = feature.conversation.gap
    if gap is not None:
        text = f"p50 {duration(gap.p50_seconds)}, p95 {duration(gap.p95_seconds)}"
        yield (f"{at}.conversation.gap", text, GAP_MEANING, origin_words(gap.origin))
    for _, step in feature.steps:
        for part in step.prompt:
            if isinstance(part, UserPart):
                yield _spread(f"{at}.prompt.user", part.size, "messages")
        yield _spread(f"{at}.output", step.output, "answers")
        if step.reasoning is not None:
            yield _spread(f"{at}.reasoning", step.reasoning, "answers")


GAP_MEANING = "time between two turns of a conversation: half are shorter, and 95 %"
MEANINGS = {
    "cv": "coefficient of variation between {who}",
    "p95": "95 % of {who} lie below it",
    "top_1_percent": "share of the total held by the top 1 % of {who}",
}


def _spread(path: str, spread: Spread, who: str) -> Row:
    form, width = spread.stated
    text, meaning = width_text(form, width, units.TOKENS), MEANINGS[form].format(who=who)
    if spread.cap < float("inf"):
        text, meaning = f"{text}, max {spread.cap:,.0f}", f"{meaning}; never above the maximum"
    return (f"{path}.{form}", text, meaning, origin_words(spread.origin))


def _count(path: str, count: Count) -> Row:
    text = width_text("cv", count.cv, units.TURNS)
    return (
        f"{path}.cv",
        text,
        MEANINGS["cv"].format(who="conversations"),
        origin_words(count.origin),
    )


def _drift(scenario: Scenario) -> Iterator[Row]:
    drift = scenario.drift
    origin = origin_words(drift.origin)
    yield ("drift.volume", f"{drift.volume:.3g}", "sd of a month's step in log turns", origin)
    yield ("drift.tokens", f"{drift.tokens:.3g}", "sd of a month's step in log tokens", origin)
    months = f"{drift.half_life_months:.3g} months"
    yield ("drift.half_life", months, "half of a deviation is gone after it", origin)


def _correlations(scenario: Scenario) -> Iterator[Row]:
    for name, group in scenario.correlations.items():
        meaning = "these move together: " + ", ".join(group.of)
        yield (f"correlations.{name}", f"{group.strength:.3g}", meaning, origin_words(group.origin))
