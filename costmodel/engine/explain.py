"""The multiplication behind a number: tokens x rate x calls x turns, with units."""

from __future__ import annotations

from collections.abc import Iterator

from costmodel.engine.ledger import LaneFlow
from costmodel.engine.projection import Projection
from costmodel.engine.rates import METERS
from costmodel.engine.simulate import simulate
from costmodel.foundation.currencies import Currency
from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.prices.cards import rate_text


def explain(projection: Projection, feature: str | None = None) -> str:
    """Return the arithmetic of a feature's turn in its first month, everything at its mean.

    Parameters
    ----------
    feature : str, optional
        A feature's name; all of them without.

    Raises
    ------
    InputError
        If the scenario has no such feature.
    """
    names = list(projection.scenario.features)
    if feature is not None and feature not in names:
        known = ", ".join(names)
        fix = did_you_mean(feature, names) or "leave it out to see every feature"
        raise InputError(Problem(read=f"feature '{feature}'", expected=f"one of {known}", fix=fix))
    central = simulate(
        projection.scenario, prices=projection.prices, draws=2, uncertainty=frozenset()
    )
    chosen = [feature] if feature is not None else names
    lines = [line for name in chosen for line in _feature_lines(central, name)]
    return "\n".join([*lines, *_rate_lines(projection)])


def _rate_lines(projection: Projection) -> Iterator[str]:
    rate = projection.scenario.currency
    if rate is not None and not projection.scenario.shown_in.is_usd:
        yield f"$ is USD, as providers bill; {rate}"
        yield ""


def _also(usd: float, decimals: int, own: Currency) -> str:
    """Return `` = €1,234.56``, the amount in the scenario's currency; empty for USD."""
    return "" if own.is_usd else f" = {own.sign}{own.of(usd):,.{decimals}f}"


def _feature_lines(central: Projection, name: str) -> Iterator[str]:
    flows = [flow for flow in central.ledger.lanes if flow.lane.feature == name]
    row = next((m for m in range(len(central.months)) if flows[0].turns[m].any()), 0)
    lane, month = flows[0].lane, central.months[row]
    yield f"{name}: one turn with {lane.model} in {month}, everything at its mean"
    yield from _input_lines(flows[0], row)
    own = central.scenario.shown_in
    yield from _meter_lines(flows[0], row, own)
    turn = _at(flows[0].usd_per_turn, row)
    for flow in flows:
        turns = _at(flow.turns, row)
        people = central.people_by_segment[flow.lane.segment][row]
        yield (
            f"  {flow.lane.segment}: {people:,.0f} people make {turns:,.0f} turns"
            f" x ${turn:.6f} = ${turns * turn:,.2f}{_also(turns * turn, 2, own)} a month"
        )
    yield ""


def _input_lines(flow: LaneFlow, row: int) -> Iterator[str]:
    shape = flow.step.shape
    earlier = float(shape.earlier[0])
    resent = (
        _at(shape.user, row)
        + _at(shape.kept, row)
        + (1 - float(shape.tries.unanswered[0])) * _at(shape.visible, row)
    )
    yield f"  {_at(shape.fixed, row):>12,.1f}  tokens sent with every call (system, retrieved, ...)"
    yield f"+ {_at(shape.user, row):>12,.1f}  tokens of the user's message"
    if earlier > 0:
        yield (
            f"+ {earlier * resent:>12,.1f}  tokens of history: {earlier:.2f} earlier turns"
            f" x {resent:,.1f} tokens"
        )
    yield f"= {_at(shape.input, row):>12,.1f}  input tokens of a call"


_BILLED_AS = {
    "input": "plain input",
    "cached input": "cached input",
    "cache write": "cache-written input",
    "output": "output",
}


def _meter_lines(flow: LaneFlow, row: int, own: Currency) -> Iterator[str]:
    step, billed = flow.step, float(flow.step.shape.tries.billed[0])
    tokens, turns = flow.tokens(), _at(flow.turns, row)
    for meter in METERS:
        count = _at(tokens[meter], row) / turns / billed if turns else 0.0
        rate = float(step.rates.base[meter][row, 0])
        if count == 0:
            continue
        usd = count * rate / 1e6
        price = rate_text(float(f"{rate:.6g}"))  # a month of two prices has their mean
        yield f"  {count:>12,.1f}  {_BILLED_AS[meter]} tokens x {price} / 1M = ${usd:.6f}"
    crossed = (
        _at(step.total, row)
        - sum(_at(tokens[m], row) / turns * float(step.rates.base[m][row, 0]) / 1e6 for m in METERS)
        if turns
        else 0.0
    )
    if crossed > 1e-9:
        yield f"  ${crossed:.6f}  more for calls above a long-context threshold (per turn)"
    yield from _unit_lines(flow, row)
    yield f"x {billed:>12.4f}  billed calls a turn (retries of malformed answers included)"
    yield from _free_lines(flow, row)
    turn = _at(flow.usd_per_turn, row)
    yield f"= ${turn:.6f}{_also(turn, 6, own)} a turn"


def _unit_lines(flow: LaneFlow, row: int) -> Iterator[str]:
    """Yield each unit of a call at its price, and where the price comes from."""
    for name, use in flow.units.items():
        count, price = float(use.per_call[0]), _at(use.rates.price, row)
        rate = rate_text(float(f"{1000 * price:.6g}"))
        yield f"  {count:>12,.4g}  {name} x {rate} / 1,000 = ${count * price:.6f}"
        yield f"  {'':>12}  (source: {'; '.join(use.rates.sources) or 'none is given'})"


def _free_lines(flow: LaneFlow, row: int) -> Iterator[str]:
    """Yield what the free units of the month take off a turn."""
    for name, use in flow.units.items():
        price, net = _at(use.rates.price, row), _at(use.price, row)
        if use.rates.drawings:
            off = float(use.per_turn[0]) * (price - net)
            share = 1 - net / price if price > 0 else 0.0
            yield f"- ${off:.6f}  {share:.1%} of the month's {name} are free (see the warnings)"


def _at(array: object, row: int) -> float:
    """Return a (months, 1) array's value in a month, or its only one."""
    import numpy as np

    values = np.atleast_2d(np.asarray(array))
    return float(values[min(row, values.shape[0] - 1), 0])
