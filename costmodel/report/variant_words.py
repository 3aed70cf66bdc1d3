"""What is said about compared variants besides their tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from costmodel.questions.compare import NOTHING
from costmodel.report.amounts import amounts_of, percent
from costmodel.report.tables import whole_span
from costmodel.report.variant_tables import baseline_name, columns_of
from costmodel.report.wording import currency_note

if TYPE_CHECKING:
    from costmodel.engine.provenance import Mark
    from costmodel.questions.compare import Comparison, Saving
    from costmodel.questions.waterfall import Waterfall


def comparison_headline(comparison: Comparison) -> str:
    """Return the sentence that answers the question: which variant saves most, and how surely."""
    best = max(comparison.savings, key=lambda saving: saving.total.mean)
    money = amounts_of(comparison.baseline.scenario)
    first = baseline_name(comparison)
    span = whole_span(len(comparison.baseline.months))
    if not any(saving.binding for saving in comparison.savings):
        return f"No variant changes anything against '{first}'."
    if best.total.mean <= 0:
        return f"No variant saves anything against '{first}' in the mean."
    low, middle, high = (money(usd, largest=best.total.p90) for usd in (
        best.total.p10, best.total.p50, best.total.p90))  # fmt: skip
    return (
        f"The variant '{best.name}' saves most against '{first}': P50 {middle} over {span} "
        f"(P10 {low}, P90 {high}), {percent(best.share)} of the mean bill; it saves in "
        f"{percent(best.chance)} of futures{_price(best)}.{_net(best)}"
    )


def _net(saving: Saving) -> str:
    """Return what is left of a saving where other money changes with it; empty if none does."""
    if not saving.has_money_beside:
        return ""
    money = amounts_of(saving.baseline.scenario)
    ours, theirs = saving.effects, saving.baseline_effects
    counted = " and ".join(
        words
        for words, *usd in (
            ("overage revenue", ours.overage, theirs.overage),
            ("the cost of wrong answers", ours.wrong.usd, theirs.wrong.usd),
        )
        if usd != [None, None]
    )
    mean, net = money(saving.total.mean), money(saving.net.mean)
    return f" With {counted}, its mean saving of {mean} becomes {net}."


def _price(saving: Saving) -> str:
    """Return what a saving is paid with: more turns not answered, or by another model."""
    ours, theirs = saving.effects, saving.baseline_effects
    first = saving.baseline.variant
    parts = [
        f"{percent(now)} of turns {what}"
        + (f" ({percent(before)} in '{first}')" if before > 0 else "")
        for now, before, what in (
            (ours.blocked, theirs.blocked, "blocked"),
            (ours.cheaper, theirs.cheaper, "answered by a cheaper model"),
        )
        if now > before + NOTHING
    ]
    return f", with {' and '.join(parts)}" if parts else ""


def comparison_notes(comparison: Comparison) -> list[str]:
    """Return how the table is meant, and what its variants leave as it is."""
    return list(_notes(comparison))


def _marks(comparison: Comparison) -> Iterator[str]:
    """Yield what happens in the months, and in which variants if not in all."""
    columns = columns_of(comparison)
    found: dict[Mark, list[str]] = {}
    for column in columns:
        for mark in column.projection.marks:
            found.setdefault(mark, []).append(column.name)
    for mark in sorted(found, key=lambda mark: (mark.month, mark.kind, mark.text)):
        where = "" if len(found[mark]) == len(columns) else f" ({', '.join(found[mark])})"
        yield f"{comparison.baseline.months[mark.month - 1]}: {mark.text}{where}."


def _notes(comparison: Comparison) -> Iterator[str]:
    yield from _marks(comparison)
    first = baseline_name(comparison)
    for saving in comparison.savings:
        if not saving.binding:
            yield f"{saving.name}: not binding, changes nothing against {first}."
    yield (
        "Savings are taken future by future, in the same futures; P10 of a saving: nine times in "
        "ten it is larger."
    )
    every = [column.effects for column in columns_of(comparison)]
    if any(one.affected for one in every):
        yield (
            "People affected: those whom a quota stops at least once in a month, the mean over "
            "months and futures."
        )
    if any(one.no_call > 0 for one in every):
        yield "What is answered without a call comes without a model's delay."
    if any(one.cheaper > 0 for one in every):
        yield "How good the cheaper model's answers are is not known here."
    if any(one.wrong.share > 0 for one in every):
        yield "Wrong cached answers belong to another question; what they cost is not on the bill."
    if any(one.overage is not None for one in every):
        yield "Overage revenue is what people pay for turns above a quota; it is not in the saving."
    if any(one.cap is not None and one.cap.chance > 0 for one in every):
        yield (
            "Once a cap runs out, nobody is answered until it is renewed: those people are not "
            "among the affected, but their turns are among the blocked."
        )
    note = currency_note(comparison.baseline.scenario)
    if note:
        yield note


def waterfall_note(waterfall: Waterfall) -> str:
    """Return the order of a waterfall, and what that means."""
    words = waterfall.order[0].upper() + waterfall.order[1:]
    idle = [step.name for step in waterfall.steps if not step.saving.binding]
    said = f" Not binding, changes nothing there: {', '.join(idle)}." if idle else ""
    return (
        f"{words}. The means add up; P10 and P90 do not. Alone: against "
        f"{_common(waterfall)}, without the others.{said}"
    )


def _common(waterfall: Waterfall) -> str:
    given_up = any(not step.added for step in waterfall.steps)
    return "what both have" if given_up else waterfall.saving.baseline.variant
