"""Hypothesis strategies for whole scenarios, built in Python."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from costmodel.foundation import units
from costmodel.foundation.beliefs import Fixed, Samples
from costmodel.foundation.converted import Converted, StatedAmount
from costmodel.foundation.months import Month
from costmodel.scenario.schema import (
    Budget,
    Conversation,
    Correlation,
    Drift,
    ExchangeRate,
    Failures,
    Feature,
    FixedPart,
    Gap,
    HistoryPart,
    ImplicitCache,
    PriceChoice,
    RetrievedPart,
    Scenario,
    Segment,
    TurnsPerUser,
    UnitUse,
    UserPart,
)

from ..foundation.laws import beliefs, counts, sources, spreads, words
from .strategy_scenes import strategies_of

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,8}", fullmatch=True).filter(
    lambda name: name not in ("source", "assumed", "owner", "date")
)
texts = words.filter(lambda text: text.strip() == text)
shares = st.floats(0, 1)
months = st.builds(Month, st.integers(2026, 2040), st.integers(1, 12))
segments = st.builds(
    Segment,
    users=beliefs(units.PEOPLE),
    growth=beliefs(units.GROWTH),
    revenue=st.none() | beliefs(units.USD_PER_MONTH),
)
rates = st.builds(
    ExchangeRate,
    code=st.sampled_from(["EUR", "JPY", "CHF", "CAD"]),
    usd=st.floats(1e-3, 1),
    origin=sources.map(lambda origin: replace(origin, date="2026-11-20")),
)


def paying(rate: ExchangeRate | None):
    """Segments whose revenue is in USD, or in the scenario's currency."""
    if rate is None:
        return segments
    stated = beliefs(units.USD_PER_MONTH).filter(lambda belief: not isinstance(belief, Samples))
    own = stated.map(
        lambda belief: Converted(stated=belief, code=rate.code, usd=rate.usd, origin=belief.origin)
    )
    return segments | st.builds(Segment, users=beliefs(units.PEOPLE), revenue=own)


turns = st.builds(
    TurnsPerUser,
    spread=spreads(units.TURNS_PER_USER, capped=False),
    period=st.sampled_from(["day", "week", "month"]),
    active_days=st.none() | beliefs(units.ACTIVE_DAYS),
)
half = Fixed(value=0.5)
gaps = st.builds(
    lambda p50, times, origin: Gap(p50_seconds=p50, p95_seconds=p50 * times, origin=origin),
    st.floats(0.01, 1e5),
    st.floats(1.01, 100),
    sources,
)
failures = st.builds(
    Failures,
    malformed=beliefs(units.SHARE),
    transport=beliefs(units.SHARE),
    max_attempts=st.integers(1, 10),
    malformed_shape=st.floats(0.01, 100),
    origin=sources,
)
caches = st.builds(
    ImplicitCache,
    cached=beliefs(units.SHARE).map(lambda b: b if b.mean <= 0.5 else half),
    written=beliefs(units.SHARE).map(lambda b: b if b.mean <= 0.5 else half),
)
unit_uses = st.builds(
    UnitUse,
    web_search=st.none() | beliefs(units.UNITS_PER_CALL),
    code_execution=st.none() | beliefs(units.UNITS_PER_CALL),
)
fixed_parts = {
    kind: st.builds(FixedPart, name=st.just(kind), tokens=beliefs(units.TOKENS))
    for kind in ("system", "tools", "examples")
}
parts = {
    **fixed_parts,
    "retrieved": st.builds(
        RetrievedPart,
        chunks=beliefs(units.CHUNKS),
        tokens_each=beliefs(units.TOKENS),
        kept_in_history=st.booleans(),
    ),
    "user": st.builds(UserPart, size=spreads(units.TOKENS)),
}


@st.composite
def features(draw, people: list[str]):
    """A feature for some of the segments, with any parts in any order."""
    history = draw(st.sampled_from(["resend", "none"]))
    kinds = draw(st.lists(st.sampled_from(list(parts)), min_size=1, unique=True))
    prompt = [draw(parts[kind]) for kind in kinds]
    if history == "resend":
        prompt.insert(draw(st.integers(0, len(prompt))), HistoryPart())
    users = draw(st.lists(st.sampled_from(people), min_size=1, unique=True))
    return Feature(
        model=draw(st.sampled_from(["openai/gpt-5", "x/1e6", "no"])),
        mode=draw(st.sampled_from(["standard", "batch"])),
        description=draw(texts),
        prompt=prompt,
        output=draw(spreads(units.TOKENS)),
        reasoning=draw(st.none() | spreads(units.TOKENS)),
        failures=draw(failures),
        implicit_cache=draw(caches),
        units=draw(unit_uses),
        turns_per_user={name: draw(turns) for name in users},
        conversation=Conversation(
            turns=draw(counts(units.TURNS)), gap=draw(st.none() | gaps), history=history
        ),
    )


@st.composite
def scenarios(draw):
    """Any scenario the schema allows, prompt files aside."""
    people = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    named = draw(st.lists(names, min_size=1, max_size=2, unique=True))
    first = f"segments.{people[0]}.users"
    strength, origin = draw(shares), draw(sources)
    groups = {"usage": Correlation(of=(first,), strength=strength, origin=origin)}
    rate = draw(st.none() | rates)
    start, horizon = draw(months), draw(st.integers(1, 60))
    used = {name: draw(features(people)) for name in named}
    ours = st.dictionaries(names, strategies_of(used, start, horizon, rate), max_size=3)
    strategies = draw(ours.filter(lambda found: "baseline" not in found))
    alone = st.sampled_from([(), *((name,) for name in strategies)])
    return Scenario(
        name=draw(texts.filter(bool)),
        description=draw(texts),
        start=start,
        months=horizon,
        prices=PriceChoice(snapshot=draw(st.none() | st.just("2026-11-23"))),
        currency=rate,
        budget=draw(st.none() | _budgets(rate)),
        segments={name: draw(paying(rate)) for name in people},
        correlations=draw(st.sampled_from([{}, groups])),
        drift=draw(_drifts),
        features=used,
        strategies=strategies,
        variants=draw(st.just({}) | st.dictionaries(names, alone, max_size=3)),
    )


def _budgets(rate: ExchangeRate | None):
    """Budgets in USD, and in the scenario's currency."""
    amounts = st.floats(0.01, 1e9)
    if rate is not None:
        amounts |= amounts.map(lambda amount: StatedAmount.of(amount, rate.currency))
    return st.builds(Budget, usd=amounts, period=st.sampled_from(["month", "year"]))


_drifts = st.builds(
    Drift, volume=shares, tokens=shares, half_life_months=st.floats(0.1, 1000), origin=sources
) | st.just(Drift())
