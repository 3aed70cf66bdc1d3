"""Reserved capacity: paying for a throughput by the hour or month, whatever is used of it.

A unit (Azure PTU, Vertex GSU, Bedrock model unit) serves so many weighted tokens
per minute: fresh input counts 1, cached input and output their weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, PriceNotKnownError, Problem, did_you_mean
from costmodel.prices.billing import checked_usage
from costmodel.prices.offers import ModelPrices
from costmodel.prices.pledges import HOURS_PER_MONTH, Capacity, Commitment, TermPrice

Array = npt.NDArray[np.float64]

ROUNDING = 1e-9
"""Relative excess over a whole number of steps that counts as floating-point rounding."""
WEAK = {"secondary": "a second source's", "derived": "derived", "memory": "from memory"}
"""Confidences that the reader of a figure should know of, in words."""


@dataclass(frozen=True, eq=False)
class Reservation:
    """Units that carry a load, and what they cost.

    Parameters
    ----------
    model : str
        As ``provider/id``.
    commitment : Commitment
        What is bought.
    needed : numpy.ndarray
        Units the load fills, before rounding up to what is sold.
    units : numpy.ndarray
        Units bought: at least the fewest sold, in whole steps above them.
    usd_per_month : mapping of str to numpy.ndarray
        By term: hourly, month, half_year, year.
    notes : tuple of str
        Reservations about the figures, one sentence each.
    """

    model: str
    commitment: Commitment
    needed: Array
    units: Array
    usd_per_month: Mapping[str, Array]
    notes: tuple[str, ...]

    @property
    def utilisation(self) -> Array:
        """The share of the bought units that the load fills."""
        return self.needed / self.units

    def break_even(self, usd_per_month_on_demand: npt.ArrayLike) -> dict[str, Array]:
        """Return, for each term, the cost over what the same load costs on demand.

        Parameters
        ----------
        usd_per_month_on_demand : array_like
            USD for a month in which the load never pauses.

        Returns
        -------
        dict of str to numpy.ndarray
            Above 1 the reservation never pays; at 0.87 it pays once the load is
            there 87 % of the time.
        """
        on_demand = np.asarray(usd_per_month_on_demand, dtype=np.float64)
        if not (on_demand > 0.0).all():
            raise InputError(
                Problem(
                    f"{on_demand[~(on_demand > 0.0)].flat[0]:g}",
                    "USD per month above 0",
                    "give what the load costs by the token",
                    "usd_per_month_on_demand",
                )
            )
        return {term: usd / on_demand for term, usd in self.usd_per_month.items()}


def weighted_tokens(
    capacity: Capacity,
    *,
    input_tokens: npt.ArrayLike,
    cached_input_tokens: npt.ArrayLike = 0,
    output_tokens: npt.ArrayLike,
) -> Array:
    """Return what requests count against reserved units: fresh + weights x (cached, output).

    Parameters
    ----------
    capacity : Capacity
        The model's weights.
    input_tokens, cached_input_tokens, output_tokens : array_like
        Tokens per request, or per minute; input is the total, as in `bill`.

    Raises
    ------
    InputError
        If a count is negative or not finite, or cached tokens exceed the input.
    """
    usage = checked_usage(input_tokens, cached_input_tokens, 0, 0, output_tokens)
    cached = usage.cached * capacity.cached_weight
    return np.asarray(usage.uncached + cached + usage.output * capacity.output_weight)


def reserve(
    prices: ModelPrices,
    weighted_tokens_per_minute: npt.ArrayLike,
    *,
    commitment: str | None = None,
    hours: float = HOURS_PER_MONTH,
) -> Reservation:
    """Return the units that carry a load, and their price for every term.

    Parameters
    ----------
    prices : ModelPrices
        The model, such as ``book.model("azure/gpt-4.1")``.
    weighted_tokens_per_minute : array_like
        The load at the peak that must be carried; see `weighted_tokens`.
    commitment : str, optional
        Which of the provider's offers; needed where there are several.
    hours : float
        Hours of the month; 730 in the mean month, else 24 times its days.

    Raises
    ------
    PriceNotKnownError
        If the model has no reserved capacity, or none of that name.
    InputError
        If the load is negative or not finite, or hours do not fit a month.
    """
    chosen, capacity = _chosen(prices, commitment), _capacity(prices)
    load = _load(weighted_tokens_per_minute)
    _require_month(hours)
    needed = load / capacity.input_tpm_per_unit
    units = _sold(needed, chosen)
    usd: dict[str, Array] = {
        term: units * each.monthly(term, hours) for term, each in chosen.price.items()
    }
    return Reservation(prices.id, chosen, needed, units, usd, _notes(prices, chosen, capacity))


def _sold(needed: Array, offer: Commitment) -> Array:
    """Round up to what is sold: the fewest units, then whole steps above them."""
    steps = (needed * (1.0 - ROUNDING) - offer.min_units) / offer.increment
    return np.asarray(offer.min_units + offer.increment * np.maximum(np.ceil(steps), 0.0))


def _capacity(prices: ModelPrices) -> Capacity:
    if prices.capacity is None:
        raise PriceNotKnownError(
            f"{prices.id} has no capacity: the table does not say what a reserved unit serves of it"
        )
    return prices.capacity


def _chosen(prices: ModelPrices, name: str | None) -> Commitment:
    offers = {each.id: each for each in prices.commitments}
    if not offers:
        raise PriceNotKnownError(f"{prices.id} has no reserved capacity in this table")
    known = ", ".join(offers)
    if name is None and len(offers) > 1:
        raise PriceNotKnownError(
            f"{prices.id} has several kinds of reserved capacity; fix: commitment= one of {known}"
        )
    chosen = next(iter(offers)) if name is None else name
    if chosen not in offers:
        hint = did_you_mean(chosen, offers)
        raise PriceNotKnownError(
            f"{prices.id} has no commitment '{chosen}'; there are: {known}"
            + (f"; {hint}" if hint else "")
        )
    return offers[chosen]


def _load(values: npt.ArrayLike) -> Array:
    load = np.asarray(values, dtype=np.float64)
    if not ((load >= 0.0) & np.isfinite(load)).all():
        wrong = load[~((load >= 0.0) & np.isfinite(load))].flat[0]
        expected = "weighted tokens per minute from 0 up, finite"
        raise InputError(Problem(f"{wrong:g}", expected, path="weighted_tokens_per_minute"))
    return load


def _require_month(hours: float) -> None:
    if not 28 * 24 <= hours <= 31 * 24:
        fix = "give 24 times the month's days, or leave it out"
        raise InputError(Problem(f"{hours:g}", "672 to 744 hours of a month", fix, "hours"))


def _notes(prices: ModelPrices, offer: Commitment, capacity: Capacity) -> tuple[str, ...]:
    """Say which figures do not come from the vendor itself."""
    terms = {f"the {term} price of {offer.id}": each for term, each in offer.price.items()}
    figures: dict[str, TermPrice | Capacity] = {**terms, f"the capacity of {prices.id}": capacity}
    return tuple(
        f"{what} is {WEAK[figure.confidence]}, not the vendor's word"
        for what, figure in figures.items()
        if figure.confidence is not None and figure.confidence in WEAK
    )
