"""Changes of one model's figures in few words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from costmodel.cli.price_why import price_text

if TYPE_CHECKING:
    from costmodel.prices.differences import Difference

MAIN = ("input", "output")
"""The rates that stand for a card whose rates all move alike."""


def changes_in_words(differences: list[Difference]) -> Iterator[str]:
    """Yield the changes of one model at the same dates, service modes that move alike together.

    ``standard, batch: every change x0.5 (standard input $2.00 -> $1.00)``
    """
    alike: dict[str, list[str]] = {}
    by_mode: dict[str, list[Difference]] = {}
    for each in differences:
        by_mode.setdefault(_mode(each), []).append(each)
    for mode, several in by_mode.items():
        manner = _manner(several) if mode else ""
        if manner:
            alike.setdefault(manner, []).append(mode)
        else:
            changes = ", ".join(_change(each) for each in several)
            yield f"{mode}: {changes}" if mode else changes
    for manner, modes in alike.items():
        moved = by_mode[modes[0]]
        main = [each for each in moved if _rate(each) in MAIN] or moved[:2]
        example = ", ".join(_plain(each) for each in main)
        example = f"{modes[0]} {example}" if example and len(modes) > 1 else example
        yield f"{', '.join(modes)}: {manner}" + (f" ({example})" if example else "")


def _mode(each: Difference) -> str:
    """Return the service mode of a price, with its peak hours: ``standard.peak``.

    Empty for facts and whole models.
    """
    if each.kind == "fact changed" or not each.field:
        return ""
    from costmodel.prices.figures import first_tokens

    mode, *inner = each.field.split(".")[:-1]
    if mode == "units":
        return mode
    return ".".join([mode, *(part for part in inner[:1] if first_tokens(part) is None)])


def _rate(each: Difference) -> str:
    return each.field.removeprefix(f"{_mode(each)}.")


def _manner(several: list[Difference]) -> str:
    """Return how all figures of a card move, if they move alike and are several."""
    if len(several) < 2 or _mode(several[0]) == "units":
        return ""
    if all(each.old is None for each in several):
        return "first priced"
    if all(each.new is None for each in several):
        return "no longer priced"
    ratios = {None if each.ratio is None else f"{each.ratio:.6g}" for each in several}
    (ratio, *others) = ratios
    return "" if others or ratio is None else f"every change x{float(ratio):.3g}"


def _change(each: Difference) -> str:
    if not each.field:
        return str(each.old or each.new)
    old, new = (price_text(value, each.field) for value in (each.old, each.new))
    ratio = each.ratio
    times = "" if ratio is None or each.kind == "fact changed" else f" (x{ratio:.3g})"
    return f"{_rate(each)} {old} -> {new}{times}"


def _plain(each: Difference) -> str:
    """Return a change without its ratio; one value where there is only one."""
    values = [v for v in (each.old, each.new) if v is not None]
    return f"{_rate(each)} " + " -> ".join(price_text(value, each.field) for value in values)
