"""Variants side by side on a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from costmodel.cli.terminal import WIDEST_TEXT, add_row, show, stdout_console, table, wrapped, write
from costmodel.report.tables import Table
from costmodel.report.variant_tables import variants_table, waterfall_table
from costmodel.report.variant_words import (
    comparison_headline,
    comparison_notes,
    waterfall_note,
)

if TYPE_CHECKING:
    from costmodel.questions.compare import Comparison

LONGEST_NAME = 14
"""Characters of a line of a variant's name above its column."""
LONGEST_LABEL = 34
"""Characters of a line of a label beside its row."""


def show_variants(comparison: Comparison) -> None:
    """Write a comparison to stdout: the variants side by side, then their waterfalls."""
    console = stdout_console()
    width = min(console.width, WIDEST_TEXT)
    console.print(wrapped(comparison_headline(comparison), width))
    for part in fitting(variants_table(comparison), console.width):
        console.print()
        _show(part)
    console.print()
    for note in comparison_notes(comparison):
        console.print(wrapped(note, width))
    for waterfall in comparison.waterfalls:
        console.print()
        _show(waterfall_table(waterfall))
        console.print(wrapped(waterfall_note(waterfall), width))
    console.print()
    origin = comparison.baseline.provenance
    known = f"Prices as known on {origin.snapshot}"
    known += ", reconstructed" if origin.reconstructed else ""
    known += f", under {origin.contract}" if origin.contract else ""
    console.print(wrapped(f"{known}. The same figures again:", width))
    write(f"  {comparison.command}")  # in one piece, whatever the width: it is there to be copied


def _show(given: Table) -> None:
    head = ["\n".join(_folded(name)) for name in given.head]
    made = table(given.caption, head, words=(head[0],))
    for row in given.rows:
        if len(row) == 1:
            made.add_section()
            add_row(made, row[0], *[""] * (len(head) - 1), bold=True)
        else:
            add_row(made, "\n".join(_folded(row[0], LONGEST_LABEL)), *row[1:])
    if given.foot:
        made.add_section()
    for row in given.foot:
        add_row(made, *row, bold=True)
    show(made)


def _folded(name: str, longest: int = LONGEST_NAME) -> list[str]:
    """Return a name in lines of at most so many characters, broken after ``_``, ``-`` or blanks."""
    lines = [""]
    for part in re.findall(r"[^_\- ]*[_\- ]*", name):
        if lines[-1] and len(lines[-1] + part.rstrip()) > longest:
            lines.append("")
        whole = lines.pop() + part
        lines += [whole[n : n + longest] for n in range(0, len(whole), longest)] or [""]
    return [line.rstrip() for line in lines if line.strip()] or [""]


def fitting(given: Table, room: int) -> list[Table]:
    """Return a table in as many parts side by side as `room` asks for, never breaking a figure."""
    whole = [row for row in given.rows if len(row) > 1]
    widths = [
        2 + max(max(map(len, _folded(given.head[n]))), *(len(row[n]) for row in whole))
        for n in range(len(given.head))
    ]
    groups: list[list[int]] = [[]]
    for column in range(1, len(widths)):
        if groups[-1] and widths[0] + sum(widths[n] for n in (*groups[-1], column)) > room:
            groups.append([])
        groups[-1].append(column)
    return [_only(given, columns) for columns in groups]


def _only(given: Table, columns: list[int]) -> Table:
    rows = tuple(
        row if len(row) == 1 else (row[0], *(row[n] for n in columns)) for row in given.rows
    )
    head = (given.head[0], *(given.head[n] for n in columns))
    return Table(given.caption, head, rows)
