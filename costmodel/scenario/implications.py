"""What the inputs imply: figures that follow from a scenario and show a bad guess early.

Most mistakes in a cost model are mistakes in one number: a day taken for a
month, a median for a mean, tokens of one turn for those of a conversation. Here
each number is turned into something a person can judge, with bounds where one
can be stated. Everything is as the closed form has it (docs/how_it_works.md), so
that a figure here is the one that is billed; the engine adds the dollars.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from costmodel.foundation.counts import count_pmf, mean_pairs
from costmodel.foundation.months import Month
from costmodel.foundation.normal import normal_quantile
from costmodel.foundation.spreads import Spread
from costmodel.scenario.prompt import FixedPart, HistoryPart, RetrievedPart, UserPart
from costmodel.strategies.retries import Attempts, attempts

if TYPE_CHECKING:
    from costmodel.scenario.schema import Scenario
    from costmodel.scenario.steps import Feature, Step, TurnsPerUser

MOST_TURNS_PER_ACTIVE_DAY = 150.0
"""Upper bound for a person: requests per active day are 8 (4 to 16) for assistants, 5 for
search, 60 (20 to 150) for companions and 150 (50 to 400) for coding agents. Judgements, of
which only the first agrees with a measurement (3.7 messages per weekly user and day, NBER
working paper 34255); above the companions' 150 a day was probably taken for a month."""
FEWEST_TURNS_PER_ACTIVE_DAY = 0.5
"""Lower bound: a person who is active on a day makes at least one turn. Half of one leaves
room for two guesses that do not quite fit; an assumption."""
MOST_FOR_THE_TOP_USER = 30_000.0
"""Turns per month above which a person is a program: one each 86 seconds day and night; an
assumption. The busiest of 4,247 users of an image service made 1,207 calls in 23 days."""
MOST_INPUT_PER_CALL = 200_000.0
"""Tokens per call above which prompts are unusual: many models' context window, and the
threshold of several long-context price tiers; the mean over public API traffic is about 6,000
(OpenRouter, State of AI, December 2025)."""


@dataclass(frozen=True)
class Implication:
    """One figure that follows from the inputs.

    Parameters
    ----------
    text : str
        What the figure is, as a sentence without it.
    value : float
        The figure, in `unit`.
    unit : str
        What it counts.
    low, high : float or None
        Bounds outside of which an input is probably wrong.
    bound : str
        Where the bounds come from.
    """

    text: str
    value: float
    unit: str = ""
    low: float | None = None
    high: float | None = None
    bound: str = ""

    @property
    def odd(self) -> bool:
        """Whether the figure lies outside its bounds."""
        below = self.low is not None and self.value < self.low
        return below or (self.high is not None and self.value > self.high)

    def __str__(self) -> str:
        text = f"{self.text}: {figure(self.value, self.unit)}"
        return f"{text} - check this: {self.bound}" if self.odd else text


def figure(value: float, unit: str) -> str:
    """Return a figure with its unit: ``1,234 tokens``, ``5.2 turns``, ``31%``."""
    if unit == "%":
        return f"{value:.0%}"
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{number} {unit}".strip()


def what_inputs_imply(scenario: Scenario) -> tuple[Implication, ...]:
    """Return what a scenario's numbers mean for people, conversations and calls.

    Beliefs count as their means; days and people are those of the first month,
    or of the month in which a feature starts.
    """
    found: list[Implication] = []
    for name, feature in scenario.features.items():
        month = first_month(scenario, feature)
        for segment, turns in feature.turns_per_user.items():
            people = people_in(scenario, segment, month)
            found += _of_people(f"{name}, {segment}", turns, people, month)
        found += _of_conversations(name, feature)
        found += _of_calls(name, feature, scenario)
    return tuple(found)


def first_month(scenario: Scenario, feature: Feature) -> Month:
    """Return the first month in which a feature is used."""
    start = feature.from_month
    return scenario.start if start is None else max(start, scenario.start)


def people_in(scenario: Scenario, segment: str, month: Month) -> float:
    """Return the people of a segment in a month: users (1 + growth)^months since the start."""
    stated = scenario.segments[segment]
    growth = max(0.0, 1 + stated.growth.mean)
    return float(stated.users.mean * growth ** month.since(scenario.start))


def turns_in(turns: TurnsPerUser, month: Month) -> float:
    """Return the mean turns of a person in a month, by its real days."""
    return turns.spread.capped_mean * _periods(turns, month)


def _periods(turns: TurnsPerUser, month: Month) -> float:
    return {"day": float(month.days), "week": month.days / 7, "month": 1.0}[turns.period]


def _of_people(at: str, turns: TurnsPerUser, people: float, month: Month) -> Iterator[Implication]:
    monthly, periods = turns_in(turns, month), _periods(turns, month)
    yield Implication(f"{at}: turns of a person in a month, on average", monthly, "turns")
    if people >= 1000:
        busy = periods * _quantile(turns.spread, 0.999)
        yield Implication(f"{at}: turns in a month of one person in a thousand", busy, "turns")
    yield Implication(
        f"{at}: turns in a month of the busiest of {people:,.0f} people",
        periods * busiest(turns.spread, people),
        "turns",
        high=MOST_FOR_THE_TOP_USER,
        bound="above 30,000 a month the user is a program, or a month was taken for a day",
    )
    days = month.days if turns.active_days is None else turns.active_days.mean
    yield _per_active_day(at, monthly / days, stated=turns.active_days is not None)


def _per_active_day(at: str, value: float, *, stated: bool) -> Implication:
    low = FEWEST_TURNS_PER_ACTIVE_DAY if stated else None
    word = "an active day" if stated else "a day"
    return Implication(
        f"{at}: turns on {word}, on average",
        value,
        "turns",
        low,
        MOST_TURNS_PER_ACTIVE_DAY,
        "people make 4 to 150 turns on an active day (assistants to companions); was a day"
        " taken for a month, or a month for a day?",
    )


def _quantile(spread: Spread, p: float) -> float:
    z = float(normal_quantile(np.array([p]))[0])
    sigma = spread.sigma
    return min(math.exp(spread.log_scale - sigma**2 / 2 + sigma * z), spread.cap)


def busiest(spread: Spread, people: float) -> float:
    """Return the median of the largest of that many people's intensities.

    P(all below x) = F(x)^N = 1/2, so x is the quantile at 2^(-1/N).
    """
    return _quantile(spread, min(0.5 ** (1 / max(people, 1.0)), 1 - 1e-15))


def _of_conversations(at: str, feature: Feature) -> Iterator[Implication]:
    turns = feature.conversation.turns
    mean = max(turns.mean.mean, 1.0)
    if mean == 1.0:
        return
    longest = long_conversation(mean, turns.cv)
    yield Implication(f"{at}: turns of the longest 1% of conversations, at least", longest, "turns")
    tokens = conversation_tokens(feature, longest)
    text = f"{at}: input tokens of such a conversation, retries included"
    yield Implication(text, tokens, "tokens")


def long_conversation(mean: float, cv: float) -> float:
    """Return the turns that 1 % of conversations reach or pass."""
    reached = np.cumsum(count_pmf(mean, cv)[::-1])[::-1]
    return float(np.flatnonzero(reached >= 0.01)[-1] + 1)


def conversation_tokens(feature: Feature, turns: float) -> float:
    """Return the billed input tokens of a whole conversation of so many turns."""
    fresh, kept = input_tokens(feature)
    pairs = turns * (turns - 1) / 2 if _resends(feature) else 0.0
    return (turns * fresh + pairs * kept) * billed_calls(feature)


def input_tokens(step: Step) -> tuple[float, float]:
    """Return the mean tokens a call sends besides history, and those a turn adds to it.

    An answer that failed does not enter the history; the question does.
    """
    fresh = kept = 0.0
    for part in step.prompt:
        if isinstance(part, FixedPart):
            fresh += part.mean_tokens
        elif isinstance(part, RetrievedPart):
            passages = part.chunks.mean * part.tokens_each.mean
            fresh += passages
            kept += passages if part.kept_in_history else 0.0
        elif isinstance(part, UserPart):
            fresh += part.size.capped_mean
            kept += part.size.capped_mean
    answered = 1 - float(_tries(step).failed[0])
    return fresh, kept + answered * step.output.capped_mean


def _resends(feature: Feature) -> bool:
    sent = any(isinstance(part, HistoryPart) for part in feature.prompt)
    return sent and feature.conversation.history == "resend"


def history_tokens(feature: Feature) -> float:
    """Return the mean tokens of history in a call: E[K (K - 1)] / 2 turns resent in E[K]."""
    turns = feature.conversation.turns
    mean = max(turns.mean.mean, 1.0)
    if not _resends(feature):
        return 0.0
    pairs = float(mean_pairs(np.array(mean), turns.cv))
    return pairs / mean * input_tokens(feature)[1]


def _of_calls(at: str, feature: Feature, scenario: Scenario) -> Iterator[Implication]:
    fresh, _ = input_tokens(feature)
    history = history_tokens(feature)
    reasoning = feature.reasoning.capped_mean if feature.reasoning is not None else 0.0
    yield Implication(
        f"{at}: input tokens of a call, on average",
        fresh + history,
        "tokens",
        high=MOST_INPUT_PER_CALL,
        bound="above 200,000 most models have no room, or another price tier",
    )
    if history > 0:
        share = history / (fresh + history)
        yield Implication(f"{at}: share of input that is history", share, "%")
    output = feature.output.capped_mean + reasoning
    yield Implication(f"{at}: output tokens of a call, reasoning included", output, "tokens")
    month = first_month(scenario, feature)
    calls = _calls(feature, scenario, month)
    yield Implication(f"{at}: calls in {month}", calls, "calls")
    for unit, per_call in feature.units.stated.items():
        yield Implication(f"{at}: {unit} in {month}", calls * per_call.mean, "units")


def _calls(feature: Feature, scenario: Scenario, month: Month) -> float:
    turns = sum(
        people_in(scenario, name, month) * turns_in(usage, month)
        for name, usage in feature.turns_per_user.items()
    )
    return turns * billed_calls(feature)


def billed_calls(step: Step) -> float:
    """Return the mean billed calls of a turn: retries of malformed answers included."""
    return float(_tries(step).billed[0])


def _tries(step: Step) -> Attempts:
    failures = step.failures
    malformed = np.array([failures.malformed.mean])
    transport = np.array([failures.transport.mean])
    return attempts(malformed, transport, failures.malformed_shape, failures.max_attempts)
