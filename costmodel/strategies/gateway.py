"""Limits as a budget file for a LiteLLM gateway, and what such a gateway cannot hold.

LiteLLM (1.106.2) keeps budgets in its database, in USD; its configuration file holds the budget of
the whole gateway and names the budget new end users get. The file made here has both:

    litellm_settings   for the gateway's configuration: max_budget, budget_duration of all spend,
                       max_end_user_budget_id
    budgets            one body for POST /budget/new each: budget_id, max_budget, budget_duration,
                       rpm_limit, tpm_limit, soft_budget
    not_expressed      what the limits say and LiteLLM has no key for

Reset rules: ``1d`` at midnight, ``7d`` on Monday, ``1mo`` (and ``30d``) on the 1st; ``24h``,
``hourly`` and other lengths are not calendar windows and are not written. Spend is written after
the answer and compared before the next call, so that the last call, and all under way, overshoot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from costmodel.foundation.errors import InputError, Problem
from costmodel.strategies.windows import Window

Unit = Literal["turns", "calls", "tokens", "usd"]
DURATIONS: dict[Window, str] = {"day": "1d", "week": "7d", "month": "1mo"}
"""Durations that LiteLLM resets on the calendar (litellm_core_utils/duration_parser.py)."""


@dataclass(frozen=True)
class GatewayLimit:
    """A limit for each person of a segment, as a gateway is to hold it.

    Parameters
    ----------
    segment : str
        Becomes the budget's id.
    limit : float
        In `unit`, a window.
    unit : str
        "turns", "calls", "tokens" or "usd".
    window : str
        "day", "week" or "month".
    usd_per_unit : float
        Mean USD of a turn, call or token; 1 for a limit in USD.
    then : str
        What happens to the excess: "block", "degrade", "overage".
    calls_per_minute, tokens_per_minute : int, optional
        Rate limits of a person.
    warn_at : float, optional
        Share of the limit at which LiteLLM sends an alert (it does not block).
    """

    segment: str
    limit: float
    unit: Unit
    window: Window
    usd_per_unit: float = 1.0
    then: Literal["block", "degrade", "overage"] = "block"
    calls_per_minute: int | None = None
    tokens_per_minute: int | None = None
    warn_at: float | None = None

    @property
    def usd(self) -> float:
        """The limit in USD: LiteLLM knows no other budget."""
        return self.limit * self.usd_per_unit


def budget_file(
    limits: Sequence[GatewayLimit],
    budget: float | None = None,
    default: str | None = None,
) -> dict[str, Any]:
    """Return limits as plain data for a LiteLLM gateway.

    Parameters
    ----------
    limits : sequence of GatewayLimit
        One for each segment.
    budget : float, optional
        USD of all spend in a calendar month.
    default : str, optional
        Segment whose budget people get who are assigned none.

    Raises
    ------
    InputError
        If a segment has two limits, a limit is not above 0 USD, or the default is none of them.
    """
    _check(limits, budget, default)
    settings: dict[str, Any] = {}
    if budget is not None:
        settings |= {"max_budget": budget, "budget_duration": DURATIONS["month"]}
    if default is not None:
        settings["max_end_user_budget_id"] = default
    return {
        "litellm_settings": settings,
        "budgets": [_body(limit) for limit in limits],
        "not_expressed": [line for limit in limits for line in _missing(limit)],
    }


def _body(limit: GatewayLimit) -> dict[str, Any]:
    usd = round(limit.usd, 6)
    body: dict[str, Any] = {
        "budget_id": limit.segment,
        "max_budget": usd,
        "budget_duration": DURATIONS[limit.window],
    }
    optional = {
        "soft_budget": None if limit.warn_at is None else round(limit.warn_at * usd, 6),
        "rpm_limit": limit.calls_per_minute,
        "tpm_limit": limit.tokens_per_minute,
    }
    return body | {key: value for key, value in optional.items() if value is not None}


def _missing(limit: GatewayLimit) -> list[str]:
    """Return what LiteLLM has no key for."""
    found = []
    if limit.unit != "usd":
        found.append(
            f"{limit.segment}: {limit.limit:g} {limit.unit} a {limit.window} become "
            f"${limit.usd:.6g}, at ${limit.usd_per_unit:.6g} each on average; people whose "
            f"{limit.unit} cost less get more of them"
        )
    if limit.then == "degrade":
        found.append(
            f"{limit.segment}: a budget blocks; a cheaper model needs model_max_budget and "
            "budget_fallbacks on each key or user"
        )
    if limit.then == "overage":
        found.append(f"{limit.segment}: a budget blocks; what people pay for more is not billed")
    return found


def _check(limits: Sequence[GatewayLimit], budget: float | None, default: str | None) -> None:
    names = [limit.segment for limit in limits]
    problems = [
        Problem(f"two limits for '{name}'", "one budget a segment", "leave one out")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    problems += [
        Problem(f"${limit.usd:g}", "a budget above $0", "give usd_per_unit", limit.segment)
        for limit in limits
        if not limit.usd > 0
    ]
    if budget is not None and not budget > 0:
        problems.append(Problem(f"budget={budget}", "USD above 0", "leave it out for no budget"))
    if default is not None and default not in names:
        problems.append(Problem(f"default='{default}'", f"one of {', '.join(names)}"))
    if problems:
        raise InputError(problems)


def as_yaml(data: dict[str, Any]) -> str:
    """Return a budget file as YAML; write it where you like."""
    import yaml

    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
