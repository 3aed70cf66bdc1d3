"""Limits proposed from a target: how many people may be stopped, or how much use cut.

Nothing is proposed as a number of turns or dollars by itself: the smallest limit that meets the
target is looked for, given how much people use and how they differ. What is affected and what is
cut both fall as the limit rises, so that halving finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.strategies.months import MonthEffect, limit_months
from costmodel.strategies.people import Intensity
from costmodel.strategies.spending_limits import SpendLimit
from costmodel.strategies.windows import TurnLimit, Window, WindowRule

Then = Literal["block", "degrade", "overage"]


@dataclass(frozen=True)
class Target:
    """What a limit may do at most: give one of the two shares.

    Parameters
    ----------
    affected : float, optional
        Share of people stopped at least once in a month.
    cut : float, optional
        Share of the demand (of the cost, for limits by USD) that is refused: it comes from the
        people who use most.
    """

    affected: float | None = None
    cut: float | None = None

    def __post_init__(self) -> None:
        given = [share for share in (self.affected, self.cut) if share is not None]
        if len(given) != 1 or not 0 < given[0] < 1:
            raise InputError(
                Problem(
                    read=f"affected={self.affected}, cut={self.cut}",
                    expected="one of the two, a share between 0 and 1",
                    fix="write Target(affected=0.02)",
                )
            )

    def met(self, effect: MonthEffect) -> bool:
        """Return whether an effect is within the target."""
        if self.affected is not None:
            return bool((effect.affected <= self.affected).all())
        assert self.cut is not None
        return bool((effect.blocked <= self.cut).all())


@dataclass(frozen=True)
class Usage:
    """How the people of a segment use a feature; means over draws.

    Parameters
    ----------
    demand : float
        Turns (calls) a person asks for in a month, averaged over people.
    sigma : Intensity
        Standard deviation of the log intensity between people, or of several features together.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns (calls) of a conversation.
    active : float, optional
        Active days of a person in a month; all if None.
    days : int
        Days of the month.
    """

    demand: float
    sigma: Intensity
    turns: float = 1.0
    turns_cv: float = 0.0
    active: float | None = None
    days: int = 31


@dataclass(frozen=True)
class Proposal:
    """A limit that meets a target, and what it does.

    Parameters
    ----------
    limit : float
        Turns, calls or USD in a window.
    window : str
        "day", "week" or "month".
    affected, cut : float
        Share of people stopped at least once in a month; share of demand refused.
    """

    limit: float
    window: Window
    affected: float
    cut: float


def propose_turns(target: Target, usage: Usage, window: Window = "month") -> Proposal:
    """Return the smallest limit of turns that meets a target.

    Parameters
    ----------
    target : Target
    usage : Usage
    window : str
        "day", "week" or "month".
    """

    def effect(limit: int) -> MonthEffect:
        return _effect(WindowRule(TurnLimit(limit, usage.turns, usage.turns_cv), window), usage)

    low, high = 0, 1
    while not target.met(effect(high)):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if target.met(effect(middle)) else (middle, high)
    return _proposal(float(high), window, effect(high))


PRECISION = 1.005
"""Limits by spend are found to half a per cent."""


def propose_spend(
    target: Target, usage: Usage, usd: float, cv: float, window: Window = "month"
) -> Proposal:
    """Return the smallest limit of spend that meets a target, to half a per cent.

    Parameters
    ----------
    target : Target
    usage : Usage
        In calls.
    usd : float
        Mean cost of a call; tokens of a call for a limit by tokens.
    cv : float
        Coefficient of variation of the cost of a call.
    window : str
        "day", "week" or "month".
    """

    def effect(cap: float) -> MonthEffect:
        limit = SpendLimit(cap, cap, 1, cv, usage.turns, usage.turns_cv)
        return _effect(WindowRule(limit, window), usage)

    low, high = _bracket(target, effect)
    while high / low > PRECISION:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if target.met(effect(middle)) else (middle, high)
    return _proposal(high * usd, window, effect(high))


def _bracket(target: Target, effect: Callable[[float], MonthEffect]) -> tuple[float, float]:
    """Return a cap that does not meet the target, or half a call, and one that does."""
    low, high = 0.5, 1.0
    while not target.met(effect(high)):
        low, high = high, 2 * high
    return low, high


def _effect(rule: WindowRule, usage: Usage) -> MonthEffect:
    return limit_months(rule, usage.sigma, usage.demand, usage.days, usage.active)


def _proposal(limit: float, window: Window, effect: MonthEffect) -> Proposal:
    return Proposal(limit, window, float(effect.affected), float(effect.blocked))


@dataclass(frozen=True)
class Policy:
    """What suits a kind of segment: a target to solve for, and what happens to the excess.

    Parameters
    ----------
    target : Target
    window : str
        "day", "week" or "month".
    unit : str
        "turns" or "usd".
    then : str
        "block", "degrade" or "overage".
    source : str
        Where the target comes from, or that it is an assumption.
    """

    target: Target
    window: Window
    unit: Literal["turns", "usd"]
    then: Then
    source: str = field(default="assumed")


POLICIES = {
    "free": Policy(
        Target(cut=0.20), "month", "turns", "block",
        "assumed: free use is limited to save, a fifth of it from the people who use most",
    ),
    "pro": Policy(
        Target(affected=0.05), "week", "turns", "degrade",
        "Anthropic said in 2025 that its weekly limits would affect less than 5 % of subscribers",
    ),
    "internal": Policy(
        Target(affected=0.02), "month", "usd", "degrade",
        "assumed: a guard against accidents, not a saving",
    ),
    "api": Policy(
        Target(affected=0.02), "month", "usd", "overage",
        "assumed: a ceiling that customers may lift by paying",
    ),
}  # fmt: skip
"""Defaults per kind of segment: targets, from which each segment's own use makes a limit."""


def policy(kind: str) -> Policy:
    """Return the default policy of a kind of segment: free, pro, internal or api.

    Raises
    ------
    InputError
        If the kind is none of them.
    """
    if kind not in POLICIES:
        known = ", ".join(POLICIES)
        raise InputError(Problem(f"kind '{kind}'", f"one of {known}", did_you_mean(kind, POLICIES)))
    return POLICIES[kind]


def propose(kind: str, usage: Usage, usd: float = 0.0, cv: float = 1.0) -> Proposal:
    """Return the default limit of a kind of segment for how its people use a feature.

    Parameters
    ----------
    kind : str
        free, pro, internal or api.
    usage : Usage
        In turns, or in calls where the policy's unit is USD.
    usd, cv : float
        Mean and coefficient of variation of what a call costs; for policies in USD.

    Raises
    ------
    InputError
        If the kind is not known, or the policy is in USD and `usd` is not above 0.
    """
    chosen = policy(kind)
    if chosen.unit == "turns":
        return propose_turns(chosen.target, usage, chosen.window)
    if usd <= 0:
        read = f"usd={usd} for a limit in USD"
        raise InputError(Problem(read, "the mean cost of a call, above 0", "give usd=0.004"))
    return propose_spend(chosen.target, usage, usd, cv, chosen.window)
