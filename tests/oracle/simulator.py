"""The slow simulator: people, conversations, turns and calls, drawn one by one.

It knows MODEL sections 1 to 5 and nothing of the engine; both read the same
scenario and the same billing table, and must agree.
"""

from dataclasses import replace

import numpy as np

from costmodel.prices import bill_units, load_prices
from costmodel.scenario.schema import FixedPart, RetrievedPart, SpendCap, UserPart

from .cached_input import states_its_cache
from .conversations import COUNTS, METERS, Step, Tally, play
from .demand import has_begun, periods
from .futures import Beliefs, Drift
from .laws import draw_counts, draw_people
from .limits import under_cap
from .prompt_caches import own_rule
from .results import Lane, SlowResult, joined
from .variant import Played

ALL = frozenset({"belief", "spread", "drift"})
CONVERSATIONS_AT_ONCE = 300_000
"""About 100 MB of arrays."""
PEOPLE_AT_ONCE = 1_500_000


def simulate_slowly(
    scenario, *, futures, rng, uncertainty=ALL, prices=None, month_price=None, variant=None
):
    """Draw `futures` futures of a scenario, each person and call on its own.

    Parameters
    ----------
    scenario : Scenario
    futures : int
    rng : numpy Generator
    uncertainty : set of {"belief", "spread", "drift"}
        Without belief each counts as its mean, without drift nothing wanders.
        Spread is always drawn: without it compare means only.
    prices : PriceBook, optional
        Default: the scenario's snapshot.
    month_price : callable (model, mode, year, month) -> MonthPrice, optional
        Default: that of the price book. Given alone, nothing is known of providers' caches.
    variant : str, optional
        Which strategies hold; by default those of the first variant.

    Returns
    -------
    SlowResult
    """
    assert set(uncertainty) <= ALL
    book = load_prices(scenario.prices.snapshot) if prices is None else prices
    known = month_price is None or prices is not None
    month_price = book.month if month_price is None else month_price
    strategies = scenario.variant(variant)
    plain = not strategies and not (known and _caches_unasked(scenario, book))
    chunks, left, size = [], futures, futures_at_once(scenario)
    while left > 0:
        count = min(left, size)
        chunk = _Chunk(scenario, count, rng, uncertainty, month_price)
        facts = (lambda model: book.model(model).cache) if known else (lambda _: None)
        chunks.append(chunk.run() if plain else Played(chunk, strategies, facts).run())
        left -= count
    result = charge_units(scenario, book, joined(chunks))
    for _, strategy in strategies:
        if isinstance(strategy, SpendCap):
            result = under_cap(scenario, strategy, result)
    return result


def _caches_unasked(scenario, book):
    """Whether a provider keeps prompts of a step that does not say what share is cached."""
    return any(
        own_rule(book.model(step.model).cache) is not None and not states_its_cache(feature)
        for feature in scenario.features.values()
        for _, step in feature.steps
    )


def charge_units(scenario, book, result):
    """The result with its units billed month by month, the free ones of all lanes together.

    Knows prices that hold for whole months only.
    """
    lanes = {key: replace(lane, usd=dict(lane.usd)) for key, lane in result.lanes.items()}
    for m in range(scenario.months):
        when = scenario.start.plus(m)
        prices, counts = {}, {}
        for (_, feature), lane in lanes.items():
            model = scenario.features[feature].model
            for unit, drawn in lane.units.items():
                ((_, owner, prices[model, unit]),) = (
                    (part.share, part.model, part.price)
                    for part in book.month_units(model, when.year, when.month)[unit]
                )
                assert owner == model
                counts[model, unit] = counts.get((model, unit), 0.0) + drawn[:, m]
        billed = bill_units(prices, counts, when.days).usd
        for (_, feature), lane in lanes.items():
            model = scenario.features[feature].model
            for unit, drawn in lane.units.items():
                share = drawn[:, m] / np.maximum(counts[model, unit], 1)
                table = lane.usd.setdefault(unit, np.zeros_like(drawn))
                table[:, m] = billed[model, unit] * share
    return replace(result, lanes=lanes)


def futures_at_once(scenario):
    """How many futures fit in memory, judged by the means of the scenario's beliefs."""
    people = max(levels[0].max() for levels in _levels_at_means(scenario).values())
    most = 1.0
    for feature in scenario.features.values():
        for name, use in feature.turns_per_user.items():
            turns = use.spread.centre.mean * periods(use.period, 31)
            present = _levels_at_means(scenario)[name].max()
            most = max(most, present * turns / feature.conversation.turns.mean.mean)
    return max(1, int(min(PEOPLE_AT_ONCE / max(people, 1), CONVERSATIONS_AT_ONCE / most)))


def _levels_at_means(scenario):
    ages = np.arange(scenario.months)
    return {
        name: segment.users.mean * (1 + segment.growth.mean) ** ages[None, :]
        for name, segment in scenario.segments.items()
    }


class _Chunk:
    """Some futures of a scenario, simulated together."""

    def __init__(self, scenario, futures, rng, uncertainty, month_price):
        self.scenario, self.futures, self.rng = scenario, futures, rng
        self.month_price = month_price
        self.beliefs = Beliefs(scenario, futures, rng, uncertain="belief" in uncertainty)
        self.drift = Drift(scenario, futures, rng, wandering="drift" in uncertainty)

    def run(self):
        people = {name: draw_people(self.levels(name), self.rng) for name in self.scenario.segments}
        lanes = {
            (segment, feature): self._lane(feature, segment, people[segment])
            for feature in self.scenario.features
            for segment in self.scenario.features[feature].turns_per_user
        }
        return SlowResult(lanes, {name: crowd.present for name, crowd in people.items()})

    def levels(self, name):
        segment = self.scenario.segments[name]
        users = self.beliefs.at(f"segments.{name}.users", segment.users)
        growth = self.beliefs.at(f"segments.{name}.growth", segment.growth)
        return users[:, None] * (1 + growth[:, None]) ** np.arange(self.scenario.months)

    def _lane(self, name, segment, people):
        feature = self.scenario.features[name]
        use = feature.turns_per_user[segment]
        path = f"features.{name}.turns_per_user.{segment}"
        # The one score of each person decides the intensity in every feature: comonotone.
        rate = self.beliefs.size(path, use.spread).at(people.score, people.future)
        step, mean_turns = self.step(name), self.mean_turns(name)
        months = []
        for m in range(self.scenario.months):
            tally = Tally(self.futures, feature.units.stated)
            when = self.scenario.start.plus(m)
            if has_begun(feature, when):
                here = people.here(m)
                per_month = rate[here] * periods(use.period, when.days)
                wanted = per_month * self.drift.volume[name][:, m][people.future[here]]
                starts = self.rng.poisson(wanted / mean_turns[people.future[here]])
                future = np.repeat(people.future[here], starts)
                turns = draw_counts(mean_turns[future], feature.conversation.turns.cv, self.rng)
                play(step, future, turns, self.drift.tokens[name][:, m],
                     self._parts(feature, when), tally, self.rng)  # fmt: skip
            months.append(tally)
        return self._stacked(months)

    def mean_turns(self, name):
        turns = self.scenario.features[name].conversation.turns
        return self.beliefs.at(f"features.{name}.conversation.turns.mean", turns.mean)

    def _parts(self, feature, when):
        ((_, step),) = feature.steps
        return self.month_price(step.model, step.mode, when.year, when.month).parts

    def step(self, name):
        feature = self.scenario.features[name]
        ((_, step),) = feature.steps
        return describe_step(f"features.{name}", feature, step, self.beliefs)

    def _stacked(self, months):
        def table(attribute, names):
            return {
                n: np.stack(
                    [np.zeros(self.futures) + getattr(t, attribute)[n] for t in months], axis=1
                )
                for n in names
            }

        return Lane(
            table("usd", METERS),
            table("tokens", (*METERS, "reasoning")),
            table("sums", COUNTS),
            table("units", months[0].units),
        )


def describe_step(path, feature, step, beliefs):
    """What a step is in each future, from its prompt, answer, failures and cache shares."""
    fixed, retrieved, kept = (np.zeros(beliefs.futures) for _ in range(3))
    user = None
    for part in step.prompt:
        at = f"{path}.prompt.{part.kind}"
        if isinstance(part, FixedPart):
            fixed = fixed + beliefs.at(f"{at}.tokens", part.tokens)
        elif isinstance(part, RetrievedPart):
            chunks = beliefs.at(f"{at}.chunks", part.chunks)
            tokens = chunks * beliefs.at(f"{at}.tokens_each", part.tokens_each)
            retrieved = retrieved + tokens
            kept = kept + tokens * part.kept_in_history
        elif isinstance(part, UserPart):
            assert user is None
            user = part.size
    failures, cache = step.failures, step.implicit_cache
    # Keys that nothing here plays must not be passed over.
    assert (failures.then, failures.repair, failures.cut_off) == ("fail", None, None)
    assert cache.system_hit is None
    cached = beliefs.at(f"{path}.implicit_cache.cached", cache.cached)
    written = beliefs.at(f"{path}.implicit_cache.written", cache.written)
    return Step(
        fixed_tokens=fixed,
        retrieved_tokens=retrieved,
        kept_tokens=kept,
        user=beliefs.size(f"{path}.prompt.user", user),
        output=beliefs.size(f"{path}.output", step.output),
        reasoning=beliefs.size(f"{path}.reasoning", step.reasoning),
        resend=feature.conversation.history == "resend",
        malformed=beliefs.at(f"{path}.failures.malformed", failures.malformed),
        transport=beliefs.at(f"{path}.failures.transport", failures.transport),
        max_attempts=failures.max_attempts,
        malformed_shape=failures.malformed_shape,
        cached_share=cached,
        written_share=np.minimum(written, 1 - cached),
        units={
            name: beliefs.at(f"{path}.units.{name}", belief)
            for name, belief in step.units.stated.items()
        },
    )
