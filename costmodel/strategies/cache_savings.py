"""What a response cache is worth: calls it avoids, less what it costs and what wrong answers cost.

Per eligible turn, with c the cost of the call a hit avoids, l of a lookup, h right and w wrong
answers, e what a wrong answer costs and a the share of wrong answers that are asked again, and
then called:

    net = (h + w) c - l - w (e + a c) - storage.

With a = 1 a wrong answer avoids nothing: net = h c - l - w e.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.strategies.response_cache import Hits

Array = npt.NDArray[np.float64]

PER_MILLION = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class CacheCosts:
    """What a response cache costs, and what it avoids: arrays (months, draws), broadcastable.

    Parameters
    ----------
    avoided_usd : array
        Cost of the call that a hit avoids. Only first turns are eligible unless all are: they
        carry no history and are cheaper than the mean call.
    lookup_usd : array
        Cost of a lookup: `lookup_cost`.
    storage_usd : array
        Of a month.
    wrong_usd : array
        What a wrong answer costs besides calls: a complaint, a handoff.
    asked_again : array
        Share of wrong answers after which the question is asked again and called; 1 is the
        careful assumption.
    """

    avoided_usd: Array
    lookup_usd: Array
    storage_usd: Array | float = 0.0
    wrong_usd: Array | float = 0.0
    asked_again: Array | float = 1.0


@dataclass(frozen=True, eq=False)
class CacheSaving:
    """What a response cache saves in a month, USD: arrays (months, draws), broadcastable.

    Parameters
    ----------
    avoided : array
        Calls not made; those of wrong answers asked again are made.
    running : array
        Lookups and storage.
    wrong : array
        What wrong answers cost besides calls: beside the bill, not on it.
    wrong_answers : array
        Turns given another question's answer: the quality risk.
    """

    avoided: Array
    running: Array
    wrong: Array
    wrong_answers: Array

    @property
    def bill(self) -> Array:
        """By how much the bill falls; negative where the cache costs more than it avoids."""
        return self.avoided - self.running

    @property
    def net(self) -> Array:
        """The saving after what wrong answers cost."""
        return self.bill - self.wrong

    def __str__(self) -> str:
        """Say what the cache does to an average month, and which way."""
        net, wrong = float(np.mean(self.net)), float(np.mean(self.wrong_answers))
        what = (
            "saves" if net > 0 else "costs more than it saves:" if net < 0 else "changes nothing:"
        )
        return f"the cache {what} ${abs(net):,.2f} a month; {wrong:,.0f} wrong answers a month"


def lookup_cost(
    embedded_tokens: Array, embedding_usd_per_mtok: Array, query_usd: Array | float = 0.0
) -> Array:
    """Return the cost of a lookup, USD: embedding the question, and the query of the store.

    Parameters
    ----------
    embedded_tokens : array
        Tokens of the user's message; 0 for exact matching.
    embedding_usd_per_mtok : array
        Price of the embedding model, USD per million tokens.
    query_usd : array
        Price of a query to the store.
    """
    return np.asarray(embedded_tokens * embedding_usd_per_mtok * PER_MILLION + query_usd)


def cache_saving(hits: Hits, eligible: Array, costs: CacheCosts) -> CacheSaving:
    """Return what a response cache saves each month.

    Parameters
    ----------
    hits : Hits
    eligible : array
        Eligible turns of each month, (months, draws): each is looked up.
    costs : CacheCosts
    """
    wrong = eligible * hits.wrong
    not_called = eligible * hits.right + wrong * (1 - costs.asked_again)
    return CacheSaving(
        avoided=not_called * costs.avoided_usd,
        running=eligible * costs.lookup_usd + costs.storage_usd,
        wrong=wrong * costs.wrong_usd,
        wrong_answers=wrong,
    )


def break_even_hit_rate(costs: CacheCosts, false_hits: Array | float = 0.0) -> Array:
    """Return the share of right hits from which a cache pays, storage apart; above 1 it never does.

    With wrong answers w = f (1 - h) and e' = e + (a - 1) c what one loses in all:
    h = (l + f e') / (c + f e').

    Parameters
    ----------
    costs : CacheCosts
    false_hits : array
        Share of turns without an answer of their own that are given another question's, f.
    """
    lost = false_hits * _loss(costs)
    whole = costs.avoided_usd + lost
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (costs.lookup_usd + lost) / whole
    return np.where(whole > 0, np.maximum(share, 0.0), np.where(costs.lookup_usd > 0, np.inf, 0.0))


def most_false_hits(costs: CacheCosts) -> Array:
    """Return the most wrong answers per right one with which a cache pays, lookups apart.

    (h + w) c > w (e + a c), so w / h < c / (e + (a - 1) c): c / e where all wrong answers are
    asked again. Infinite where a wrong answer costs less than the call it avoids.
    """
    lost = np.asarray(_loss(costs), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(lost > 0, costs.avoided_usd / lost, np.inf)


def _loss(costs: CacheCosts) -> Array:
    """Return what a wrong answer costs, less the call that it avoided."""
    return np.asarray(costs.wrong_usd - (1 - costs.asked_again) * costs.avoided_usd)
