"""Features and the calls they make."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr, model_validator

from costmodel.foundation import units as measures  # a step has a field called units
from costmodel.foundation.beliefs import Belief, Fixed
from costmodel.foundation.counts import Count
from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.marks import MarkedMapping, Raw
from costmodel.foundation.months import Month
from costmodel.foundation.spread_forms import SPREAD_KEYS
from costmodel.foundation.spreads import Spread
from costmodel.scenario.model import DEFAULT, Model, Origin, gather
from costmodel.scenario.prompt import PromptPart
from costmodel.scenario.quantities import (
    BeliefOf,
    CountOf,
    MonthOf,
    NumberOf,
    PeriodOf,
    SpreadOf,
    given_in_unit,
)

MALFORMED_SHAPE = 0.2
"""First shape of the Beta law of the malformed share across prompts, an assumption.

Some prompts nearly always fail and most never do, so retries repair less than
independent attempts would: at a mean of 5 % and three attempts, 1.062 attempts
are made and 0.44 % of the answers stay malformed, against 1.0525 and 0.0125 %.
"""

ATTEMPTS_WITH_FAILURES = 3
"""Attempts in all where failures are stated without `max_attempts`; an assumption:
one call and the two retries that the OpenAI and Anthropic Python clients make."""

_ZERO = Fixed(value=0.0, origin=DEFAULT)


class TurnsPerUser(Model):
    """How many turns a person of one segment makes in a period, and how people differ."""

    spread: Annotated[Spread, SpreadOf(measures.TURNS_PER_USER)]
    period: Annotated[Literal["day", "week", "month"], PeriodOf(measures.TURNS_PER_USER)]
    active_days: Annotated[Belief | None, BeliefOf(measures.ACTIVE_DAYS)] = None

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, data: Raw) -> Raw:
        if isinstance(data, dict) and "max" in data:
            # MODEL: a person's intensity is lognormal. A limit on a person is a quota.
            expected = "turns per user without a largest one: people's intensities are lognormal"
            raise InputError(Problem(f"max: {data['max']}", expected, "leave out max"))
        gathered = gather(data, "spread", SPREAD_KEYS)
        if isinstance(gathered, MarkedMapping) and "period" not in gathered:
            gathered["period"] = gathered["spread"]
        elif "period" not in gathered:
            gathered = {**gathered, "period": gathered["spread"]}
        return gathered


class Gap(Model):
    """The time between two turns of a conversation: its P50 and P95, in seconds."""

    p50_seconds: Annotated[float, NumberOf(measures.GAP), Field(alias="p50")]
    p95_seconds: Annotated[float, NumberOf(measures.GAP), Field(alias="p95")]
    origin: Origin

    @model_validator(mode="before")
    @classmethod
    def _in_seconds(cls, data: Raw) -> Raw:
        return given_in_unit(data, "p50_seconds", "p95_seconds")

    @model_validator(mode="after")
    def _ordered(self) -> Gap:
        if self.p95_seconds <= self.p50_seconds:
            read = f"p50 {self.p50_seconds:g} s and p95 {self.p95_seconds:g} s"
            raise InputError(Problem(read, "p95 above p50", "state the gap that 5% exceed"))
        return self


class Conversation(Model):
    """A run of turns: how many, what time lies between, and whether earlier ones are sent again."""

    turns: Annotated[Count, CountOf(measures.TURNS)] = Count(
        mean=Fixed(value=1.0, origin=DEFAULT), cv=0.0, origin=DEFAULT
    )
    gap: Gap | None = None
    history: Literal["resend", "none"] = "resend"


MaybeShare = Annotated[Belief | None, BeliefOf(measures.SHARE)]


class Failures(Model):
    """Calls that go wrong: `malformed` is billed and retried, `transport` is retried unbilled.

    `max_attempts` counts the first call; `malformed_shape` is the first shape of
    the Beta law of the malformed share across prompts. With `repair`, a further
    attempt sends the bad answer back with so many tokens on what is wrong with
    it. `cut_off` is the share of transport errors that break off an answer on
    its way: its input is billed, and of its output the share `cut_at`. With
    ``then: fallback`` another `model` is asked after the last attempt, as often
    again; `alike` is how much of a malformed answer counts as its own: 100 %,
    an assumption on the safe side, where what is hard for one is hard for the
    other, 0 % where they fail independently.
    """

    malformed: Annotated[Belief, BeliefOf(measures.SHARE)] = _ZERO
    transport: Annotated[Belief, BeliefOf(measures.SHARE)] = _ZERO
    max_attempts: Annotated[StrictInt, Field(ge=1, le=10)] = ATTEMPTS_WITH_FAILURES
    repair: Annotated[Belief | None, BeliefOf(measures.TOKENS)] = None
    cut_off: MaybeShare = None
    cut_at: MaybeShare = None
    then: Literal["fail", "fallback"] = "fail"
    model: Annotated[StrictStr, Field(min_length=1)] | None = None
    alike: MaybeShare = None
    malformed_shape: Annotated[float, NumberOf(measures.SHAPE)] = MALFORMED_SHAPE
    origin: Origin = DEFAULT

    @model_validator(mode="after")
    def _go_together(self) -> Failures:
        problems = [
            Problem(
                f"{key} without {other}", f"the key '{other}'", f"add {fix}, or leave out {key}"
            )
            for key, other, fix in _TOGETHER
            if getattr(self, key) is not None and getattr(self, other) is None
        ]
        if self.then == "fallback" and self.model is None:
            fix = "add model: with the name of the model that is asked then"
            problems.append(Problem("then: fallback, without model", "the key 'model'", fix))
        if self.then == "fail":
            problems += [
                Problem(f"{key} with then: fail", "keys that go together", f"leave out {key}", key)
                for key in ("model", "alike")
                if getattr(self, key) is not None
            ]
        if problems:
            raise InputError(problems)
        return self


_TOGETHER = (
    ("cut_off", "cut_at", "cut_at: 30% to 70%"),
    ("cut_at", "cut_off", "cut_off: 10% to 30%"),
)
"""Keys of failures that mean nothing one without the other."""


class ImplicitCache(Model):
    """Shares of the call's input that the provider's prompt cache serves and stores.

    Where neither is stated they follow from the price table's rule. `system_hit`
    then is the share of calls that find the fixed parts of the prompt where the
    provider keeps whole prompts only; 0 without it, since reports conflict.
    """

    cached: Annotated[Belief, BeliefOf(measures.SHARE)] = _ZERO
    written: Annotated[Belief, BeliefOf(measures.SHARE)] = _ZERO
    system_hit: MaybeShare = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> ImplicitCache:
        stated = self.cached.origin != DEFAULT or self.written.origin != DEFAULT
        if self.system_hit is not None and stated:
            fix = "leave out system_hit, or cached and written"
            raise InputError(Problem("system_hit beside stated shares", "one of them", fix))
        return self


PerCall = Annotated[Belief | None, BeliefOf(measures.UNITS_PER_CALL)]


class UnitUse(Model):
    """Units of each billed call that are not tokens, on average: searches, images, pages.

    An answer that is asked for again uses its units again; a call that breaks
    off in transport uses none. The names are those of the price tables.
    """

    web_search: PerCall = None
    maps_grounding: PerCall = None
    file_search: PerCall = None
    code_execution: PerCall = None
    code_execution_hour: PerCall = None
    image: PerCall = None
    audio_second: PerCall = None
    page: PerCall = None

    @property
    def stated(self) -> dict[str, Belief]:
        """The units that are stated, by name."""
        named = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: belief for name, belief in named if belief is not None}


class Step(Model):
    """One billed request to a model: what it sends and what comes back."""

    model: Annotated[StrictStr, Field(min_length=1)]
    mode: Literal["standard", "batch"] = "standard"
    prompt: Annotated[tuple[PromptPart, ...], Field(min_length=1)]
    output: Annotated[Spread, SpreadOf(measures.TOKENS)]
    reasoning: Annotated[Spread | None, SpreadOf(measures.TOKENS)] = None
    failures: Failures = Failures.model_construct(max_attempts=1, origin=DEFAULT)
    implicit_cache: ImplicitCache = ImplicitCache.model_construct()
    units: UnitUse = UnitUse.model_construct()


class Feature(Step):
    """What people use: turns by segment, conversations, and the step that answers."""

    description: StrictStr = ""
    turns_per_user: Annotated[dict[str, TurnsPerUser], Field(min_length=1)]
    conversation: Conversation = Conversation.model_construct()
    from_month: Annotated[Month | None, MonthOf(), Field(alias="from")] = None

    @property
    def steps(self) -> tuple[tuple[str, Step], ...]:
        """Name and content of each step, in order; today exactly one."""
        return (("call", self),)
