"""Strategies: what may be done about the cost of a feature, each by a name of its own.

A variant of the scenario is a list of their names. The defaults are those of
the literature and are called assumptions where they stand.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, StrictStr, model_validator

from costmodel.foundation import units
from costmodel.foundation.beliefs import Belief, Fixed
from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.grammar import refuse, shown
from costmodel.foundation.marks import Raw
from costmodel.foundation.months import Month
from costmodel.scenario.budget import Budget
from costmodel.scenario.limit import Counted, Limit, LimitOf, LimitPeriod
from costmodel.scenario.model import DEFAULT, Model
from costmodel.scenario.paths import IN_A_MEASURED_RATE
from costmodel.scenario.quantities import BeliefOf, MonthOf, NumberOf, bare, given_in_unit

POPULARITY = 0.8
"""Default Zipf exponent of how often questions are asked: an assumption, usually 0.6 to 1.1."""
RECALL = 0.8
"""Default share of repeated questions that a semantic match finds: an assumption."""

_ZERO = Fixed(value=0.0, origin=DEFAULT)
_ONE = Fixed(value=1.0, origin=DEFAULT)

Share = Annotated[Belief, BeliefOf(units.SHARE)]
MaybeShare = Annotated[Belief | None, BeliefOf(units.SHARE)]
UsdPerTurn = Annotated[Belief, BeliefOf(units.USD_PER_TURN)]
ModelName = Annotated[StrictStr, Field(min_length=1)]


class _Strategy(Model):
    """What every strategy has: the month it starts in, and words for readers."""

    description: StrictStr = ""
    from_month: Annotated[Month | None, MonthOf(), Field(alias="from")] = None

    def stated(self, key: str) -> bool:
        """Tell whether a key was given a value, and not left to its default."""
        value = getattr(self, key)
        if isinstance(value, Belief):
            return value.origin != DEFAULT
        return bool(value != type(self).model_fields[key].get_default(call_default_factory=True))

    def _stray(self, keys: tuple[str, ...], why: str) -> list[Problem]:
        """Return a problem for each key that is stated though it means nothing here."""
        return [
            Problem(f"{key} {why}", "keys that go together", f"leave out {key}", key)
            for key in keys
            if self.stated(key)
        ]

    def _lacking(self, keys: tuple[str, ...], why: str) -> list[Problem]:
        """Return a problem for each key that this strategy cannot do without."""
        lacking = (key for key in keys if getattr(self, key) is None)
        return [Problem(f"{why}, without {_KEYS.get(key, key)}", *_ADD[key]) for key in lacking]


_KEYS = {"ttl_seconds": "ttl"}
_ADD = {
    "unique": ("the key 'unique'", "add unique: 40% to 70%"),
    "ttl_seconds": ("the key 'ttl'", "add ttl: 24h"),
    "false_hits": ("the key 'false_hits'", "add false_hits: 0.5% to 2%"),
    "model": ("the key 'model'", "add model: with the name of the cheaper model"),
    "price": ("the key 'price'", "add price: $0.05 per turn"),
    "take_up": ("the key 'take_up'", "add take_up: 10% to 30%"),
}
"""What is expected where a key is missing, and the fix."""


class ResponseCache(_Strategy):
    """Answers kept by the product: a turn whose question was asked before makes no call.

    The share of the eligible turns that it answers is given as `hit_rate`, or
    follows from the catalogue: `questions` different ones, asked with the Zipf
    exponent `popularity`, and a share `unique` that is asked once and never
    again. Eligible are the first turns of conversations (all with
    `multi_turn`) times `cacheable`. `flushes` are per month, `lookup` is USD
    per eligible turn, `wrong_answer` USD per false hit; `false_hits` is a share
    of the turns that no right answer was found for; `capacity` counts answers.
    """

    kind: Literal["response_cache"] = "response_cache"
    feature: StrictStr
    match: Literal["exact", "semantic"] = "exact"
    ttl_seconds: Annotated[float | None, NumberOf(units.LIFETIME), Field(alias="ttl")] = None
    renewal: Literal["fixed", "sliding"] = "fixed"
    hit_rate: MaybeShare = None
    questions: Annotated[Belief | None, BeliefOf(units.QUESTIONS)] = None
    popularity: Annotated[Belief, BeliefOf(units.POPULARITY)] = Fixed(
        value=POPULARITY, origin=DEFAULT
    )
    unique: MaybeShare = None
    cacheable: Share = _ONE
    recall: Share = Fixed(value=RECALL, origin=DEFAULT)
    false_hits: MaybeShare = None
    multi_turn: StrictBool = False
    capacity: Annotated[StrictInt | None, Field(ge=1)] = None
    tenants: Annotated[StrictInt, Field(ge=1)] = 1
    flushes: Annotated[Belief | None, BeliefOf(units.FLUSHES)] = None
    lookup: UsdPerTurn = _ZERO
    wrong_answer: Annotated[Belief | None, BeliefOf(units.USD_EACH)] = None

    @model_validator(mode="before")
    @classmethod
    def _in_seconds(cls, data: Raw) -> Raw:
        return given_in_unit(data, "ttl_seconds")

    @property
    def ttl_hours(self) -> float | None:
        """How long an answer is kept, in hours; None where the hit rate is measured without it."""
        return None if self.ttl_seconds is None else self.ttl_seconds / 3600

    @model_validator(mode="after")
    def _check(self) -> ResponseCache:
        found = [*self._match_problems(), *self._catalogue_problems()]
        problems = list({problem.path or problem.read: problem for problem in found}.values())
        if self.cacheable.certain and self.cacheable.mean == 0:
            fix = "state the share of turns that may be kept, or leave out the strategy"
            problems.append(Problem("0%", "a share above 0%", fix, "cacheable"))
        if problems:
            raise InputError(problems)
        return self

    def _catalogue_problems(self) -> list[Problem]:
        if self.hit_rate is not None and self.questions is not None:
            fix = "leave out hit_rate, or questions and what belongs to it"
            return [Problem("hit_rate and questions", "one of them", fix)]
        if self.hit_rate is not None:
            return self._stray(
                IN_A_MEASURED_RATE[1:], "beside a measured hit_rate, which has it in it"
            )
        if self.questions is None:
            fix = "add hit_rate: 10% to 25%, or questions: 2k to 6k, unique: 40% to 70%"
            read = "neither hit_rate nor questions"
            return [Problem(read, "one of them", fix)]
        return self._lacking(("unique", "ttl_seconds"), "questions")

    def _match_problems(self) -> list[Problem]:
        if self.match == "semantic":
            return self._lacking(("false_hits",), "match: semantic")
        exact = "with match: exact, which finds the same words only"
        return self._stray(("recall", "false_hits", "wrong_answer"), exact)


class PromptCache(_Strategy):
    """The provider's prompt cache, bought or arranged: input that repeats costs less.

    `ttl` is a lifetime the provider sells: its name (`5m`, `1h`) or a duration
    that equals one. What stands before the last of the `breakpoints` (kinds of
    the prompt's parts in the order sent; None for all up to the first that
    changes) is read where it is still there. `reads` is a measured share of
    the input that is read, in place of the model's.
    """

    kind: Literal["prompt_cache"] = "prompt_cache"
    feature: StrictStr
    ttl: Annotated[str, BeforeValidator(lambda value: _lifetime(value))]
    breakpoints: Annotated[tuple[StrictStr, ...] | None, Field(min_length=1)] = None
    reads: MaybeShare = None

    @property
    def ttl_seconds(self) -> float:
        """The lifetime in seconds."""
        return seconds_of(self.ttl)


class Quota(_Strategy):
    """A limit on each person of some segments, for one feature or the sum of all.

    Beyond it turns are blocked, answered by a cheaper `model` (degrade), or sold
    at `price`, USD per turn, to the share `take_up` of the people who meet it
    (overage). `defer` is the share of blocked turns that return in the next
    period, `churn` the share of affected people who leave in a month. With
    `burst`, turns are added evenly at the limit's rate and saved up to so many:
    a token bucket in place of a count that starts again.
    """

    kind: Literal["quota"] = "quota"
    segment: Annotated[StrictStr | tuple[StrictStr, ...], BeforeValidator(lambda v: _names(v))]
    feature: StrictStr | None = None
    limit: Annotated[Limit, LimitOf()]
    burst: Annotated[StrictInt | None, Field(ge=1, le=10_000_000)] = None
    then: Literal["block", "degrade", "overage"] = "block"
    model: ModelName | None = None
    price: Annotated[Belief | None, BeliefOf(units.USD_PER_TURN)] = None
    take_up: MaybeShare = None
    defer: Share = _ZERO
    churn: Annotated[Belief, BeliefOf(units.LEAVING)] = _ZERO

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments it limits."""
        return (self.segment,) if isinstance(self.segment, str) else self.segment

    @property
    def amount(self) -> float:
        """What a person may use in a period: turns, calls, tokens or USD."""
        return self.limit.amount

    @property
    def unit(self) -> Counted:
        """What is counted."""
        return self.limit.unit

    @property
    def period(self) -> LimitPeriod:
        """After which the count starts again."""
        return self.limit.period

    @model_validator(mode="after")
    def _check(self) -> Quota:
        needed = {"degrade": ("model",), "overage": ("price", "take_up")}.get(self.then, ())
        useless = [key for key in ("model", "price", "take_up") if key not in needed]
        useless += ["defer"] if self.then == "degrade" else []
        at = f"then: {self.then}"
        problems = self._lacking(needed, at) + self._stray(tuple(useless), f"with {at}")
        problems += self._burst_problems()
        if self.unit != "turns":
            on_use = "with a limit on use, for which it is not worked out"
            problems += self._stray(("churn",), on_use)
        if problems:
            raise InputError(problems)
        return self

    def _burst_problems(self) -> list[Problem]:
        if self.burst is None:
            return []
        problems = self._stray(("defer", "churn"), "with burst, for which no formula is known")
        if self.unit != "turns" or self.period == "month":
            expected = "a limit of turns per day or per week"
            fix = "write limit: 10 turns per day, or leave out burst"
            problems.append(Problem(f"burst with {self.limit}", expected, fix, "limit"))
        return problems


class SpendCap(_Strategy):
    """A hard cap on the whole bill: once it is spent, no more calls are made."""

    kind: Literal["budget"] = "budget"
    limit: Budget

    @model_validator(mode="after")
    def _check(self) -> SpendCap:
        if self.limit.usd <= 0:
            fix = "write the amount, or leave out the strategy"
            raise InputError(Problem("$0", "a limit above $0", fix, "limit"))
        return self


Strategy = Annotated[
    ResponseCache | PromptCache | Quota | SpendCap,
    Field(discriminator="kind"),
]
STRATEGIES: dict[str, type[ResponseCache | PromptCache | Quota | SpendCap]] = {
    "response_cache": ResponseCache,
    "prompt_cache": PromptCache,
    "quota": Quota,
    "budget": SpendCap,
}
"""The class of each kind."""

_LIFETIME_NAME = re.compile(r"(\d+)([mh])")


def seconds_of(lifetime: str) -> float:
    """Return the seconds of a lifetime such as ``5m``, ``1h`` or ``30min``.

    Raises
    ------
    InputError
        If it is none.
    """
    named = _LIFETIME_NAME.fullmatch(lifetime.strip())
    if named is not None and int(named[1]) > 0:
        return int(named[1]) * (60.0 if named[2] == "m" else 3600.0)
    return NumberOf(units.LIFETIME).read(lifetime)


def _lifetime(value: Raw) -> str:
    given = bare(value)
    try:
        seconds_of(given if isinstance(given, str) else "")
    except InputError:
        plain = isinstance(given, int | float) and not isinstance(given, bool)
        fix = "add its unit, like 5m, 1h or 30min" if plain else "write it like 5m, 1h or 30min"
        expected = "a lifetime that the provider sells, by its name or as a duration"
        raise refuse(shown(given), expected, fix) from None
    return str(given).strip()


def _names(value: Raw) -> Any:  # noqa: ANN401 - validated by the field
    """Return one name as it is, a list of names as a tuple."""
    if isinstance(value, list | tuple) and value and all(isinstance(v, str) for v in value):
        return tuple(value)
    if isinstance(value, str):
        return value
    raise refuse(shown(value), "the name of a segment, or a list of names", "segment: free")
